/** Adafactor: second moments from averages over rows and columns. */

import { add, div, maximum, minimum, mul, pow, square, sub, unary } from '../../program/index.ts';
import { average, choose, flag } from '../common.ts';
import { defineOptimizer, meanOver } from '../define.ts';

/**
 * Adafactor (Shazeer & Stern 2018, algorithms 4 and 5, sections 6 to 8).
 *
 * Of the averages of G² + ε₁ only the means over columns R and over rows C are kept, V̂ = R Cᵀ/mean(R), with
 * β₂ = 1 − t^(−0.8); means in place of the paper's sums give the same V̂ and have a limit as the width grows. A vector is
 * one row: R/mean(R) = 1 and V̂ = C, the paper's algorithm 5. Of more than two axes the last two are rows and columns.
 *
 * Where `clipped` the update is U/max(1, RMS(U)/d). Where `relative` the rate is max(ε₂, RMS(w)) · min(η, 1/√t), as in the
 * paper; otherwise it is η. The paper adds ε₁ to G² and this is done here; PyTorch and others differ in it and each other.
 * RMS(w) of a hidden matrix has no infinite-width reading: there `relative` must be false.
 */
export const adafactor = defineOptimizer({
  name: 'adafactor',
  source: 'Shazeer & Stern 2018, arXiv 1804.04235',
  learningRate: 0.01,
  hyperparameters: {
    relative: flag(true, 'rates relative to the size of the weight, falling like 1/√t'),
    clipped: flag(true, 'updates of a root mean square of at most d'),
    power: { value: 0.8, domain: { above: 0 }, meaning: 'the averages keep 1 − t^(−power) of their past' },
    epsilon: { value: 1e-30, domain: { atLeast: 0 }, meaning: 'ε₁, added to the square of the gradient' },
    epsilon2: {
      value: 1e-3,
      domain: { atLeast: 0 },
      meaning: 'ε₂, the least size of a weight that a rate is relative to',
    },
    threshold: { value: 1, domain: { above: 0 }, meaning: 'd, the root mean square that updates are clipped to' },
  },
  state: { rows: { extent: 'rows', initial: 0 }, columns: { extent: 'columns', initial: 0 } },
  notes: ['share', 'squares', 'rowSquares', 'columnSquares', 'rowMean', 'direction', 'directionSquare', 'weightSquare'],
  formulas: (now, next) => ({
    share: sub(1, pow(now.step, sub(0, now.power))),
    squares: add(square(now.gradient), now.epsilon),
    rowSquares: meanOver('columns', next.squares),
    columnSquares: meanOver('rows', next.squares),
    rows: average(next.share, now.rows, next.rowSquares),
    columns: average(next.share, now.columns, next.columnSquares),
    rowMean: meanOver('rows', next.rows),
    // The quotient first: a product of two entries of order ε₁ would vanish in f32.
    direction: div(now.gradient, unary('sqrt', mul(div(next.rows, next.rowMean), next.columns))),
    directionSquare: meanOver('entries', square(next.direction)),
    weightSquare: meanOver('entries', square(now.weight)),
    rate: choose(
      now.relative,
      mul(
        maximum(now.epsilon2, unary('sqrt', next.weightSquare)),
        minimum(now.learningRate, div(1, unary('sqrt', now.step))),
      ),
      now.learningRate,
    ),
    update: choose(
      now.clipped,
      div(next.direction, maximum(1, div(unary('sqrt', next.directionSquare), now.threshold))),
      next.direction,
    ),
  }),
});
