/** A run of the embedded model in Chromium: a click on an example shows what carries its prediction, by layer and token too. */

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Locator } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { findBrowser } from '../../src/cli/doctor/extras.ts';
import { runFiles } from '../../src/cli/studio/request.ts';
import { explainedOf } from '../../studio/src/runs/explained.ts';
import { nexortIn } from '../cli/nexort.ts';
import { openStudio, ROOT, type Studio } from './opened.ts';

const browser = findBrowser();
/** Three digits that are shown, and f32 sums in another order. */
const SHOWN = 0.006;

describe.skipIf(browser === undefined)('parts of a prediction (skipped where there is no Chromium on the PATH)', () => {
  let studio: Studio | undefined;
  let folder = '';
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'nexort-live-'));
    const words = ['kernel', '--k', '5', '--limit', '4', '--seeds', '13', '--solver', 'logistic', '--out', 'run'];
    const { code, stderr } = await nexortIn(folder, ...words);
    expect(code, stderr).toBe(0);
    studio = await openStudio(browser ?? '', {
      run: runFiles(join(folder, 'run')),
      model: runFiles(join(ROOT, 'models/tiny-mlm')),
    });
  });
  afterAll(async () => {
    await studio?.close();
    rmSync(folder, { recursive: true, force: true });
  });

  it('are computed in the page, and are those of the command', async () => {
    const { page, messages } = await (studio?.open('#runs?v=1&run=run&order=file') ?? expect.fail('no studio'));
    const heat = page.locator('.heat').first();
    await heat.locator('canvas').waitFor();
    const [rows = Number.NaN] = (await page.locator('.chart-title').first().innerText()).split(' × ').map(Number);
    await heat.evaluate((element) => element.scrollIntoView({ block: 'center' }));
    // Evaluated examples are the last rows of the file.
    const clickRow = async (row: number): Promise<void> => {
      const box = (await heat.boundingBox()) ?? expect.fail('no picture');
      await page.mouse.click(box.x + 3, box.y + ((row + 0.5) * box.height) / rows);
    };
    await clickRow(rows - 1);
    await page.getByRole('button', { name: 'By layer and token' }).click();
    await page.locator('.tokens').waitFor({ timeout: 200_000 });
    const text = (await page.locator('.quoted').innerText()).replace(/^“|”$/g, '');
    const { stdout, stderr } = await nexortIn(folder, 'predict', 'run', '--text', text, '--explain', '--json');
    expect(stdout, stderr).toMatch(/^\{/);
    const told = explainedOf(JSON.parse(stdout)).predictions[0] ?? expect.fail('nothing predicted');
    const numbers = async (of: Locator): Promise<number[]> =>
      (await of.allInnerTexts()).map((found) => Number(/-?[\d.]+(?:e-?\d+)?$/.exec(found.trim())?.[0]));
    const expectNear = (found: readonly number[], wanted: readonly number[]): void => {
      expect(found).toHaveLength(wanted.length);
      const most = Math.max(...wanted.map(Math.abs));
      for (const [k, value] of found.entries())
        expect(Math.abs(value - (wanted[k] ?? Number.NaN))).toBeLessThan(SHOWN * most);
    };
    expectNear(await numbers(page.locator('.tokens .weight')), told.tokens?.map(({ weight }) => weight) ?? []);
    const layers = page.locator('.why select option:not([value="all"])');
    expectNear(await numbers(layers), told.layers?.map(({ weight }) => weight) ?? []);
    const logit = Number(/Its logit is (\S+) =/.exec(await page.locator('.sum').innerText())?.[1]);
    const sum = (await numbers(layers)).reduce((all, weight) => all + weight, told.intercept + told.initial);
    expectNear([logit, sum], [told.logit, told.logit]);
    // The next example begins by itself.
    await clickRow(rows - 2);
    await expect.poll(() => page.locator('.quoted').innerText()).not.toContain(text);
    await page.locator('.tokens').waitFor({ timeout: 200_000 });
    expect(messages).toEqual([]);
  });
});
