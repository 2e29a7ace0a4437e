/** How a training does on dev: the best state, and a rate that is too large. */

import { describe, expect, test } from 'vitest';
import { bestScore, evaluationOf, isBetter, tooLarge } from '../../../src/lm/finetune/devScores.ts';

const at = (step: number, score: number | null, loss: number | null = 0.5) => ({ step, score, loss });

test('logits become loss and score', () => {
  const logits = Float64Array.of(2, 0, 0, 1);
  const { loss, accuracy, examples } = evaluationOf(logits, [0, 0], 'accuracy');
  expect(loss).toBeCloseTo((Math.log(1 + Math.exp(-2)) + Math.log(1 + Math.exp(1))) / 2, 12);
  expect([accuracy, examples]).toEqual([0.5, 2]);
  expect(evaluationOf(Float64Array.of(Number.NaN, 0), [0], 'accuracy').loss).toBeNull();
  expect(evaluationOf(new Float64Array(), [], 'accuracy')).toEqual({ examples: 0, loss: null, accuracy: null });
});

describe('the best', () => {
  test('is by score, then by loss, then the first', () => {
    expect(isBetter(at(1, 0.8), at(0, 0.7))).toBe(true);
    expect(isBetter(at(1, 0.8, 0.4), at(0, 0.8, 0.5))).toBe(true);
    expect(isBetter(at(1, 0.8, null), at(0, 0.8, 0.5))).toBe(false);
    expect(bestScore([at(1, 0.5), at(2, 0.7), at(3, 0.7)])?.step).toBe(2);
    expect(bestScore([at(1, null)])).toBeUndefined();
  });
});

describe('a rate is too large', () => {
  const growing = [0.5, 0.6, 0.5, 0.6, 2, 2.1, 2, 2.2];
  test('where dev and training are told worse than at the start', () => {
    const found = tooLarge([at(0, 0.7, 0.6), at(20, 0.5, 3)], growing);
    expect(found).toMatchObject({ step: 20, before: { score: 0.7 }, after: { score: 0.5 } });
    expect(found?.trainingLoss).toBeCloseTo(2.075, 12);
    // Earlier ones say nothing.
    expect(tooLarge([at(0, 0.7, 0.6), at(10, 0.4, 4), at(20, 0.5, 3)], growing)?.step).toBe(20);
    expect(tooLarge([at(0, 0.7, 0.6), at(10, 0.4, 4)], growing)).toBeUndefined();
  });

  test.each([
    ['dev is told no worse', [at(0, 0.7, 0.6), at(20, 0.7, 3)], growing],
    ['the dev loss falls', [at(0, 0.7, 0.6), at(20, 0.5, 0.55)], growing],
    ['the training loss has not grown', [at(0, 0.7, 0.6), at(20, 0.5, 3)], growing.toReversed()],
    ['it grows by less than its spread', [at(0, 0.7, 0.6), at(20, 0.5, 3)], [0.5, 1.5, 0.6, 1.4, 0.1, 1.5, 0.1, 1.2]],
    ['it is not the first evaluation', [at(0, 0.7, 0.6), at(20, 0.7, 3), at(40, 0.5, 3)], growing],
    ['there are no dev examples', [at(0, null, null), at(20, null, null)], growing],
    ['there were too few losses', [at(0, 0.7, 0.6), at(20, 0.5, 3)], [2]],
  ] as const)('but not where %s', (_, scores, losses) => {
    expect(tooLarge(scores, losses)).toBeUndefined();
  });
});
