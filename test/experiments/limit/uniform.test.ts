/**
 * Along UP_s features move by n^(−s). Outputs are odd in the readout, whose law is even, so that on average they see that at second
 * order, n^(−2s): what networks are off their limit by depends on n^(2s) alone.
 */

import { afterAll, describe, expect, it } from 'vitest';
import { nodeEngine } from '../../../src/finite/node/index.ts';
import { at } from '../../../src/numeric/index.ts';
import { alongUniform, movedFromLimit } from './uniformTests.ts';

/** Of four outputs that move together, on 15 degrees of freedom. */
const SIGMAS = 4;
const NETWORKS = 16;

describe('networks along UP_s', () => {
  const engine = nodeEngine({ threads: 1 });
  afterAll(() => engine.release());

  it('are as far from their limit where n^(2s) is the same', async () => {
    // n^(2s) = 8 by both; terms of order 1/n are a hundredth of it.
    const narrow = await movedFromLimit(engine, alongUniform('1/4', 4), 64, NETWORKS);
    const wide = await movedFromLimit(engine, alongUniform('1/8', 4), 4096, NETWORKS);
    narrow.forEach(([value, error], k) => {
      const [other, otherError] = at(wide, k);
      expect(Math.abs(value - other)).toBeLessThan(SIGMAS * Math.hypot(error, otherError));
    });
    // It is far more than errors.
    expect(Math.max(...wide.map(([value, error]) => Math.abs(value) / error))).toBeGreaterThan(20);
  });
});
