/** A language model in Chromium: from fetched bytes to tokens, logits and a kernel. */

import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { findBrowser } from '../../src/cli/doctor/extras.ts';
import { nodeEngine } from '../../src/finite/node/index.ts';
import { checkpointFolder } from '../../src/lm/node/index.ts';
import { deviation } from '../conformance/feeds.ts';
import { bundle, WASM } from './bundle.ts';
import { type Opened, openPage } from './chromium.ts';
import { MODEL, MODEL_FILES, type ModelResult, readModel } from './languageModel.ts';

const ROOT = resolve(import.meta.dirname, '../..');
/** "terrible" and "great" at the mask of the first sentence, by PyTorch 2.15 in f64 from the same files. */
const LOGITS = [7.010556114561355, 8.51995672034628];
/** f32 through four blocks gives about 1e-6; kernels add products of numbers of both signs. */
const TOLERANCE = { logits: 1e-4, kernel: 1e-4 };

const browser = findBrowser();

describe.skipIf(browser === undefined)('the embedded model in Chromium (skipped where none is on the PATH)', () => {
  let opened: Opened | undefined;
  let there: ModelResult = { ids: [], logits: [], kernel: [] };
  let here = there;
  beforeAll(async () => {
    const script = await bundle({ entryPoints: [join(import.meta.dirname, 'modelPage.ts')] });
    const model = MODEL_FILES.map((name) => [`${MODEL}/${name}`, join(ROOT, MODEL, name)]);
    opened = await openPage(browser ?? '', script, { files: { '/ort.wasm': WASM, ...Object.fromEntries(model) } });
    there = (await opened.page.evaluate('compute()')) as ModelResult; // its own result
    const engine = nodeEngine({ threads: 1 });
    here = await readModel(checkpointFolder(join(ROOT, MODEL)), engine);
    await engine.release();
  });
  afterAll(() => opened?.close());

  it('has the same tokens, and writes nothing to the console', () => {
    // "[CLS] a joy to watch. it was [MASK]. [SEP]"
    expect(there.ids[0]).toEqual([2, 43, 4520, 125, 1540, 18, 134, 126, 4, 18, 3]);
    expect(there.ids).toEqual(here.ids);
    expect(opened?.messages).toEqual([]);
  });

  it('has the logits of PyTorch', () => {
    expect(there.logits).toHaveLength(4);
    expect(deviation(there.logits.slice(0, 2), LOGITS).worst).toBeLessThan(TOLERANCE.logits);
    expect(deviation(there.logits, here.logits).worst).toBeLessThan(TOLERANCE.logits);
  });

  it('has the kernel that Node computes', () => {
    expect(there.kernel).toHaveLength(4);
    expect(Math.min(...there.kernel.map(Math.abs))).toBeGreaterThan(0);
    expect(deviation(there.kernel, here.kernel).worst).toBeLessThan(TOLERANCE.kernel);
  });
});
