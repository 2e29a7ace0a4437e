/** The limit page in Chromium, built and served as people have it. */

import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { expect, it } from 'vitest';
import { inStudio } from './inStudio.ts';

/** Small enough to train within a second or two. */
const SMALL = 'steps=2&samples=64&scramblings=2&depth=1&seeds=1&beside=16&points=-1:0.5;0.7:-0.3;0.1:0.9';
/** Of scripts before the first worker and the editor, compressed. */
const MOST_KILOBYTES = 200;

inStudio('the limit page', (opened, studio) => {
  it('shows a stored limit with three widths at once, says that it is stored, and then computes it', async () => {
    const { page, messages } = await opened('');
    const lines = page.locator('.side').first().locator('svg').nth(1).locator('g[aria-label="line"] path');
    await lines.nth(3).waitFor();
    expect(await lines.count()).toBe(4);
    expect(await page.locator('.status').innerText()).toMatch(
      /^Stored curves, computed by nexort \d+\.\d+\.\d+, until/,
    );
    expect(await page.locator('.sentence').first().innerText()).toMatch(
      /^µP, after 12 updates: at infinite width the loss goes from 0\.183 to 0\.0\d+ ± /,
    );
    await page.context().close();
    expect(messages).toEqual([]);
  });

  it('trains, follows the slider to infinity, and shares its state as a link', async () => {
    const { page, messages } = await opened(`#limit?v=1&width=16&${SMALL}`);
    await page.locator('.status:has-text("Computed in this page")').waitFor({ timeout: 60_000 });
    const sentence = page.locator('.sentence').first();
    expect(await sentence.innerText()).toMatch(
      /^µP, after 2 updates: at infinite width the loss goes from .* 1 network of width 16 has /,
    );
    expect(await page.locator('.sentence').nth(1).innerText()).toContain('features stand still');
    await page.locator('input#width').focus();
    await page.keyboard.press('End');
    await page.locator('.width-slider strong:has-text("∞")').waitFor();
    expect(await sentence.innerText()).not.toContain('width 16');
    expect(page.url()).toContain('width=infinity');
    // One update back, by the button; the link says where the time stands.
    await page.getByRole('button', { name: 'One update back' }).click();
    await expect.poll(() => page.url()).toContain('time=1');
    expect(await sentence.innerText()).toContain('after 1 update:');
    const words = await sentence.innerText();
    const again = await opened(new URL(page.url()).hash);
    await again.page.locator('.status:has-text("Computed in this page")').waitFor({ timeout: 60_000 });
    expect(await again.page.locator('.sentence').first().innerText()).toBe(words);
    await page.goBack();
    await expect.poll(() => page.url()).toContain('width=16');
    expect([...messages, ...again.messages]).toEqual([]);
    await page.context().close();
    await again.page.context().close();
  });

  it('has the limit as a formula, and says in hints where it stands', async () => {
    const { page, messages } = await opened(`#limit?v=1&width=16&${SMALL}`);
    await page.locator('.status:has-text("Computed in this page")').waitFor({ timeout: 60_000 });
    const [features, frozen] = [page.locator('.side').first(), page.locator('.side').nth(1)];
    for (const [side, source] of [
      [features, 'IVb 2.5'],
      [frozen, 'IVb 2.4'],
    ] as const) {
      await side.getByText('The limit as a formula').click();
      expect(await side.locator('.definition').first().innerText()).toBe(source);
      expect(await side.locator('.rule-formula math').first().isVisible()).toBe(true);
      const plot = side.locator('.chart-place').nth(1);
      await plot.evaluate((element) => element.scrollIntoView({ block: 'center' }));
      await plot.hover();
      expect(await plot.locator('g[aria-label="tip"]').textContent()).toContain(`(${source})`);
    }
    await page.context().close();
    expect(messages).toEqual([]);
  });

  it('pauses while nobody sees it, and comes back to where it was', async () => {
    const { page, messages } = await opened(`#limit?v=1&width=16&${SMALL}`);
    const status = page.locator('.status');
    await page.locator('.status:has-text("Computed in this page")').waitFor({ timeout: 60_000 });
    const hide = (value: boolean) =>
      page.evaluate((hidden) => {
        if (hidden) document.querySelector<HTMLButtonElement>('.time .primary')?.click();
        Object.defineProperty(document, 'hidden', { value: hidden, configurable: true });
        document.dispatchEvent(new Event('visibilitychange'));
      }, value);
    await hide(true);
    await expect.poll(() => page.locator('.time .count').innerText()).toBe('0 / 2 updates');
    expect(await page.locator('.time .primary').innerText()).toBe('Play');
    await page.locator('input#rate').fill('0.3');
    await page.waitForTimeout(300);
    expect(await status.innerText()).not.toContain('Computed');
    expect(await page.locator('.time .count').innerText()).toBe('0 / 2 updates');
    await hide(false);
    await page.locator('.status:has-text("Computed in this page")').waitFor({ timeout: 60_000 });
    // Another page without a link begins at the last session.
    const again = await page.context().newPage();
    await again.goto(studio().address);
    await expect.poll(() => again.url()).toContain('rate=0.3');
    expect(await again.locator('input#rate').inputValue()).toBe('0.3');
    await page.context().close();
    expect(messages).toEqual([]);
  });

  it('tells what cannot be read beside its field, and goes on when it is repaired', async () => {
    const { page, messages } = await opened(`#limit?v=1&width=16&${SMALL}`);
    const field = page.locator('input#optimizer');
    await field.fill('adma');
    expect(await page.locator('#optimizer-error').innerText()).toMatch(/adam/);
    expect(await field.getAttribute('aria-invalid')).toBe('true');
    await page.locator('textarea#points').fill('1, 2\nthree, 4');
    expect(await page.locator('#points-error').innerText()).toMatch(/^Line 2 is “three:4”; expected two numbers/);
    expect(await page.locator('.side').count()).toBe(2);
    await field.fill('tanh(4 * gradient)');
    await page.locator('textarea#points').fill('x,y\n-1, 0.5\n0.5, 1');
    await page.locator('.status:has-text("Computed in this page")').waitFor({ timeout: 60_000 });
    expect(await page.locator('.error').count()).toBe(0);
    expect(await page.locator('pre').innerText()).toContain("--optimizer 'tanh(4 * gradient)'");
    await page.context().close();
    expect(messages).toEqual([]);
  });

  it('says in words that a parametrization has no limit, and keeps the other side', async () => {
    const { page, messages } = await opened(`#limit?v=1&width=16&right=sp&${SMALL}`);
    const alert = page.locator('.status .error').first();
    await alert.waitFor({ timeout: 60_000 });
    expect(await alert.innerText()).toMatch(/^sp: .*(unstable|no limit)/);
    await page.locator('.sentence:has-text("µP, after 2 updates: at infinite width")').waitFor({ timeout: 60_000 });
    await page.context().close();
    expect(messages).toEqual([]);
  });

  it('lives where storage is denied and a link is broken', async () => {
    const { page, messages } = await opened('#nowhere?v=1');
    expect(await page.locator('.banner').innerText()).toContain('The link names a page “nowhere”');
    expect(await page.locator('h1').innerText()).toBe('See a network become its limit');
    await page.addInitScript(() => {
      Object.defineProperty(globalThis, 'localStorage', {
        get: () => {
          throw new Error('denied');
        },
      });
    });
    await page.goto(`${studio().address}#limit?v=1&${SMALL}&width=16`);
    await page.reload();
    await page.locator('.sentence').first().waitFor();
    await page.context().close();
    expect(messages).toEqual([]);
  });

  it('is readable without scripts', async () => {
    const { page } = await opened('', { javaScriptEnabled: false });
    const text = await page.locator('body').innerText();
    expect(text).toContain('See a network become its limit');
    expect(text).toContain('stored');
    expect(await page.locator('svg').count()).toBeGreaterThan(0);
    await page.context().close();
  });

  it('loads little before its first worker', () => {
    const { folder } = studio();
    const html = readFileSync(join(folder, 'index.html'), 'utf8');
    const scripts = [...html.matchAll(/assets\/[\w.-]+\.js/g)].map(([path]) => path);
    const bytes = [...new Set(scripts)].reduce(
      (sum, path) => sum + gzipSync(readFileSync(join(folder, path))).length,
      0,
    );
    expect(readdirSync(join(folder, 'assets')).length).toBeGreaterThan(2);
    expect(bytes).toBeGreaterThan(0);
    expect(bytes / 1000).toBeLessThan(MOST_KILOBYTES);
  });
});
