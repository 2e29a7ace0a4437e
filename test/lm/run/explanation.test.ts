/** Logits as sums over training examples, on kernels small enough to add up by hand. */

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Example } from '../../../src/lm/data/example.ts';
import { findTask } from '../../../src/lm/data/tasks.ts';
import { type Explanation, explain, type LayerRows } from '../../../src/lm/run/explanation.ts';
import type { Predictor } from '../../../src/lm/solve/predictor.ts';
import { matrix } from '../../../src/numeric/index.ts';
import { normals } from '../solve/kernels.ts';

const TRAIN: readonly Example[] = [
  { label: 'negative', text: 'dull' },
  { label: 'positive', text: 'bright' },
  { label: 'positive', text: 'warm' },
];

/** Two classes: K · coefficients = (2·1, −1·3, 0.5·−4) = (2, −3, −2) towards the second. */
const ROW = matrix(1, 3, Float64Array.of(1, 3, -4));
const LEAST_SQUARES: Predictor = {
  method: 'least-squares',
  settings: { ridge: 0, initialScale: 10 },
  outputs: 1,
  coefficients: [2, -1, 0.5],
  intercepts: [0],
  calibration: { slope: 3, source: 'dev' },
};

function explained(task: string, predictor: Predictor, row = ROW, initial = [20], train = TRAIN): Explanation {
  const draw = { seed: 1, train, predictor, candidates: [], dev: null, leaveOneOut: null, test: {}, confusion: [] };
  return explain({ task: findTask(task), draw, rows: row, initial: Float64Array.from(initial) });
}

const sumOf = ({ contributions, intercept, initial }: Explanation): number =>
  contributions.reduce((sum, { weight }) => sum + weight, intercept + initial);

describe('two classes', () => {
  it('counts towards the first label where the score is negative', () => {
    // Score 2 − 3 − 2 + 20 / 10 = −1, logit of the first label 3 · 1.
    expect(explained('sst-2', LEAST_SQUARES)).toEqual({
      label: 'negative',
      probabilities: {
        negative: expect.closeTo(1 / (1 + Math.exp(-3)), 12),
        positive: expect.closeTo(1 / (1 + Math.exp(3)), 12),
      },
      logit: 3,
      contributions: [
        { label: 'positive', text: 'bright', weight: 9 },
        { label: 'negative', text: 'dull', weight: -6 },
        { label: 'positive', text: 'warm', weight: 6 },
      ],
      intercept: 0,
      initial: -6,
    });
  });

  it('counts towards the second label where the score is positive', () => {
    const { label, logit, contributions, initial } = explained('sst-2', LEAST_SQUARES, ROW, [50]);
    expect({ label, logit, initial }).toEqual({ label: 'positive', logit: 6, initial: 15 });
    expect(contributions.map(({ text, weight }) => [text, weight])).toEqual([
      ['bright', -9],
      ['dull', 6],
      ['warm', -6],
    ]);
  });

  it('adds the intercept of logistic regression, and leaves the model out', () => {
    const logistic: Predictor = {
      method: 'logistic',
      settings: { strength: 1, ridge: 1, withIntercept: true },
      outputs: 1,
      coefficients: [2, -1, 0.5],
      intercepts: [5],
      calibration: { slope: 1, source: 'likelihood' },
    };
    const found = explained('sst-2', logistic);
    expect(found).toMatchObject({ label: 'positive', logit: 2, intercept: 5, initial: 0 });
    expect(sumOf(found)).toBe(2);
  });

  it('keeps the label where the scores say nothing', () => {
    const found = explained('sst-2', { ...LEAST_SQUARES, calibration: { slope: 0, source: 'dev' } });
    expect(found).toMatchObject({ label: 'negative', logit: 0, probabilities: { negative: 0.5, positive: 0.5 } });
    for (const { weight } of found.contributions) expect(Object.is(weight, 0)).toBe(true);
  });
});

