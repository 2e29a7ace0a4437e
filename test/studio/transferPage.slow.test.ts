/** Sweeps and checks in Chromium: small live ones, and those of commands. */

import type { Locator } from 'playwright-core';
import { expect, it } from 'vitest';
import { exportsOf } from './exported.ts';
import { inStudio } from './inStudio.ts';

const SMALL =
  'depth=1&widths=8,16,inf&samples=64&rates=0.01,0.02,0.04&steps=2&seeds=1&parametrizations=mup&coordWidths=8,16,32&coordSteps=1&coordSeeds=2';

inStudio('the transfer page', (open) => {
  it('trains a sweep and checks coordinates in workers, with the commands that do more', async () => {
    const { page, messages } = await open(`#transfer?v=1&${SMALL}`);
    await page.getByRole('button', { name: 'Train' }).click();
    await page.locator('figure.chart').first().waitFor();
    // When all are trained there is a verdict.
    await page.locator('section p:has-text("width")').first().waitFor({ timeout: 60_000 });
    expect(await page.locator('pre').first().innerText()).toBe(
      'nexort transfer --depth 1 --activation relu --optimizer adam --steps 2 --seeds 1 --seed 0 --widths 8,16,inf --samples 64 --rates 0.01,0.02,0.04 --parametrizations mup',
    );
    await page.getByRole('button', { name: 'Check' }).click();
    await page.locator('h2:has-text("Coordinates in mup with adam")').waitFor({ timeout: 60_000 });
    const tipOf = async (svg: Locator): Promise<string> => {
      await svg.locator('circle').first().hover({ force: true });
      return (await svg.locator('[aria-label="tip"]').allTextContents()).join();
    };
    expect(await tipOf(page.locator('.sweeps svg.plot'))).toMatch(/learning rate .*loss .*\(IVb 2\.(2|9\.6)\)/);
    expect(await tipOf(page.locator('svg.plot').last())).toMatch(/predicted .*\(IVb 2\.8\)/);
    const taken = await exportsOf(page);
    const text = async (name: string): Promise<string> => String(await taken(name));
    expect(await text('commands.sh')).toMatch(/^nexort transfer .*\nnexort coord .*\nnexort studio --export /);
    const { sweeps } = JSON.parse(await text('transfer.json'));
    const [first = ''] = (await text('transfer.csv')).split('\n').slice(1);
    expect(first.split(',').slice(0, 4)).toEqual(['mup', '8', '0.01', String(sweeps[0].widths[0].points[0].loss)]);
    const { measured } = JSON.parse(await text('coord.json'));
    expect((await text('coord.csv')).split('\n')[1]).toContain(`,${measured[0].exponent},`);
    expect(await text('transfer.ts')).toContain("named('mup', rule)");
    expect(await text('coord.ts')).toContain('coordinateCheck');
    expect((await text('figures.svg')).match(/<svg/g)?.length).toBe(3);
    expect((await taken('figures.png')).subarray(1, 4).toString()).toBe('PNG');
    // Fields that are other than what is shown change nothing of it.
    await page.keyboard.press('Escape');
    await page.locator('input#seed').fill('7');
    await page.getByRole('button', { name: 'Export', exact: true }).click();
    expect(await text('commands.sh')).not.toContain('--seed 7');
    await page.keyboard.press('Escape');
    await page.locator('input#seed').fill('0');
    await page.locator('input#rates').fill('0.1');
    expect(await page.locator('#rates-error').innerText()).toContain('at least 3 different values');
    expect(await page.getByRole('button', { name: 'Train' }).isDisabled()).toBe(true);
    expect(page.url()).toContain('rates=0.1');
    await page.context().close();
    expect(messages).toEqual([]);
  });
});
