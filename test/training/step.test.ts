/** Training steps as programs: against a hand-written loop, and in the limit. */

import { describe, expect, it } from 'vitest';
import { estimateLimit } from '../../src/kets/index.ts';
import { mlp } from '../../src/nets/index.ts';
import { at, drawInitial, stream } from '../../src/numeric/index.ts';
import { optimizerNamed } from '../../src/optimizers/index.ts';
import {
  type Exponent,
  exponent,
  exponentsFor,
  MUP,
  NTP,
  type Parameter,
  type Parametrization,
  SP,
  toNumber,
} from '../../src/parametrizations/index.ts';
import {
  checkFragment,
  indexTensor,
  type Program,
  printProgram,
  type Tensor,
  type Tensors,
  tensor,
} from '../../src/program/index.ts';
import { interpret } from '../../src/reference/index.ts';
import { type LossName, trainingStep } from '../../src/training/index.ts';

const SAME = 1e-12;
const [N, BATCH, INPUT] = [6, 4, 3];
const x = stream(7).normals(BATCH * INPUT);
const target = Float64Array.of(1, -1, 0.5, 0);
const data: Tensors = { x: tensor(['batch', 'input'], [BATCH, INPUT], x), target: tensor(['batch'], [BATCH], target) };
const sizes = { n: N, batch: BATCH, input: INPUT };

/** Outputs of some steps in f64, from the laws of the states. */
function trained(program: Program, steps: number, fed: Tensors = data): Record<string, Tensor<Float64Array>>[] {
  const names = program.outputs.filter(({ role }) => role === 'state').map(({ name }) => name);
  let state: Tensors = drawInitial(program, sizes, 5);
  return Array.from({ length: steps }, () => {
    const outputs = interpret(program, { ...fed, ...state }, sizes);
    state = Object.fromEntries(names.map((name) => [name, outputs[name] ?? expect.fail(`no state ${name}`)]));
    return outputs;
  });
}

describe('a step of SGD in µP with one hidden layer', () => {
  it('is the loop that one writes by hand', () => {
    const program = trainingStep(mlp({ depth: 1, activation: 'tanh' }), {
      parametrization: MUP,
      optimizer: optimizerNamed('sgd'),
      settings: { learningRate: 0.3 },
    });
    const drawn = drawInitial(program, sizes, 5);
    const [w, v] = [Float64Array.from(drawn.w1?.data ?? []), Float64Array.from(drawn.w2?.data ?? [])];
    for (const outputs of trained(program, 3)) {
      const hidden = Array.from({ length: BATCH }, (_, b) =>
        Array.from({ length: N }, (__, i) => {
          let h = 0;
          for (let k = 0; k < INPUT; k++) h += at(w, i * INPUT + k) * at(x, b * INPUT + k);
          return Math.tanh(h);
        }),
      );
      const f = hidden.map((row) => row.reduce((sum, value, i) => sum + value * at(v, i), 0) / N);
      const error = f.map((value, b) => (value - at(target, b)) / BATCH);
      expect(f.map((value, b) => Math.abs(value - at(outputs.f?.data ?? [], b)) < SAME)).toEqual(f.map(() => true));
      const loss = f.reduce((sum, value, b) => sum + (value - at(target, b)) ** 2 / 2 / BATCH, 0);
      expect(Math.abs(loss - at(outputs.loss?.data ?? [], 0))).toBeLessThan(SAME);
      // ∂loss/∂w n, ∂loss/∂v n: µP's d = 1 with c = 0 for vectors.
      const gradients = { w: new Float64Array(w.length), v: new Float64Array(N) };
      hidden.forEach((row, b) => {
        row.forEach((value, i) => {
          gradients.v[i] = at(gradients.v, i) + at(error, b) * value;
          for (let k = 0; k < INPUT; k++) {
            const place = i * INPUT + k;
            const slope = at(error, b) * at(v, i) * (1 - value ** 2) * at(x, b * INPUT + k);
            gradients.w[place] = at(gradients.w, place) + slope;
          }
        });
      });
      gradients.w.forEach((g, place) => {
        w[place] = at(w, place) - 0.3 * g;
      });
      gradients.v.forEach((g, i) => {
        v[i] = at(v, i) - 0.3 * g;
      });
    }
  });
});

describe('a base width', () => {
  it.each(['adam', 'sgd', 'signsgd'])('where µP, NTP and SP are one network, trained by %s alike', (name) => {
    const options = { optimizer: optimizerNamed(name), settings: { learningRate: 0.05 } };
    const net = mlp({ depth: 2, activation: 'tanh' });
    const [standard, ...others] = [SP, MUP, NTP].map((parametrization) =>
      trained(trainingStep(net, { ...options, parametrization: { ...parametrization, baseWidth: N } }), 3),
    );
    standard?.forEach((outputs, k) => {
      for (const other of others) {
        const [f, own] = [outputs.f?.data ?? [], other[k]?.f?.data ?? []];
        expect(Math.max(...Array.from(f, (value, b) => Math.abs(value - at(own, b))))).toBeLessThan(SAME);
      }
    });
  });

  it('leaves the powers of n as they are elsewhere', () => {
    const net = mlp({ depth: 1 });
    const of = (baseWidth: number): Program =>
      trainingStep(net, { parametrization: { ...MUP, baseWidth }, optimizer: optimizerNamed('sgd') });
    expect(printProgram(of(4))).toContain('f[batch] = 4 * (|n|^-1 * "f unscaled")');
    expect(printProgram(of(4))).toContain('state w2[n] ~ normal(0.5)');
  });
});

