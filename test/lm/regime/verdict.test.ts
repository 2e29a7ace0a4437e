/** Verdicts from measures: which test fails, by how much, what would tell more; and what cannot be told. */

import { describe, expect, test } from 'vitest';
import { BOUNDS, criteriaOf, LEAST_MOVE, SOURCES, solutionOf } from '../../../src/lm/regime/criteria.ts';
import type { DrawMeasures, MeasuredDraw } from '../../../src/lm/regime/measureDraw.ts';
import { summarizeDraws } from '../../../src/lm/regime/summarizeDraws.ts';
import { judgeRegime } from '../../../src/lm/regime/verdict.ts';

interface Measures {
  readonly scores?: readonly [zeroShot: number, linearized: number, trained: number];
  readonly moved?: number;
  readonly logitError?: number;
  readonly relative?: number;
  readonly frobenius?: number;
  readonly linear?: number;
}

/** A draw that passes by far, but for what is told. */
function drawOf(given: Measures = {}, seed = 13): MeasuredDraw & { readonly found: DrawMeasures } {
  const { scores = [0.5, 0.8, 0.8], moved = 1, logitError = 0.1, relative = 0.1, frobenius = 0.1, linear } = given;
  const [zeroShot, linearized, trained] = scores;
  const distance = { relative, median: relative, frobenius, direction: frobenius, zeros: 0 };
  return {
    ...{ seed, optimizer: 'sgd', status: 'finished', steps: 2, losses: [1, 0.5], divergence: null, watched: [] },
    found: {
      linearization: { zeroShot, linearized, trained, moved, logitError, agreement: 1 },
      fixedFeatures: { kind: 'sgd', ...distance, layers: [{ layer: 'head', share: 1, ...distance }] },
      ...(linear === undefined ? {} : { linearTraining: { score: linear, losses: [1] } }),
      movement: [{ group: 'head', count: 3, moved: 0.3, size: 1 }],
      shown: { initial: [0], linearized: [0], trained: [0], before: [[1]], after: [[1]] },
    },
  };
}

const asked = { metric: 'accuracy', evaluated: 100 } as const;
const diverged: MeasuredDraw = {
  ...drawOf(),
  ...{ status: 'diverged', divergence: 'diverged at step 1', found: null },
};

describe('a verdict', () => {
  test('is kernel behavior where both tests pass, with what is nearest to its bound', () => {
    const draws = [drawOf({ logitError: 0.2 }), drawOf({ logitError: 0.22 }, 21)];
    const { verdict, failed, words } = judgeRegime(draws, asked);
    expect({ verdict, failed }).toEqual({ verdict: 'kernel', failed: [] });
    expect(words).toEqual([
      'kernel behavior: linearization and fixed features both pass',
      "Nearest to its bound: the share of fine-tuning's gain that the linear model has is 1, at least 0.5 is asked",
    ]);
  });

  test('names the test that fails, and by how much', () => {
    const { verdict, failed, words } = judgeRegime([drawOf({ logitError: 1.84 }), drawOf({ logitError: 1.9 })], asked);
    expect({ verdict, failed }).toEqual({ verdict: 'not kernel', failed: ['linearization'] });
    expect(words).toEqual([
      'no kernel behavior: linearization fails',
      "The error of the linear model's logits as a share of their move is 1.87, at most 0.5 is asked",
      'By the bounds of the paper alone it would be kernel behavior',
    ]);
    const both = judgeRegime([drawOf({ scores: [0.5, 0.55, 0.9], relative: 3 })], asked);
    expect(both.failed).toEqual(['linearization', 'fixed features']);
    expect(both.words[0]).toBe('no kernel behavior: linearization and fixed features fail');
  });

  test('says what would tell more: of one draw, of draws that differ, of a gain too small to share', () => {
    expect(judgeRegime([drawOf()], asked).words).toContain(
      'One draw says nothing of others: more seeds would tell more',
    );
    const apart = judgeRegime([drawOf({ logitError: 0.1 }), drawOf({ logitError: 0.7 })], asked);
    expect(
      apart.words.some((text) => /^Draws differ: the 95 % interval of the error .* holds its bound/.test(text)),
    ).toBe(true);
    const small = judgeRegime([drawOf({ scores: [0.6, 0.2, 0.62] }), drawOf({ scores: [0.6, 0.2, 0.63] })], asked);
    expect(small.verdict).toBe('kernel');
    expect(small.words.at(-1)).toMatch(/^Fine-tuning gains too little on these examples/);
  });

  test('is undecided where logits did not move, or training diverged', () => {
    const still = judgeRegime([drawOf({ moved: LEAST_MOVE / 2 })], asked);
    expect(still.verdict).toBe('undecided');
    expect(still.words[0]).toBe(
      'undecided: training moved the logits by 0.005, and every model is linear at distances below 0.01',
    );
    const lost = judgeRegime([drawOf(), diverged], asked);
    expect(lost).toMatchObject({ verdict: 'undecided', criteria: [], moved: null });
    expect(lost.words[0]).toContain('training diverged in 1 draw of 2');
  });
});

