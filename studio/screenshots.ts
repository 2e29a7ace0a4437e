/** Writes docs/studio/*.png: every page at two sizes in both themes, once what it computes is there. */

import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { findBrowser } from '../src/cli/doctor/extras.ts';
import { openStudio, ROOT } from '../test/studio/opened.ts';

const SIZES = [
  { name: '1440', width: 1440, height: 1000 },
  { name: '390', width: 390, height: 844 },
] as const;
const THEMES = ['light', 'dark'] as const;
/** Until all of a page is computed. */
const PATIENCE = 300_000;
/** Each with what says that it is ready. */
const PAGES = [
  { name: 'limit', link: '#limit?v=1&width=16', ready: '.status:has-text("Computed in this page")' },
  { name: 'phase', link: '#phase?v=1', ready: 'text=Feature learning' },
] as const;

const browser = findBrowser();
if (browser === undefined) throw new Error('no Chromium on the PATH');
const wanted = process.argv.slice(2);
const folder = join(ROOT, 'docs/studio');
mkdirSync(folder, { recursive: true });
const studio = await openStudio(browser);
try {
  for (const { name, link, ready } of PAGES) {
    if (wanted.length > 0 && !wanted.includes(name)) continue;
    const { page, messages } = await studio.open(link, { viewport: SIZES[0] });
    await page.locator(ready).first().waitFor({ timeout: PATIENCE });
    for (const { name: size, width, height } of SIZES) {
      await page.setViewportSize({ width, height });
      for (const colorScheme of THEMES) {
        await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
        await page.waitForTimeout(400);
        writeFileSync(join(folder, `${name}-${size}-${colorScheme}.png`), await page.screenshot());
      }
    }
    await page.context().close();
    if (messages.length > 0) console.error(`${name}: ${messages.join('\n')}`);
  }
} finally {
  await studio.close();
}
