/** What a page hands out: a file by its menu of exports. */

import { readFileSync } from 'node:fs';
import type { Page } from 'playwright-core';

/** Opens the menu, and takes files from it by their names. */
export async function exportsOf(page: Page): Promise<(name: string) => Promise<Buffer>> {
  await page.getByRole('button', { name: 'Export', exact: true }).click();
  return async (name) => {
    const [download] = await Promise.all([
      page.waitForEvent('download'),
      page.locator(`#exports button:has-text(": ${name}")`).click(),
    ]);
    return readFileSync(await download.path());
  };
}
