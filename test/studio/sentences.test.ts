/** The kernel of typed sentences, on a small model in Node: what is read, and that its parts add up. */

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { nodeEngine } from '../../src/finite/node/index.ts';
import { checkpointFolder } from '../../src/lm/node/index.ts';
import { MOST_SENTENCES, readSentences } from '../../studio/src/sentences/read.ts';
import { liveKernel } from '../../studio/src/sentences/session.ts';
import { openedFrom } from '../../studio/src/work/embedded.ts';
import { kernelBy } from '../../studio/src/work/sentences.ts';
import { writeTinyModel } from '../cli/tinyModel.ts';

describe('sentences', () => {
  it('that are trained on stand first, in their order', () => {
    expect(readSentences('? later\n\n+ good\n  - bad \n?again')).toEqual([
      { text: 'good', label: 1 },
      { text: 'bad', label: 0 },
      { text: 'later' },
      { text: 'again' },
    ]);
  });

  it.each([
    ['none', '', 'There is nothing to train on'],
    ['of one class', '+ good\n? what', 'There is nothing to train on'],
    ['without a mark', '+ good\nbad', 'Line 2 is “bad”; expected a sentence behind +, − or ?.'],
    ['without words', '+\n- bad', 'Line 1 is “+”'],
    ['that are long', `+ ${'a'.repeat(501)}\n- b`, 'Line 1 has 501 characters; expected up to 500.'],
    ['that are many', `- b\n${'+ a\n'.repeat(MOST_SENTENCES)}`, `There are ${MOST_SENTENCES + 1} sentences`],
  ])('%s are told', (_, text, message) => {
    expect(readSentences(text)).toContain(message);
  });
});

describe('their kernel', () => {
  let folder = '';
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'nexort-sentences-'));
    await writeTinyModel(folder, 1, 1);
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it('is symmetric on what is trained on, and carries the predictions by example, layer and token', async () => {
    const sentences = readSentences('+ a joy to watch\n- a waste\n- too long\n? no joy');
    if (typeof sentences === 'string') expect.fail(sentences);
    const engine = nodeEngine({ threads: 1 });
    const shares: number[] = [];
    const result = await kernelBy(engine, await openedFrom(checkpointFolder(folder)), sentences, ({ share }) =>
      shares.push(share),
    );
    await engine.release();
    expect(shares).toEqual([...shares].sort((a, b) => a - b));
    expect(shares.at(-1)).toBeGreaterThan(0.9);
    const { kernel, explanations } = liveKernel(sentences, result);
    expect([kernel.rows, kernel.columns, kernel.labels]).toEqual([4, 3, ['positive', 'negative', 'negative', '?']]);
    const at = (row: number, column: number): number => kernel.entries[row * 3 + column] ?? Number.NaN;
    // Sums of f32 products in another order.
    expect(Math.abs(at(0, 1) - at(1, 0))).toBeLessThan(1e-4 * Math.sqrt(at(0, 0) * at(1, 1)));
    const [[row, one] = expect.fail('nothing explained')] = explanations;
    expect(row).toBe(3);
    const { logit, contributions, initial, layers = [], tokens = [] } = one;
    const total = (parts: readonly { readonly weight: number }[]): number =>
      parts.reduce((sum, { weight }) => sum + weight, initial);
    for (const parts of [contributions, layers]) expect(total(parts)).toBeCloseTo(logit, 8);
    expect(total(tokens)).toBeCloseTo(logit, 3);
    expect(tokens.length).toBeGreaterThan(4);
  });
});
