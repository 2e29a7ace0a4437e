/** The Master Theorem on every example program (IVb 2.6.10), at full widths. */

import { describe, it } from 'vitest';
import { nodeEngine } from '../../src/finite/node/index.ts';
import { cases, expectRates, expectUniversal } from './exampleRates.ts';

const engine = nodeEngine({ threads: 1 });

describe.each(cases)('$file', (given) => {
  it('approaches its limit at the rate of the theorem', () =>
    expectRates(given, (program, feeds, sizes) => engine.run(program, feeds, sizes)));
});

describe('universality (IVb 2.6.4)', () => {
  it('matrices of signs and of Gaussian entries reach one limit', () =>
    expectUniversal((program, feeds, sizes) => engine.run(program, feeds, sizes)));
});
