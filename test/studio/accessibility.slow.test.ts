/** What axe finds on the pages of the studio, in both themes and at the narrowest width. */

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { findBrowser } from '../../src/cli/doctor/extras.ts';
import { runFiles } from '../../src/cli/studio/request.ts';
import { nexortIn } from '../cli/nexort.ts';
import { writeTinyModel } from '../cli/tinyModel.ts';
import { seriousFindings } from '../support/axe.ts';
import { openStudio, type Studio } from './opened.ts';

const browser = findBrowser();
/** Until what a page computes is there. */
const PATIENCE = 60_000;
const LIMIT = 'width=16&steps=2&samples=64&scramblings=2&depth=1&seeds=1&beside=16';
const SWEEP = 'depth=1&widths=8,16&rates=0.01,0.02,0.04&steps=2&seeds=1&coordWidths=8,16,32&coordSteps=1&coordSeeds=2';

let folder = '';
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'nexort-axe-'));
  await writeTinyModel(join(folder, 'model'), 1, 1);
  const { stderr, code } = await nexortIn(
    folder,
    ...['kernel', '--model', 'model', '--k', '2', '--limit', '6', '--seeds', '13', '--out', 'run'],
  );
  expect(code, stderr).toBe(0);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe.skipIf(browser === undefined)('axe (skipped where there is no Chromium on the PATH)', () => {
  let studio: Studio | undefined;
  beforeAll(async () => {
    studio = await openStudio(browser ?? '', { run: runFiles(join(folder, 'run')) });
  });
  afterAll(() => studio?.close());

  it.each<[string, string, (page: Page) => Promise<void>]>([
    ['limit', `#limit?v=1&${LIMIT}`, (page) => there(page, '.sentence')],
    ['limit with what is wrong', `#limit?v=1&${LIMIT}&optimizer=adma`, (page) => there(page, '#optimizer-error')],
    ['phase', '#phase?v=1', (page) => there(page, '.verdict')],
    ['program', '#program?v=1', (page) => there(page, '.cm-editor')],
    [
      'transfer',
      `#transfer?v=1&${SWEEP}`,
      async (page) => {
        await page.getByRole('button', { name: 'Train' }).click();
        await there(page, 'figure.chart');
        await page.getByRole('button', { name: 'Check' }).click();
        await there(page, 'h2:has-text("Coordinates in mup")');
      },
    ],
    [
      'runs',
      '#runs?v=1&run=run',
      async (page) => {
        await there(page, '.heat canvas');
        await page.locator('select#example').selectOption({ index: 1 });
        await there(page, '.why');
      },
    ],
  ])('finds nothing serious on %s', async (_, link, ready) => {
    // What axe evaluates is no script of the page.
    const options = { bypassCSP: true, viewport: { width: 390, height: 900 } } as const;
    const { page } = (await studio?.open(link, options)) ?? expect.fail('no studio');
    await ready(page);
    for (const colorScheme of ['light', 'dark'] as const) {
      await page.emulateMedia({ colorScheme });
      expect(await seriousFindings(page)).toEqual([]);
    }
    const menu = page.getByRole('button', { name: 'Export', exact: true });
    if (await menu.isEnabled()) {
      await menu.click();
      await there(page, '#exports button');
      for (const colorScheme of ['light', 'dark'] as const) {
        await page.emulateMedia({ colorScheme });
        expect(await seriousFindings(page, { include: [['.menu']] })).toEqual([]);
      }
    }
    expect(await page.evaluate<number>('document.documentElement.scrollWidth - innerWidth')).toBe(0);
    await page.context().close();
  });
});

const there = (page: Page, selector: string): Promise<void> =>
  page.locator(selector).first().waitFor({ timeout: PATIENCE });
