/** Limits of training and finite networks beside them, at sizes of a few units. */

import { describe, expect, it } from 'vitest';
import { required } from '../../../src/errors/index.ts';
import {
  type FinitePath,
  finitePath,
  type LimitProblem,
  limitOfTraining,
  limitPath,
  withFeatureKernels,
} from '../../../src/experiments/index.ts';
import { seedAt } from '../../../src/experiments/start.ts';
import { cnn, mlp, netOf } from '../../../src/nets/index.ts';
import { at } from '../../../src/numeric/index.ts';
import { optimizerNamed } from '../../../src/optimizers/index.ts';
import { MUP, NTP, SP } from '../../../src/parametrizations/index.ts';
import { parseProgram, symbolsOf, type Tensor, tensor } from '../../../src/program/index.ts';
import { drawState, trainingStep } from '../../../src/training/index.ts';
import { failureOf } from '../../support/failure.ts';
import { run, stepper } from '../../training/support.ts';
import { BATCHES, SERIES, TARGET, TWO_TARGETS, VECTORS } from './data.ts';

const PERCEPTRON = mlp({ depth: 1, activation: 'tanh' });
const RATE = 0.3;
const ROUNDING = 1e-12;

function problemOf(changes: Partial<LimitProblem> = {}): LimitProblem {
  return {
    ...{ net: PERCEPTRON, parametrization: MUP, optimizer: optimizerNamed('momentum') },
    ...{ settings: { learningRate: RATE }, data: { x: VECTORS, target: TARGET }, batches: BATCHES, steps: 3 },
    ...changes,
  };
}

const finite = (problem: LimitProblem, start?: Tensor): Promise<FinitePath> =>
  finitePath(problem, { width: 5, seed: 2, stepper, run, ...(start === undefined ? {} : { start }) });

/** The first rows of a tensor. */
function rows({ axes, shape, data }: Tensor, count: number): Tensor {
  const size = data.length / at(shape, 0);
  return tensor(axes, [count, ...shape.slice(1)], Float64Array.from(data.slice(0, count * size)));
}

const largest = (values: Iterable<number>): number => Math.max(...Array.from(values, Math.abs));

describe('a network of finite width', () => {
  it('is trained on the examples of its batches alone, and tells of the others what they give', async () => {
    const path = await finite(problemOf());
    const plain = trainingStep(PERCEPTRON, problemOf());
    const data = { x: rows(VECTORS, 3), target: rows(TARGET, 3) };
    const sizes = { ...symbolsOf(plain, { n: 5 }, data), n: 5 };
    const training = await stepper(plain, sizes, drawState(plain, sizes, seedAt(2, 5)));
    for (let step = 0; step <= 3; step++) {
      const { f, loss } = await training.step(data);
      const own = required(path.outputs[step], 'outputs of a step');
      expect(largest(Float64Array.from(required(f, 'f').data, (value, k) => value - at(own, k)))).toBeLessThan(
        ROUNDING,
      );
      expect(Math.abs(Number(loss?.data[0]) - at(path.losses, step))).toBeLessThan(ROUNDING);
    }
    const other = path.outputs.map((f) => at(f, 3));
    expect(Math.abs(at(other, 3) - at(other, 0))).toBeGreaterThan(1e-3);
  });

  it('takes batches in turn', async () => {
    const turns = await finite(problemOf({ batches: [[0], [1, 2]], steps: 2 }));
    const first = await finite(problemOf({ batches: [[0]], steps: 2 }));
    const difference = (step: number): number => {
      const [own, other] = [required(turns.outputs[step], 'outputs'), required(first.outputs[step], 'outputs')];
      return largest(own.map((value, k) => value - at(other, k)));
    };
    expect([difference(0), difference(1)]).toEqual([0, 0]);
    expect(difference(2)).toBeGreaterThan(1e-3);
  });

  it('begins where the limit does in the neural tangent case, and elsewhere where it does', async () => {
    const start = tensor(['batch'], [4], [0.1, -0.2, 0.3, 0.4]);
    const [told, zero] = [
      await finite(problemOf({ parametrization: NTP }), start),
      await finite(problemOf({ parametrization: NTP })),
    ];
    const beginning = required(told.outputs[0], 'first outputs');
    expect(largest(beginning.map((value, k) => value - at(start.data, k)))).toBeLessThan(ROUNDING);
    expect(largest(required(zero.outputs[0], 'first outputs'))).toBeLessThan(ROUNDING);
    expect(largest(required((await finite(problemOf())).outputs[0], 'first outputs'))).toBeGreaterThan(1e-3);
  });

  it('is told without what decay alone does to it', async () => {
    const settings = { learningRate: 1e-12, independentDecay: 0.1 };
    const still = await finite(problemOf({ parametrization: NTP, settings }));
    for (const f of still.outputs) expect(largest(f)).toBeLessThan(1e-9);
  });

  it('says at which step it diverged', async () => {
    const path = await finite(problemOf({ settings: { learningRate: 1e200 } }));
    expect(path.divergedAt).toBe(2);
    expect(path.outputs).toHaveLength(2);
  });
});

