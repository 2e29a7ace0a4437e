/** How far kernels of finite networks are from their limit, by width. */

import { type EmpiricalOptions, empiricalNtk, limitingKernels } from '../../../src/kernels/index.ts';
import { confidenceInterval, drawInitial, type Interval, weightedLinearFit } from '../../../src/numeric/index.ts';
import type { Program, Tensors } from '../../../src/program/index.ts';

export interface Rate {
  /** Root mean squares of the deviation over seeds and entries, over the largest entry of the limit. */
  readonly distances: readonly number[];
  /** Of the distance, as a power of the width. */
  readonly exponent: Interval;
}

/** The exponent with an interval that has it with probability 0.999, from the spread over seeds. */
export async function rateOfNtk(
  program: Program,
  x: Tensors,
  run: EmpiricalOptions['run'],
  widths: readonly number[],
  seeds: number,
): Promise<Rate> {
  const limit = limitingKernels(program, { x1: x }).ntk.data;
  const scale = Math.max(...limit.map(Math.abs));
  const points: { readonly mean: number; readonly error: number }[] = [];
  for (const width of widths) {
    const squares: number[] = [];
    for (let seed = 0; seed < seeds; seed++) {
      const values = drawInitial(program, { n: width, batch: x.x?.shape[0] ?? 0 }, seed);
      const found = await empiricalNtk(program, { run, values, x1: x, sizes: { n: width } });
      const all = found.data.map((value, k) => ((value - Number(limit[k])) / scale) ** 2);
      squares.push(all.reduce((a, b) => a + b) / all.length);
    }
    const mean = squares.reduce((a, b) => a + b) / seeds;
    const variance = squares.reduce((total, value) => total + (value - mean) ** 2, 0) / (seeds - 1);
    points.push({ mean, error: Math.sqrt(variance / seeds) });
  }
  // Distances are roots of mean squares, and logarithms halve.
  const fit = weightedLinearFit(
    widths.map(Math.log),
    points.map(({ mean }) => Math.log(mean) / 2),
    points.map(({ mean, error }) => error / (2 * mean)),
  );
  return {
    distances: points.map(({ mean }) => Math.sqrt(mean)),
    exponent: confidenceInterval(fit.slope, fit.slopeStandardError, 0.999),
  };
}
