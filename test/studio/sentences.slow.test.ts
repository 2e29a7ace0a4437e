/** The kernel of typed sentences in Chromium, by the embedded model: that of Node. */

import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { findBrowser } from '../../src/cli/doctor/extras.ts';
import { runFiles } from '../../src/cli/studio/request.ts';
import { nodeEngine } from '../../src/finite/node/index.ts';
import { checkpointFolder } from '../../src/lm/node/index.ts';
import { digits } from '../../studio/src/limit/words.ts';
import { readSentences } from '../../studio/src/sentences/read.ts';
import { openedFrom } from '../../studio/src/work/embedded.ts';
import { kernelBy } from '../../studio/src/work/sentences.ts';
import { exportsOf } from './exported.ts';
import { openStudio, ROOT, type Studio } from './opened.ts';

const browser = findBrowser();
const MODEL = join(ROOT, 'models/tiny-mlm');
const TEXT = '+ a joy to watch\n- a waste of two hours\n? not a joy';

describe.skipIf(browser === undefined)('typed sentences (skipped where there is no Chromium on the PATH)', () => {
  let studio: Studio | undefined;
  beforeAll(async () => {
    studio = await openStudio(browser ?? '', { model: runFiles(MODEL) });
  });
  afterAll(() => studio?.close());

  it('are read where they are typed, with the prediction that Node has', async () => {
    const sentences = readSentences(TEXT);
    if (typeof sentences === 'string') expect.fail(sentences);
    const engine = nodeEngine({ threads: 1 });
    const here = await kernelBy(engine, await openedFrom(checkpointFolder(MODEL)), sentences);
    await engine.release();
    const { page, messages } = await (studio?.open('#runs?v=1') ?? expect.fail('no studio'));
    await page.locator('textarea#sentences').fill('nothing');
    expect(await page.locator('#sentences-error').innerText()).toContain('Line 1 is “nothing”');
    await page.locator('textarea#sentences').fill(TEXT);
    await page.getByRole('button', { name: 'Compute the kernel' }).click();
    await page.locator('.why').waitFor({ timeout: 120_000 });
    const [explanation = expect.fail('nothing explained')] = here.explanations;
    expect(await page.locator('.sum').innerText()).toContain(`Its logit is ${digits(explanation.logit)} =`);
    expect(await page.locator('.side tbody td').allInnerTexts()).toEqual([explanation.label, here.zeroShot[2]]);
    expect(await page.locator('.tokens li').count()).toBe(explanation.tokens?.length);
    const json = JSON.parse(String(await (await exportsOf(page))('sentences.json')));
    expect(json.kernel.texts).toEqual(sentences.map(({ text }) => text));
    expect(digits(json.explanations[2].logit)).toBe(digits(explanation.logit));
    expect(json.kernel.entries).toHaveLength(here.kernel.length);
    // The same gradients by two runtimes in f32.
    const most = Math.max(...here.kernel.map(Math.abs));
    here.kernel.forEach((value, k) => {
      expect(Math.abs(json.kernel.entries[k] - value)).toBeLessThan(1e-4 * most);
    });
    // Nothing of another origin, nothing in the console.
    expect(messages).toEqual([]);
  });

  it('are told where there is no model beside the pages', async () => {
    const other = await openStudio(browser ?? '');
    const { page } = await other.open('#runs?v=1');
    await page.getByRole('button', { name: 'Compute the kernel' }).click();
    await page.locator('section .error').waitFor({ timeout: 60_000 });
    expect(await page.locator('section .error').innerText()).toMatch(
      /^The embedded model is not beside these pages \(model\/config\.json: 404\)\. nexort studio serves it/,
    );
    await other.close();
  });
});