describe('a limit', () => {
  const SAMPLED = { samples: 64, seeds: 8 };

  it('tells its kind, the axes of outputs, losses, and kernels of features that move', async () => {
    const { net, kernels } = withFeatureKernels(mlp({ depth: 2, activation: 'tanh', classes: 2 }));
    expect(kernels).toEqual(['kernel.x1', 'kernel.x2']);
    const data = { x: VECTORS, target: TWO_TARGETS };
    const path = await limitPath(problemOf({ net, data, outputs: [...kernels, 'x1'] }), SAMPLED);
    expect([path.kind, path.axes, path.shape]).toEqual(['maximal update', ['batch', 'class'], [4, 2]]);
    expect(Object.keys(path.values)).toEqual(kernels);
    // Half the mean of the targets' squares on the batch, summed over classes: f starts at 0.
    const [before] = required(path.losses, 'losses');
    expect(Math.abs(required(before, 'loss').value - 3.5 / 6)).toBeLessThan(4 * required(before, 'loss').standardError);
    for (const kernel of kernels) {
      const [first] = required(path.values[kernel]?.[0], 'first kernel');
      const [last] = required(path.values[kernel]?.at(-1), 'last kernel');
      const [a, b] = [required(first, 'entry'), required(last, 'entry')];
      expect(Math.abs(b.value - a.value)).toBeGreaterThan(4 * Math.hypot(a.standardError, b.standardError));
    }
  });

  it('has features that stand still in NTP', async () => {
    const { net, kernels } = withFeatureKernels(mlp({ depth: 2, activation: 'tanh' }));
    const path = await limitPath(problemOf({ net, parametrization: NTP, outputs: kernels }), SAMPLED);
    expect(path.kind).toBe('neural tangent');
    for (const steps of Object.values(path.values)) {
      for (const entries of steps) {
        const moved = entries.map(({ value }, k) => value - required(steps[0]?.[k], 'first kernel').value);
        expect(largest(moved)).toBeLessThan(ROUNDING);
      }
    }
  });

  it('stands beside finite widths, from the narrowest on, and tells how it gets on', async () => {
    const [shares, forecasts]: [number[], number[]] = [[], []];
    const began = performance.now();
    const found = await limitOfTraining(problemOf(), {
      ...{ ...SAMPLED, stepper, run, networks: 3, widths: [8, 4, 8] },
      onProgress: (share) => shares.push(share),
      onForecast: (seconds) => forecasts.push(seconds),
    });
    expect(forecasts).toHaveLength(1);
    expect(forecasts[0]).toBeGreaterThan(0);
    // Parts that compile first take longer than those that follow.
    expect(forecasts[0]).toBeLessThan((100 * (performance.now() - began)) / 1000);
    expect(found.widths.map(({ width, seeds, diverged }) => [width, seeds, diverged])).toEqual([
      [4, 3, 0],
      [8, 3, 0],
    ]);
    expect(shares.every((share, k) => share >= (shares[k - 1] ?? 0))).toBe(true);
    expect(Math.abs(required(shares.at(-1), 'share') - 1)).toBeLessThan(ROUNDING);
    expect(found.approach?.interval).toHaveLength(2);
    const alone = await limitOfTraining(problemOf(), { ...SAMPLED, stepper, run, networks: 3, widths: [4] });
    expect(alone.approach).toBeUndefined();
    // Distances are those of the paths: over outputs and networks.
    const paths = await Promise.all([0, 1, 2].map((seed) => finitePath(problemOf(), { width: 4, seed, stepper, run })));
    const last = required(found.limit.outputs.at(-1), 'last outputs');
    const squares = paths.flatMap(({ outputs }) =>
      last.map(({ value }, k) => (at(required(outputs.at(-1), 'last outputs'), k) - value) ** 2),
    );
    const expected = Math.sqrt(squares.reduce((sum, square) => sum + square, 0) / squares.length);
    expect(Math.abs(required(found.widths[0], 'width').distance - expected)).toBeLessThan(ROUNDING);
  });
});

