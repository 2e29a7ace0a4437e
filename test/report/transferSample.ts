/** A transfer with known optima. */

import { required } from '../../src/errors/index.ts';
import type { Sweep, SweptHyperparameter, TransferResult } from '../../src/experiments/index.ts';
import { curvesOf } from '../../src/experiments/transfer/curves.ts';
import { infiniteSweep } from '../../src/experiments/transfer/infinite.ts';
import { metricsOf } from '../../src/experiments/transfer/metrics.ts';
import { type Losses, sweepOf } from '../../src/experiments/transfer/optimum.ts';

export const RATES = [0.01, 0.02, 0.04, 0.08];
export const WIDTHS = [64, 512];

const RATE: SweptHyperparameter = { name: 'learningRate', words: 'learning rate', scale: 'value' };

/** Losses with their least at 2^place times 0.01, of two seeds. */
export const curve = (place: number): number[][] =>
  RATES.map((_, k) => [0.3 + (k - place) ** 2 / 10, 0.31 + (k - place) ** 2 / 10]);

export const diverged = RATES.map(() => [null, null]);

/** A sweep whose loss by step is 4 over the step; half of its steps at the largest width and rate. */
export function sweep(name: string, losses: Losses, values: readonly number[] = RATES, of = RATE): Sweep {
  const judged = sweepOf(name, WIDTHS, values, losses, { hyperparameter: of });
  const cut = (width: number, value: number): boolean => width === WIDTHS.at(-1) && value === values.at(-1);
  const [metrics] = metricsOf([{ losses }], { widths: WIDTHS, values, scale: of.scale });
  return {
    ...judged,
    metrics: required(metrics, 'metrics'),
    causes: [],
    ...curvesOf(judged.widths, (width, value) => [{ curve: cut(width, value) ? [4, 2] : [4, 2, 4 / 3, 1] }]),
  };
}

/** The same beside the infinite network, whose loss by step is 3 over the step. */
export function withInfinite(name: string, finite: Losses, infinite: Losses[number]): Sweep {
  const own = infiniteSweep(WIDTHS, RATES, { finite, infinite }, { hyperparameter: RATE });
  const followed = { value: 0.04, losses: [3, 3 / 2, 1, 3 / 4] };
  const measured = [{ losses: finite, infinite }];
  const [metrics] = metricsOf(measured, { widths: WIDTHS, values: RATES, scale: RATE.scale });
  return {
    ...sweep(name, finite),
    metrics: required(metrics, 'metrics'),
    infinite: { ...own, transferred: followed, own: followed },
  };
}

export function transferOf(sweeps: readonly Sweep[], changed: Partial<TransferResult> = {}): TransferResult {
  return {
    ...{ net: 'MLP <b>', optimizer: 'adam', data: 'digits', source: '20 digits from a package (licence MIT)' },
    ...{ hyperparameter: RATE, learningRate: null, chance: 2, baseWidth: 64, widths: WIDTHS, values: RATES },
    ...{ seeds: 2, seed: 5, steps: 4, batch: 16, averaged: 1, curveSteps: [1, 2, 3, 4], sweeps },
    ...changed,
  };
}
