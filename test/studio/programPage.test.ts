/** The program page in Chromium. */

import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { inStudio } from './inStudio.ts';
import { ROOT } from './opened.ts';

inStudio('the program page', (open) => {
  it('opens every example, shows an error under the caret, and is repaired', async () => {
    const { page, messages } = await open('#program?v=1&example=w-and-transpose');
    const content = page.locator('.editor .cm-content');
    await content.waitFor();
    await page.locator('h2:text-is("Kets")').waitFor({ timeout: 60_000 });
    await page.locator('.convergence svg').first().waitFor({ timeout: 60_000 });
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

  it('shows inner products of kets that are chosen, in the link too', async () => {
    const { page, messages } = await open('#program?v=1&example=w-and-transpose&gram=x;z');
    await page.locator('.gram table').waitFor({ timeout: 60_000 });
    expect(await page.locator('.gram thead th').allInnerTexts()).toEqual(['x', 'z']);
    await page.getByLabel('products as hat and dot parts').check();
    expect(await page.locator('.gram thead th').allInnerTexts()).toEqual(['x', 'z hat', 'z dot']);
    await page.locator('.gram label:has-text("u")').first().click();
    expect(page.url()).toContain('gram=x;z;u&parts=apart');
    expect(messages).toEqual([]);
  });
});
