import { describe, expect, it } from 'vitest';
import { standardError } from '../../src/lm/index.ts';
import { scoreWarnings } from '../../src/report/chance.ts';
import type { KernelReportData, MethodScore } from '../../src/report/index.ts';
import { sampleData } from './sample.ts';

/** What a constant answer reaches on these examples. */
const CHANCE = { accuracy: 0.6, f1: 0.75, matthews: 0 };

/** A run of three draws on 100 examples, 40 negative and 60 positive. */
function runOf(scores: readonly MethodScore[], metric: KernelReportData['metric'] = 'accuracy'): KernelReportData {
  return {
    ...sampleData({ shots: 1, seeds: [1], evaluated: 100 }),
    labelCounts: [40, 60],
    chance: CHANCE[metric],
    metric,
    scores,
  };
}

const score = (mean: number, std: number, values: readonly number[]): MethodScore => ({
  name: 'SGD kernel',
  mean,
  std,
  values,
});

describe('standardError', () => {
  it('adds what draws and evaluated examples contribute', () => {
    const four = score(0.8, 0.04, [0.76, 0.8, 0.8, 0.84]);
    expect(standardError(four, { ...runOf([]), evaluated: 400 })).toBeCloseTo(Math.sqrt(0.0004 + 0.0004), 12);
    expect(standardError(four, runOf([], 'f1'))).toBeCloseTo(0.02, 12);
  });

  it('has the examples only for one draw, and nothing for one draw of another metric', () => {
    expect(standardError(score(0.8, 0, [0.8]), { ...runOf([]), evaluated: 400 })).toBeCloseTo(0.02, 12);
    expect(standardError(score(0.8, 0, [0.8]), runOf([], 'matthews'))).toBeUndefined();
  });
});

describe('scoreWarnings', () => {
  it('says that a score within two standard errors of chance is at chance', () => {
    // 2 √(0.03²/3 + 0.62 · 0.38/100) = 0.1031.
    expect(scoreWarnings(runOf([score(0.62, 0.03, [0.59, 0.62, 0.65])]))).toEqual([
      'SGD kernel is at chance: its accuracy of 62.0% is within two standard errors (10.3 points, from 3 draws and 100 ' +
        'evaluated examples) of chance (60.0%, the best accuracy of a constant answer). This run is no evidence that it ' +
        'does better than an answer that ignores the text.',
    ]);
  });

  it('says so from the examples alone for one draw, and from the draws alone for other metrics', () => {
    expect(scoreWarnings(runOf([score(0.62, 0, [0.62])])).join()).toContain(
      '(9.7 points, from 100 evaluated examples)',
    );
    expect(scoreWarnings(runOf([score(0.1, 0.2, [-0.1, 0.1, 0.3])], 'matthews')).join()).toContain(
      'its Matthews correlation of 10.0% is within two standard errors (23.1 points, from 3 draws) of chance (0.0%',
    );
  });

  it('says that a score is below chance', () => {
    expect(scoreWarnings(runOf([score(0.3, 0.01, [0.29, 0.3, 0.31])]))).toEqual([
      'SGD kernel is below chance: its accuracy of 30.0% is less than chance (60.0%, the best accuracy of a constant answer).',
    ]);
  });

  it('has no interval for one draw of another metric', () => {
    expect(scoreWarnings(runOf([score(-0.1, 0, [-0.1])], 'matthews')).join()).toContain('is below chance');
    expect(scoreWarnings(runOf([score(0, 0, [0])], 'matthews'))).toEqual([
      'SGD kernel is at chance: its Matthews correlation of 0.0% is not above chance (0.0%, the best Matthews correlation of a constant answer).',
    ]);
    expect(scoreWarnings(runOf([score(0.1, 0, [0.1])], 'matthews'))).toEqual([]);
  });

  it('is silent about a score clearly above chance', () => {
    expect(scoreWarnings(runOf([score(0.9, 0.01, [0.89, 0.9, 0.91])]))).toEqual([]);
  });

  it('notices a method that gives one answer only', () => {
    const constant = {
      ...score(0.9, 0.01, [0.89, 0.9, 0.91]),
      confusion: [
        [0, 120],
        [0, 180],
      ],
    };
    expect(scoreWarnings(runOf([constant]))).toEqual([
      'SGD kernel gives one answer, “positive”, to every evaluated example of every draw.',
    ]);
  });
});
