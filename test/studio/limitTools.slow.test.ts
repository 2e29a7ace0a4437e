/** What the limit page offers besides its figures, in Chromium: pins, exports, the tour, classes in a plane. */

import { readFileSync } from 'node:fs';
import type { Page } from 'playwright-core';
import { expect, it } from 'vitest';
import { inStudio } from './inStudio.ts';

/** Small enough to train within a second or two. */
const COMMON = 'v=1&width=16&steps=2&samples=64&scramblings=2&depth=1&seeds=1&beside=16';
const SMALL = `#limit?${COMMON}&points=-1:0.5;0.7:-0.3;0.1:0.9`;
const PLANE = `#limit?${COMMON}&optimizer=sgd&points=-1:0.5:1;0.7:-0.3:-1;0.1:0.9:1`;

const computed = (page: Page) => page.locator('.status:has-text("Computed in this page")').waitFor({ timeout: 60_000 });

inStudio('the limit page', (opened) => {
  it('pins curves, compares them in numbers, and keeps them in its link', async () => {
    const { page, messages } = await opened(SMALL);
    await computed(page);
    await page.getByRole('button', { name: 'Pin these curves' }).click();
    expect(await page.locator('.pins li').innerText()).toMatch(/^Pin 1: as now\./);
    await page.locator('input#rate').fill('1');
    await page.locator('input#width').focus();
    await page.keyboard.press('Alt+P');
    await page.locator('.pins li').nth(1).waitFor();
    await page.locator('input#rate').fill('0.5');
    await computed(page);
    const words = await page.locator('.pins li').first().innerText();
    expect(words).toContain('learning rate 0.2 (now 0.5)');
    expect(words).toMatch(/µP: the loss at ∞ is [\d.]+ ± [\d.]+ pinned and [\d.]+ ± [\d.]+ now, /);
    expect(page.url()).toContain('&pin1.left=mup&pin1.rate=0.2&pin2.left=mup&pin2.rate=1');
    // The limit and the networks of each pin, each pin with dashes of its own.
    const dashes = (of: Page) =>
      of
        .locator('.side')
        .first()
        .locator('figure')
        .nth(1)
        .locator('g[stroke-dasharray]')
        .evaluateAll((lines) => lines.flatMap((line) => line.getAttribute('stroke-dasharray') ?? []));
    const drawn = await dashes(page);
    expect(new Set(drawn.filter((dash) => dash !== '3 3'))).toEqual(new Set(['7 3', '2 3']));
    const again = await opened(new URL(page.url()).hash);
    await computed(again.page);
    expect(await again.page.locator('.pins li').first().innerText()).toBe(words);
    expect(await dashes(again.page)).toEqual(drawn);
    await again.page.getByRole('button', { name: 'Unpin 1' }).click();
    expect(await again.page.locator('.pins li').count()).toBe(1);
    expect(again.page.url()).not.toContain('pin2');
    await again.page.getByRole('button', { name: 'Show pin 1 again' }).click();
    expect(await again.page.locator('input#rate').inputValue()).toBe('1');
    expect([...messages, ...again.messages]).toEqual([]);
    await page.context().close();
    await again.page.context().close();
  });

  it('hands everything out by one menu, from the keyboard, and takes a result back', async () => {
    const { page, messages } = await opened(SMALL);
    await computed(page);
    const menu = page.getByRole('button', { name: 'Export', exact: true });
    await menu.focus();
    await page.keyboard.press('Enter');
    await page.locator('#exports button').first().waitFor();
    const taken = async (name: string): Promise<Buffer> => {
      const [download] = await Promise.all([
        page.waitForEvent('download'),
        page.locator(`#exports button:has-text("${name}")`).press('Enter'),
      ]);
      expect(download.suggestedFilename()).toBe(name);
      return readFileSync(await download.path());
    };
    const text = async (name: string): Promise<string> => (await taken(name)).toString('utf8');
    const json = JSON.parse(await text('limit.json'));
    expect(json.link).toBe(new URL(page.url()).hash);
    expect(json.sides[0].found.limit.losses).toHaveLength(3);
    expect((await text('losses.csv')).split('\n')[1]).toMatch(/^mup,infinity,,0,0\.\d+,/);
    expect((await text('outputs.csv')).split('\n').length).toBe(2 + 2 * 2 * 16);
    expect(await text('commands.sh')).toMatch(
      /^nexort limit .*\nnexort limit .*\nnexort studio --export page\.html --link '#limit\?/,
    );
    expect(await text('points.csv')).toMatch(/^x,one,y\n-1,1,0\.5\n/);
    expect(await text('limit-mup.ts')).toContain("from 'nexort/experiments'");
    expect(await text('step-ntp.nex')).toMatch(/^program /);
    const svg = await text('figures.svg');
    expect(svg.match(/<svg/g)?.length).toBeGreaterThan(6);
    expect(svg).not.toMatch(/oklab|var\(/);
    const png = await taken('figures.png');
    expect(png.subarray(1, 4).toString()).toBe('PNG');
    expect(png.readUInt32BE(16)).toBeGreaterThan(1000);
    await page.keyboard.press('Escape');
    expect(await page.locator('#exports').count()).toBe(0);
    expect(await menu.evaluate((element) => element === document.activeElement)).toBe(true);
    // Back from the file, on a page that shows something else.
    const other = await opened(PLANE);
    await other.page.locator('main').evaluate((main, saved) => {
      const files = new DataTransfer();
      files.items.add(new File([saved], 'limit.json', { type: 'application/json' }));
      main.querySelector('textarea')?.dispatchEvent(new DragEvent('drop', { dataTransfer: files, bubbles: true }));
    }, JSON.stringify(json));
    await expect.poll(() => new URL(other.page.url()).hash).toBe(json.link);
    expect([...messages, ...other.messages]).toEqual([]);
    await page.context().close();
    await other.page.context().close();
  });

  it('offers a tour once, in five steps, from the keyboard', async () => {
    const { page, messages } = await opened(SMALL);
    await page.locator('.offer button').first().focus();
    await page.keyboard.press('Enter');
    const titles: string[] = [];
    for (let step = 1; step <= 5; step++) {
      const title = page.locator(`.tour-title:has-text("${step} of 5")`);
      await title.waitFor();
      titles.push(await title.innerText());
      expect(await page.locator('.toured').count(), titles.at(-1)).toBe(1);
      // The page goes on beside it.
      expect(await page.locator('input#width').isEnabled()).toBe(true);
      await page.keyboard.press('Enter');
    }
    expect(new Set(titles).size).toBe(5);
    await expect.poll(() => page.locator('.tour').count()).toBe(0);
    await page.reload();
    await page.locator('.sentence').first().waitFor();
    expect(await page.locator('.offer').count()).toBe(0);
    // From another page by the header; Escape ends it.
    await page.locator('nav a:has-text("Phase")').click();
    await page.getByRole('button', { name: 'Tour', exact: true }).click();
    await page.locator('.tour-title').waitFor();
    expect(page.url()).toContain('#limit');
    await page.keyboard.press('Escape');
    await expect.poll(() => page.locator('.tour, .toured').count()).toBe(0);
    expect(messages).toEqual([]);
    await page.context().close();
  });

  it('shows two classes of a plane, with decision lines, and takes points by clicks', async () => {
    const { page, messages } = await opened(PLANE);
    await computed(page);
    expect(await page.locator('.sentence').first().innerText()).toMatch(/with \d of 3 points on their side/);
    const planes = page.locator('.side').first().locator('.planes svg');
    expect(await planes.count()).toBe(2);
    await page.locator('input[name="class"]').nth(1).check();
    const box = (await planes.first().boundingBox()) ?? expect.fail('no figure');
    await planes.first().click({ position: { x: box.width * 0.8, y: box.height * 0.15 } });
    await expect.poll(() => page.url()).toMatch(/;[\d.]+:[\d.]+:-1$/);
    await page.locator('input[name="data"]').first().check();
    expect(await page.locator('.planes').count()).toBe(0);
    await page.locator('select#preset').selectOption('Two classes in a plane');
    expect(await page.locator('.reason').innerText()).toContain('No straight line parts them');
    expect(messages).toEqual([]);
    await page.context().close();
  });
});
