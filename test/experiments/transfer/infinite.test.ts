/** The infinite network's own curve in a transfer: its losses are those of the limit, and what has none says why. */

import { describe, expect, it } from 'vitest';
import { nodeStepper } from '../../../src/cli/stepper.ts';
import { type Examples, limitPath, transfer } from '../../../src/experiments/index.ts';
import { tensorsOf } from '../../../src/experiments/transfer/data.ts';
import { nodeEngine } from '../../../src/finite/node/index.ts';
import { mlp } from '../../../src/nets/index.ts';
import { mean, standardDeviation } from '../../../src/numeric/index.ts';
import { optimizerNamed } from '../../../src/optimizers/index.ts';
import { MUP, NTP, SP } from '../../../src/parametrizations/index.ts';

const examples: Examples = {
  name: 'four',
  source: 'four points of the plane',
  input: 2,
  classes: 2,
  inputs: Float64Array.of(1, 0.3, 0.2, -1.1, -0.8, 0.6, 0.5, 0.5),
  labels: Int32Array.of(0, 1, 1, 0),
};
const net = mlp({ depth: 2, activation: 'tanh', classes: 2 });
const optimizer = optimizerNamed('sgd');
/** Standard errors of both together, on about ten degrees of freedom: one in a thousand lies outside. */
const SIGMAS = 4.5;

describe('the infinite width in a transfer', () => {
  it('has the losses of the limit, and tells what its best value costs elsewhere', async () => {
    const engine = nodeEngine({ threads: 1 });
    const [values, steps, baseWidth] = [[0.1, 0.4, 1.6], 5, 16];
    const { sweeps } = await transfer({
      ...{ net, optimizer, examples, values, steps, baseWidth, batch: 4, seeds: 6, widths: [16, 32] },
      ...{ parametrizations: [MUP, NTP, SP], infinite: { samples: 128 }, stepper: nodeStepper(engine) },
    });
    await engine.release();
    const [mup, ntp, sp] = sweeps.map(({ infinite }) => infinite);
    if (mup === undefined || 'reason' in mup) return expect.fail('µP has a limit');
    const [parametrization, settings] = [{ ...MUP, baseWidth }, { learningRate: values[1] ?? Number.NaN }];
    const problem = { net, parametrization, optimizer, settings, loss: 'cross-entropy', steps: steps - 1 } as const;
    const { losses } = await limitPath({ ...problem, data: tensorsOf(examples) }, { samples: 256, seeds: 8 });
    const expected = losses?.at(-1) ?? expect.fail('a loss of every step');
    const found = (mup.points[1]?.losses ?? []).map(Number);
    const error = Math.hypot((standardDeviation(found) ?? Number.NaN) / Math.sqrt(6), expected.standardError);
    expect(Math.abs(mean(found) - expected.value)).toBeLessThan(SIGMAS * error);
    expect(mup.away.map(({ width }) => width)).toEqual([16, 32]);
    for (const { cost } of mup.away) expect(cost).toBeGreaterThanOrEqual(1);
    expect(ntp).toEqual({ reason: 'features stand still in "ntp": nexort limit computes this limit' });
    expect(sp).toMatchObject({ reason: expect.stringContaining('training in "sp" by sgd has no limit to speak of') });
  });
});
