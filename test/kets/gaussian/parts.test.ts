/** Hat and dot parts against kets that are known in closed form (IVb 2.6.5). */

import { describe, expect, test } from 'vitest';
import { type Column, type ImageParts, type LazyGaussian, lazyGaussian } from '../../../src/kets/gaussian/index.ts';
import { at, normalDensity, stream } from '../../../src/numeric/index.ts';
import { average, distance, dot, drawnFrom, normalColumns } from './support.ts';

const WIDTH = 16384;

/** A correct sampler is within four standard errors but for 1 of 16000 draws; seeds are fixed. */
const SIGMAS = 4;

/** Roundings of products of unit vectors. */
const ROUNDING = 1e-12;

const tanhSlope = (x: number): number => 1 - Math.tanh(x) ** 2;

/** E f(Z) by the trapezoidal rule, which is exact to rounding for such smooth functions. */
function gaussianMean(f: (z: number) => number): number {
  const step = 1 / 64;
  let sum = 0;
  for (let k = -640; k <= 640; k++) sum += f(k * step) * normalDensity(k * step) * step;
  return sum;
}

function squareMatrix(seed: number): LazyGaussian {
  return lazyGaussian(drawnFrom(stream(seed, 'matrix'), WIDTH, WIDTH));
}

function one(columns: readonly Column[]): Column {
  return at(columns, 0);
}

/** The coefficient of a dot part that is a multiple of one column, which is checked. */
function multipleOf(y: Column, dotPart: Column): number {
  const coefficient = dot(dotPart, y) / dot(y, y);
  expect(
    distance(
      dotPart,
      y.map((value) => value * coefficient),
    ),
  ).toBeLessThan(ROUNDING * 10);
  return coefficient;
}

function sumOf({ hat, dot: dotPart }: ImageParts): Column[] {
  return hat.map((column, k) => column.map((value, row) => value + at(at(dotPart, k), row)));
}

