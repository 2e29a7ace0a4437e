import { describe, expect, it } from 'vitest';
import { atChance, type TaskScores, taskOverview } from '../../../src/lm/index.ts';
import { pairedDifference } from '../../../src/lm/run/pairedDifference.ts';
import { mean, standardDeviation, stream } from '../../../src/numeric/index.ts';

const scores = (...values: number[]) => ({
  values,
  mean: mean(values),
  std: standardDeviation(values) ?? 0,
  further: {},
});

const task = (name: string, methods: TaskScores['methods']): TaskScores => ({
  task: name,
  metric: 'accuracy',
  classes: 2,
  evaluated: 500,
  chance: 0.52,
  seeds: [13, 21, 42],
  methods,
});

describe('pairedDifference', () => {
  it("is Student's interval of the differences, draw by draw", () => {
    // Differences 0.1, 0.2, 0.3: deviation 0.1, and t of 95 % with two degrees of freedom is 4.302653.
    const { mean: center, interval } = pairedDifference([0.6, 0.8, 0.7], [0.5, 0.6, 0.4], 0.95);
    expect(center).toBeCloseTo(0.2, 12);
    expect(interval?.[0]).toBeCloseTo(0.2 - (4.302653 * 0.1) / Math.sqrt(3), 6);
    expect(interval?.[1]).toBeCloseTo(0.2 + (4.302653 * 0.1) / Math.sqrt(3), 6);
  });

  it('takes a value that all draws share for each of them, and knows no interval from one draw', () => {
    expect(pairedDifference([0.6, 0.8], [0.5], 0.95).mean).toBeCloseTo(0.2, 12);
    expect(pairedDifference([0.6], [0.5], 0.95)).toEqual({ mean: 0.6 - 0.5 });
  });

  it('covers the mean over all draws as often as it says', () => {
    const rounds = 2000;
    const normals = [...stream(7, 'paired differences').normals(5 * rounds)].map((value) => 0.3 + value);
    const draws = (round: number): number[] => normals.slice(5 * round, 5 * round + 5);
    const covered = Array.from({ length: rounds }, (_, k) => pairedDifference(draws(k), [0.3], 0.9).interval).filter(
      (interval) => interval !== undefined && interval[0] <= 0 && interval[1] >= 0,
    );
    expect(Math.abs(covered.length / rounds - 0.9)).toBeLessThan(4 * Math.sqrt((0.9 * 0.1) / rounds));
  });
});

describe('taskOverview', () => {
  const far = task('far', { 'zero-shot': scores(0.5), 'SGD kernel': scores(0.9, 0.9001, 0.8999) });
  const near = task('near', { 'zero-shot': scores(0.5), 'SGD kernel': scores(0.45, 0.6, 0.5) });

  it('compares every pair of methods on every task', () => {
    const { differences, methods, beyondDraws } = taskOverview([far, near]);
    expect(methods).toEqual(['zero-shot', 'SGD kernel']);
    expect(differences.map(({ task: name, first, second }) => [name, first, second])).toEqual([
      ['far', 'SGD kernel', 'zero-shot'],
      ['near', 'SGD kernel', 'zero-shot'],
    ]);
    expect(beyondDraws.map(({ task: name }) => name)).toEqual(['far']);
  });

  it('widens intervals with the number of comparisons', () => {
    const { level, simultaneousLevel } = taskOverview([far, near]);
    expect(level).toBe(0.95);
    expect(simultaneousLevel).toBeCloseTo(0.975, 12);
  });

  it('knows which methods a constant answer reaches', () => {
    expect(atChance(taskOverview([far, near]), 'SGD kernel')).toEqual(['near']);
    expect(atChance(taskOverview([far, near]), 'zero-shot')).toEqual(['far', 'near']);
  });
});
