/** The report of fine-tunings: scores, curves and grid, and that texts of others stay texts. */

import { expect, test } from 'vitest';
import { type FineTuneReportData, fineTuneReport } from '../../src/report/index.ts';

const evaluations = [
  { step: 0, loss: 0.7, score: 0.5 },
  { step: 10, loss: 0.4, score: 0.8 },
  { step: 20, loss: null, score: 0.7 },
];
const data: FineTuneReportData = {
  task: '<script>',
  model: '<b>',
  metric: 'accuracy',
  ...{ shots: 16, evaluated: 200, chance: 0.5 },
  scores: [
    { name: 'zero-shot', mean: 0.6, std: 0, values: [0.6] },
    { name: 'fine-tuned, adam', mean: 0.75, std: 0.07, values: [0.7, 0.8] },
  ],
  draws: [13, 21].map((seed, k) => ({
    ...{ seed, rate: 1e-5, batch: 4, dev: 0.8, test: 0.7 + k / 10 },
    ...{ losses: Array.from({ length: 20 }, (_, step) => 1 / (step + 1 + k)), evaluations, kept: 10 },
  })),
  grid: [
    { rate: 1e-5, batch: 4, score: 0.8, finished: 2 },
    { rate: 2e-5, batch: 4, score: 0.6, finished: 1 },
    { rate: 5e-5, batch: 4, score: null, finished: 0 },
  ],
  best: { rate: 1e-5, batch: 4 },
  optimum: 'it is the least rate of the grid',
  warnings: ['draw 21, batch 4, rate 0.00002: ended'],
  settings: [{ name: 'Prompt', value: '<i>' }],
  made: [],
};

test('shows scores, curves and the grid', () => {
  const page = fineTuneReport(data);
  expect(page).toMatch(/<th scope="row">zero-shot<\/th>\s*<td>60\.0%<\/td><td>60\.0%<\/td>/);
  expect(page).toMatch(/<th scope="row">fine-tuned, adam<\/th>\s*<td>70\.0%<\/td><td>80\.0%<\/td>/);
  expect(page).toContain('<td class="chosen">✓ 80.0%</td>');
  expect(page).toContain('60.0% (1 of 2 to the end)');
  expect(page).toContain('draw 13 after 10 steps: 0.4');
  expect(page).toContain('draw 21 after 20 steps: 70.0%');
  expect(page.match(/class="kept"/g)).toHaveLength(2);
  expect(page).toContain('Read with care');
  for (const raw of ['<script>', '<b>', '<i>', 'NaN']) expect(page).not.toContain(raw);
  expect(fineTuneReport(data)).toBe(page);
});

test('draws without dev examples have curves of losses alone', () => {
  const draws = data.draws.map((draw) => ({
    ...draw,
    dev: null,
    evaluations: evaluations.map(({ step }) => ({ step, loss: null, score: null })),
  }));
  const page = fineTuneReport({ ...data, draws });
  expect(page).not.toContain('NaN');
  expect(page).toContain('Loss by step');
});
