/** What a run will hold, from the same run at a small width: memory grows in proportion to the width. */

import { required } from '../errors/index.ts';
import { analyze, bind, dataAt, entries, followPhases, type Phase, shapeOf } from '../program/index.ts';
import { tooLarge } from './errors.ts';
import { type KetOptions, ketInterpreter } from './interpreter.ts';

/** A width at which a run takes no time, and above the number of directions that matrices are asked about. */
const SMALL = 1024;

/** From so many steps on memory grows by as much with each. */
const FEW_STEPS = 8;

/** Of what a bound counts: values and what is known of the matrices that they met, old and new. */
const HELD = 3;

/** What a process holds beside columns: the program, the engine, and columns that are free but not yet collected. */
const BASE = 120 * 2 ** 20;
const UNCOLLECTED = 1.3;

/**
 * Bytes that a process needs for phases at `width`: columns grow in proportion to it, tiles of nonlinear outer products
 * in proportion to width × subsample, and two small runs tell them apart. Of many steps the first few are run, and what
 * half of these add is added for all others.
 */
export async function forecastBytes(phases: readonly Phase[], options: KetOptions): Promise<number> {
  const { width, subsample = width } = options;
  const steps = stepCount(phases);
  const held = async (small: number): Promise<number> => {
    const interpreter = ketInterpreter({ ...options, width: small, subsample: small });
    const peaks: number[] = [];
    for await (const _ of followPhases(interpreter, phases)) {
      peaks.push(interpreter.peakBytes);
      if (peaks.length === FEW_STEPS) break;
      await new Promise((resume) => setTimeout(resume));
    }
    const last = required(peaks.at(-1), 'step of a forecast');
    const half = peaks[FEW_STEPS / 2 - 1];
    const growth = half === undefined || steps <= peaks.length ? 0 : (last - half) / (peaks.length - FEW_STEPS / 2);
    return (last + growth * (steps - peaks.length)) / small;
  };
  const [half, whole] = [await held(SMALL / 2), await held(SMALL)];
  const tiles = Math.max(0, (whole - half) / (SMALL / 2));
  const columns = whole - tiles * SMALL;
  return BASE + UNCOLLECTED * width * (columns + tiles * Math.min(width, subsample));
}

/**
 * How many runs, `threads` at most, are forecast to fit into `memory` bytes at once. Throws {@link UserError}
 * `kets.too-large` where not even one is.
 */
export async function runsWithin(
  phases: readonly Phase[],
  options: KetOptions,
  memory: number,
  threads: number,
): Promise<number> {
  if (threads * boundOf(phases, options) <= memory) return threads;
  const bytes = await forecastBytes(phases, options);
  if (bytes <= memory) return Math.min(threads, Math.floor(memory / bytes));
  const most = 2 ** Math.floor(Math.log2(options.width * Math.max(0, (memory - BASE) / (bytes - BASE))));
  throw tooLarge({ width: options.width, steps: stepCount(phases), bytes, memory, most });
}

const stepCount = (phases: readonly Phase[]): number => phases.reduce((sum, { steps = 1 }) => sum + steps, 0);

/** Bytes that a run cannot exceed by far: every column of every step is held, and entries of what is no column of one. */
function boundOf(phases: readonly Phase[], { width, subsample = width, sizes = {} }: KetOptions): number {
  const bytes = phases.reduce((sum, { program, steps = 1, data = {} }) => {
    const { widths, program: expanded } = analyze(program);
    const { symbol, isWidth } = widths;
    const bound = bind(program, { ...sizes, ...(symbol === undefined ? {} : { [symbol]: width }) }, dataAt(data, 0));
    const each = expanded.nodes.map(({ type }) => {
      const wide = type.axes.filter(isWidth).length;
      const fixed = entries(
        shapeOf(
          type.axes.filter((axis) => !isWidth(axis)),
          bound,
        ),
      );
      return wide === 0 ? 0 : wide === 1 ? steps * fixed * width : fixed * width * Math.min(width, subsample);
    });
    return sum + Float64Array.BYTES_PER_ELEMENT * HELD * each.reduce((total, one) => total + one, 0);
  }, 0);
  return BASE + UNCOLLECTED * bytes;
}
