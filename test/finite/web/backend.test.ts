/** The adapter of browsers, on the runtime that onnxruntime-web has for Node: the same WebAssembly. */

import * as runtime from 'onnxruntime-web';
import { afterAll, describe, expect, it } from 'vitest';
import { webBackend, webEngine } from '../../../src/finite/web/index.ts';
import { build, fixed, mul, tensor } from '../../../src/program/index.ts';
import { engineLosses, oracleLosses } from '../../browser/shared.ts';
import { deviation } from '../../conformance/feeds.ts';

/** Four steps in f32 beside f64. */
const TRAINING = 2e-4;

const engine = webEngine(runtime);
afterAll(() => engine.release());

const b = build('squares', { batch: fixed() });
const x = b.input('x', ['batch']);
b.output(
  'f',
  b.map([x], (u) => mul(u, u)),
);
const squares = b.finish();

describe('the finite engine on onnxruntime-web', () => {
  it('says which runtime it is', () => {
    expect(webBackend(runtime).name).toMatch(/^onnxruntime-web 1\.\d+\.\d+, 1 threads$/);
    expect(webBackend(runtime, { threads: 3 }).name).toMatch(/, 3 threads$/);
  });

  it('gives results that later runs leave alone', async () => {
    const of = (...data: number[]) => engine.run(squares, { x: tensor(['batch'], [2], data) });
    const first = await of(1, 2);
    const second = await of(3, 4);
    expect([first, second].map(({ f }) => [...(f?.data ?? [])])).toEqual([
      [1, 4],
      [9, 16],
    ]);
  });

  it('writes results of steps where they are held', async () => {
    const [found, expected] = [await engineLosses(engine), await oracleLosses()];
    expect(deviation(found, expected).worst).toBeLessThan(TRAINING);
    // Steps that did nothing would repeat the first loss.
    expect(new Set(found).size).toBe(found.length);
  });
});
