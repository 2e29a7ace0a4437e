/** What a run will hold, from the same run at a small width: memory grows in proportion to the width. */

import { followPhases, type Phase } from '../program/index.ts';
import { tooLarge } from './errors.ts';
import { type KetOptions, ketInterpreter } from './interpreter.ts';

/** A width at which a run takes no time, and above the number of directions that matrices are asked about. */
const SMALL = 1024;

/** Bytes of columns that runs of up to this width hold are not worth a forecast. */
const SMALL_ENOUGH = 8 * SMALL;

/** What a process holds beside columns: the program, the engine, and columns that are free but not yet collected. */
const BASE = 120 * 2 ** 20;
const UNCOLLECTED = 1.3;

/**
 * Bytes that a process needs for phases at `width`: columns grow in proportion to it, tiles of nonlinear outer products
 * in proportion to width × subsample, and two small runs tell them apart.
 */
export async function forecastBytes(phases: readonly Phase[], options: KetOptions): Promise<number> {
  const { width, subsample = width } = options;
  const held = async (small: number): Promise<number> => {
    const interpreter = ketInterpreter({ ...options, width: small, subsample: small });
    for await (const _ of followPhases(interpreter, phases)) await new Promise((resume) => setTimeout(resume));
    return interpreter.peakBytes / small;
  };
  const [half, whole] = [await held(SMALL / 2), await held(SMALL)];
  const tiles = Math.max(0, (whole - half) / (SMALL / 2));
  const columns = whole - tiles * SMALL;
  return BASE + UNCOLLECTED * width * (columns + tiles * Math.min(width, subsample));
}

/** Throws {@link UserError} `kets.too-large` where a run is forecast to need more than `memory` bytes. */
export async function checkMemory(phases: readonly Phase[], options: KetOptions, memory: number): Promise<void> {
  if (options.width <= SMALL_ENOUGH && (options.subsample ?? options.width) <= SMALL) return;
  const bytes = await forecastBytes(phases, options);
  if (bytes <= memory) return;
  const most = 2 ** Math.floor(Math.log2(options.width * Math.max(0, (memory - BASE) / (bytes - BASE))));
  throw tooLarge(options.width, bytes, memory, most);
}
