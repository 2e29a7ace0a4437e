/** What the program page offers beside its editor, in Chromium. */

import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { seriousFindings } from '../support/axe.ts';
import { exportsOf } from './exported.ts';
import { inStudio } from './inStudio.ts';

/** What this page has and others do not. */
const OWN = { include: [['.graph'], ['.kets-section'], ['.gram'], ['.rules'], ['.file-place']] };

inStudio('the program page', (open) => {
  it('chooses a value in text, graph and table alike, and lights its rule', async () => {
    const { page, messages } = await open('#program?v=1&example=w-and-transpose');
    const node = (text: string) => page.locator(`.instruction:has-text("${text}")`).first();
    const row = (text: string) => page.locator(`.kets tr:has(button:text-is("${text}"))`);
    await row('z').waitFor({ timeout: 60_000 });
    await node('z = ').click();
    expect(await node('z = ').getAttribute('aria-pressed')).toBe('true');
    expect(await page.locator('.editor .chosen').innerText()).toBe('W^T @ y');
    expect(await row('z').getAttribute('class')).toContain('chosen');
    expect(await page.locator('.kets-section [aria-live]').innerText()).toMatch(
      /^z = Wᵀ y = ŷ \+ ẏ\. .* ẏ = \(0\.60\d* ± 0\.00\d*\) x/,
    );
    // The other way: from the table, and from the caret.
    await row('y').locator('button').click();
    expect(await node('y = tanh').getAttribute('aria-pressed')).toBe('true');
    await page.locator('.editor .cm-line:has-text("output size")').click();
    expect(await node('size = ').getAttribute('aria-pressed')).toBe('true');
    // By keys: up to what it reads, and into the text.
    await node('size = ').focus();
    await page.keyboard.press('ArrowUp');
    expect(await node('z * z').getAttribute('aria-pressed')).toBe('true');
    await page.keyboard.press('Enter');
    expect(await page.locator('.editor .cm-content').evaluate((content) => content.matches(':focus'))).toBe(true);
    // Pointed at, a dot part lights its rule, and that part of it.
    const dot = row('z').locator('td').last();
    await dot.hover();
    expect(await page.locator('.rule-matmul.rule').getAttribute('class')).toContain('lit');
    expect(await page.locator('.rule-matmul .formula[data-lit="dot"] .part-dot').count()).toBe(2);
    expect(await seriousFindings(page, OWN)).toEqual([]);
    expect(await dot.getAttribute('title')).toMatch(/standard error[\s\S]*IVb 2\.6\.5/);
    expect(await page.locator('.gram td[title]').first().getAttribute('title')).toContain('(IVb 2.6.5)');
    expect(messages).toEqual([]);
  });

  it('hands everything out by one menu, and takes a result back', async () => {
    const { page, messages } = await open('#program?v=1&example=random-features&steps=1');
    const figure = page.locator('.convergence svg.plot');
    await figure.waitFor({ timeout: 60_000 });
    await page.locator('.kets tbody tr').first().waitFor({ timeout: 60_000 });
    await figure.locator('circle').first().hover({ force: true });
    expect((await figure.locator('[aria-label="tip"]').allTextContents()).join()).toContain('(IVb 2.6.10)');
    const taken = await exportsOf(page);
    const text = async (name: string): Promise<string> => String(await taken(name));
    const saved = await text('program.json');
    const { link, kets, checked, text: program } = JSON.parse(saved);
    expect(await text('mine.nex')).toBe(program);
    expect(await text('check.ts')).toContain(program.split('\n').at(-2));
    expect(await text('commands.sh')).toMatch(/^nexort check mine\.nex --widths 16,32,64,128 --seeds 20 /);
    expect((await text('kets.csv')).split('\n')[1]).toContain(`,${kets.rows[0].mean.value},`);
    expect((await text('limits.csv')).split('\n')[1]).toContain(`,${checked.outputs[0].limit},`);
    expect((await text('distances.csv')).split('\n')[1]).toContain(`,16,${checked.outputs[0].distances[0].rms},`);
    expect((await text('inner-products.csv')).split('\n').length).toBeGreaterThan(2);
    const svg = await text('figures.svg');
    expect(svg.match(/<svg/g)?.length).toBe(3);
    expect(svg).toMatch(/text-anchor="middle"[^>]*>(?:<tspan[^>]*>)?[^<]*=/);
    expect((await taken('figures.png')).subarray(1, 4).toString()).toBe('PNG');
    expect(await seriousFindings(page, { include: [['.head']] })).toEqual([]);
    await page.keyboard.press('Escape');
    await page.locator('select#example').selectOption('w-and-transpose');
    await page.getByRole('button', { name: 'Export', exact: true }).click();
    await page
      .locator('.open-file input')
      .setInputFiles({ name: 'program.json', mimeType: 'application/json', buffer: Buffer.from(saved) });
    await expect.poll(() => new URL(page.url()).hash).toBe(link);
    expect(messages).toEqual([]);
  });

  it('completes words, opens a file, and saves it under its name', async () => {
    const { page, messages } = await open('#program?v=1&example=random-features');
    const content = page.locator('.editor .cm-content');
    await content.click();
    await page.keyboard.press('Control+End');
    await page.keyboard.type('  keep z = sig');
    const offered = page.locator('.editor .cm-tooltip-autocomplete');
    // What was offered for the first letters is there before what is for all.
    await offered.filter({ hasText: 'sigmoid(x)' }).waitFor();
    expect(await page.locator('.editor .cm-completionInfo').innerText()).toContain('1/(1 + e^-x)');
    await page.waitForTimeout(150);
    await page.keyboard.press('Enter');
    await page.keyboard.type('h)');
    expect(await content.innerText()).toContain('keep z = sigmoid(h)');
    await page.locator('.fine').waitFor();
    const text = 'width n\ninitial x[n]\noutput f = avg(tanh(x)^2)\n';
    const picked = page.locator('.file-button input');
    await picked.setInputFiles({ name: 'noise.nex', mimeType: 'text/plain', buffer: Buffer.from([0xff, 0xfe, 0x00]) });
    expect(await page.locator('.file-place > .error').innerText()).toMatch(/^noise\.nex: It is no text/);
    await picked.setInputFiles({ name: 'own.nex', mimeType: 'text/plain', buffer: Buffer.from(text) });
    await page.locator('.cm-line:has-text("tanh(x)^2")').waitFor();
    expect(await page.locator('.file-place > .error').count()).toBe(0);
    const [download] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('button', { name: 'Save own.nex' }).click(),
    ]);
    expect(download.suggestedFilename()).toBe('own.nex');
    expect(readFileSync(await download.path(), 'utf8')).toBe(text);
    expect(messages).toEqual([]);
  });

  it('fits a phone, with the graph and tables scrolling in their places', async () => {
    const { page } = await open('#program?v=1&example=sgd-two-hidden-layers', {
      viewport: { width: 390, height: 844 },
    });
    await page.locator('.gram table').waitFor({ timeout: 60_000 });
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(390);
    // Letters of 12 pixels, shrunk by a quarter at most.
    const height = await page
      .locator('.instruction text')
      .first()
      .evaluate((text) => text.getBoundingClientRect().height);
    expect(height).toBeGreaterThan(9);
  });
});
