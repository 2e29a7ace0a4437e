import { describe, expect, it } from 'vitest';
import { accuracy, constantScore, score, summarize } from '../../../src/lm/data/metrics.ts';

/** Reference values: scikit-learn's f1_score and matthews_corrcoef, by their definitions on the counts below. */
const ACTUAL = [1, 1, 1, 0, 0, 0, 0, 1];
const PREDICTED = [1, 1, 0, 0, 1, 0, 0, 0];
// True positives 2, false positives 1, false negatives 2, true negatives 3.

describe('score', () => {
  it('is the share of right ones, for any number of classes', () => {
    expect(score('accuracy', PREDICTED, ACTUAL)).toBe(5 / 8);
    expect(accuracy([0, 1, 2, 2], [0, 1, 2, 0])).toBe(0.75);
  });

  it('takes the second class as positive in F1', () => {
    expect(score('f1', PREDICTED, ACTUAL)).toBeCloseTo(4 / 7, 15);
    // The other way round: true positives 3, false positives 2, false negatives 1.
    const turned = (classes: readonly number[]) => classes.map((label) => 1 - label);
    expect(score('f1', turned(PREDICTED), turned(ACTUAL))).toBeCloseTo(6 / 9, 15);
  });

  it("is Matthews' correlation, the same for both classes", () => {
    const expected = (2 * 3 - 1 * 2) / Math.sqrt(3 * 4 * 4 * 5);
    expect(score('matthews', PREDICTED, ACTUAL)).toBeCloseTo(expected, 15);
    expect(score('matthews', ACTUAL, ACTUAL)).toBe(1);
  });

  it('is 0 where scikit-learn says so: no positives, or a constant', () => {
    expect(score('f1', [0, 0], [0, 0])).toBe(0);
    expect(score('matthews', [1, 1], [0, 1])).toBe(0);
  });
});

describe('constantScore', () => {
  it('is what the best answer without the text reaches', () => {
    expect(constantScore('accuracy', [40, 60])).toBe(0.6);
    // Always positive: 60 true positives, 40 false ones, no false negative.
    expect(constantScore('f1', [40, 60])).toBeCloseTo((2 * 60) / (2 * 60 + 40), 12);
    expect(constantScore('matthews', [40, 60])).toBe(0);
  });
});

describe('summarize', () => {
  it('has the sample deviation, 0 for one value', () => {
    expect(summarize([1, 2, 3])).toEqual({ mean: 2, std: 1 });
    expect(summarize([0.5])).toEqual({ mean: 0.5, std: 0 });
  });
});
