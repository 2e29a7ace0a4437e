/** A part of what the slow suite asks of perceptrons: no false alarm, and nothing missed. */

import { describe, expect, it } from 'vitest';
import {
  ADAM,
  ADAM_WITH_EPSILON,
  checkedPerceptron,
  LION,
  type PerceptronMistake,
  SGD,
  toldOf,
} from './perceptronRuns.ts';

const QUICK = { widths: [32, 64, 128, 256], steps: 1 } as const;

describe('µP is not accused', () => {
  it.each([
    ['Adam', ADAM],
    ['Adam with an ε', ADAM_WITH_EPSILON],
    ['SGD', SGD],
    ['Lion', LION],
  ])('with %s, whatever the seeds', async (_, rule) => {
    for (const seed of [0, 100, 200]) {
      const { findings, causes } = await checkedPerceptron(rule, { ...QUICK, seed, seeds: 3 });
      expect({ seed, findings, causes }).toEqual({ seed, findings: [], causes: undefined });
    }
  });
});

describe('a mistake by a half fails and is named', () => {
  const mistakes: [string, typeof ADAM, PerceptronMistake][] = [
    ['Adam', ADAM, ['w2', 'c', 0.5]],
    ['Adam', ADAM, ['w3', 'c', 0.5]],
    ['Adam', ADAM, ['w1', 'a', -0.5]],
    ['Adam', ADAM, ['w3', 'b', 0.5]],
    ['SGD', SGD, ['w2', 'c', -0.5]],
    ['SGD', SGD, ['w2', 'd', -0.5]],
    ['Adam with an ε', ADAM_WITH_EPSILON, ['w1', 'd', 0.5]],
  ];
  it.each(mistakes)('with %s: %j', async (_, rule, mistake) => {
    expect(await toldOf(rule, mistake, { ...QUICK, seed: 0, seeds: 8 })).toBe('fail, named');
  });
});
