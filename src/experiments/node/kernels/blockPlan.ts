/** How kernels are cut into blocks, by the time and the memory that they take. */

import type { LimitingKernels } from '../../../kernels/index.ts';
import * as errors from './errors.ts';
import { lengthOf, type Range } from './examples.ts';
import { type BlockOptions, pairsOf } from './kernelBlocks.ts';

/** What is fixed at the first start of a run. */
export type BlockPlan = {
  /** Inputs of a side of a block, of which one is kept at a time. */
  readonly side: number;
  /** Of what is computed without a pause. */
  readonly tile: number;
  /** Inputs that are predicted at a time. */
  readonly portion: number;
  /** Forecasts: the process at its fullest, and all of the work. */
  readonly bytes: number;
  readonly seconds: number;
};

export interface PlanOptions {
  readonly rows: Range;
  readonly columns: Range | undefined;
  readonly between: BlockOptions['between'];
  /** Most bytes of the process. */
  readonly memory: number;
  /** Whether blocks are kept in memory, or the kernels are asked for as a whole. */
  readonly inMemory: boolean;
  /** Most inputs of a side of a block. */
  readonly mostSide?: number;
  /** Columns of the targets; 0 where nothing is predicted. */
  readonly targets: number;
}

/** What a first look has found. */
export interface Pace {
  /** Of a call, and of each pair of inputs in it. */
  readonly seconds: number;
  readonly secondsPerPair: number;
  /** Bytes that the process has grown by. */
  readonly grown: number;
  /** The kernels, where the last look was at all of them. */
  readonly whole: LimitingKernels | undefined;
}

/** Seconds after which Ctrl-C comes through; of a look that is long enough to tell the pace; of a block. */
const [PAUSE, LOOK, BLOCK] = [0.8, 0.2, 13];
/** What a call takes by itself is at most this share of it, however long that makes it. */
const OVERHEAD = 0.25;
/** Inputs of a side, of the first look and of what is computed at a time, which takes memory of its own. */
const [FIRST_SIDE, LEAST_SIDE, MOST_SIDE] = [2, 4, 1024];
/** Of blocks, which are files: larger ones save no time, smaller ones no memory to speak of. */
const [MOST_BLOCK, LEAST_BLOCK] = [2048, 128];
/** What the engine of JavaScript holds of garbage. */
const LEAST_WORK = 2 ** 27;
/** Garbage over what was seen to be taken. */
const GARBAGE = 1.5;
const BYTES = Float64Array.BYTES_PER_ELEMENT;
/** Written and read in a second, with checksums. */
const DISK = 2 ** 28;

/**
 * Looks at a corner of the kernels, a larger one each time until pairs of inputs are seen to count. Throws what computing
 * them throws.
 */
export async function measurePace({ rows, columns, between }: PlanOptions): Promise<Pace> {
  const before = process.memoryUsage.rss();
  const look = async (side: number) => {
    const [own, other] = [firstOf(rows, side), columns && firstOf(columns, side)];
    const start = performance.now();
    const kernels = await between(own, other);
    const seconds = (performance.now() - start) / 1000;
    const pairs = other === undefined ? pairsOf(lengthOf(own)) : lengthOf(own) * lengthOf(other);
    const isWhole = lengthOf(own) === lengthOf(rows) && (columns === undefined || lengthOf(columns) <= side);
    return { seconds, pairs, whole: isWhole ? kernels : undefined };
  };
  // The first call of all is that of code which is not compiled yet.
  let last = await look(FIRST_SIDE);
  for (let side = FIRST_SIDE; ; side *= 2) {
    const isLong = (one: number): boolean => one > PAUSE / OVERHEAD;
    const isTelling = (one: number): boolean => one > Math.max(LOOK, 2 * last.seconds) || isLong(one);
    let found = last.whole === undefined ? await look(side) : last;
    // What starts once, such as threads, is no part of the pace: what tells it is looked at twice.
    if (found.whole === undefined && isTelling(found.seconds) && !isLong(found.seconds)) found = await look(side);
    const { seconds, pairs, whole } = found;
    const tells = isTelling(seconds);
    if (whole === undefined && (!tells || side === FIRST_SIDE) && side < MOST_SIDE) {
      last = found;
      continue;
    }
    const slope = (seconds - last.seconds) / (pairs - last.pairs);
    // Where the difference tells nothing, all of the time counts as that of the pairs.
    const secondsPerPair = slope > 0 && Number.isFinite(slope) ? slope : seconds / pairs;
    const grown = Math.max(0, process.memoryUsage.rss() - before);
    return { seconds: Math.max(0, seconds - pairs * secondsPerPair), secondsPerPair, grown, whole };
  }
}

