/** Which exported numbers are of quantities that have a unit, by their names, and whether names or comments say which. */

import { membersOf, withoutComments, wordsOf } from './declarations.ts';

/** Words of names, and what such a number may count. */
const UNITS: readonly (readonly [words: RegExp, units: RegExp])[] = [
  [
    /^(?:times?|seconds?|milliseconds|durations?|timeouts?|delay|elapsed|patience|beat|wait)$/,
    /\b(?:seconds?|milliseconds|minutes|hours|steps|tokens|of (?:the )?(?:gradient )?flow)\b/i,
  ],
  [/^(?:memory|bytes)$/, /\b(?:[KMG]iB|bytes?|pages)\b/i],
  [/^(?:speed|throughput)$/, /\b(?:a|per) (?:milli)?seconds?\b/i],
  [/^(?:work|cost|operations)$/, /\b(?:operations|multiplications|seconds|loss|examples?|any unit)\b/],
  [/^(?:every|look|watch)$/, /\b(?:steps|seconds)\b/i],
  [
    /^sizes?$/,
    /\b(?:bytes|entries|numbers?|coordinates|places|positions|pixels|examples|texts|tokens|rows|columns|axis|axes|heads|norm|root-mean-square)\b/i,
  ],
];

const NUMBER = '(?:readonly )?(?:number|bigint|ArrayLike<number>|Float64Array|Float32Array)\\b';
/** Parameters, entries and constants; and what functions and methods return. */
const NAMES = [
  new RegExp(`\\b(\\w+)\\??: ${NUMBER}`, 'g'),
  new RegExp(`\\b(\\w+)(?:<[^>]*>)?\\([^()]*\\): (?:Promise<)?${NUMBER}`, 'g'),
];

const unitsOf = (name: string): RegExp | undefined =>
  UNITS.find(([words]) => wordsOf(name).some((word) => words.test(word)))?.[1];

export interface Quantity {
  readonly name: string;
  /** Whether the name, or a comment of the entry or of the whole declaration, says its unit. */
  readonly hasUnit: boolean;
}

/** Quantities with a unit in a declaration. */
export function quantitiesOf(declaration: string, comment: string): Quantity[] {
  const members = membersOf(declaration);
  const text = withoutComments(declaration);
  const names = new Set(NAMES.flatMap((pattern) => [...text.matchAll(pattern)].map(([, name = '']) => name)));
  return [...names].flatMap((name): Quantity[] => {
    const units = unitsOf(name);
    if (units === undefined) return [];
    // A parameter stands in its function or method, under the comment of that.
    const mentions = new RegExp(`\\b${name}\\b`);
    const own = members.filter((member) => member.name === name);
    const within = own.length > 0 ? own : members.filter(({ type }) => mentions.test(withoutComments(type)));
    const comments = within.length > 0 ? within.map((member) => `${member.comment}\n${comment}`) : [comment];
    const inName = units.test(wordsOf(name).join(' '));
    return [{ name, hasUnit: inName || comments.every((one) => units.test(one.replace(/\s+/g, ' '))) }];
  });
}
