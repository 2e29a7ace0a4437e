/** The report of LoRA's kernel by rank: what it shows, and that texts of others stay texts. */

import { expect, test } from 'vitest';
import { type LoraReportData, loraFigure, loraReport } from '../../src/report/index.ts';

const result: LoraReportData['result'] = {
  matrices: ['a.weight', 'b.weight'],
  parameterCount: 2048,
  examples: 8,
  outputs: 1,
  ranks: [1, 4, 16].map((rank) => ({
    rank,
    distances: [0.4 / Math.sqrt(rank), 0.6 / Math.sqrt(rank)],
    distance: 0.51 / Math.sqrt(rank),
    standardError: 0.1 / Math.sqrt(rank),
    predicted: 0.5 / Math.sqrt(rank),
  })),
  slope: { value: -0.5, interval: [-0.7, -0.3] },
};
const data: LoraReportData = {
  task: '<script>',
  result,
  words: ['It falls', 'It is small'],
  warnings: [],
  settings: [{ name: 'model', value: '<b>' }],
  made: [],
};

test('shows every rank, the exponent, and the words', () => {
  const page = loraReport(data);
  expect(page).toContain('<p class="lead">It falls.</p>');
  expect(page).toContain('r^(−0.50)');
  expect(page).toContain('95 %: −0.70 to −0.30');
  expect(page).toMatch(/<th scope="row">16<\/th>\s*<td>2<\/td>\s*<td>0\.128<\/td>/);
  expect(page).not.toContain('<script>');
  expect(page).not.toContain('<b>');
  expect(loraReport(data)).toBe(page);
});

test('a single rank of a single draw has a figure too', () => {
  const [first] = result.ranks;
  const ranks = first === undefined ? [] : [{ rank: 1, distances: [0.4], distance: 0.4, predicted: 0.5 }];
  const svg = loraFigure({ ranks });
  expect(svg).toContain('by rank: 1: 0.4, predicted 0.5.');
  expect(svg).toContain('measured');
  expect(svg).not.toContain('NaN');
});
