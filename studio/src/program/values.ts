/**
 * The values of a program as a person sees them: those that the text names, and the steps of its formulas, which have
 * the words of the formula. Renamings of axes are the value that they rename.
 */

import { type Node, nodeOf, operands, type Place, type PlacedProgram, type Program, printNode } from 'nexort/program';
import { type RuleName, ruleOfNode } from './rules.ts';

export interface ShownValue {
  /** Of the node that computes it. */
  readonly name: string;
  /** The names that the text gives it, or the part of a formula that it is. */
  readonly label: string;
  readonly isNamed: boolean;
  /** The instruction: in the words of the text, or with `·` for operands without names. */
  readonly formula: string;
  readonly axes: readonly string[];
  readonly rule: RuleName;
  /** Values that it reads, by name, each once. */
  readonly reads: readonly string[];
  /** `output f`, `next state W`: what it is handed out as. */
  readonly outputs: readonly string[];
  readonly place: Place | undefined;
}

export interface ShownProgram {
  readonly values: readonly ShownValue[];
  /** The shown value that a node is; of a renaming what it renames. */
  shownAs(name: string): ShownValue | undefined;
  /** The value at a place of the text, both from 1: the smallest formula there, or else the first of the line. */
  at(line: number, column: number): ShownValue | undefined;
}

export function shownProgram({ program, places }: PlacedProgram): ShownProgram {
  const named = new Set(program.nodes.filter(({ name }) => isNamed(name, places.get(name))).map(({ name }) => name));
  const roots = new Map(program.nodes.map(({ name }) => [name, rootOf(program, name, named)]));
  const root = (ref: string): string => roots.get(ref) ?? ref;
  const aliases = (name: string): string[] =>
    program.nodes.filter((node) => root(node.name) === name && named.has(node.name)).map((node) => node.name);
  const labels = new Map(
    program.nodes.map(({ name }) => {
      const known = aliases(root(name));
      return [name, known.length === 0 ? undefined : known.join(' = ')] as const;
    }),
  );
  const values = program.nodes
    .filter(({ name }) => root(name) === name)
    .map((node): ShownValue => {
      const place = places.get(node.name);
      const own = labels.get(node.name);
      const rule = ruleOfNode(program, node);
      const printed = formulaOf(node, (ref) => labels.get(ref) ?? HOLE);
      const isWritten = operands(node.instruction).length > 0 && (rule === 'matmul' || !printed.includes(HOLE));
      const formula = isWritten && place !== undefined ? excerptOf(place) : printed;
      return {
        name: node.name,
        label: own ?? (place === undefined ? formula : excerptOf(place)),
        isNamed: own !== undefined,
        formula,
        axes: node.type.axes,
        rule,
        reads: [...new Set(operands(node.instruction).map(root))],
        outputs: program.outputs
          .filter(({ value }) => root(value) === node.name)
          .map(({ name, role }) => (role === 'state' ? `next state ${name}` : `output ${name}`)),
        place,
      };
    });
  const byName = new Map(values.map((value) => [value.name, value]));
  const shownAs = (name: string): ShownValue | undefined => byName.get(root(name));
  return {
    values,
    shownAs,
    at: (line, column) => {
      const there = [...places].filter(([, place]) => place.line === line);
      const around = there.filter(([, place]) => column >= place.column && column <= place.column + place.length);
      const smallest = [...around].sort(([, p], [, q]) => p.length - q.length)[0];
      const [name] = smallest ?? largest(there) ?? [];
      return name === undefined ? undefined : shownAs(name);
    },
  };
}

/** In place of a step of the formula. */
const HOLE = '·';

/** The whole formula of a line. */
const largest = (entries: readonly [string, Place][]): [string, Place] | undefined =>
  [...entries].sort(([, p], [, q]) => q.length - p.length)[0];

/** Whether the text names a value: where it is declared, or before its formula. */
function isNamed(name: string, place: Place | undefined): boolean {
  if (place === undefined) return false;
  const { text, column, length } = place;
  if (text.slice(column - 1, column - 1 + length) === name) return true;
  const head = text.slice(0, column - 1);
  return head.split(/[\s[\],=~]+/).includes(name) || head.includes(JSON.stringify(name));
}

/** What a value is the same numbers as: renamed axes, and those that a formula repeats. */
function rootOf(program: Program, name: string, named: ReadonlySet<string>): string {
  const { instruction } = nodeOf(program, name);
  if (instruction.op === 'rename') return rootOf(program, instruction.arg, named);
  if (instruction.op === 'broadcast' && !named.has(name)) return rootOf(program, instruction.arg, named);
  return name;
}

const MOST_LETTERS = 60;

function excerptOf({ text, column, length }: Place): string {
  const found = bare(text.slice(column - 1, column - 1 + length));
  return found.length > MOST_LETTERS ? `${found.slice(0, MOST_LETTERS)}…` : found;
}

/** Without parentheses around the whole. */
function bare(text: string): string {
  if (!text.startsWith('(') || !text.endsWith(')')) return text;
  let depth = 0;
  for (const [place, letter] of [...text].entries()) {
    if (letter === '(') depth++;
    if (letter === ')') depth--;
    if (depth === 0 && place < [...text].length - 1) return text;
  }
  return bare(text.slice(1, -1));
}

/** The right-hand side, operands by their labels. */
function formulaOf(node: Node, label: (ref: string) => string): string {
  const { op } = node.instruction;
  const printed = printNode(node);
  if (op === 'input' || op === 'parameter') return printed;
  const right = printed.slice(printed.indexOf(' = ') + 3);
  const shown = [...new Set(operands(node.instruction))].reduce((text, ref) => {
    const word = new RegExp(`(?<![\\p{L}\\p{N}_.'"])${escaped(ref)}(?![\\p{L}\\p{N}_'"]|\\.\\p{L})`, 'gu');
    return text.replace(word, () => label(ref));
  }, right);
  return shown.length > MOST_LETTERS ? `${shown.slice(0, MOST_LETTERS)}…` : shown;
}

const escaped = (text: string): string => text.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&');