describe('kernels of features', () => {
  it('are means over places, and leave the network what it was', async () => {
    const plain = cnn({ size: [3], depth: 1, activation: 'tanh' });
    const { net } = withFeatureKernels(plain);
    const problem = { parametrization: NTP, data: { x: SERIES, target: TARGET } };
    const path = await finite(problemOf({ ...problem, net, outputs: ['kernel.x1', 'x1'] }));
    expect(path.outputs).toEqual((await finite(problemOf({ ...problem, net: plain }))).outputs);
    const [kernel, x] = [required(path.values['kernel.x1']?.[0], 'kernel'), required(path.values.x1?.[0], 'x1')];
    const size = x.length / 4;
    for (let a = 0; a < 4; a++) {
      for (let b = 0; b < 4; b++) {
        let product = 0;
        for (let k = 0; k < size; k++) product += at(x, a * size + k) * at(x, b * size + k);
        expect(Math.abs(at(kernel, 4 * a + b) - product / size)).toBeLessThan(ROUNDING);
      }
    }
  });

  it('are refused where no layer has a width', async () => {
    const text = 'fixed batch\n data x[batch]\n parameter w\n output f = w * x';
    const net = netOf(parseProgram(text, 'line'), { kinds: { w: 'scalar' }, output: 'f', layers: [] });
    expect((await failureOf(() => withFeatureKernels(net))).message).toBe(
      'net "line": expected layers with examples (the axis batch) and a width for kernels of features; name such values in layers.',
    );
  });
});

describe('limits of training are refused', () => {
  const refused = async (changes: Partial<LimitProblem>): Promise<string> =>
    (await failureOf(() => limitPath(problemOf(changes), { samples: 16, seeds: 2 }))).message;

  it('on batches of examples that there are not', async () => {
    const expected = /^batch 1: expected numbers of examples from 0 to 3, but it /;
    for (const [batch, found] of [
      [[0, 4], 'names example 4.'],
      [[-1], 'names example -1.'],
      [[0.5], 'names example 0.5.'],
      [[], 'has none.'],
    ] as const) {
      const message = await refused({ batches: [[0], batch] });
      expect(message).toMatch(expected);
      expect(message.endsWith(found)).toBe(true);
    }
    expect(await refused({ batches: [] })).toMatch(/^batch 0: .* but it has none\.$/);
  });

  it('where a parametrization has none', async () => {
    const message = await refused({ net: mlp({ depth: 2 }), parametrization: SP, optimizer: optimizerNamed('adam') });
    expect(message).toMatch(/^training in "sp" by adam has no limit to speak of, for it is unstable: /);
    expect(message).toMatch(/take mup, or ntp\.$/);
  });

  it('with fewer than two scramblings, and with seeds that do not exist', async () => {
    expect((await failureOf(() => limitPath(problemOf(), { samples: 16, seeds: 1 }))).code).toBe('kets.bad-seeds');
    const options = { samples: 16, seeds: 2, stepper, run, widths: [4], seed: -1 };
    expect((await failureOf(() => limitOfTraining(problemOf(), options))).code).toBe('experiments.bad-seed');
  });
});
