/** A choice at infinite width: the correction of order 1/n, its predictions, and what it warns of, on curves known exactly. */

import { describe, expect, it } from 'vitest';
import { nodeStepper } from '../../../src/cli/stepper.ts';
import { type TransferResult, tune } from '../../../src/experiments/index.ts';
import { teacherExamples } from '../../../src/experiments/transfer/data.ts';
import { infiniteSweep } from '../../../src/experiments/transfer/infinite.ts';
import { metricsOf } from '../../../src/experiments/transfer/metrics.ts';
import { type Losses, sweepOf } from '../../../src/experiments/transfer/optimum.ts';
import { tuned } from '../../../src/experiments/transfer/tune.ts';
import { nodeEngine } from '../../../src/finite/node/index.ts';
import { mlp } from '../../../src/nets/index.ts';
import { optimizerNamed } from '../../../src/optimizers/index.ts';
import { NTP } from '../../../src/parametrizations/index.ts';

const hyperparameter = { name: 'learningRate', words: 'learning rate', scale: 'value' } as const;
const values = [-9, -8, -7, -6, -5].map((power) => 2 ** power);
const CHANCE = 2.3;
type Curve = (value: number, seed: number) => number | null;

/** What is measured where losses are these functions; seeds are alike but for a constant. */
function measuredOf(widths: readonly number[], at: (width: number) => Curve): TransferResult {
  const losses = (width: number): Losses[number] => values.map((value) => [0, 1].map((seed) => at(width)(value, seed)));
  const finite = widths.map(losses);
  const options = { hyperparameter, chance: CHANCE };
  const beyond = losses(Infinity);
  const own = infiniteSweep(widths, values, { finite, infinite: beyond }, options);
  const infinite = { ...own, transferred: null, own: null };
  const [metrics = expect.fail('metrics')] = metricsOf([{ losses: finite, infinite: beyond }], {
    widths,
    values,
    scale: 'value',
  });
  const sweep = {
    ...sweepOf('mup', widths, values, finite, options),
    metrics,
    causes: [],
    transferred: [],
    own: [],
    infinite,
  };
  return {
    ...{ net: 'net', optimizer: 'adam', hyperparameter, learningRate: null, data: 'numbers', source: 'formulas' },
    ...{ chance: CHANCE, baseWidth: 16, widths, values, seeds: 2, seed: 0, steps: 10, batch: 4, averaged: 2 },
    ...{ curveSteps: [], sweeps: [sweep] },
  };
}

/** A parabola in ln rate, whose least is at `best` e^(c/n) and of size `least` + d/n. */
const bowl =
  (best: number, c: number, d: number, bend: number, least = 1): ((width: number) => Curve) =>
  (width) =>
  (value, seed) =>
    least + d / width + bend * (Math.log(value / best) - c / width) ** 2 + 0.001 * seed;

describe('a choice at infinite width', () => {
  it('tells the correction from two widths and predicts a third exactly', () => {
    const [best, c, d] = [2 ** -7.2, 16, 2];
    const found = tuned(measuredOf([64, 128, 512], bowl(best, c, d, 0.3)), [64, 128], [512]);
    expect(found.best.value).toBeCloseTo(best, 10);
    expect(found.tried).toBe(2 ** -7);
    expect(found.correction).toBeCloseTo(c, 8);
    const [check] = found.checks;
    expect(check?.predicted).toBeCloseTo(best * Math.exp(c / 512), 10);
    expect(check?.found.value).toBeCloseTo(best * Math.exp(c / 512), 10);
    // The parabola's middle moves by c/n, so that its value at the rate tried has a term of order n^(-2) beside.
    expect(check?.predictedLoss).toBeCloseTo(check?.loss ?? Number.NaN, 2);
    expect([found.holds, found.warnings]).toEqual([true, []]);
  });

  it('warns of what may go wrong', () => {
    const warningsOf = (at: (width: number) => Curve, widths = [64, 128]) =>
      tuned(measuredOf([...widths, 512], at), widths, [512]).warnings.join('\n');
    expect(warningsOf(bowl(2 ** -7, 0, 0, 0.001))).toContain('the optimum is flat: from 0.00195 to 0.0313');
    expect(warningsOf(bowl(2 ** -12, 0, 0, 0.3))).toContain('lies at the end of the values tried');
    expect(warningsOf(bowl(2 ** -7, 0, 0, 0.3, CHANCE))).toContain('no value has trained the infinite network');
    expect(
      warningsOf((width) => (value, seed) => (value > 2 ** -6.5 ? null : bowl(2 ** -7, 0, 0, 0.3)(width)(value, seed))),
    ).toContain('training diverges at 0.0156, the next value tried');
    expect(warningsOf(bowl(2 ** -7, 64, 0, 0.3))).toMatch(
      /best of width 64 is ×2\.\d+ .*\n.*at width 64 the choice costs/,
    );
  });

  it('does not hold where it costs more than 2 %', () => {
    const jump = (width: number): Curve => bowl(width === 512 ? 2 ** -5.5 : 2 ** -7, 0, 0, 0.3)(width);
    expect(tuned(measuredOf([64, 128, 512], jump), [64, 128], [512]).holds).toBe(false);
  });

  it('is refused where there is no such limit, and where a width checks itself', async () => {
    const engine = nodeEngine({ threads: 1 });
    const examples = await teacherExamples({
      ...{ examples: 4, input: 2, classes: 2 },
      run: (program, feeds, sizes) => engine.run(program, feeds, sizes),
    });
    const options = {
      ...{
        net: mlp({ depth: 1, classes: 2 }),
        optimizer: optimizerNamed('sgd'),
        examples,
        stepper: nodeStepper(engine),
      },
      ...{ values: [0.1, 0.2, 0.4], steps: 1, seeds: 1, batch: 4, widths: [4, 8] },
    };
    await expect(tune({ ...options, checks: [8] })).rejects.toThrow('width 8 is among those that tell the correction');
    await expect(tune({ ...options, parametrization: NTP, checks: [16] })).rejects.toThrow(
      '"ntp" cannot be tuned at infinite width: features stand still',
    );
    await engine.release();
  });
});
