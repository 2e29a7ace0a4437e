/** The conformance suite in Chromium: oracle, kets, and the finite engine on onnxruntime-web. */

import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { findBrowser } from '../../src/cli/doctor/extras.ts';
import { interpret } from '../../src/reference/index.ts';
import { deviation, randomFeeds } from '../conformance/feeds.ts';
import { expectRandomVerdict, expectVerdict } from '../conformance/verdicts.ts';
import { bundle, WASM } from './bundle.ts';
import { type Opened, openPage } from './chromium.ts';
import type { PageResult } from './page.ts';
import { diagram, HERE, oracleLosses, programs } from './shared.ts';

/** As in Node (test/conformance): f32 has 24 bits; random programs are chains of up to ten operations. */
const F32_TOLERANCE = { case: 2e-5, random: 1e-3 };
/** Elementary functions of two versions of V8 may differ in the last bit; a few dozen operations on it. */
const MACHINES = 1e-12;
/** Four steps in f32 beside f64. */
const TRAINING = 2e-4;

const browser = findBrowser();

describe.skipIf(browser === undefined)('in Chromium (skipped where none is on the PATH)', () => {
  let opened: Opened | undefined;
  let result: PageResult = { runtime: '', findings: [], losses: [], diagram: '' };
  beforeAll(async () => {
    const script = await bundle({ entryPoints: [join(import.meta.dirname, 'page.ts')] });
    opened = await openPage(browser ?? '', script, { files: { '/ort.wasm': WASM } });
    result = (await opened.page.evaluate('compute()')) as PageResult; // its own result
  });
  afterAll(() => opened?.close());

  const random = (name: string): boolean => name.startsWith('random');

  it('the engine is that of onnxruntime-web, and the console stays empty', () => {
    expect(result.runtime).toMatch(/^onnxruntime-web 1\.\d+\.\d+, 1 threads$/);
    expect(opened?.messages).toEqual([]);
    expect(result.findings).toHaveLength(programs.length);
  });

  it.each(programs.map((one, k) => ({ ...one, k })))('$name means the same', ({ name, program, sizes, k }) => {
    const found = result.findings[k] ?? expect.fail('no result');
    expect(found.name).toBe(name);
    const here = interpret(program, randomFeeds(program, sizes, 1), sizes).f?.data ?? [];
    expect(deviation(found.oracle, here).worst).toBeLessThan(MACHINES);
    expect(found.cotangents).toBeLessThan(random(name) ? F32_TOLERANCE.random : F32_TOLERANCE.case);
    for (const [at, interpreter] of HERE.entries()) {
      const verdict = found.verdicts[at] ?? expect.fail(`no verdict of ${interpreter}`);
      if (random(name)) expectRandomVerdict(verdict, interpreter, program);
      else expectVerdict(verdict, interpreter, name);
    }
  });

  it('kets run some of the random programs', () => {
    const ran = result.findings.filter(({ name, verdicts }) => random(name) && verdicts.every((one) => 'share' in one));
    expect(ran.length).toBeGreaterThan(0);
  });

  it('steps train as in f64, their updates by compiled kernels', async () => {
    expect(result.losses).toHaveLength(4);
    expect(deviation(result.losses, await oracleLosses()).worst).toBeLessThan(TRAINING);
  });

  it('figures are the same, letter by letter', () => {
    expect(result.diagram).toBe(diagram());
  });
});
