/** Bad conditions in Chromium: the page says what is wrong, and lives. */

import { closeSync, ftruncateSync, mkdirSync, mkdtempSync, openSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { findBrowser } from '../../src/cli/doctor/extras.ts';
import { runFiles } from '../../src/cli/studio/request.ts';
import { openStudio, type Studio } from './opened.ts';

const browser = findBrowser();
const PATIENCE = 60_000;
const LIMIT = 'width=16&steps=2&samples=64&scramblings=2&depth=1&seeds=1&beside=16&points=-1:0.5;0.7:-0.3;0.1:0.9';
const SWEEP = 'depth=1&widths=8,16&rates=0.01,0.02,0.04&steps=2&seeds=1&parametrizations=mup';
/** What people and programs put into fields. */
const NONSENSE = ['', '-1', '1e309', 'NaN', '999999999999', '<img src=x onerror=alert(1)>', '“½”', 'a'.repeat(5000)];

let folder = '';
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'nexort-conditions-'));
  mkdirSync(join(folder, 'run'));
  writeFileSync(
    join(folder, 'run/run.json'),
    '{"kind": "nexort-run", "status": "complete", "result": {"fits": [3]}, "identity":',
  );
  writeFileSync(join(folder, 'run/kernels.safetensors'), 'cut');
  const file = openSync(join(folder, 'large.safetensors'), 'w');
  // Sparse: no disk holds it.
  ftruncateSync(file, 200 * 2 ** 20);
  closeSync(file);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe.skipIf(browser === undefined)('the studio (skipped where there is no Chromium on the PATH)', () => {
  let studio: Studio | undefined;
  beforeAll(async () => {
    studio = await openStudio(browser ?? '', { run: runFiles(join(folder, 'run')) });
  });
  afterAll(() => studio?.close());
  const opened = (link: string, options = {}) => studio?.open(link, options) ?? expect.fail('no studio');

  it.each([
    ['limit', LIMIT, '.controls'],
    ['phase', '', '.controls'],
    ['transfer', SWEEP, '.fields'],
  ])('takes nonsense in every field of %s, and what is repaired works', async (name, told, form) => {
    const { page, messages } = await opened(`#${name}?v=1&${told}`);
    await page.locator(form).first().waitFor();
    const places = page.locator(
      'main input:not([type=range]):not([type=file]):not([type=radio]):not([type=checkbox]), main textarea',
    );
    const count = await places.count();
    expect(count).toBeGreaterThan(5);
    for (let k = 0; k < count; k++) {
      const place = places.nth(k);
      if (!(await place.isVisible())) continue;
      const before = await place.inputValue();
      for (const text of NONSENSE) await place.fill(text);
      await place.fill(before);
    }
    await expect.poll(() => page.locator('main .error').count()).toBe(0);
    expect(await page.locator('h1').count()).toBe(1);
    await page.context().close();
    expect(messages).toEqual([]);
  });

  it('says what of a broken run folder cannot be read', async () => {
    const { page, messages } = await opened('#runs?v=1&run=run');
    await expect.poll(() => page.locator('.drop .error').count(), { timeout: PATIENCE }).toBe(2);
    const words = await page.locator('.drop .error').allInnerTexts();
    expect(words.join('\n')).toMatch(/run\.json: It is no JSON/);
    expect(words.join('\n')).toMatch(/kernels\.safetensors/);
    await page.context().close();
    expect(messages).toEqual([]);
  });

  it('refuses a file of 200 MB in words', async () => {
    const { page, messages } = await opened('#runs?v=1');
    await page.locator('input#files').setInputFiles(join(folder, 'large.safetensors'));
    expect(await page.locator('.drop .error').innerText()).toMatch(
      /^large\.safetensors: It has 200 MB; a page reads up to 128/,
    );
    await page.context().close();
    expect(messages).toEqual([]);
  });

  it('says that a run is not there where the server has none', async () => {
    const other = await openStudio(browser ?? '');
    const { page } = await other.open('#runs?v=1&run=elsewhere');
    await page.locator('.drop .error').waitFor();
    expect(await page.locator('.drop .error').innerText()).toBe(
      'The run “elsewhere” is not there: this studio was not started with it. Start “nexort studio” with its folder, or open its files here.',
    );
    await other.close();
  });

  it('trains where pages share no memory, as on hosts without headers', async () => {
    const { page, messages } = await opened('', {});
    await page.addInitScript(() => {
      Reflect.deleteProperty(globalThis, 'SharedArrayBuffer');
    });
    await page.goto(`${studio?.address}#limit?v=1&${LIMIT}`);
    await page.reload();
    await computed(page);
    await page.context().close();
    expect(messages).toEqual([]);
  });

  it('says that a worker ended, and trains with another', async () => {
    const { page } = await opened('#phase?v=1');
    // The first worker of the page fails as one that has no memory does.
    await page.addInitScript(() => {
      const Own = globalThis.Worker;
      let isFirst = true;
      globalThis.Worker = class extends Own {
        constructor(...given: ConstructorParameters<typeof Own>) {
          super(...given);
          if (!isFirst) return;
          isFirst = false;
          setTimeout(() => this.dispatchEvent(new ErrorEvent('error', { message: 'out of memory' })), 300);
        }
      };
    });
    await page.goto(`${studio?.address}#transfer?v=1&${SWEEP}&steps=100`);
    await page.reload();
    await page.getByRole('button', { name: 'Train' }).click();
    await page.locator('.work .error').waitFor({ timeout: PATIENCE });
    expect(await page.locator('.work .error').innerText()).toBe('A worker of this page ended: out of memory.');
    await page.getByRole('button', { name: 'Train' }).click();
    await page.locator('figure.chart').first().waitFor({ timeout: PATIENCE });
    await page.context().close();
  });
});

const computed = (page: Page): Promise<void> =>
  page.locator('.status:has-text("Computed in this page")').waitFor({ timeout: PATIENCE });
