/**
 * A program differentiated for its tangent kernel: every use of a parameter as the pair (x, dh) whose outer product,
 * summed over the places where the parameter is used, is its share of the gradient (program/factors.ts).
 */

import {
  type Axis,
  type GradientFactor,
  nodeOf,
  outputOf,
  type Program,
  type Ref,
  reverse,
  type SizePower,
  type Space,
  spaceOf,
  type Value,
  Writer,
  without,
} from '../../program/index.ts';
import * as errors from '../errors.ts';

/** One use of a parameter: names of x and dh in the differentiated program. */
export interface Use {
  readonly input: Ref;
  readonly cotangent: Ref;
  readonly scale: readonly SizePower[];
}

/** A parameter that the output depends on. */
export interface UsedParameter {
  readonly name: string;
  readonly axes: readonly Axis[];
  readonly uses: readonly Use[];
}

export interface Differentiated {
  /** With the values that uses name; it hands out nothing. */
  readonly program: Program;
  readonly parameters: readonly UsedParameter[];
  /** The data that the cotangent of the output enters by. */
  readonly seed: string;
  /** The output's fixed axes, and the one that counts its entries over these: what one output is. None where f is one. */
  readonly outputs: readonly Axis[];
  readonly ride: Axis | undefined;
}

/**
 * Differentiates an output example by example. Throws {@link UserError} `kernels.unknown-output`,
 * `kernels.wide-output`, and the errors of {@link reverse}.
 */
export function differentiated(program: Program, output: string, examples: Axis): Differentiated {
  const top = nodeOf(program, outputOf(program, output).value);
  const outputs = without(top.type.axes, [examples]);
  const wide = outputs.filter((axis) => spaceNamed(program, spaceOf(axis))?.kind === 'width');
  if (wide.length > 0) throw errors.wideOutput(program.name, output, wide);
  const ride = outputs.length === 0 ? undefined : freeSpace(program, 'entry');
  const spaces = ride === undefined ? [] : [{ name: ride, kind: 'fixed', size: { symbol: ride, ratio: 1 } } as const];
  const reversed = reverse(
    { ...program, spaces: [...program.spaces, ...spaces] },
    { output, seed: ride === undefined ? [] : [...outputs, ride], keep: [examples] },
  );
  const writer = Writer.from(reversed.program);
  const used = new Map<string, Use[]>();
  for (const factor of reversed.factors) {
    const { parameter } = factor;
    used.set(parameter, [...(used.get(parameter) ?? []), useOf(factor, writer)]);
  }
  const parameters = [...used].map(([name, uses]) => ({ name, axes: nodeOf(program, name).type.axes, uses }));
  return { program: writer.finish(), parameters, seed: `d.${output}`, outputs, ride };
}

/** Rows picked by an index are a product with one row of the identity for each place. */
function useOf(factor: GradientFactor, writer: Writer): Use {
  const { cotangent, scale } = factor;
  if (factor.kind === 'product') return { input: factor.input, cotangent, scale };
  const indexAxes = writer.value(factor.index).type.axes;
  const one = writer.write({ op: 'constant', type: { kind: 'real', axes: [] }, values: [1] });
  const ones = writer.broadcast(one, indexAxes);
  const { index, axis } = factor;
  const input = writer.write({ op: 'scatter', values: ones.name, index, into: axis, over: [] });
  const own = writer.value(cotangent);
  const whole = writer.broadcast(own, without(indexAxes, own.type.axes));
  return { input: input.name, cotangent: whole.name, scale };
}

/** The axis of the right side's outputs where pairs of outputs are kept apart. */
export const otherRide = (ride: Axis): Axis => `${ride}'`;

/** A space of a name that the program has not taken. */
export function freeSpace(program: Program, wish: string): string {
  let name = wish;
  for (let k = 2; spaceNamed(program, name) !== undefined; k++) name = `${wish}${k}`;
  return name;
}

function spaceNamed({ spaces }: Program, name: string): Space | undefined {
  return spaces.find((space) => space.name === name);
}

/** A use's two values where they are to be multiplied. */
export interface Factors {
  readonly x: Value;
  readonly d: Value;
  readonly scale: readonly SizePower[];
}
