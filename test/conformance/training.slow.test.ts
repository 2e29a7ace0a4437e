/** More random training runs; NEXORT_FUZZ sets how many, and a seed after a colon (NEXORT_FUZZ=2000:7). */

import { afterAll, expect, test } from 'vitest';
import { nodeEngine } from '../../src/finite/node/index.ts';
import { outcomes } from './trainingTests.ts';

const engine = nodeEngine({ threads: 1 });
afterAll(() => engine.release());

const [runs = 300, seed = 2] = (process.env.NEXORT_FUZZ ?? '').split(':').filter(Boolean).map(Number);

test(`${runs} random training runs agree in every interpreter`, async () => {
  const { agreed, ...others } = await outcomes(engine, runs, seed);
  expect(others['nothing to compare']).toBeLessThan(runs / 4);
  expect(agreed).toBeGreaterThan(runs / 3);
}, 3_600_000);
