/** Tests of the studio's pages in Chromium. */

import { afterAll, beforeAll, describe, expect } from 'vitest';
import { findBrowser } from '../../src/cli/doctor/extras.ts';
import { openStudio, type Studio } from './opened.ts';

/** Tests with a studio of their own; skipped, with the reason, where there is no Chromium. `studio` is there when they run. */
export function inStudio(title: string, tests: (open: Studio['open'], studio: () => Studio) => void): void {
  const browser = findBrowser();
  describe.skipIf(browser === undefined)(`${title} (skipped where there is no Chromium on the PATH)`, () => {
    let studio: Studio | undefined;
    beforeAll(async () => {
      studio = await openStudio(browser ?? '');
    });
    afterAll(() => studio?.close());
    const there = (): Studio => studio ?? expect.fail('no studio');
    tests((link, options) => there().open(link, options), there);
  });
}
