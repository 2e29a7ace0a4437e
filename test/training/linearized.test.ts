/** Training of a network's linearization, in f64: against training by hand, and where the two are one. */

import { describe, expect, test } from 'vitest';
import { mlp, type Net } from '../../src/nets/index.ts';
import { at, drawInitial, stream } from '../../src/numeric/index.ts';
import { optimizerNamed } from '../../src/optimizers/index.ts';
import { MUP } from '../../src/parametrizations/index.ts';
import { indexTensor, type Tensors, tensor } from '../../src/program/index.ts';
import { interpret } from '../../src/reference/index.ts';
import { parametrizedNet, type StepOptions, startName, trainingStep } from '../../src/training/index.ts';

const [N, BATCH, INPUT, CLASSES] = [5, 4, 3, 2];
const sizes = { n: N, batch: BATCH, input: INPUT, class: CLASSES };
const data: Tensors = {
  x: tensor(['batch', 'input'], [BATCH, INPUT], stream(7).normals(BATCH * INPUT)),
  target: indexTensor(['batch'], [BATCH], [1, 0, 0, 1]),
};
const net = mlp({ depth: 2, activation: 'tanh', classes: CLASSES, outputBias: true });
/** f64 rounding, some hundred operations. */
const SAME = 1e-12;

const options = (optimizer: string, more: Partial<StepOptions> = {}): StepOptions => ({
  parametrization: MUP,
  optimizer: optimizerNamed(optimizer),
  settings: { learningRate: 0.2 },
  loss: 'cross-entropy',
  ...more,
});

/** Outputs of the steps, θ_0 and the last θ. */
function steps(own: Net, asked: StepOptions, count: number) {
  const program = trainingStep(own, asked);
  const names = program.outputs.filter(({ role }) => role === 'state').map(({ name }) => name);
  const drawn = drawInitial(program, sizes, 5);
  const start = Object.fromEntries(own.parameters.map(({ name }) => [name, drawn[name] ?? expect.fail(name)]));
  const begun = Object.fromEntries(Object.entries(start).map(([name, value]) => [startName(name), value]));
  let state: Tensors = { ...drawn, ...(asked.linearized === true ? begun : {}) };
  const f: number[][] = [];
  for (let step = 0; step < count; step++) {
    const outputs = interpret(program, { ...data, ...state }, sizes);
    f.push([...(outputs.f?.data ?? [])]);
    state = { ...state, ...Object.fromEntries(names.map((name) => [name, outputs[name] ?? expect.fail(name)])) };
  }
  return { start, state, f };
}

const worst = (a: readonly number[], b: readonly number[]): number =>
  Math.max(...a.map((value, k) => Math.abs(value - at(b, k))));

