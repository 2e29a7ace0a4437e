/** What tests of kernels share: inputs as tensors, kernels of described networks, kernels of finite networks. */

import { type KernelOptions, type LimitingKernels, limitingKernels } from '../../src/kernels/index.ts';
import { layerNet } from '../../src/nets/index.ts';
import { drawInitial } from '../../src/numeric/index.ts';
import { denseGradients, type Program, reverse, type Tensors, tensor } from '../../src/program/index.ts';
import { interpret } from '../../src/reference/index.ts';

/** Nested lists of numbers. */
export type Nested = readonly number[] | readonly Nested[];

export function shapeOfNested(nested: Nested | number): number[] {
  return Array.isArray(nested) ? [nested.length, ...shapeOfNested(nested[0] as Nested | number)] : []; // lists are not empty
}

export function flat(nested: Nested): number[] {
  return (nested as readonly unknown[]).flat(9) as number[]; // numbers at the bottom
}

const PLACES: Readonly<Record<number, readonly string[]>> = { 2: [], 3: ['time'], 4: ['row', 'column'] };

/** Inputs of a described network. */
export function inputsOf(nested: Nested): Tensors {
  const shape = shapeOfNested(nested);
  return { x: tensor(['batch', ...(PLACES[shape.length] ?? []), 'input'], shape, flat(nested)) };
}

/** Kernels of a described network, at the widths that it names. */
export function kernelsOf(
  spec: unknown,
  x1: Nested,
  x2?: Nested,
  options: Partial<KernelOptions> = { sizes: { n: 1 } },
): LimitingKernels {
  const net = layerNet(spec, shapeOfNested(x1).slice(1));
  return limitingKernels(net.program, {
    x1: inputsOf(x1),
    ...(x2 === undefined ? {} : { x2: inputsOf(x2) }),
    ...options,
  });
}

/** The largest deviation over the largest entry; NaN where a number is. */
export function deviation(found: ArrayLike<number>, expected: readonly number[]): number {
  const largest = Math.max(...expected.map(Math.abs));
  const all = expected.map((value, k) => Math.abs(value - Number(found[k])) / largest);
  return all.some(Number.isNaN) || found.length !== expected.length ? Number.NaN : Math.max(...all);
}

/** f fᵀ and the sum over parameters of gradient products, of one network of a finite width, output f on [batch]. */
export function finiteKernels(program: Program, x: Tensors, width: number, seed: number): LimitingKernels {
  const backward = denseGradients(reverse(program, { output: 'f', seed: [], keep: ['batch'] }), ['batch']);
  const count = x.x?.shape[0] ?? 0;
  const given = { ...x, 'd.f': tensor([], [], [1]) };
  const symbols = { n: width, batch: count, input: x.x?.shape.at(-1) ?? 0 };
  const results = interpret(backward, { ...drawInitial(backward, symbols, seed), ...given }, { n: width });
  const ntk = new Float64Array(count * count);
  const nngp = new Float64Array(count * count);
  const grams = (name: string, into: Float64Array): void => {
    const result = results[name];
    if (result === undefined) return;
    const at = result.axes.indexOf('batch');
    const inner = result.shape.slice(at + 1).reduce((a, b) => a * b, 1);
    const outer = result.shape.slice(0, at).reduce((a, b) => a * b, 1);
    for (let i = 0; i < count; i++) {
      for (let j = 0; j < count; j++) {
        let sum = 0;
        for (let o = 0; o < outer; o++) {
          for (let k = 0; k < inner; k++) {
            sum += Number(result.data[(o * count + i) * inner + k]) * Number(result.data[(o * count + j) * inner + k]);
          }
        }
        into[i * count + j] = Number(into[i * count + j]) + sum;
      }
    }
  };
  for (const name of Object.keys(results)) if (name.startsWith('g.')) grams(name, ntk);
  grams('f', nngp);
  return { nngp: { rows: count, columns: count, data: nngp }, ntk: { rows: count, columns: count, data: ntk } };
}
