/** The Master Theorem on every example program (IVb 2.6.10), at full widths. */

import { describe, it } from 'vitest';
import { nodeEngine } from '../../src/finite/node/index.ts';
import { cases, expectRates } from './exampleRates.ts';

const engine = nodeEngine({ threads: 1 });

describe.each(cases)('$file', (given) => {
  it('approaches its limit at the rate of the theorem', () =>
    expectRates(given, (program, feeds, sizes) => engine.run(program, feeds, sizes)));
});
