/** Which exported functions are on arrays of numbers, by their declared types, and whether their comments say of what shape. */

import { declarationsOf, withoutComments } from './declarations.ts';

/**
 * Numbers by position. `Uint8Array` is left out: bytes of a file or text. {@link arrayTypes} adds the library's own types.
 */
const NUMBERS = ['Float64Array', 'Float32Array', 'Int32Array', 'ArrayLike<number>', 'number[]'];

const INTERFACE = /^(?:export )?(?:declare )?interface /;

/** Another name of a type, `type Weights = …`. */
const ALIAS = /^(?:export )?(?:declare )?type \w+(?:<[^;{}]*>)? = ([^;{}]*);/;

/** An interface of entries `data` and their sizes, as `Tensor` and `Matrix` are. */
const holdsNumbers = (declaration: string): boolean =>
  INTERFACE.test(declaration) &&
  /^ {4}readonly data: /m.test(declaration) &&
  /^ {4}readonly (?:shape|dims|rows): /m.test(declaration);

/** The names of types that are arrays of numbers, or lists and records of such, among all declarations. */
export function arrayTypes(texts: readonly string[]): ReadonlySet<string> {
  const declared = texts.flatMap((text) => [...declarationsOf(text)]);
  const holders = declared.filter(([, declaration]) => holdsNumbers(declaration)).map(([name]) => name);
  const known = new Set([...NUMBERS, ...holders]);
  // What is a function of arrays is none, and neither are some entries of one.
  const aliases = declared.flatMap(([name, declaration]) => {
    const type = ALIAS.exec(declaration)?.[1];
    return type === undefined || /=>|\bPick</.test(type) ? [] : [[name, type] as const];
  });
  for (let before = 0; before < known.size; ) {
    before = known.size;
    for (const [name, type] of aliases) if (isOnArrays(type, known)) known.add(name);
  }
  return known;
}

/** Whether types of a signature, its parameters' and its result's, are among those given. */
export function isOnArrays(signature: string, types: ReadonlySet<string>): boolean {
  const words = withoutComments(signature).match(/\w+(?:<number>|\[\])?/g) ?? [];
  return words.some((word) => types.has(word) || types.has(word.replace(/\W.*/, '')));
}

/**
 * What counts as a shape: axes in brackets, `[examples, outputs]`; `rows × columns`, `n × n`; the axes or the axis
 * that it is on; or that it is one number `for each`, `for every` or `per` something.
 */
const SHAPES = [
  /(?<![\w\]])\[[a-z][^\]"'{}:]*\](?!\()/,
  /\brows × columns\b|\b(\w) × \1\b/,
  /\b(?:on|along|over|by) (?:(?:the|its|their|these) )?(?:\w+'s )?ax[ei]s\b/,
  /\b(?:one|an?)(?: \w+){0,2} (?:for each|for every|per)\b/i,
];

export const statesShape = (comment: string): boolean => {
  const text = comment.replace(/\s+/g, ' ');
  return SHAPES.some((shape) => shape.test(text));
};
