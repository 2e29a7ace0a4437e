/** The tangent kernel while networks train, at infinite width and at finite ones. */

import { describe, expect, it } from 'vitest';
import { required } from '../../../src/errors/index.ts';
import {
  finitePath,
  frozenKernel,
  type LimitProblem,
  limitPath,
  tangentSpectrum,
} from '../../../src/experiments/index.ts';
import { ratesOf } from '../../../src/experiments/limit/kernel.ts';
import { seedAt } from '../../../src/experiments/start.ts';
import { empiricalNtk } from '../../../src/kernels/index.ts';
import { mlp } from '../../../src/nets/index.ts';
import { at } from '../../../src/numeric/index.ts';
import { optimizerNamed } from '../../../src/optimizers/index.ts';
import { MUP } from '../../../src/parametrizations/index.ts';
import { tensor } from '../../../src/program/index.ts';
import { drawState, parametrizedNet } from '../../../src/training/index.ts';
import { run, stepper } from '../../training/support.ts';

const data = {
  x: tensor(['batch', 'input'], [2, 2], [1, 0.3, -0.8, 0.6]),
  target: tensor(['batch', 'class'], [2, 2], [1, -1, 0, 1]),
};
const problem: LimitProblem = {
  net: mlp({ depth: 1, activation: 'erf', classes: 2 }),
  parametrization: MUP,
  optimizer: optimizerNamed('sgd'),
  settings: { learningRate: 1 },
  data,
  steps: 2,
};

describe('the tangent kernel of a training', () => {
  it('is at the start the one in closed form, moves where features do, and leaves the training as it is', async () => {
    const options = { samples: 512, seeds: 6 };
    const path = await limitPath(problem, { ...options, looks: [2, 0, 9] });
    expect(path.kernels.map(({ step }) => step)).toEqual([0, 2]);
    const { kernel, sampled } = await frozenKernel(problem, 'ntk');
    expect(sampled).toBe(false);
    const [first, last] = path.kernels.map(({ entries }) => entries);
    required(first, 'kernel').forEach(({ value, standardError }, k) => {
      // Five degrees of freedom, sixteen entries: eight errors are a chance of one in a thousand.
      expect(Math.abs(value - at(kernel.data, k))).toBeLessThan(8 * standardError + 1e-9);
    });
    const [before, after] = [required(first?.[0], 'entry'), required(last?.[0], 'entry')];
    expect(Math.abs(after.value - before.value)).toBeGreaterThan(
      8 * Math.hypot(before.standardError, after.standardError),
    );
    const plain = await limitPath(problem, options);
    expect(path.outputs.length).toBe(3);
    path.outputs.at(-1)?.forEach(({ value, standardError }, k) => {
      const other = required(plain.outputs.at(-1)?.[k], 'output');
      expect(Math.abs(value - other.value)).toBeLessThan(8 * Math.hypot(standardError, other.standardError));
    });
  });

  it('is at a finite width that of the network as it is then', async () => {
    const network = { width: 6, seed: 1, stepper, run };
    const path = await finitePath(problem, { ...network, looks: [0, 2] });
    expect(path.outputs).toEqual((await finitePath(problem, network)).outputs);
    const program = parametrizedNet(problem.net, problem);
    const sizes = { n: 6, batch: 2, input: 2 };
    const expected = await empiricalNtk(program, {
      ...{ run, values: drawState(program, sizes, seedAt(1, 6)), x1: { x: data.x } },
      ...{ output: 'f', sizes: { n: 6 }, outputs: 'each', rates: ratesOf(problem) },
    });
    const [first, last] = path.kernels;
    required(first, 'kernel').entries.forEach((value, k) => {
      expect(Math.abs(value - at(expected.data, k))).toBeLessThan(1e-12);
    });
    expect(last?.entries).not.toEqual(first?.entries);
  });

  it('has the eigenvalues and the alignment of its part on what is trained on', () => {
    const entries = [2, 1, 7, 1, 2, 7, 7, 7, 7].map((value) => ({ value, standardError: 0.1 }));
    const spectrum = tangentSpectrum({ step: 4, entries }, { trained: [0, 1], examples: 3, targets: [1, 1, 5] });
    expect(spectrum.eigenvalues.map((value) => value.toFixed(9))).toEqual(['3.000000000', '1.000000000']);
    // Four entries, each with half of its error.
    expect(spectrum.standardError).toBeCloseTo(0.1, 12);
    expect(spectrum.alignment).toBeCloseTo(6 / (Math.sqrt(10) * 2), 12);
    const wild = tangentSpectrum(
      { step: 0, entries: [{ value: Number.NaN, standardError: 0 }] },
      { trained: [0], examples: 1 },
    );
    expect(wild.eigenvalues).toEqual([]);
  });
});
