/**
 * The curve of the infinite network itself beside those of finite ones: the same mini-batches, widths sampled (theory 3),
 * one scrambling for each seed, and the bias of order 1/n of the samples taken away by a quarter of them.
 */

import { NexortError, required } from '../../errors/index.ts';
import { ketInterpreter } from '../../kets/index.ts';
import type { Net } from '../../nets/index.ts';
import type { Parametrization } from '../../parametrizations/index.ts';
import { type Program, type Sizes, stepperOf, type Tensors } from '../../program/index.ts';
import { faithfulParametrization, limitRegime, type StepOptions } from '../../training/index.ts';
import { type Losses, type SweepOptions, sweepOf } from './optimum.ts';
import type { Cell, InfiniteSweep, Sampled } from './result.ts';
import { trainedNetwork } from './train.ts';

/** How widths are sampled. */
export interface InfiniteOptions {
  /** A power of two; default 1024. */
  readonly samples?: number;
  /** Coordinates that averages within nonlinear updates of matrices read; default an eighth of the samples. */
  readonly subsample?: number;
}

const SAMPLES = 1024;
/** Samples over those of the second run, which tells the bias. */
const FEWER = 4;

/** The samples that are asked for. */
export function sampledOf({ samples = SAMPLES, subsample = Math.max(1, samples / 8) }: InfiniteOptions): Sampled {
  return { samples, subsample };
}

/**
 * The parametrization whose step is the limit of training in the given one, or why there is none that is read so: it is
 * unstable, or nothing trains, or features stand still, whose limit `nexort limit` takes on all examples at once.
 */
export function limitingParametrization(net: Net, options: StepOptions): Parametrization | { readonly reason: string } {
  try {
    if (limitRegime(net, options) === 'feature learning') return faithfulParametrization(net, options);
    return { reason: `features stand still in "${options.parametrization.name}": nexort limit computes this limit` };
  } catch (error) {
    if (error instanceof NexortError && error.code === 'training.no-limit') return { reason: error.message };
    throw error;
  }
}

/** What one network at infinite width is trained on. */
export interface InfiniteTraining {
  readonly sampled: Sampled;
  readonly seed: number;
  readonly sizes: Sizes;
  readonly steps: number;
  readonly averaged: number;
  readonly batch: (step: number) => Tensors;
}

/** The loss of a network at infinite width on a seed's mini-batches. */
export async function infiniteNetwork(
  program: Program,
  { sampled, seed, sizes, steps, averaged, batch }: InfiniteTraining,
): Promise<Pick<Cell, 'loss' | 'divergedAt' | 'curve'>> {
  const at = async (share: number): Promise<Pick<Cell, 'loss' | 'divergedAt' | 'curve'>> => {
    const width = Math.max(1, Math.round(sampled.samples / share));
    const subsample = Math.max(1, Math.min(width, Math.round(sampled.subsample / share)));
    const interpreter = ketInterpreter({ width, subsample, seed, sizes, sampling: 'quasi', limit: true });
    const stepper = stepperOf(interpreter, program, interpreter.start());
    return trainedNetwork(stepper, { steps, averaged, batch });
  };
  const [all, fewer] = [await at(1), await at(FEWER)];
  if (all.loss === null || fewer.loss === null) return all.loss === null ? all : fewer;
  const limit = (value: number, other: number): number => value + (value - other) / (FEWER - 1);
  return {
    loss: limit(all.loss, fewer.loss),
    divergedAt: null,
    curve: all.curve.map((value, k) => limit(value, required(fewer.curve[k], 'point of a curve'))),
  };
}

/** The curve at infinite width, and how far the optima of finite widths lie from its own and what its best value costs there. */
export function infiniteSweep(
  widths: readonly number[],
  values: readonly number[],
  { finite, infinite }: { readonly finite: Losses; readonly infinite: Losses[number] },
  options: SweepOptions,
): Omit<InfiniteSweep, 'transferred' | 'own'> {
  const away = widths.map((width, k) => {
    const own = required(finite[k], `losses at width ${width}`);
    const { factor, interval, cost } = sweepOf('', [Infinity, width], values, [infinite, own], options);
    return { width, factor, interval, cost };
  });
  const [own] = sweepOf('', [Infinity], values, [infinite], options).widths;
  const { points, optimum, trained } = required(own, 'sweep of the infinite width');
  return { points, optimum, trained, away };
}
