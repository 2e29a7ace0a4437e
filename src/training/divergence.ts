/**
 * Where numbers that are not finite come from: the step and the first instruction that makes one of finite operands.
 *
 * The instruction is sought in one step alone, run with every value handed out, from a state that is still finite.
 */

import { required } from '../errors/index.ts';
import {
  type Node,
  nodeOf,
  type Output,
  operands,
  type Program,
  printNode,
  type SizedRun,
  type Sizes,
  strides,
  type Tensor,
  type Tensors,
} from '../program/index.ts';
import { firstNotFinite, type Place, placeOf, printPlace } from './places.ts';

/** An operand where the first bad entry is made. */
export interface OperandThere {
  readonly name: string;
  /** Its entry there; where several entries count, the largest by magnitude. */
  readonly value: number;
  /** How many of its entries count. */
  readonly entries: number;
}

/** What went wrong first. Plain data: what is not finite is a text. */
export interface Divergence {
  /** The step that made it, the first being 1. */
  readonly step: number;
  /** The value of the program. */
  readonly value: string;
  /** Its line in the program's text form. */
  readonly instruction: string;
  /** Empty where only the one that trained saw it, and all values are finite when the step is repeated. */
  readonly found: 'NaN' | 'Infinity' | '-Infinity' | '';
  /** Its first entry that is not finite. */
  readonly place: Place;
  readonly operands: readonly OperandThere[];
  /** All of it in one sentence. */
  readonly text: string;
}

/** The step in which a number that is not finite is sought: its state, data and sizes. */
export interface SearchOptions {
  readonly step: number;
  readonly sizes: Sizes;
  readonly state: Tensors;
  readonly data: Tensors;
  readonly run: SizedRun;
}

/**
 * The first instruction, in the order of the program, on which an output or next state that is not finite depends, and
 * that makes a number that is not finite of finite operands. Undefined where this interpreter finds all finite: it rounds
 * otherwise than the one that trained.
 */
export async function firstDivergence(program: Program, options: SearchOptions): Promise<Divergence | undefined> {
  const { step, sizes, state, data, run } = options;
  const feeds = { ...data, ...state };
  const values = new Map<string, Tensor>(Object.entries(feeds));
  const made = program.nodes.filter(isMade);
  const outputs = made.map(({ name }): Output => ({ name: `${SEEN}${name}`, value: name, role: 'data' }));
  const kept = program.outputs.filter(({ role }) => role === 'state');
  const results = await run({ ...program, outputs: [...kept, ...outputs] }, feeds, sizes);
  for (const { name } of made) {
    const result = results[`${SEEN}${name}`];
    if (result !== undefined) values.set(name, result);
  }
  const suspects = ancestors(
    program,
    program.outputs.map(({ value }) => value).filter((value) => isBad(values.get(value))),
  );
  const culprit = program.nodes.find(
    (node) =>
      suspects.has(node.name) &&
      isBad(values.get(node.name)) &&
      !operands(node.instruction).some((ref) => isBad(values.get(ref))),
  );
  const value = culprit && values.get(culprit.name);
  return culprit && value && describe(program, culprit, value, values, step);
}

/** A prefix that sets values handed out apart from the program's own outputs. */
const SEEN = 'seen ';

const isMade = ({ instruction: { op }, type }: Node): boolean =>
  type.kind === 'real' && op !== 'input' && op !== 'parameter' && op !== 'constant';

const isBad = (value: Tensor | undefined): boolean => value !== undefined && firstNotFinite(value) >= 0;

/** Values and everything that they depend on. */
function ancestors(program: Program, values: readonly string[]): ReadonlySet<string> {
  const found = new Set(values);
  for (const { name, instruction } of [...program.nodes].reverse()) {
    if (found.has(name)) for (const ref of operands(instruction)) found.add(ref);
  }
  return found;
}

function describe(
  program: Program,
  node: Node,
  value: Tensor,
  values: ReadonlyMap<string, Tensor>,
  step: number,
): Divergence {
  const at = firstNotFinite(value);
  const place = placeOf(value, at);
  const found = nameOf(required(value.data[at], 'value that is not finite'));
  const there = [...new Set(operands(node.instruction))].flatMap((name): OperandThere[] => {
    const operand = values.get(name) ?? constantValue(nodeOf(program, name));
    return operand === undefined ? [] : [{ name, ...largest(operand, placeIn(node, place)) }];
  });
  const instruction = printNode(node);
  const where = printPlace(place);
  const because = there.map(({ name, value: one, entries: count }) =>
    count === 1 ? `${name} = ${short(one)}` : `${name} has ${count} entries, the largest ${short(one)}`,
  );
  const text =
    `diverged at step ${step}: ${instruction} is ${found}` +
    `${where === '' ? '' : ` at ${where}`}${because.length === 0 ? '' : `, where ${because.join(' and ')}`}`;
  return { step, value: node.name, instruction, found, place, operands: there, text };
}

/** As many digits as f32 holds. */
const short = (value: number): number => Number(value.toPrecision(7));

/** A number that is not finite, by its name. */
export const nameOf = (value: number): Divergence['found'] =>
  Number.isNaN(value) ? 'NaN' : value > 0 ? 'Infinity' : '-Infinity';

function constantValue({ instruction, type: { axes } }: Node): Tensor | undefined {
  if (instruction.op !== 'constant' || axes.length > 0) return undefined;
  return { axes, shape: [], data: Float64Array.from(instruction.values) };
}

/** The place on the axes of an operand, as far as it is one place: renamed axes have other names there. */
function placeIn({ instruction }: Node, place: Place): Place {
  if (instruction.op !== 'rename') return place;
  const before = new Map(instruction.axes.map(([from, to]) => [to, from]));
  return Object.fromEntries(Object.entries(place).map(([axis, at]) => [before.get(axis) ?? axis, at]));
}

/** The entry at a place; where axes are left open, the largest along them. */
function largest({ axes, shape, data }: Tensor, place: Place): Omit<OperandThere, 'name'> {
  const steps = strides(shape);
  let positions = [0];
  axes.forEach((axis, k) => {
    const size = required(shape[k], `size of axis "${axis}"`);
    const stride = required(steps[k], `stride of axis "${axis}"`);
    const at = place[axis];
    const places = at === undefined || at >= size ? Array.from({ length: size }, (_, i) => i) : [at];
    positions = positions.flatMap((position) => places.map((i) => position + i * stride));
  });
  let most = 0;
  for (const position of positions) {
    const value = required(data[position], 'entry of an operand');
    if (Math.abs(value) > Math.abs(most)) most = value;
  }
  return { value: most, entries: positions.length };
}
