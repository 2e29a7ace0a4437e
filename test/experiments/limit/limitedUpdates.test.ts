/** Sampled limits under clipping and normalization contain what kernels of each parameter give (theory 5 and 7). */

import { describe, expect, it } from 'vitest';
import { required } from '../../../src/errors/index.ts';
import { type LimitProblem, limitPath } from '../../../src/experiments/index.ts';
import { limitingKernels } from '../../../src/kernels/index.ts';
import { mlp } from '../../../src/nets/index.ts';
import { at, type Matrix } from '../../../src/numeric/index.ts';
import { type Limit, optimizerNamed, widthThreshold } from '../../../src/optimizers/index.ts';
import { clippedFor, exponentsFor, NTP, type Parametrization, uniform } from '../../../src/parametrizations/index.ts';
import { minus } from '../../../src/program/index.ts';
import { parametrizedNet, type TrainedParameter } from '../../../src/training/index.ts';
import { TARGET, VECTORS } from './data.ts';

const [STEPS, THRESHOLD] = [4, 0.12];
/** On 15 degrees of freedom, of some 16 numbers of a case, a few of them independent. */
const SIGMAS = 4;
const BATCH = [0, 1, 2];
const net = mlp({ depth: 2, activation: 'erf' });

/** The share of each parameter in the tangent kernel of plain updates. */
function shares(parametrization: Parametrization): readonly Matrix[] {
  const program = parametrizedNet(net, { parametrization });
  return net.parameters.map((parameter) => {
    const { c, d } = exponentsFor(parametrization, parameter);
    const own = { scale: 1, powers: [{ space: 'n', exponent: minus(d, c) }] };
    const rates = Object.fromEntries(net.parameters.map(({ name }) => [name, name === parameter.name ? own : 0]));
    return limitingKernels(program, { x1: { x: VECTORS }, rates, only: 'ntk' }).ntk;
  });
}

/**
 * f by f ← f − η Σ_W s_W K_W χ: what Q sees of W has the norm ν n^e with ν² = χᵀ K_W χ, which s_W goes by, `together` the
 * norm of all.
 */
function descended(
  kernels: readonly Matrix[],
  rate: number,
  share: (norm: number) => number,
  together = false,
): number[][] {
  const path = [[0, 0, 0, 0]];
  for (let step = 0; step < STEPS; step++) {
    const f = required(path.at(-1), 'outputs');
    const errors = f.map((value, k) => (BATCH.includes(k) ? (value - at(TARGET.data, k)) / BATCH.length : 0));
    const moves = kernels.map(({ columns, data }) =>
      f.map((_, k) => errors.reduce((sum, error, b) => sum + at(data, k * columns + b) * error, 0)),
    );
    const squares = moves.map((move) => move.reduce((sum, value, k) => sum + value * at(errors, k), 0));
    const total = squares.reduce((sum, square) => sum + square, 0);
    const scales = squares.map((square) => share(Math.sqrt(together ? total : square)));
    path.push(f.map((value, k) => moves.reduce((sum, move, w) => sum - rate * at(scales, w) * at(move, k), value)));
  }
  return path;
}

/** θ₀ n^e for each parameter. */
const thresholds =
  (kind: 'divideByClippedNorm' | 'clip') =>
  ({ axes }: TrainedParameter): { readonly limit: Limit } => ({
    limit: {
      kind,
      threshold: widthThreshold(
        THRESHOLD,
        axes.filter((axis) => axis.startsWith('n')),
      ),
    },
  });

type Changes = Pick<LimitProblem, 'limit' | 'rules' | 'clipNorm'>;
const divided: Changes = {
  limit: { kind: 'divideByClippedNorm', threshold: { value: 1 } },
  rules: thresholds('divideByClippedNorm'),
};

interface Case {
  readonly plain: Parametrization;
  /** Whether c is that for updates divided by a norm. */
  readonly divides: boolean;
  readonly changes: Changes;
  readonly share: (norm: number) => number;
  readonly together?: boolean;
}

const CASES: Readonly<Record<string, Case>> = {
  normalization: { plain: NTP, divides: true, changes: { limit: { kind: 'normalize' } }, share: (norm) => 1 / norm },
  'normalization in UP_1/4': {
    ...{ plain: uniform('1/4'), divides: true, changes: { limit: { kind: 'normalize' } } },
    share: (norm) => 1 / norm,
  },
  'division by the clipped norm': {
    ...{ plain: NTP, divides: true, changes: divided },
    share: (norm) => 1 / Math.min(norm, THRESHOLD),
  },
  clipping: {
    ...{ plain: NTP, divides: false, changes: { rules: thresholds('clip') } },
    share: (norm) => Math.min(1, THRESHOLD / norm),
  },
  'clipping of all gradients together': {
    ...{ plain: NTP, divides: false, changes: { clipNorm: THRESHOLD }, together: true },
    share: (norm) => Math.min(1, THRESHOLD / (norm + 1e-6)),
  },
};

describe('descent with limited updates at infinite width, sampled, is that of the kernels of its parameters', () => {
  it.each(Object.entries(CASES))('%s', async (_, { plain, divides, changes, share, together = false }) => {
    const rate = divides ? 0.1 : 0.5;
    const parametrization = divides ? clippedFor(plain, 'normalize') : plain;
    const problem: LimitProblem = {
      ...{ net, parametrization, optimizer: optimizerNamed('sgd'), settings: { learningRate: rate }, ...changes },
      ...{ data: { x: VECTORS, target: TARGET }, batches: [BATCH], steps: STEPS },
    };
    const { kind, outputs } = await limitPath(problem, { samples: 128, seeds: 16 });
    expect(kind).toBe('neural tangent');
    const kernels = shares(plain);
    const expected = descended(kernels, rate, share, together);
    outputs.forEach((entries, step) => {
      entries.forEach(({ value, standardError }, k) => {
        const off = Math.abs(value - at(required(expected[step], 'outputs of a step'), k));
        expect(off).toBeLessThanOrEqual(SIGMAS * standardError);
      });
    });
    // The limit matters: without it outputs lie elsewhere, by more than errors.
    const without = required(descended(kernels, rate, () => 1).at(-1), 'last outputs');
    const last = required(outputs.at(-1), 'last outputs');
    const apart = Math.max(...last.map(({ value }, k) => Math.abs(value - at(without, k))));
    expect(apart).toBeGreaterThan(5 * Math.max(...last.map(({ standardError }) => standardError)));
  });
});
