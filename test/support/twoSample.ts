/**
 * Whether two samples of several scalars come from one joint law: their distributions one by one (Kolmogorov and
 * Smirnov), their means, variances and covariances, all at one family-wise level (Bonferroni).
 *
 * What the sizes can show: the variances of two samples of n normal draws differ by √(4/n) of their size by chance, so a
 * variance that is 10 % off is found at a level of 1e-3 from about 20,000 draws on, one that is 21 % off (10 % of the
 * standard deviation) from about 5,000; a correlation that is 0.2 off from about 2,000.
 */

import { at, normalCdf } from '../../src/numeric/index.ts';

/** What comparing two samples gives. */
export interface Comparison {
  /** Whether the laws are told apart: whether {@link smallest} is below the level. */
  readonly rejected: boolean;
  /** The smallest p-value times the number of tests, at most 1. */
  readonly smallest: number;
  /** What that test compared, for messages. */
  readonly which: string;
}

/** Rows of outputs. */
type Sample = readonly ArrayLike<number>[];

/** Spread of all draws, relative to their size, that is rounding: such an output is the same constant in both samples. */
const ROUNDING = 1e-10;

/** Compares rows of outputs, some hundred of each at least: moments are compared by the central limit theorem. */
export function notToldApart(first: Sample, second: Sample, level = 1e-3): Comparison {
  const outputs = first[0]?.length ?? 0;
  checkRows(first, outputs);
  checkRows(second, outputs);
  const columns = Array.from({ length: outputs }, (_, output) => standardized(first, second, output));
  const tests: { p: number; which: string }[] = [];
  for (const [i, column] of columns.entries()) {
    if (column === undefined) continue;
    tests.push({ p: kolmogorovSmirnov(...column), which: `the distribution of output ${i}` });
    tests.push({ p: equalMeans(...column), which: `the mean of output ${i}` });
    for (const [j, other] of columns.slice(0, i + 1).entries()) {
      if (other === undefined) continue;
      const p = equalMeans(products(column[0], other[0]), products(column[1], other[1]));
      tests.push({ p, which: i === j ? `the variance of output ${i}` : `the covariance of outputs ${j} and ${i}` });
    }
  }
  const worst = tests.reduce((least, test) => (test.p < least.p ? test : least), {
    p: 1,
    which: 'nothing that varies',
  });
  const smallest = Math.min(1, worst.p * tests.length);
  return { rejected: smallest < level, smallest, which: worst.which };
}

/** The p-value of equal means of two large samples, whatever their variances. */
export function equalMeans(first: Float64Array, second: Float64Array): number {
  const [a, b] = [moments(first), moments(second)];
  const error = Math.sqrt(a.variance / first.length + b.variance / second.length);
  return error === 0 ? Number(a.mean === b.mean) : 2 * normalCdf(-Math.abs(a.mean - b.mean) / error);
}

/**
 * The p-value of equal continuous distributions by the largest distance of the empirical ones.
 *
 * M. A. Stephens, "Use of the Kolmogorov–Smirnov … statistics without extensive tables", JRSS B 32 (1970), 115–122: with
 * N = nm/(n + m), (√N + 0.12 + 0.11/√N)·D has Kolmogorov's law to a percent.
 */
export function kolmogorovSmirnov(first: Float64Array, second: Float64Array): number {
  const [a, b] = [first.toSorted(), second.toSorted()];
  let distance = 0;
  for (let i = 0, j = 0; i < a.length && j < b.length; ) {
    const value = Math.min(at(a, i), at(b, j));
    while (i < a.length && at(a, i) <= value) i++;
    while (j < b.length && at(b, j) <= value) j++;
    distance = Math.max(distance, Math.abs(i / a.length - j / b.length));
  }
  const root = Math.sqrt((a.length * b.length) / (a.length + b.length));
  return kolmogorovTail((root + 0.12 + 0.11 / root) * distance);
}

/** P(K > x) for Kolmogorov's law, 2 Σ (−1)^(k−1) exp(−2k²x²). */
function kolmogorovTail(x: number): number {
  // Below, the tail is 1 to ten digits and the series slow.
  if (x < 0.25) return 1;
  let tail = 0;
  for (let k = 20; k >= 1; k--) tail += (k % 2 === 1 ? 2 : -2) * Math.exp(-2 * k * k * x * x);
  return Math.min(1, tail);
}

/** An output of both samples, minus the mean and over the standard deviation of all draws; undefined for a constant. */
function standardized(first: Sample, second: Sample, output: number): [Float64Array, Float64Array] | undefined {
  const all = Float64Array.from([...first, ...second], (row) => at(row, output));
  const { mean, variance } = moments(all);
  const deviation = Math.sqrt(variance);
  const size = all.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
  if (deviation <= ROUNDING * size) return undefined;
  const scaled = all.map((value) => (value - mean) / deviation);
  return [scaled.slice(0, first.length), scaled.slice(first.length)];
}

function products(first: Float64Array, second: Float64Array): Float64Array {
  return first.map((value, index) => value * at(second, index));
}

function moments(values: Float64Array): { mean: number; variance: number } {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  return { mean, variance: squares / (values.length - 1) };
}

/** A sample that cannot be compared is a mistake of the test that made it. */
function checkRows(rows: Sample, outputs: number): void {
  if (rows.length < 100) throw new Error(`${rows.length} rows, expected at least 100`);
  for (const [index, row] of rows.entries()) {
    if (row.length !== outputs) throw new Error(`row ${index} has ${row.length} outputs, expected ${outputs}`);
    for (let output = 0; output < outputs; output++) {
      if (!Number.isFinite(row[output])) throw new Error(`output ${output} of row ${index} is ${row[output]}`);
    }
  }
}
