/** The report of the kernel regime: what it shows, without what is not there, and that texts of others stay texts. */

import { expect, test } from 'vitest';
import { CRITERION_WORDS, type OptimizerRegime } from '../../src/lm/index.ts';
import { type RegimeReportData, regimeReport, type ShownOptimizer } from '../../src/report/index.ts';

const score = (...values: readonly number[]) => ({
  ...{ values, mean: values.reduce((sum, value) => sum + value, 0) / values.length, std: 0.01 },
});
const distance = { relative: 0.3, median: 0.2, frobenius: 0.25, direction: 0.1, zeros: 0 };

const regime: OptimizerRegime = {
  ...{
    optimizer: 'sgd',
    learningRate: 1e-5,
    verdict: 'not kernel',
    failed: ['linearization'],
    byPaper: true,
    moved: 2,
  },
  words: ['no kernel behavior: linearization fails', 'It is far off'],
  criteria: [
    {
      ...{ name: 'logitError', test: 'linearization', value: 1.5, values: [1, 2], interval: [0, 7.9], bound: 0.5 },
      ...{ asked: 'at most', passes: false, source: 'here' },
    },
  ],
  linearization: {
    ...{ zeroShot: score(0.5), linearized: score(0.6), trained: score(0.8) },
    ...{ logitError: score(1.5), agreement: score(0.9), moved: score(2) },
  },
  fixedFeatures: {
    ...{ kernel: 'sgd', relative: score(0.3), median: score(0.2), frobenius: score(0.25), direction: score(0.1) },
    layers: [{ layer: 'block 1', share: 1, ...distance }],
  },
  solution: {
    ...{ zeroShot: score(0.5, 0.5), fineTuned: score(0.8, 0.9), linearModel: score(0.6, 0.6) },
    ...{ linearTraining: null, kernel: score(0.7, 0.9) },
    differences: { linearModel: { mean: -0.25, interval: [-0.3, -0.2] }, kernel: { mean: -0.05 } },
  },
  movement: [{ group: 'block 1 attention', count: 4, moved: 0.5, size: 2 }],
  watched: [
    { step: 5, logitError: 0.2, moved: 1, relative: 0.1, frobenius: 0.15 },
    { step: 10, logitError: 1.5, moved: 2, relative: 0.3, frobenius: 0.25 },
  ],
  draws: [],
};

const shown: ShownOptimizer = {
  regime,
  shown: { seed: 13, initial: [0, 1], linearized: [1, 2], trained: [2, -1], before: [[1, 2]], after: [[2, 5]] },
};

const data: RegimeReportData = {
  ...{ task: '<script>', setting: 'prompt', metric: 'accuracy', outputs: 'difference of the two logits' },
  optimizers: [shown],
  criteria: CRITERION_WORDS,
  ...{ warnings: [], settings: [{ name: 'model', value: '<b>' }], made: [] },
};

test('shows verdict, bounds, solution, and every figure in words', () => {
  const page = regimeReport(data);
  expect(page).toContain('<span class="value">not kernel</span> <span class="more">fails: linearization</span>');
  expect(page).toContain('rate 1.00 × 10⁻⁵');
  expect(page).toContain('<p>No kernel behavior: linearization fails.</p>');
  expect(page).toMatch(/<td>1\.5<\/td><td>0 to 7\.9<\/td><td>at most 0\.5<\/td><td>no<\/td>/);
  expect(page).toMatch(/linear model<\/th>\s*<td>60\.0%<\/td><td>1\.0%<\/td><td>−25\.0 points<\/td>/);
  for (const label of [
    'Change of the kernel by layer, relative to the norm of its part: block 1 0.25.',
    'Distance moved by group of parameters, relative to their norm: block 1 attention 0.25.',
    'Kernel before: 1 evaluated examples down, 2 training examples across',
    'By step: 5: error of the linear model’s logits 0.2'.replace('’', "'"),
    'difference of the two logits of 2 evaluated outputs',
  ]) {
    expect(page).toContain(label);
  }
  expect(page).not.toContain('<script>');
  expect(page).not.toContain('<b>');
  expect(page).not.toContain('NaN');
  expect(regimeReport(data)).toBe(page);
});

test('of a training that diverged shows the words alone', () => {
  const lost: OptimizerRegime = {
    ...regime,
    ...{
      verdict: 'undecided',
      failed: [],
      criteria: [],
      byPaper: null,
      moved: null,
      words: ['undecided: it diverged'],
    },
    ...{ linearization: null, fixedFeatures: null, solution: null, movement: [], watched: [] },
  };
  const page = regimeReport({ ...data, optimizers: [{ regime: lost }] });
  expect(page).toContain('<p>Undecided: it diverged.</p>');
  expect(page).not.toContain('<svg');
});