describe('a step of the linearization', () => {
  test.each(['sgd', 'adam', 'adamw'])('of %s shows f(θ_0) + ⟨∇f(θ_0), θ − θ_0⟩', (optimizer) => {
    const { start, state, f } = steps(net, options(optimizer, { linearized: true }), 4);
    const again = interpret(trainingStep(net, options(optimizer, { linearized: true })), { ...data, ...state }, sizes);
    const scaled = parametrizedNet(net, { parametrization: MUP });
    const evaluated = (share: number): number[] => {
      const weights = Object.fromEntries(
        Object.entries(start).map(([name, { axes, shape, data: from }]) => {
          const to = state[name]?.data ?? [];
          return [
            name,
            tensor(
              axes,
              shape,
              Array.from(from, (w, k) => w + share * (at(to, k) - w)),
            ),
          ];
        }),
      );
      return [...(interpret(scaled, { ...weights, x: data.x ?? expect.fail() }, sizes).f?.data ?? [])];
    };
    // Central differences: their error is of the order of h².
    const h = 1e-4;
    const [up, down] = [evaluated(h), evaluated(-h)];
    const linear = evaluated(0).map((value, k) => value + (at(up, k) - at(down, k)) / (2 * h));
    expect(worst([...(again.f?.data ?? [])], linear)).toBeLessThan(1e-6);
    // The network itself is elsewhere by then, and so was its training.
    expect(worst(evaluated(1), linear)).toBeGreaterThan(1e-3);
    expect(worst(f[3] ?? [], steps(net, options(optimizer), 4).f[3] ?? [])).toBeGreaterThan(1e-3);
  });

  test('is a step of the network where the network is linear in what is trained', () => {
    const readout = { trainable: ['w3', 'b3'] };
    const known = net.parameters.map(({ name }) => name);
    expect(known).toEqual(expect.arrayContaining(readout.trainable));
    for (const optimizer of ['sgd', 'adamw']) {
      const plain = steps(net, options(optimizer, readout), 5);
      const linear = steps(net, options(optimizer, { ...readout, linearized: true }), 5);
      linear.f.forEach((f, step) => {
        expect(worst(f, plain.f[step] ?? [])).toBeLessThan(SAME);
      });
      expect(worst(plain.f[4] ?? [], plain.f[0] ?? [])).toBeGreaterThan(0.01);
    }
  });

  test('of SGD moves outputs by the kernel at θ_0 times the error signal', () => {
    const { f } = steps(net, options('sgd', { linearized: true }), 3);
    // Steps of the same size from the same place: f_(t+1) − f_t is −η K χ(f_t), K the same at every step.
    const rate = 0.2;
    const chi = (row: readonly number[]): number[] =>
      row.map((value, k) => {
        const own = row.slice(k - (k % CLASSES), k - (k % CLASSES) + CLASSES);
        const total = own.reduce((sum, one) => sum + Math.exp(one), 0);
        const wanted = data.target?.data[Math.floor(k / CLASSES)] === k % CLASSES ? 1 : 0;
        return (Math.exp(value) / total - wanted) / BATCH;
      });
    const size = BATCH * CLASSES;
    const kernel = kernelByDifferences();
    for (const step of [0, 1]) {
      const now = f[step] ?? [];
      const signal = chi(now);
      const expected = now.map((value, a) => {
        let change = 0;
        for (let b = 0; b < size; b++) change += at(kernel, a * size + b) * at(signal, b);
        return value - rate * change;
      });
      expect(worst(f[step + 1] ?? [], expected)).toBeLessThan(1e-6);
    }
  });
});

/** n^(d − c) ⟨∂f_a, ∂f_b⟩ summed over parameters, by one step of the plain network along each error signal. */
function kernelByDifferences(): number[] {
  const size = BATCH * CLASSES;
  const kernel = new Array<number>(size * size).fill(0);
  const rate = 1e-4;
  const program = trainingStep(
    net,
    options('sgd', {
      settings: { learningRate: rate },
      // An error signal of one's own: 1 at one output, 0 elsewhere, whatever f is.
      loss: { name: 'given', error: { op: 'argument', index: 1 } },
      reduction: 'sum',
    }),
  );
  const state = drawInitial(program, sizes, 5);
  for (let b = 0; b < size; b++) {
    const moved = (sign: number): number[] => {
      const signal = Array.from({ length: size }, (_, k) => (k === b ? sign : 0));
      const fed = { x: data.x ?? expect.fail(), target: tensor(['batch', 'class'], [BATCH, CLASSES], signal) };
      const next = interpret(program, { ...fed, ...state }, sizes);
      return [...(interpret(program, { ...fed, ...state, ...parametersOf(next) }, sizes).f?.data ?? [])];
    };
    const [up, down] = [moved(1), moved(-1)];
    for (let a = 0; a < size; a++) kernel[a * size + b] = (at(down, a) - at(up, a)) / (2 * rate);
  }
  return kernel;
}

const parametersOf = (outputs: Tensors): Tensors =>
  Object.fromEntries(net.parameters.map(({ name }) => [name, outputs[name] ?? expect.fail(name)]));
