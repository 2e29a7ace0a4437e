/** Sweeps and checks in Chromium: small live ones, and those of commands. */

import { expect, it } from 'vitest';
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
    await page.locator('input#rates').fill('0.1');
    expect(await page.locator('#rates-error').innerText()).toContain('at least 3 different values');
    expect(await page.getByRole('button', { name: 'Train' }).isDisabled()).toBe(true);
    expect(page.url()).toContain('rates=0.1');
    await page.context().close();
    expect(messages).toEqual([]);
  });
});
