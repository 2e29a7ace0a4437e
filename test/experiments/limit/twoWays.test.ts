/** Limits that can be had in two ways, within the errors of both. */

import { describe, expect, it } from 'vitest';
import { required } from '../../../src/errors/index.ts';
import { drawnStart, type LimitProblem, limitPath } from '../../../src/experiments/index.ts';
import { mlp } from '../../../src/nets/index.ts';
import { mean, standardDeviation, stream } from '../../../src/numeric/index.ts';
import { optimizerNamed } from '../../../src/optimizers/index.ts';
import { MUP, NTP, uniform } from '../../../src/parametrizations/index.ts';
import { tensor } from '../../../src/program/index.ts';

const INPUTS = [
  [1, 0.3],
  [-0.8, 0.6],
  [0.4, -1.2],
] as const;
const TARGETS = [1, -1, 0.5] as const;
const [RATE, BETA1, BETA2, EPSILON, STEPS] = [0.2, 0.9, 0.99, 0.05, 4];
const problem: LimitProblem = {
  net: mlp({ depth: 1, activation: 'tanh' }),
  parametrization: MUP,
  optimizer: optimizerNamed('adam'),
  settings: { learningRate: RATE, beta1: BETA1, beta2: BETA2, epsilon: EPSILON, smooth: true },
  data: {
    x: tensor(['batch', 'input'], [3, 2], INPUTS.flat()),
    target: tensor(['batch'], [3], [...TARGETS]),
  },
  // The last example is in no batch.
  batches: [[0, 1], [1]],
  steps: STEPS,
};
const INPUT = 2;

/** One number of every particle, with what Adam remembers of it. */
class Coordinate {
  readonly #memory: Float64Array;
  #steps = 0;
  readonly values: Float64Array;

  constructor(values: Float64Array) {
    this.values = values;
    this.#memory = new Float64Array(2 * values.length);
  }

  /** ε under the root, as IVb writes it. */
  update(gradient: (particle: number) => number): void {
    this.#steps++;
    this.values.forEach((value, k) => {
      const g = gradient(k);
      const m = BETA1 * required(this.#memory[2 * k], 'm') + (1 - BETA1) * g;
      const v = BETA2 * required(this.#memory[2 * k + 1], 'v') + (1 - BETA2) * g ** 2;
      this.#memory.set([m, v], 2 * k);
      const q = m / (1 - BETA1 ** this.#steps) / Math.sqrt(v / (1 - BETA2 ** this.#steps) + EPSILON ** 2);
      this.values[k] = value - RATE * q;
    });
  }
}

/** Particles (u, v) under their own averages (theory 8): f(ξ) = mean of v tanh(⟨u, ξ⟩). Outputs before each step and after the last. */
function particles(count: number, seed: number): number[][] {
  const normals = (label: string): Float64Array => stream(seed, label).normals(count);
  const u = [0, 1].map((k) => new Coordinate(normals(`u${k}`).map((value) => value / Math.sqrt(INPUT))));
  const v = new Coordinate(normals('v'));
  const entry = ({ values }: Coordinate, k: number): number => required(values[k], 'coordinate of a particle');
  const path: number[][] = [];
  for (let step = 0; step <= STEPS; step++) {
    const features = INPUTS.map((x) =>
      Float64Array.from(v.values, (_, k) =>
        Math.tanh(u.reduce((sum, own, i) => sum + entry(own, k) * required(x[i], 'input'), 0)),
      ),
    );
    const f = features.map((h) => h.reduce((sum, value, k) => sum + value * entry(v, k), 0) / count);
    path.push(f);
    const batch = step % 2 === 0 ? [0, 1] : [1];
    const errors = batch.map((b) => ({
      x: required(INPUTS[b], 'example'),
      h: required(features[b], 'features'),
      error: (required(f[b], 'output') - required(TARGETS[b], 'target')) / batch.length,
    }));
    const readout = Float64Array.from(v.values);
    v.update((k) => errors.reduce((sum, { h, error }) => sum + error * required(h[k], 'feature'), 0));
    for (const [i, own] of u.entries())
      own.update((k) =>
        errors.reduce(
          (sum, { x, h, error }) =>
            sum +
            error * required(readout[k], 'readout') * (1 - required(h[k], 'feature') ** 2) * required(x[i], 'input'),
          0,
        ),
      );
  }
  return path;
}

/** Each of fifteen outputs within so many joint standard errors. */
const ERRORS = 5;

describe('the maximal update limit of one hidden layer', () => {
  it('is what particles make of themselves, under Adam on mini-batches, outside them too', async () => {
    const { outputs } = await limitPath(problem, { samples: 512, seeds: 8 });
    const runs = Array.from({ length: 8 }, (_, seed) => particles(1024, seed));
    const moves = outputs.at(-1)?.map(({ value }, k) => value - required(outputs[0]?.[k], 'first output').value) ?? [];
    expect(Math.max(...moves.map(Math.abs))).toBeGreaterThan(0.3);
    outputs.forEach((entries, step) => {
      entries.forEach(({ value, standardError }, k) => {
        const values = runs.map((run) => required(run[step]?.[k], 'output of particles'));
        const error = required(standardDeviation(values), 'deviation') / Math.sqrt(values.length);
        expect(Math.abs(value - mean(values))).toBeLessThan(ERRORS * Math.hypot(error, standardError));
        expect(Math.hypot(error, standardError)).toBeLessThan(0.02);
      });
    });
  });
});

describe('UP_1/2 started at the Gaussian process', () => {
  it('has the neural tangent limit of NTP from there: the same process, the same draw, the same path', async () => {
    const optimizer = optimizerNamed('momentum');
    const net = mlp({ depth: 2, activation: 'tanh' });
    const deep = { ...problem, net, optimizer, settings: { learningRate: RATE } };
    const of = async (parametrization: typeof NTP) => {
      const own = { ...deep, parametrization };
      const start = await drawnStart(own, { seed: 3 });
      const path = await limitPath(own, { samples: 128, seeds: 2, start });
      return { start, path };
    };
    const [half, ntp] = [await of(uniform('1/2')), await of(NTP)];
    expect([half.path.kind, ntp.path.kind]).toEqual(['neural tangent', 'neural tangent']);
    const [first] = half.path.outputs;
    expect(Math.max(...(first ?? []).map(({ value }) => Math.abs(value)))).toBeGreaterThan(0.1);
    half.path.outputs.forEach((entries, step) => {
      entries.forEach(({ value }, k) => {
        expect(value).toBeCloseTo(required(ntp.path.outputs[step]?.[k], 'output').value, 9);
      });
    });
    // From 0 it goes elsewhere.
    const zero = await limitPath({ ...deep, parametrization: NTP }, { samples: 128, seeds: 2 });
    const moved = (outputs: typeof zero.outputs): number =>
      required(outputs.at(-1)?.[0], 'last').value - required(outputs[0]?.[0], 'first').value;
    expect(Math.abs(moved(zero.outputs) - moved(ntp.path.outputs))).toBeGreaterThan(0.01);
  });
});
