import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { matrix, multiply, stream, transpose } from '../../src/numeric/index.ts';
import type { KernelDraw } from '../../src/report/index.ts';
import { kernelView } from '../../src/report/kernelView.ts';

/** Rounding of some tens of operations on numbers of order 1. */
const TOLERANCE = 1e-12;

function drawOf(labels: readonly number[], kernel: readonly number[]): KernelDraw {
  return { seed: 1, labels, texts: labels.map(String), kernel, eigenvalues: labels.map(() => 1) };
}

/** X Xᵀ of random features. */
function randomKernel(size: number, seed: number): number[] {
  const features = matrix(size, 3, stream(seed).normals(3 * size));
  return [...multiply(features, transpose(features)).data];
}

function expectNear(actual: readonly (number | undefined)[], expected: readonly number[]): void {
  expect(actual).toHaveLength(expected.length);
  actual.forEach((value, k) => {
    expect(Math.abs((value ?? Number.NaN) - (expected[k] ?? 0)), `entry ${k}`).toBeLessThan(TOLERANCE);
  });
}

/** ⟨H K H, Y⟩ / (‖H K H‖ ‖H Y H‖) by products of matrices, H = I − 1/n. */
function alignmentByProducts(kernel: readonly number[], labels: readonly number[]): number {
  const n = labels.length;
  const h = matrix(
    n,
    n,
    Float64Array.from({ length: n * n }, (_, k) => (k % (n + 1) === 0 ? 1 : 0) - 1 / n),
  );
  const centered = (data: readonly number[]) => multiply(multiply(h, matrix(n, n, Float64Array.from(data))), h).data;
  const same = labels.flatMap((a) => labels.map((b) => (a === b ? 1 : 0)));
  const [k, y] = [centered(kernel), centered(same)];
  const norm = (values: Float64Array) => Math.hypot(...values);
  return k.reduce((sum, value, i) => sum + value * (y[i] ?? 0), 0) / (norm(k) * norm(y));
}

describe('kernelView', () => {
  // Labels are mixed; in order of labels the examples are 1, 3, 0, 2.
  const kernel = [4, 1, 2, -1, 1, 1, 0, 0.5, 2, 0, 9, 3, -1, 0.5, 3, 16];
  const view = kernelView(drawOf([1, 0, 1, 0], kernel), 1);

  it('orders by class and normalizes to unit diagonal', () => {
    expect(view.order).toEqual([1, 3, 0, 2]);
    expect(view.classes).toEqual([
      { label: 0, start: 0, end: 2 },
      { label: 1, start: 2, end: 4 },
    ]);
    expect(view.diagonal).toEqual([1, 16, 4, 9]);
    // Lengths are 1, 4, 2, 3.
    expectNear(view.plain.cells.flat(), [
      1,
      0.125,
      0.5,
      0,
      0.125,
      1,
      -0.125,
      0.25,
      0.5,
      -0.125,
      1,
      2 / 6,
      0,
      0.25,
      2 / 6,
      1,
    ]);
  });

  it('takes means without the diagonal', () => {
    expectNear(view.plain.byClass.flat(), [0.125, (0.5 + 0 - 0.125 + 0.25) / 4, (0.5 + 0 - 0.125 + 0.25) / 4, 2 / 6]);
    expectNear(view.plain.withOthers, [0.15625, 0.15625]);
    expectNear([view.plain.within, view.plain.between], [(0.125 + 2 / 6) / 2, 0.15625]);
    expectNear(view.plain.byExample[0] ?? [], [0.125, 0.25]);
    expectNear(view.plain.byExample[3] ?? [], [0.125, 2 / 6]);
  });

  it('subtracts the means of rows and columns for the centered form', () => {
    const means = [0.625, 4.625, 1.5, 3.5]; // rows 1, 3, 0, 2 of the kernel
    const all = (0.625 + 4.625 + 1.5 + 3.5) / 4;
    const entry = (value: number, a: number, b: number) => value - (means[a] ?? 0) - (means[b] ?? 0) + all;
    const cosine = entry(0.5, 0, 1) / Math.sqrt(entry(1, 0, 0) * entry(16, 1, 1));
    expectNear([view.centered.cells[0]?.[1]], [cosine]);
    expectNear([view.centered.cells[2]?.[2]], [1]);
  });

  it('averages the diagonal blocks of several outputs', () => {
    // Two examples with two outputs: K[i, c, j, c] is 1 and 3, 2 and 6, 5 and 7, the other entries are 100.
    const blocks = [1, 100, 2, 100, 100, 3, 100, 6, 2, 100, 5, 100, 100, 6, 100, 7];
    const { diagonal, plain } = kernelView(drawOf([0, 1], blocks), 2);
    expect(diagonal).toEqual([2, 6]);
    expectNear([plain.cells[0]?.[1]], [4 / Math.sqrt(12)]);
  });

  it('keeps rows and columns of an asymmetric kernel apart', () => {
    const { plain } = kernelView(drawOf([0, 1], [1, 0.5, -0.25, 1]), 1);
    expect(plain.cells).toEqual([
      [1, 0.5],
      [-0.25, 1],
    ]);
    expect(plain.byClass).toEqual([
      [undefined, 0.5],
      [-0.25, undefined],
    ]);
  });

  it('has no numbers where a gradient is 0 or an entry is not finite', () => {
    const { plain, alignment } = kernelView(drawOf([0, 0, 1], [1, 0, 0.5, 0, 0, 0, 0.5, 0, 1]), 1);
    expect(plain.cells[1]).toEqual([Number.NaN, Number.NaN, Number.NaN]);
    expectNear([plain.between], [0.5]);
    expect(plain.within).toBeUndefined();
    expect(alignment).toBeGreaterThan(0);
    const broken = kernelView(drawOf([0, 1], [1, 0.5, 0.5, Number.NaN]), 1);
    expect(broken.plain.cells[0]).toEqual([1, Number.NaN]);
    expect(broken.alignment).toBeUndefined();
  });
});

describe('alignment', () => {
  const labels = [0, 1, 1, 2, 0, 1];
  const alignment = (kernel: readonly number[], of = labels) => kernelView(drawOf(of, kernel), 1).alignment;

  it('is 1 for the kernel of the labels, whatever is added to and multiplied with it', () => {
    expectNear([alignment(labels.flatMap((a) => labels.map((b) => (a === b ? 5 : 2))))], [1]);
  });

  it('is that of two signs for two classes', () => {
    const signs = [1, -1, -1, 1];
    expectNear(
      [
        alignment(
          signs.flatMap((a) => signs.map((b) => a * b)),
          [0, 1, 1, 0],
        ),
      ],
      [1],
    );
  });

  it('is not defined for a constant kernel', () => {
    expect(alignment(labels.flatMap(() => labels.map(() => 0.1)))).toBeUndefined();
    expect(alignment(labels.flatMap(() => labels.map(() => 0)))).toBeUndefined();
  });

  it('agrees with products of centering matrices, for any order of examples', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 1000 }), (seed) => {
        const kernel = randomKernel(labels.length, seed);
        const order = [...stream(seed, 'order').permutation(labels.length)];
        const moved = order.flatMap((a) => order.map((b) => kernel[a * labels.length + b] ?? 0));
        const movedLabels = order.map((a) => labels[a] ?? 0);
        expectNear(
          [alignment(kernel), alignment(moved, movedLabels)],
          Array(2).fill(alignmentByProducts(kernel, labels)),
        );
      }),
    );
  });
});