describe('parts', () => {
  const [y, other] = normalColumns(1, 'y', 2, WIDTH) as [Column, Column];

  test('sum to the product, in both directions, also when asked again', () => {
    const matrix = squareMatrix(1);
    const back = matrix.applyTransposedParts([y]);
    const x = one(sumOf(back)).map(Math.tanh);
    const parts = matrix.applyParts([x, y, x]);
    matrix.applyTransposed([other]);
    sumOf(parts).forEach((column, k) => {
      expect(distance(column, one(matrix.apply([at([x, y, x], k)])))).toBeLessThan(ROUNDING * 10);
    });
    expect(distance(one(sumOf(back)), one(matrix.applyTransposed([y])))).toBeLessThan(ROUNDING * 10);
    const again = matrix.applyParts([x]);
    expect(distance(one(again.dot), one(parts.dot))).toBeLessThan(ROUNDING * 10);
  });

  test('W Wᵀ y has the dot part 1 · y', () => {
    const matrix = squareMatrix(2);
    const { dot: dots } = matrix.applyParts(matrix.applyTransposed([y]));
    // |Wᵀ y|² / |y|² is χ²(n) / n.
    expect(Math.abs(multipleOf(y, one(dots)) - 1)).toBeLessThan(SIGMAS * Math.sqrt(2 / WIDTH));
  });

  test('W φ(Wᵀ y) has the dot part E φ′(hat) · y and a hat of variance E φ(hat)²', () => {
    const matrix = squareMatrix(3);
    const size = Math.sqrt(average(y));
    const h = one(matrix.applyTransposed([y]));
    const { hat, dot: dots } = matrix.applyParts([h.map(Math.tanh)]);
    const slope = gaussianMean((z) => tanhSlope(size * z));
    const moment = (k: number) => gaussianMean((z) => (z * Math.tanh(size * z)) ** k) / size ** k;
    const slopeError = Math.sqrt((moment(2) - moment(1) ** 2) / WIDTH);
    expect(Math.abs(moment(1) - slope)).toBeLessThan(ROUNDING);
    expect(Math.abs(multipleOf(y, one(dots)) - slope)).toBeLessThan(SIGMAS * slopeError);

    const square = gaussianMean((z) => Math.tanh(size * z) ** 2);
    const fourth = gaussianMean((z) => Math.tanh(size * z) ** 4);
    // The hat's mean square: that of its Gaussian entries and of the mean square of tanh(h) both fluctuate.
    const hatError = Math.sqrt((2 * square ** 2 + fourth - square ** 2) / WIDTH);
    expect(Math.abs(average(one(hat)) - square)).toBeLessThan(SIGMAS * hatError);
    expect(Math.abs(average(one(hat), y))).toBeLessThan(ROUNDING);
  });

  test('W W x has no dot part: none at all without Wᵀ, one of order n^(-1/2) with an unrelated Wᵀ y', () => {
    const alone = squareMatrix(4);
    const { dot: none } = alone.applyParts(alone.apply([y]));
    expect(one(none)).toEqual(new Float64Array(WIDTH));

    const matrix = squareMatrix(4);
    matrix.applyTransposed([other]);
    const x = one(matrix.apply([y]));
    const coefficient = multipleOf(other, one(matrix.applyParts([x]).dot));
    // (Wᵀ y)ᵀ (W x) / |y|² for independent x and y has variance |W x|² |Wᵀ y|² / (n |y|⁴), near 1 / n.
    expect(Math.abs(coefficient)).toBeLessThan(SIGMAS / Math.sqrt(WIDTH));
  });

  test('Wᵀ φ(W φ(Wᵀ y)): derivatives by the hat of a product that has a dot part itself', () => {
    const matrix = squareMatrix(5);
    const x = one(matrix.applyTransposed([y])).map(Math.tanh);
    const parts = matrix.applyParts([x]);
    const h = one(sumOf(parts));
    const { dot: dots } = matrix.applyTransposedParts([h.map(Math.tanh)]);
    // By Stein's lemma E[hat φ(h)] = E[hat²] E φ′(h); both sides are averages over the same coordinates.
    const hat = one(parts.hat);
    const expected = average(h, h, tanhSlope);
    const variance = average(hat);
    const errors = hat.map((value, row) => value * Math.tanh(at(h, row)) - variance * tanhSlope(at(h, row)));
    const error = Math.sqrt(average(errors) / WIDTH) / variance;
    expect(Math.abs(multipleOf(x, one(dots)) - expected)).toBeLessThan(SIGMAS * error);
    // The dot part of h matters: its slope would be 2 % larger for the hat alone, many standard errors.
    expect(average(hat, hat, tanhSlope) - expected).toBeGreaterThan(2 * SIGMAS * error);
  });

  test('a rectangular matrix: the transpose gains the ratio of widths, W does not', () => {
    const [rows, columns] = [WIDTH, WIDTH / 4];
    const [tall] = normalColumns(6, 'tall', 1, rows) as [Column];
    const [short] = normalColumns(6, 'short', 1, columns) as [Column];
    const matrix = () => lazyGaussian(drawnFrom(stream(6, 'matrix'), rows, columns));
    const forth = matrix();
    const there = forth.applyParts(forth.applyTransposed([tall]));
    expect(Math.abs(multipleOf(tall, one(there.dot)) - 1)).toBeLessThan(SIGMAS * Math.sqrt(2 / columns));
    const back = matrix();
    const here = back.applyTransposedParts(back.apply([short]));
    expect(Math.abs(multipleOf(short, one(here.dot)) / (rows / columns) - 1)).toBeLessThan(
      SIGMAS * Math.sqrt(2 / rows),
    );
  });

  test('the covariance of hats is that of the inputs, and those of W and Wᵀ are independent', () => {
    const matrix = squareMatrix(7);
    const h = matrix.applyTransposed([y, other]);
    const xs = h.map((column, k) => column.map((value, row) => Math.tanh(value) + k * Math.sin(at(one(h), row))));
    const { hat } = matrix.applyParts(xs);
    const [a, b] = hat as [Column, Column];
    const [first, second] = xs as [Column, Column];
    const error = Math.sqrt((average(a) * average(b) + average(a, b) ** 2) / WIDTH);
    expect(average(first, second)).toBeGreaterThan(10 * error);
    expect(Math.abs(average(a, b) - average(first, second))).toBeLessThan(SIGMAS * error);
    const [, g] = h as [Column, Column];
    expect(Math.abs(average(a, g))).toBeLessThan(SIGMAS * Math.sqrt((average(a) * average(g)) / WIDTH));
  });
});