/** A power of two of inputs of a side that are computed in about this time; in more, where calls take it themselves. */
function sideIn(time: number, { seconds, secondsPerPair }: Pace, most: number): number {
  const pairs = Math.max(time - seconds, seconds / OVERHEAD) / secondsPerPair;
  return Math.min(most, Math.max(LEAST_SIDE, 2 ** Math.floor(Math.log2(pairs) / 2)));
}

const firstOf = ({ from, to }: Range, count: number): Range => ({ from, to: Math.min(to, from + count) });

/** The largest blocks that fit. Throws {@link UserError} `experiments.memory-too-small`. */
export function planBlocks(options: PlanOptions, pace: Pace, base: number): BlockPlan {
  const { rows, columns, memory, mostSide = MOST_BLOCK } = options;
  const most = Math.max(lengthOf(rows), columns === undefined ? 0 : lengthOf(columns));
  const tile = sideIn(PAUSE, pace, MOST_SIDE);
  const work = base + Math.max(LEAST_WORK, GARBAGE * pace.grown);
  const predicting = leastPortion(options);
  for (let side = Math.min(mostSide, Math.max(tile, sideIn(BLOCK, pace, MOST_BLOCK))); ; side = Math.ceil(side / 2)) {
    const bytes = work + blockBytes(options, side);
    const rest = memory - bytes;
    const last = side <= LEAST_BLOCK;
    if (rest >= predictionBytes(options, predicting)) {
      const portion = largestPortion(options, rest);
      return {
        side: Math.min(side, most),
        tile: Math.min(tile, side),

        portion,
        bytes: bytes + predictionBytes(options, portion),
        seconds: secondsOf(options, pace, portion, tile),
      };
    }
    if (last) {
      const more = predictionBytes(options, predicting);
      throw errors.memoryTooSmall(memory, bytes + more, more > 0 ? more : undefined);
    }
  }
}

/**
 * A block of both kernels, and of one two bands across all columns, that of this reading and that of the one before, with
 * blocks that are read; or everything.
 */
function blockBytes({ rows, columns = rows, inMemory }: PlanOptions, side: number): number {
  const [height, width] = [Math.min(side, lengthOf(rows)), Math.min(side, lengthOf(columns))];
  const block = 2 * BYTES * height * width;
  const all = lengthOf(rows) * lengthOf(columns);
  return 3 * block + (inMemory ? 4 * BYTES * all : 2 * BYTES * height * lengthOf(columns));
}

/** As many training inputs' worth of matrices as a predictor holds, by the matrices' sizes. */
const PREDICTOR = { train: 14, mixed: 7, test: 9 } as const;

function predictionBytes({ rows, targets }: PlanOptions, portion: number): number {
  if (targets === 0) return 0;
  const train = lengthOf(rows);
  const { train: square, mixed, test } = PREDICTOR;
  return BYTES * (square * train ** 2 + mixed * train * portion + test * portion ** 2);
}

/** Each portion decomposes the training kernel anew: portions have at least a share of the training inputs. */
const PORTION = 0.25;

function leastPortion({ rows, columns, targets }: PlanOptions): number {
  if (targets === 0 || columns === undefined) return 0;
  return Math.min(lengthOf(columns), Math.max(1, Math.ceil(PORTION * lengthOf(rows))));
}

function largestPortion(options: PlanOptions, rest: number): number {
  const least = leastPortion(options);
  const all = options.targets === 0 || options.columns === undefined ? 0 : lengthOf(options.columns);
  let parts = 1;
  while (Math.ceil(all / parts) > least && predictionBytes(options, Math.ceil(all / parts)) > rest) parts++;
  return Math.max(least, Math.ceil(all / parts));
}

/** Operations of a decomposition with what follows, over the cube of the size; and how many a second has. */
const [DECOMPOSITION, OPERATIONS] = [20, 1e9];

function secondsOf(
  { rows, columns, targets, inMemory }: PlanOptions,
  { seconds, secondsPerPair }: Pace,
  portion: number,
  tile: number,
): number {
  const [height, width] = [lengthOf(rows), lengthOf(columns ?? rows)];
  const pairs = columns === undefined ? pairsOf(height) : height * width;
  const perPair = secondsPerPair + seconds / tile ** 2;
  const written = inMemory ? 0 : (2 * BYTES * (pairs + 2 * height * width)) / DISK;
  if (targets === 0) return pairs * perPair + written;
  const portions = Math.ceil(width / portion);
  const further = pairsOf(height) + portions * pairsOf(portion);
  const solving = (portions * DECOMPOSITION * height ** 3) / OPERATIONS;
  return (pairs + further) * perPair + written + solving;
}
