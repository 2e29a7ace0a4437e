/**
 * Why the exponent of Shampoo's update with square roots is seen from width 256 on: the update is made of the weakest
 * singular directions of the gradient, whose sizes come near their limits late. Of rank k all is told by k × k matrices
 * (theory 11).
 */

import { beforeAll, describe, expect, it } from 'vitest';
import { randomExamples } from '../../../src/experiments/index.ts';
import { at, linearFit, mean, stream } from '../../../src/numeric/index.ts';
import { eigenvectors } from '../../../src/program/index.ts';

const [EXAMPLES, INPUT] = [8, 4];
const { x, target } = randomExamples({ batch: EXAMPLES, input: INPUT, seed: 1 });
const relu = (value: number): number => Math.max(0, value);

/** U and V [n, examples] of the first gradient U Vᵀ of the hidden matrix of a perceptron in µP, row-major. */
function gradient(n: number, seed: number): [Float64Array, Float64Array] {
  const drawn = (name: string, count: number) => stream(seed * 10_000 + n, name).normals(count);
  const [w1, w2, w3] = [drawn('w1', n * INPUT), drawn('w2', n * n), drawn('w3', n)];
  const below = product(w1, x?.data ?? [], n, INPUT).map((h) => relu(h / Math.sqrt(INPUT)));
  const above = product(w2, transposed(below, n), n, n).map((h) => h / Math.sqrt(n));
  const errors = Array.from({ length: EXAMPLES }, (_, b) => {
    let f = 0;
    for (let i = 0; i < n; i++) f += (relu(at(above, i * EXAMPLES + b)) * at(w3, i)) / n;
    return f - at(target?.data ?? [], b);
  });
  return [above.map((h, k) => (h > 0 ? at(w3, Math.floor(k / EXAMPLES)) * at(errors, k % EXAMPLES) : 0)), below];
}

/** left [rows, inner] · right [examples, inner]ᵀ. */
function product(left: ArrayLike<number>, right: ArrayLike<number>, rows: number, inner: number): Float64Array {
  return Float64Array.from({ length: rows * EXAMPLES }, (_, k) => {
    const [row, b] = [Math.floor(k / EXAMPLES), k % EXAMPLES];
    let sum = 0;
    for (let j = 0; j < inner; j++) sum += at(left, row * inner + j) * at(right, b * inner + j);
    return sum;
  });
}

const transposed = (m: Float64Array, rows: number): Float64Array =>
  m.map((_, k) => at(m, (k % rows) * (m.length / rows) + Math.floor(k / rows)));

/** UᵀU/n. */
const gram = (u: Float64Array, n: number): Float64Array => {
  const columns = transposed(u, n);
  return product(columns, columns, EXAMPLES, n).map((sum) => sum / n);
};

const times = (a: Float64Array, b: Float64Array): Float64Array =>
  product(a, transposed(b, EXAMPLES), EXAMPLES, EXAMPLES);

function eigen(a: Float64Array): { vectors: Float64Array; values: number[] } {
  const vectors = eigenvectors(a, EXAMPLES);
  const rotated = times(transposed(vectors, EXAMPLES), times(a, vectors));
  return { vectors, values: Array.from({ length: EXAMPLES }, (_, k) => Math.max(0, at(rotated, k * EXAMPLES + k))) };
}

interface Spectrum {
  /** Of U Vᵀ/n, falling. */
  readonly singular: readonly number[];
  /** The squares of the coordinates of the columns of V in each right direction, their means. */
  readonly seen: readonly number[];
}

function spectrum(n: number, seed: number): Spectrum {
  const [u, v] = gradient(n, seed);
  const { vectors, values } = eigen(gram(v, n));
  const root = times(
    vectors.map((entry, k) => entry * Math.sqrt(at(values, k % EXAMPLES))),
    transposed(vectors, EXAMPLES),
  );
  const own = eigen(times(root, times(gram(u, n), root)));
  const coordinates = times(transposed(own.vectors, EXAMPLES), root).map((c) => c * c);
  return {
    singular: own.values.map(Math.sqrt),
    seen: own.values.map((_, k) => mean(coordinates.slice(k * EXAMPLES, (k + 1) * EXAMPLES))),
  };
}

/** ‖X x‖²/n, by direction, over examples, of X = (L + ε‖L‖)^(−1/p) G (R + ε‖R‖)^(−1/p). */
function effects({ singular, seen }: Spectrum, p: number, epsilon: number): number[] {
  const norm = Math.hypot(...singular.map((s) => s * s));
  return singular.map((s, k) => (s / (s * s + epsilon * norm) ** (2 / p)) ** 2 * at(seen, k));
}

const WIDTHS = [32, 64, 128];
const SEEDS = 16;
const networks = (n: number): Spectrum[] => Array.from({ length: SEEDS }, (_, seed) => spectrum(n, seed));
const sum = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0);

describe('the first update of the hidden matrix by Shampoo', () => {
  let spectra: readonly (readonly Spectrum[])[] = [];
  beforeAll(() => {
    spectra = WIDTHS.map(networks);
  });
  const exponent = (p: number, epsilon: number): number =>
    linearFit(
      WIDTHS.map(Math.log),
      spectra.map((own) => mean(own.map((one) => Math.log(sum(effects(one, p, epsilon))) / 2))),
    ).slope;
  const weakest = (own: readonly Spectrum[]): number =>
    Math.exp(mean(own.map(({ singular }) => Math.log(at(singular, EXAMPLES - 1) / at(singular, 0)))));

  it('is made of the weakest directions with square roots, and not with fourth ones', () => {
    const share = (p: number, direction: number): number =>
      mean(
        spectra.flat().map((one) => {
          const found = effects(one, p, 1e-6);
          return at(found, direction) / sum(found);
        }),
      );
    expect(share(2, 0)).toBeLessThan(0.02);
    expect(share(2, EXAMPLES - 1) + share(2, EXAMPLES - 2)).toBeGreaterThan(0.5);
    expect(share(4, EXAMPLES - 1) + share(4, EXAMPLES - 2)).toBeLessThan(0.02);
  });

  it('falls over narrow widths as the weakest one rises towards its share of the largest', () => {
    const [narrow = Number.NaN, , wide = Number.NaN] = spectra.map(weakest);
    expect(narrow).toBeLessThan(0.9 * wide);
    expect(exponent(2, 1e-6)).toBeLessThan(-0.1);
    expect(Math.abs(exponent(2, 1e-2))).toBeLessThan(0.1);
    expect(Math.abs(exponent(4, 1e-6))).toBeLessThan(0.05);
  });
});
