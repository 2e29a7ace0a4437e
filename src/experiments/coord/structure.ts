/** What the program of a network says of its parameters: where each is used, and by which ways the output hears of it. */

import type { Net } from '../../nets/index.ts';
import {
  argumentsOf,
  type Expr,
  type Node,
  nodeOf,
  operands,
  outputOf,
  type Program,
  spaceOf,
} from '../../program/index.ts';

/** A parameter read by an instruction; uses by one kind of instruction, as over time steps, are one. */
export interface Use {
  readonly parameter: string;
  /** The values that are made of it, first to last, with the numbers that multiply them. */
  readonly values: readonly string[];
  /** A product with other values, or rows that are looked up. */
  readonly op: Node['instruction']['op'];
}

/** Remembers what a network's program says: it is asked for every trial. */
function rememberedByNet<T>(read: (net: Net) => T): (net: Net) => T {
  const known = new WeakMap<Net, { readonly value: T }>();
  return (net) => {
    const found = known.get(net) ?? { value: read(net) };
    known.set(net, found);
    return found.value;
  };
}

/** Where each parameter is used, in program order. */
export const usesOf = rememberedByNet(findUses);

function findUses({ program, parameters }: Net): readonly Use[] {
  const known = new Set(parameters.map(({ name }) => name));
  const uses = new Map<string, { parameter: string; values: string[]; op: Use['op'] }>();
  for (const { name, instruction } of program.nodes) {
    for (const parameter of operands(instruction).filter((ref) => known.has(ref))) {
      const key = `${parameter}\n${instruction.op}`;
      const use = uses.get(key) ?? { parameter, values: [], op: instruction.op };
      use.values.push(scaledBy(program, name));
      uses.set(key, use);
    }
  }
  return [...uses.values()];
}

/** The value after the maps that do nothing but multiply it by a number, where nothing else reads it before. */
function scaledBy(program: Program, value: string): string {
  const [reader, ...others] = program.nodes.filter(({ instruction }) => operands(instruction).includes(value));
  if (reader?.instruction.op !== 'map' || others.length > 0 || !isScaling(reader.instruction.expr)) return value;
  return program.outputs.some((output) => output.value === value) ? value : scaledBy(program, reader.name);
}

function isScaling(expr: Expr): boolean {
  if (expr.op === 'argument') return true;
  if (expr.op !== 'binary' || expr.name !== 'mul') return false;
  const [left, right] = [argumentsOf(expr.left).size, argumentsOf(expr.right).size];
  return (left === 0 && isScaling(expr.right)) || (right === 0 && isScaling(expr.left));
}

/** What the output's multiplier multiplies. */
export function multipliedBy({ program, output, multiplied }: Net): string {
  return multiplied ?? outputOf(program, output).value;
}

/** Parameters that start at zero in every parametrization, such as biases. */
export const startsAtZero = rememberedByNet(findZeros);

function findZeros({ program }: Net): ReadonlySet<string> {
  const zero = program.nodes.filter(
    ({ instruction }) =>
      instruction.op === 'parameter' && instruction.law.kind === 'constant' && instruction.law.value === 0,
  );
  return new Set(zero.map(({ name }) => name));
}

/** Values that softmax makes shares of. */
export interface Scores {
  readonly value: string;
  /** The name of the shares. */
  readonly shares: string;
  /** Whether they are products over a width of values that are independent at initialization. */
  readonly independent: boolean;
}

export const scoresOf = rememberedByNet(findScores);

function findScores(net: Net): readonly Scores[] {
  const { program } = net;
  const last = outputOf(program, net.output).value;
  return program.nodes.flatMap(({ name, instruction }) => {
    const [value] = operands(instruction);
    if (instruction.op !== 'call' || instruction.name !== 'softmax' || value === undefined) return [];
    return value === last ? [] : [{ value, shares: name, independent: isIndependent(net, value) }];
  });
}

/** Whether a value is, by entrywise maps, a product of two sides one of which is made by weights that the other knows not. */
function isIndependent(net: Net, value: string): boolean {
  const { name, instruction } = nodeOf(net.program, value);
  const refs = operands(instruction);
  const [first] = refs;
  if (instruction.op === 'map' && first !== undefined) return isIndependent(net, first);
  if (instruction.op !== 'contract' || widthsSummed(net.program, name) === 0) return false;
  return refs.some((side, k) => {
    const known = parametersBehind(net, refs[1 - k] ?? side);
    return lastWeights(net, side)?.every((weight) => !known.has(weight)) ?? false;
  });
}

/** The weights of the sum that a value is, biases that start at zero left out; undefined where it is none. */
function lastWeights(net: Net, value: string): readonly string[] | undefined {
  const { instruction } = nodeOf(net.program, value);
  const refs = operands(instruction);
  const zero = startsAtZero(net);
  const parameter = refs.find((ref) => net.parameters.some(({ name }) => name === ref));
  if (instruction.op === 'contract')
    return parameter === undefined ? undefined : zero.has(parameter) ? [] : [parameter];
  if (instruction.op !== 'map' && instruction.op !== 'rename') return undefined;
  const all = refs.map((ref) => lastWeights(net, ref));
  const known = all.filter((one) => one !== undefined);
  return known.length === all.length ? known.flat() : undefined;
}

function parametersBehind({ program, parameters }: Net, value: string): ReadonlySet<string> {
  const seen = new Set<string>();
  const waiting = [value];
  for (let name = waiting.pop(); name !== undefined; name = waiting.pop()) {
    if (seen.has(name)) continue;
    seen.add(name);
    waiting.push(...operands(nodeOf(program, name).instruction));
  }
  return new Set(parameters.map(({ name }) => name).filter((name) => seen.has(name)));
}

/**
 * Parameters that the output hears of by a way without averages over a width of values other than the parameters':
 * such averages of values independent at initialization are small, and so is what comes back through them. Scores of
 * attention are averages of this kind.
 */
export function plainlyHeard(net: Net): ReadonlySet<string> {
  const { program } = net;
  const widths = new Set(program.spaces.filter(({ kind }) => kind === 'width').map(({ name }) => name));
  const parameters = new Set(net.parameters.map(({ name }) => name));
  const nodes = new Map(program.nodes.map((node) => [node.name, node]));
  const heard = new Set<string>();
  const waiting = [outputOf(program, net.output).value];
  for (let name = waiting.pop(); name !== undefined; name = waiting.pop()) {
    const node = nodes.get(name);
    if (heard.has(name) || node === undefined) continue;
    heard.add(name);
    if (!averages(node, widths, parameters)) waiting.push(...operands(node.instruction));
  }
  return heard;
}

function averages({ instruction }: Node, widths: ReadonlySet<string>, parameters: ReadonlySet<string>): boolean {
  if (instruction.op !== 'contract' && instruction.op !== 'reduce') return false;
  if (operands(instruction).some((ref) => parameters.has(ref))) return false;
  return instruction.over.some((axis) => widths.has(spaceOf(axis)));
}

/** How many width axes a product sums over. */
export function widthsSummed(program: Program, value: string): number {
  const widths = new Set(program.spaces.filter(({ kind }) => kind === 'width').map(({ name }) => name));
  const instruction = program.nodes.find(({ name }) => name === value)?.instruction;
  return instruction?.op === 'contract' ? instruction.over.filter((axis) => widths.has(spaceOf(axis))).length : 0;
}
