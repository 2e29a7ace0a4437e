/** What a run will hold, from the same run at a small width: memory grows in proportion to the width. */

import type { Program, Tensors } from '../program/index.ts';
import { tooLarge } from './errors.ts';
import { type KetOptions, KetRun } from './run.ts';

/** A width at which a run takes no time, and above the number of directions that matrices are asked about. */
const SMALL = 1024;

/** Bytes of columns that runs of up to this width hold are not worth a forecast. */
const SMALL_ENOUGH = 8 * SMALL;

/** What a process holds beside columns: the program, the engine, and columns that are free but not yet collected. */
const BASE = 120 * 2 ** 20;
const UNCOLLECTED = 1.3;

/**
 * Bytes that a process needs for so many steps of a run at `width`: columns grow in proportion to it, tiles of nonlinear
 * outer products in proportion to width × subsample, and two small runs tell them apart.
 */
export function forecastBytes(program: Program, options: KetOptions, steps: number, data?: Tensors): number {
  const { width, subsample = width } = options;
  const held = (small: number): number => {
    const run = new KetRun(program, { ...options, width: small, subsample: small });
    for (let k = 0; k < steps; k++) run.step(data);
    return run.peakBytes / small;
  };
  const [half, whole] = [held(SMALL / 2), held(SMALL)];
  const tiles = Math.max(0, (whole - half) / (SMALL / 2));
  const columns = whole - tiles * SMALL;
  return BASE + UNCOLLECTED * width * (columns + tiles * Math.min(width, subsample));
}

/** Throws {@link UserError} `kets.too-large` where a run is forecast to need more than `memory` bytes. */
export function checkMemory(
  program: Program,
  options: KetOptions,
  steps: number,
  memory: number,
  data?: Tensors,
): void {
  if (options.width <= SMALL_ENOUGH && (options.subsample ?? options.width) <= SMALL) return;
  const bytes = forecastBytes(program, options, steps, data);
  if (bytes <= memory) return;
  const most = 2 ** Math.floor(Math.log2(options.width * Math.max(0, (memory - BASE) / (bytes - BASE))));
  throw tooLarge(options.width, bytes, memory, most);
}
