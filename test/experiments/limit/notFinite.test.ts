/** Trainings that stop being finite: at which step, and what is left of them. */

import { describe, expect, it } from 'vitest';
import { required } from '../../../src/errors/index.ts';
import {
  descentEdge,
  finitePath,
  frozenStart,
  type LimitProblem,
  limitOfTraining,
  limitPath,
} from '../../../src/experiments/index.ts';
import { mlp } from '../../../src/nets/index.ts';
import { optimizerNamed } from '../../../src/optimizers/index.ts';
import { MUP, NTP } from '../../../src/parametrizations/index.ts';
import { tensor } from '../../../src/program/index.ts';
import { run, stepper } from '../../training/support.ts';

const problem: LimitProblem = {
  net: mlp({ depth: 1, activation: 'relu' }),
  parametrization: NTP,
  optimizer: optimizerNamed('sgd'),
  settings: { learningRate: 1 },
  data: {
    x: tensor(['batch', 'input'], [2, 2], [1, 0.3, -0.8, 0.6]),
    target: tensor(['batch'], [2], [1, -1]),
  },
  steps: 30,
};
const SAMPLED = { samples: 64, seeds: 2 };

describe('a training that is not finite', () => {
  it('comes of a rate above 2 (1 + momentum) over the largest eigenvalue, and of none below', async () => {
    const { divergentRate } = required(frozenStart(problem), 'start');
    const edge = required(divergentRate, 'rate');
    const sizeAt = async (learningRate: number): Promise<number> => {
      const { outputs } = await limitPath({ ...problem, settings: { learningRate } }, SAMPLED);
      return Math.max(...required(outputs.at(-1), 'last outputs').map(({ value }) => Math.abs(value)));
    };
    // Samples of 64 know the eigenvalue to a few percent.
    expect(await sizeAt(1.2 * edge)).toBeGreaterThan(1e3);
    expect(await sizeAt(0.8 * edge)).toBeLessThan(3);
    expect(descentEdge({ ...problem, settings: { learningRate: 0.5 } })).toBe(4);
  });

  it('has numbers up to there, of networks the step, and no distance where all diverged', async () => {
    const wild = { ...problem, parametrization: MUP, settings: { learningRate: 200 }, steps: 12 };
    const path = await finitePath(wild, { width: 6, seed: 0, stepper, run, changes: [1, 12] });
    const step = required(path.divergedAt, 'step');
    expect(step).toBeGreaterThan(1);
    expect(path.outputs).toHaveLength(step);
    expect(path.outputs.flat().every(Number.isFinite)).toBe(true);
    const { limit, widths, approach } = await limitOfTraining(wild, {
      ...{ ...SAMPLED, stepper, run, widths: [4, 6], networks: 2, changes: [1, 12] },
    });
    expect(limit.outputs[1]?.every(({ value }) => Number.isFinite(value))).toBe(true);
    expect(limit.outputs.at(-1)?.some(({ value }) => Number.isFinite(value))).toBe(false);
    expect(widths.map(({ diverged, distance }) => [diverged, distance])).toEqual([
      [2, Number.NaN],
      [2, Number.NaN],
    ]);
    expect(approach).toBeUndefined();
  });

  it('is NaN from the step on in which a target is, in the limit and in networks', async () => {
    const data = { ...problem.data, target: tensor(['batch'], [2], [1, Number.NaN]) };
    for (const parametrization of [NTP, MUP]) {
      const bad = { ...problem, parametrization, data, steps: 2 };
      const { outputs } = await limitPath(bad, SAMPLED);
      expect(outputs.map((entries) => entries.every(({ value }) => Number.isFinite(value)))).toEqual([
        true,
        false,
        false,
      ]);
      expect((await finitePath(bad, { width: 4, seed: 0, stepper, run })).divergedAt).toBe(1);
    }
  });

  it('is refused before it starts where memory does not hold its steps', async () => {
    const steps = 4000;
    // Each step adds outer products to the matrix.
    const long = { ...problem, net: mlp({ depth: 2, activation: 'tanh' }), parametrization: MUP, steps };
    const few = { ...long, steps: 2 };
    const memory = 200 * 2 ** 20;
    await expect(limitPath(few, { ...SAMPLED, memory })).resolves.toMatchObject({ kind: 'maximal update' });
    await expect(limitPath(long, { samples: 8192, seeds: 2, memory })).rejects.toThrow(/4001 steps/);
  });
});
