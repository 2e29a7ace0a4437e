/**
 * A training step whose powers of the width can be turned after it is compiled: factors of every use of a weight, of the
 * output, of scores, and of what each update sees are data inputs without axes. One program for each width then trains the
 * network under every mistake that is tried.
 */

import type { Net } from '../../nets/index.ts';
import { at } from '../../numeric/index.ts';
import type { Parametrization } from '../../parametrizations/index.ts';
import {
  argument,
  type Expr,
  gradientName,
  mapped,
  mul,
  type Program,
  rewrite,
  type Tensor,
  type Tensors,
} from '../../program/index.ts';
import { type StepOptions, trainingStep } from '../../training/index.ts';
import { multipliedBy, scoresOf, type Use, usesOf } from './structure.ts';

/** Powers of the width put in where they do not belong. */
export interface Shifts {
  /** Multipliers of uses by {@link useKey}, off by so much: the use is multiplied by n^(-shift). */
  readonly uses: Readonly<Record<string, number>>;
  /** Deviations at the start, by parameter: multiplied by n^(-shift), +∞ for zero. */
  readonly starts: Readonly<Record<string, number>>;
  /** What updates see, by parameter: multiplied by n^shift. */
  readonly gradients: Readonly<Record<string, number>>;
  /** The output's multiplier. */
  readonly out: number;
  /** Multipliers of scores, by value. */
  readonly scores: Readonly<Record<string, number>>;
}

/** One use of a parameter. */
export const useKey = ({ parameter, op }: Use): string => `${parameter} ${op}`;

const OUT = 'factor of the output';
const useKnob = (key: string): string => `factor of ${key}`;
const scoresKnob = (value: string): string => `factor of scores ${value}`;
const gradientKnob = (parameter: string): string => `factor of the gradient of ${parameter}`;

/** The step with its knobs. */
export function knobbedStep(
  net: Net,
  parametrization: Parametrization,
  options: Omit<StepOptions, 'parametrization'>,
): Program {
  const uses = usesOf(net);
  const scores = new Set(scoresOf(net).map(({ value }) => value));
  const top = multipliedBy(net);
  const scaled = withKnobs(net.program, (name) => [
    ...uses.filter(({ values }) => values.includes(name)).map((use) => useKnob(useKey(use))),
    ...(name === top ? [OUT] : []),
    ...(scores.has(name) ? [scoresKnob(name)] : []),
  ]);
  const program = trainingStep({ ...net, program: scaled }, { ...options, parametrization });
  const gradients = new Map(net.parameters.map(({ name }) => [gradientName(name), gradientKnob(name)]));
  return withKnobs(program, (name) => {
    const knob = gradients.get(name);
    return knob === undefined ? [] : [knob];
  });
}

/** What the knobs are turned to at a width. */
export function knobsAt(net: Net, n: number, shifts: Shifts): Tensors {
  const power = (shift = 0): Tensor => ({ axes: [], shape: [], data: Float64Array.of(n ** -shift) });
  return Object.fromEntries([
    ...usesOf(net).map((use) => [useKnob(useKey(use)), power(shifts.uses[useKey(use)])] as const),
    [OUT, power(shifts.out)],
    ...scoresOf(net).map(({ value }) => [scoresKnob(value), power(shifts.scores[value])] as const),
    ...net.parameters.map(({ name }) => [gradientKnob(name), power(-(shifts.gradients[name] ?? 0))] as const),
  ]);
}

/** The state at the start, deviations off. */
export function startAt(state: Tensors, n: number, { starts }: Shifts): Tensors {
  return Object.fromEntries(
    Object.entries(state).map(([name, tensor]) => {
      const shift = starts[name] ?? 0;
      if (shift === 0) return [name, tensor];
      const factor = n ** -shift;
      return [name, { ...tensor, data: scaledEntries(tensor.data, factor) }];
    }),
  );
}

/** In the precision that the entries have. */
function scaledEntries(entries: ArrayLike<number>, factor: number): Float32Array | Float64Array {
  const { length } = entries;
  const result = entries instanceof Float32Array ? new Float32Array(length) : new Float64Array(length);
  for (let i = 0; i < result.length; i++) result[i] = at(entries, i) * factor;
  return result;
}

/** The program with values multiplied by data inputs without axes. */
function withKnobs(program: Program, knobsOf: (name: string) => readonly string[]): Program {
  return rewrite(program, (node, writer) => {
    const knobs = knobsOf(node.name).map((name) =>
      writer.has(name) ? writer.value(name) : writer.write({ op: 'input', role: 'data', type: NUMBER }, name),
    );
    if (knobs.length === 0) return undefined;
    const expr = knobs.reduce<Expr>((product, _, k) => mul(product, argument(k + 1)), argument(0));
    return mapped(node, writer, { expr, before: 'before factors', args: knobs });
  });
}

const NUMBER = { kind: 'real', axes: [] } as const;
