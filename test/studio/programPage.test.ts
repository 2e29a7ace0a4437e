/** The program page in Chromium. */

import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { findBrowser } from '../../src/cli/doctor/extras.ts';
import { ketTable } from '../../studio/src/work/program.ts';
import { openStudio, ROOT, type Studio } from './opened.ts';

const browser = findBrowser();

describe.skipIf(browser === undefined)('the program page (skipped where there is no Chromium on the PATH)', () => {
  let studio: Studio | undefined;
  beforeAll(async () => {
    studio = await openStudio(browser ?? '');
  });
  afterAll(() => studio?.close());

  it('opens every example, shows an error under the caret, and is repaired', async () => {
    const { page, messages } = await (studio?.open('#program?v=1&example=w-and-transpose') ?? expect.fail('no studio'));
    const content = page.locator('.editor .cm-content');
    await content.waitFor();
    await page.locator('.results h2:has-text("Kets")').waitFor({ timeout: 60_000 });
    await page.locator('.results svg').first().waitFor({ timeout: 60_000 });
    expect(await page.locator('.fine').innerText()).toContain('lies in NE⊗OR⊤');
    const names = readdirSync(join(ROOT, 'examples/programs')).map((name) => name.replace('.nex', ''));
    const options = await page.locator('select#example option').allInnerTexts();
    expect(options.sort()).toEqual(names.sort());
    await page.locator('select#example').selectOption('outside');
    expect(await page.locator('.remarks').innerText()).toContain('The program leaves NE⊗OR⊤');
    await page.locator('select#example').selectOption('random-features');
    expect(page.url()).toContain('example=random-features');
    // A line that is none, at the end.
    await content.click();
    await page.keyboard.press('Control+End');
    await page.keyboard.type('\n  output g = avg(nothing)');
    await page.locator('.remarks .error').waitFor();
    expect(await page.locator('.remarks .error').innerText()).toMatch(/^Line \d+: .*nothing/);
    await page.locator('.editor .cm-lintRange-error').waitFor();
    expect(page.url()).toContain('text=');
    await page.keyboard.press('Shift+Home');
    await page.keyboard.press('Delete');
    await page.locator('.fine').waitFor();
    expect(messages).toEqual([]);
  });
});

describe('the table of kets', () => {
  const text = `program product
  width n
  parameter W[n, n'] ~ normal(|n|^-0.5)
  initial v[n] ~ normal(2)
  g = W @ v
  h = W^T @ g
  output f = avg(h * v)
`;

  it('has the variance of hat parts, and what a dot part adds', async () => {
    const rows = await ketTable({ text, steps: 1 });
    const of = (name: string) => rows.find((row) => row.name === name) ?? expect.fail(`no ${name}`);
    expect(rows.map(({ name }) => name)).toContain('h');
    // ⟨v|v⟩ = 4, so g has a variance of 4; h = Wᵀ W v = ĥ + v, of variance 4 + 4.
    expect(of('v').square.value).toBeCloseTo(4, 1);
    expect(of('g').hat?.value).toBeCloseTo(4, 1);
    expect(of('g').square.value).toBeCloseTo(4, 1);
    expect(of('h').hat?.value).toBeCloseTo(4, 1);
    expect(of('h').square.value).toBeCloseTo(8, 0);
  });
});