describe('by layer and token', () => {
  const draw = {
    ...{ seed: 1, train: TRAIN, candidates: [], dev: null, leaveOneOut: null, test: {}, confusion: [] },
    predictor: LEAST_SQUARES,
  };
  const first = matrix(1, 3, Float64Array.of(0.5, 1, -1));
  const second = matrix(1, 3, Float64Array.of(0.5, 2, -3));
  const layers = (shares: readonly number[]): LayerRows[] => [
    { layer: 'embeddings', rows: first, shares: Float64Array.from(shares) },
    { layer: 'head', rows: second, shares: Float64Array.of(0, -2.5) },
  ];
  const options = { task: findTask('sst-2'), draw, rows: ROW, initial: Float64Array.of(20), tokens: ['a', 'b'] };

  it('adds up to training examples, to layers and to tokens, signed by the label', () => {
    // Scores 1 − 1 − 0.5 and 1 − 2 − 1.5; the label is the first, at slope 3.
    const found = explain({ ...options, layers: layers([-1.5, 1]) });
    expect(found.layers).toEqual([
      { layer: 'embeddings', weight: 1.5, byToken: [4.5, -3] },
      { layer: 'head', weight: 7.5, byToken: [0, 7.5] },
    ]);
    expect(found.tokens).toEqual([
      { token: 'a', weight: 4.5 },
      { token: 'b', weight: 4.5 },
    ]);
    expect(found.contributions.map(({ text, byLayer }) => [text, byLayer])).toEqual([
      ['bright', [3, 6]],
      ['dull', [-3, -3]],
      ['warm', [1.5, 4.5]],
    ]);
    expect(sumOf(found)).toBe(found.logit);
  });

  it('without tokens has layers alone', () => {
    const rows = layers([]).map(({ layer, rows: own }) => ({ layer, rows: own }));
    const { tokens: _, ...rest } = options;
    const found = explain({ ...rest, layers: rows });
    expect(found.layers).toEqual([
      { layer: 'embeddings', weight: 1.5 },
      { layer: 'head', weight: 7.5 },
    ]);
    expect(found.tokens).toBeUndefined();
  });

  it.each([
    ['tokens', layers([-1.5, 1.01]), /^The shares of tokens in layer "embeddings" add up to 1\.4/],
    ['layers', layers([-1.5, 1]).slice(0, 1), /^A training example's contributions by layer add up to/],
  ])('%s that do not add up are our bug', (_, own, message) => {
    expect(() => explain({ ...options, layers: own })).toThrow(message);
    expect(() => explain({ ...options, layers: own })).toThrow(/This is a bug in nexort/);
  });
});

describe('several classes', () => {
  it('takes all outputs of a training example together, in the row of the predicted label', () => {
    const predictor: Predictor = {
      ...LEAST_SQUARES,
      settings: { ridge: 0, initialScale: null },
      outputs: 3,
      coefficients: [1, 0, 2, 0, 1, -1],
      intercepts: [0, 0, 0],
      calibration: { slope: 2, source: 'dev' },
    };
    const rows = matrix(3, 6, Float64Array.of(1, 0, 0, 0, 0, 1, 2, 9, 1, 9, 3, 0, 0, 0, 1, 0, 0, 4));
    const train = [
      { label: 'neutral', text: 'a', text2: 'b' },
      { label: 'entailment', text: 'c', text2: 'd' },
    ];
    // Scores: 1 − 1 = 0; (2 + 2) + 3 = 7; 2 − 4 = −2. mnli's second label is entailment.
    expect(explained('mnli', predictor, rows, [0, 0, 0], train)).toMatchObject({
      label: 'entailment',
      logit: 14,
      contributions: [
        { label: 'neutral', text: 'a', text2: 'b', weight: 8 },
        { label: 'entailment', text: 'c', text2: 'd', weight: 6 },
      ],
    });
  });

  it.each([
    ['sst-2', 1, 0.3],
    ['mnli', 3, 1000],
    ['trec', 6, 1e-6],
  ])('%s: parts add up, probabilities are those of the largest logit', (task, outputs, scale) => {
    fc.assert(
      fc.property(fc.nat(1000), fc.integer({ min: 1, max: 40 }), (seed, count) => {
        const numbers = (rows: number, columns: number, name: string): number[] => [
          ...normals(rows, columns, seed, name).data,
        ];
        const train = Array.from({ length: count }, (_, k) => ({ label: 'x', text: `${k}` }));
        const predictor: Predictor = {
          ...LEAST_SQUARES,
          outputs,
          coefficients: numbers(1, count * outputs, 'coefficients').map((value) => value * scale),
          intercepts: Array(outputs).fill(0),
        };
        const initial = numbers(1, outputs, 'initial');
        const found = explained(task, predictor, normals(outputs, count * outputs, seed, 'row'), initial, train);
        expect(sumOf(found)).toBeCloseTo(found.logit, 6);
        const all = Object.values(found.probabilities);
        expect(all.reduce((sum, p) => sum + p, 0)).toBeCloseTo(1, 12);
        expect(found.probabilities[found.label]).toBe(Math.max(...all));
        if (outputs === 1) expect(found.probabilities[found.label]).toBeCloseTo(1 / (1 + Math.exp(-found.logit)), 12);
        const sizes = found.contributions.map(({ weight }) => Math.abs(weight));
        expect(sizes).toEqual(sizes.toSorted((a, b) => b - a));
      }),
      { seed: 7, numRuns: 50 },
    );
  });
});

it('has the label alone where votes of pairs decide', () => {
  const predictor: Predictor = {
    method: 'svc',
    settings: { cost: 1, ratio: null, ridge: 0, scheme: 'one-vs-one' },
    outputs: 3,
    coefficients: [1, 0, 0, -1, 0, 0],
    // Pairs (0, 1), (0, 2), (1, 2): votes for 1, 2 and 2.
    intercepts: [-9, -9, -9],
    calibration: { slope: 1, source: 'dev' },
  };
  const train = [
    { label: 'neutral', text: 'a', text2: 'b' },
    { label: 'entailment', text: 'c', text2: 'd' },
  ];
  const found = explained('mnli', predictor, matrix(3, 6, new Float64Array(18).fill(1)), [0, 0, 0], train);
  expect(found).toMatchObject({ label: 'neutral', logit: 2, contributions: [], intercept: 0, initial: 0 });
});