test('criteria are printed with their bounds and sources', () => {
  const criteria = criteriaOf({ draws: [drawOf().found, drawOf({ relative: 0.3 }).found], ...asked });
  expect(criteria.map(({ name, bound, source }) => [name, bound, source])).toEqual(
    (Object.keys(BOUNDS) as (keyof typeof BOUNDS)[]).map((name) => [name, BOUNDS[name], SOURCES[name]]),
  );
  const relative = criteria.find(({ name }) => name === 'relativeDistance');
  expect(relative).toMatchObject({ value: 0.2, values: [0.1, 0.3], passes: true });
  // Student's quantile of one degree of freedom is 12.7.
  expect(relative?.interval?.[0]).toBe(0);
  expect(relative?.interval?.[1]).toBeCloseTo(0.2 + 12.706 * 0.1, 3);
});

test('the solution is paired over draws and not judged', () => {
  const draws = [drawOf({ scores: [0.5, 0.7, 0.8], linear: 0.75 }), drawOf({ scores: [0.5, 0.6, 0.9], linear: 0.85 })];
  const { differences, kernel, linearTraining } = solutionOf(
    draws.map(({ found }) => found),
    [0.6, 0.7],
  );
  expect(kernel?.mean).toBeCloseTo(0.65, 12);
  expect(linearTraining?.mean).toBeCloseTo(0.8, 12);
  expect(differences.kernel?.mean).toBeCloseTo(-0.2, 12);
  expect(differences.linearTraining?.mean).toBeCloseTo(-0.05, 12);
  expect(differences.linearModel.mean).toBeCloseTo(-0.2, 12);
  expect(solutionOf([drawOf().found], undefined)).toMatchObject({ kernel: null, linearTraining: null });
});

test('draws of an optimizer are averaged, and watched steps that all have reached', () => {
  const step = (number: number, logitError: number) => ({
    step: number,
    logitError,
    moved: 1,
    relative: 1,
    frobenius: 1,
  });
  const draws = [
    { ...drawOf(), watched: [step(5, 0.1), step(10, 0.2)] },
    { ...drawOf({}, 21), watched: [step(5, 0.3)] },
  ];
  const found = summarizeDraws({ draws, optimizer: 'sgd:momentum=0', learningRate: 0.1, ...asked });
  expect(found).toMatchObject({ optimizer: 'sgd:momentum=0', verdict: 'kernel' });
  expect(found.watched).toEqual([step(5, 0.2)]);
  expect(found.draws[1]).toEqual({
    ...{ seed: 21, status: 'finished', steps: 2, firstLoss: 1, lastLoss: 0.5, divergence: null },
  });
  expect(found.movement).toEqual([{ group: 'head', count: 3, moved: 0.3, size: 1 }]);
  expect(summarizeDraws({ draws: [diverged], optimizer: 'sgd', learningRate: 1, ...asked })).toMatchObject({
    ...{ linearization: null, fixedFeatures: null, solution: null, movement: [] },
  });
});
