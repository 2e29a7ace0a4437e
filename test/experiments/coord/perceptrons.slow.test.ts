/**
 * No false alarm and nothing missed: perceptrons in µP from twenty seeds with each rule, and every single mistake by a half
 * or a whole power in one exponent of one layer from two, at the widths, seeds and steps that the command takes.
 */

import { describe, expect, it } from 'vitest';
import { ADAM, ADAM_WITH_EPSILON, checkedPerceptron, LION, mistakesOf, SGD, toldOf } from './perceptronRuns.ts';

/** Seeds of checks that share no network. */
const seedsOf = (count: number): number[] => Array.from({ length: count }, (_, k) => 100 * k);

describe('µP passes from every seed', () => {
  it.each([
    ['Adam', ADAM],
    ['SGD', SGD],
    ['Lion', LION],
  ])('with %s', { timeout: 3_600_000 }, async (_, rule) => {
    for (const seed of seedsOf(20)) {
      const { verdict, findings, doubts } = await checkedPerceptron(rule, { seed });
      expect({ seed, verdict, findings, doubts }).toEqual({ seed, verdict: 'pass', findings: [], doubts: [] });
    }
  });
});

describe('every single mistake fails and is named', () => {
  it.each([
    ['Adam', ADAM],
    ['Adam with an ε', ADAM_WITH_EPSILON],
    ['SGD', SGD],
  ])('with %s', { timeout: 3_600_000 }, async (_, rule) => {
    const told: Record<string, string> = {};
    for (const mistake of mistakesOf(rule)) {
      for (const seed of seedsOf(2)) told[`${mistake.join(' ')}, seed ${seed}`] = await toldOf(rule, mistake, { seed });
    }
    const wrong = Object.entries(told).filter(([, one]) => one !== 'fail, named');
    expect(Object.fromEntries(wrong)).toEqual({});
  });
});