describe('the abcd symmetry (IVb 2.2)', () => {
  it.each([
    ['adam', 0.5],
    ['adam', -1],
    ['signsgd', 1],
  ])('changes nothing of training: %s, θ = %f', (name, theta) => {
    const net = mlp({ depth: 2, activation: 'tanh' });
    const parameter = net.parameters[1] ?? expect.fail('no matrix');
    const [one, other] = [MUP, shiftedBy(parameter, theta)].map((parametrization) =>
      trained(
        trainingStep(net, { parametrization, optimizer: optimizerNamed(name), settings: { learningRate: 0.05 } }),
        4,
      ),
    );
    one?.forEach((outputs, k) => {
      const [f, own] = [outputs.f?.data ?? [], other?.[k]?.f?.data ?? []];
      expect(Math.max(...Array.from(f, (value, b) => Math.abs(value - at(own, b))))).toBeLessThan(SAME);
    });
  });

  /** µP with (a, b, c, d) → (a + θ, b − θ, c − θ, d + θ) for one weight. */
  function shiftedBy(parameter: Parameter, theta: number): Parametrization {
    const { a, b, c, d } = exponentsFor(MUP, parameter);
    const by = (value: Exponent, sign: number): Exponent => exponent(toNumber(value) + sign * theta);
    const moved = { a: by(a, 1), b: by(b, -1), c: by(c, -1), d: by(d, 1) };
    return { ...MUP, parameters: { [parameter.name]: moved } };
  }
});

describe('losses', () => {
  it.each([
    ['squared', 1],
    ['hinge', 1],
    ['cross-entropy', 3],
  ] as const)('%s: the error signal is the derivative of the loss', (loss: LossName, classes) => {
    const program = trainingStep(mlp({ depth: 1, activation: 'tanh', classes }), {
      parametrization: NTP,
      optimizer: optimizerNamed('sgd'),
      settings: { learningRate: 1 },
      loss,
      outputs: ['g.w1'],
    });
    const labels = indexTensor(['batch'], [BATCH], [0, 2, 1, 2]);
    const fed = { ...data, ...(classes > 1 ? { target: labels } : {}) };
    const drawn = drawInitial(program, sizes, 5);
    const lossAt = (place: number, t: number): number => {
      const w1 = drawn.w1 ?? expect.fail('no w1');
      const moved = { ...w1, data: w1.data.map((value, k) => (k === place ? value + t : value)) };
      return at(interpret(program, { ...fed, ...drawn, w1: moved }, sizes).loss?.data ?? [], 0);
    };
    const gradient = interpret(program, { ...fed, ...drawn }, sizes)['g.w1']?.data ?? [];
    for (const place of [0, 7, 13]) {
      const step = 1e-4;
      const slope = (lossAt(place, step) - lossAt(place, -step)) / (2 * step);
      // NTP multiplies gradients of vectors by n^(1/2).
      expect(Math.abs(at(gradient, place) - slope * Math.sqrt(N))).toBeLessThan(1e-6);
    }
  });
});

describe('in the limit', () => {
  it.each(['sgd', 'momentum', 'adam', 'adamw', 'lion', 'rmsprop'])('a µP step of %s lies in the language', (name) => {
    const program = trainingStep(mlp({ depth: 2, activation: 'tanh', biases: true }), {
      parametrization: MUP,
      optimizer: optimizerNamed(name),
    });
    expect(checkFragment(program).violations).toEqual([]);
  });

  it('learns: the loss of the infinitely wide network falls from that of predicting 0', async () => {
    const program = trainingStep(mlp({ depth: 2, activation: 'tanh' }), {
      parametrization: MUP,
      optimizer: optimizerNamed('sgd'),
      settings: { learningRate: 1 },
    });
    const steps = 4;
    const fixed = { batch: BATCH, input: INPUT };
    const limit = await estimateLimit(program, { steps, seeds: 8, width: 2048, data, sizes: fixed });
    const losses = limit.map((outputs) => outputs.find(({ name }) => name === 'loss')?.entries[0]);
    const values = losses.map((one) => one?.value ?? Number.NaN);
    for (let k = 1; k < steps; k++) expect(at(values, k)).toBeLessThan(at(values, k - 1));
    // f₀ = 0 in µP, so the first loss is that of predicting 0.
    const start = target.reduce((sum, y) => sum + y ** 2 / 2 / BATCH, 0);
    expect(Math.abs(at(values, 0) - start)).toBeLessThan(4 * (losses[0]?.standardError ?? 0) + 1e-3);
  });

  it('NTP leaves the language at its output, whose start stays random', () => {
    const program = trainingStep(mlp({ depth: 2, activation: 'tanh' }), {
      parametrization: NTP,
      optimizer: optimizerNamed('sgd'),
    });
    expect(checkFragment(program).violations.map(({ rule }) => rule)).toContain('mean-only');
  });
});
