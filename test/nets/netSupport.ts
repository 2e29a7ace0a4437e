/** What every network must meet: its gradients, and one training step in all interpreters. */

import { expect } from 'vitest';
import type { Engine } from '../../src/finite/index.ts';
import { isColumns } from '../../src/kets/index.ts';
import type { Net } from '../../src/nets/index.ts';
import { at, drawInitial } from '../../src/numeric/index.ts';
import {
  denseGradients,
  gradientName,
  nodesOf,
  type Program,
  reorder,
  reverse,
  type Sizes,
  spaceOf,
  type Tensor,
  type Tensors,
} from '../../src/program/index.ts';
import { interpret } from '../../src/reference/index.ts';
import { deviation } from '../conformance/feeds.ts';
import { stepping } from '../kets/stepping.ts';
import { DIFFERENCES, differences, expectClose, feedsFor, read } from '../program/support.ts';

/**
 * Layer norm over four numbers that nearly agree has large fifth derivatives: at this step the truncation is 256 times
 * smaller than at 1e-3, and the rounding 1e-15/STEP still below 1e-10.
 */
const STEP = 2.5e-4;
/** f64 sums of a few hundred numbers of order 1 in another order, a few steps after one another. */
const KETS = 1e-10;
/** f32 has 24 bits; a step is a few hundred operations on numbers of order 1. */
const F32 = 1e-4;

/** Every parameter's gradient by backpropagation beside central differences, all parameters and data random. */
export function expectGradients(net: Net, sizes: Sizes, data: Tensors = {}): void {
  const { program } = net;
  const reversed = reverse(program, { output: 'f', seed: outputAxes(net) });
  const backward = denseGradients(reversed);
  const feeds = feedsFor(backward, sizes, 3, data);
  const found = interpret(backward, feeds, sizes);
  const seed = read(feeds, 'd.f').data;
  for (const { name, instruction } of nodesOf(program, 'parameter')) {
    const actual = reorder(read(found, gradientName(name)), instruction.axes).data;
    expectClose(actual, differences(program, feeds, sizes, name, seed, 'f', STEP), DIFFERENCES, name);
  }
}

function outputAxes({ program, output }: Net): readonly string[] {
  const ref = program.outputs.find(({ name }) => name === output)?.value;
  return program.nodes.find(({ name }) => name === ref)?.type.axes ?? [];
}

/** Names of the states of a step program. */
const statesOf = (program: Program): string[] =>
  program.outputs.filter(({ role }) => role === 'state').map(({ name }) => name);

function nextState(names: readonly string[], outputs: Tensors): Tensors {
  return Object.fromEntries(names.map((name) => [name, outputs[name] ?? expect.fail(`no state ${name}`)]));
}

/** Losses of some steps in f64. */
export function losses(program: Program, sizes: Sizes, data: Tensors, steps: number): number[] {
  const names = statesOf(program);
  let state: Tensors = drawInitial(program, sizes, 5);
  return Array.from({ length: steps }, () => {
    const outputs = interpret(program, { ...data, ...state }, sizes);
    state = nextState(names, outputs);
    return at(outputs.loss?.data ?? [], 0);
  });
}

/** The loss falls at every step. */
export function expectLearning(program: Program, sizes: Sizes, data: Tensors, steps = 6): void {
  const values = losses(program, sizes, data, steps);
  for (let k = 1; k < steps; k++) expect(at(values, k), values.join(', ')).toBeLessThan(at(values, k - 1));
}

/** One step on ONNX Runtime in f32 beside the oracle, all outputs and states. */
export async function expectEngine(engine: Engine, program: Program, sizes: Sizes, data: Tensors): Promise<void> {
  const feeds = { ...drawInitial(program, sizes, 5), ...data };
  const expected = interpret(program, feeds, sizes);
  const actual = await engine.run(program, feeds, sizes);
  for (const [name, value] of Object.entries(expected)) {
    const { worst } = deviation(reorder(read(actual, name), value.axes).data, value.data);
    expect(worst, name).toBeLessThan(F32);
  }
}

/** A few steps as kets with given initial values beside the oracle: outputs without a width axis. */
export function expectKets(program: Program, width: number, sizes: Sizes, data: Tensors, steps = 3): void {
  const drawn = drawInitial(program, { ...sizes, n: width }, 5);
  const run = stepping(program, { width, seed: 1, sizes }, drawn);
  const names = statesOf(program);
  let state: Tensors = drawn;
  let compared = 0;
  for (let k = 0; k < steps; k++) {
    const expected: Record<string, Tensor<Float64Array>> = interpret(
      program,
      { ...data, ...state },
      { ...sizes, n: width },
    );
    for (const [name, output] of Object.entries(run.step(data).outputs)) {
      if (isColumns(output)) continue;
      compared++;
      const value = expected[name] ?? expect.fail(`no output ${name}`);
      expectClose(reorder(output, value.axes).data, value.data, KETS, `${name} at step ${k}`);
    }
    state = nextState(names, expected);
  }
  expect(compared).toBeGreaterThan(steps);
}

/** Every parameter has its kind: a matrix two width axes, a vector or the readout one, a scalar none. */
export function expectKinds({ program, parameters }: Net): void {
  const widths = new Set(program.spaces.filter(({ kind }) => kind === 'width').map(({ name }) => name));
  const counted = nodesOf(program, 'parameter').map(({ name, instruction: { axes } }) => {
    return [name, axes.filter((axis) => widths.has(spaceOf(axis))).length];
  });
  const told = parameters.map(({ name, kind }) => [name, { matrix: 2, vector: 1, readout: 1, scalar: 0 }[kind]]);
  expect(Object.fromEntries(told)).toEqual(Object.fromEntries(counted));
}

/** Every layer names a parameter and values of the program. */
export function expectLayers({ program, parameters, layers }: Net): void {
  const known = new Set(program.nodes.map(({ name }) => name));
  const trained = new Set(parameters.map(({ name }) => name));
  for (const { parameter, preactivation, activation = preactivation } of layers) {
    expect([trained.has(parameter), known.has(preactivation), known.has(activation)]).toEqual([true, true, true]);
  }
  expect(new Set(layers.map(({ name }) => name)).size).toBe(layers.length);
}
