/**
 * No false alarm and nothing missed: perceptrons in µP from twenty seeds with each rule, and every single mistake by a half
 * or a whole power in one exponent of one layer from two, at the widths, seeds and steps that the command takes.
 */

import { describe, expect, it } from 'vitest';
import {
  ADAM,
  ADAM_WITH_EPSILON,
  checkedPerceptron,
  LION,
  mistakesOf,
  type Rule,
  SGD,
  toldOf,
} from './perceptronRuns.ts';

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

describe('every single mistake fails, and is among the causes', () => {
  it.each([
    ['Adam', ADAM, 'fail, named'],
    ['SGD', SGD, 'fail, named'],
  ])('with %s', { timeout: 3_600_000 }, async (_, rule, expected) => {
    expect(await wronglyTold(rule, expected)).toEqual({});
  });

  // Gradients of about ε are between the two powers that updates of larger and of smaller ones have.
  it('with Adam with an ε, where not all can be named', { timeout: 3_600_000 }, async () => {
    expect(await wronglyTold(ADAM_WITH_EPSILON, 'fail')).toEqual({});
  });
});

/** Mistakes of which something else is told. */
async function wronglyTold(rule: Rule, expected: string): Promise<Record<string, string>> {
  const wrong: Record<string, string> = {};
  for (const mistake of mistakesOf(rule)) {
    for (const seed of seedsOf(2)) {
      const told = await toldOf(rule, mistake, { seed });
      if (!told.startsWith(expected)) wrong[`${mistake.join(' ')}, seed ${seed}`] = told;
    }
  }
  return wrong;
}
