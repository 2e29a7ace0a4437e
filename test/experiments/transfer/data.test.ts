/** Examples and mini-batches. */

import { describe, expect, it } from 'vitest';
import { type Examples, teacherExamples } from '../../../src/experiments/index.ts';
import { checkExamples, tensorsOf } from '../../../src/experiments/transfer/data.ts';
import { interpret } from '../../../src/reference/index.ts';

const examples = (count: number): Examples => ({
  name: 'numbers',
  source: 'counting',
  input: 2,
  classes: 3,
  inputs: Float64Array.from({ length: 2 * count }, (_, k) => k),
  labels: Int32Array.from({ length: count }, (_, k) => k % 3),
});

describe('examples as tensors', () => {
  it('have a row each, with its class', () => {
    const { x, target } = tensorsOf(examples(4));
    expect(x).toMatchObject({ axes: ['batch', 'input'], shape: [4, 2] });
    expect(Array.from(x?.data ?? [])).toEqual([0, 1, 2, 3, 4, 5, 6, 7]);
    expect(target).toMatchObject({ axes: ['batch'], shape: [4] });
    expect(Array.from(target?.data ?? [])).toEqual([0, 1, 2, 0]);
  });

  it('have the axes of an image where they are images', () => {
    const shape = { row: 2, column: 1, input: 1 };
    const { x } = tensorsOf({ ...examples(3), shape });
    expect(x).toMatchObject({ axes: ['batch', 'row', 'column', 'input'], shape: [3, 2, 1, 1] });
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
    [
      { labels: Int32Array.of(0, 3) },
      'row 1 of the data "numbers" has the label 3; expected a class from 0 to 2. Rows count from 0.',
    ],
    [
      { inputs: Float64Array.of(0, 1, 2, Number.NaN) },
      'row 1, column 1 of the data "numbers" is NaN; expected a number. Rows and columns count from 0.',
    ],
    [{ inputs: Float64Array.of(0) }, 'the data "numbers" have 2 labels and 1 numbers of inputs; expected 2 × 2 = 4.'],
  ])('are refused: %o', (wrong, message) => {
    expect(() => checkExamples({ ...examples(2), ...wrong })).toThrow(message);
  });
});
