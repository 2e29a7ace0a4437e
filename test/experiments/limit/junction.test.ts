/** Pre-training, then fine-tuning: what is asked and what a small step does; exponents in the width are in the slow suite. */

import { describe, expect, it } from 'vitest';
import { junction } from '../../../src/experiments/index.ts';
import { mlp } from '../../../src/nets/index.ts';
import { failureOf } from '../../support/failure.ts';
import { run, stepper } from '../../training/support.ts';
import { junctionOf } from './junctionTests.ts';

describe('fine-tuning after pre-training', () => {
  it('is asked of networks of one output', async () => {
    const problem = { ...junctionOf('sgd', [0]), net: mlp({ classes: 2 }) };
    const failure = await failureOf(() => junction(problem, { widths: [4], networks: 1, stepper, run }));
    expect(failure.message).toMatch(
      /^net ".*": expected one output for each example, \[batch\], but it is on \[batch, class\]; /,
    );
  });

  it('says what a small step does: nothing to the kernel, and what the kernel says to outputs', async () => {
    const problem = junctionOf('sgd', [0]);
    const small = { ...problem, finetuning: { ...problem.finetuning, learningRate: 1e-6, steps: 1 } };
    const [cell] = await junction(small, { widths: [4], networks: 1, stepper, run });
    expect(cell?.drift).toBeLessThan(1e-5);
    expect(cell?.linearization).toBeLessThan(1e-5);
    expect(cell?.linearization).toBeGreaterThan(0);
  });
});
