/** Tangent steps at finite widths are the training of a frozen network, to rounding. */

import { describe, expect, it } from 'vitest';
import { cnn, mlp, type Net, netOf, recurrent } from '../../../src/nets/index.ts';
import { drawInitial, draws, stream } from '../../../src/numeric/index.ts';
import { optimizerNamed, type Settings } from '../../../src/optimizers/index.ts';
import { NTP, uniform } from '../../../src/parametrizations/index.ts';
import { checkFragment, parseProgram, type Tensors, tensor } from '../../../src/program/index.ts';
import { oracle } from '../../../src/reference/index.ts';
import { tangentStep } from '../../../src/training/index.ts';
import { frozenRun, type Rule } from './frozen.ts';

const BATCH = 4;
const [RATE, STEPS] = [0.3, 4];
const normals = (label: string, count: number): Float64Array => stream(11, label).normals(count);

interface Case {
  readonly net: Net;
  /** The shape of one example's inputs, or how many tokens it has of a vocabulary of 5. */
  readonly x: readonly (readonly [axis: string, size: number])[];
  readonly outputs?: readonly (readonly [axis: string, size: number])[];
  readonly parametrization?: typeof NTP;
  readonly rule?: Rule;
  readonly optimizer?: string;
  readonly settings?: Settings;
  readonly decay?: number;
}

const identity: Rule = (gradient) => gradient;
const [BETA1, BETA2, EPSILON] = [0.9, 0.99, 1e-2];

/** Adam with ε under the root, as IVb writes it. */
const adam: Rule = (gradient, memory) => {
  const [first = 0, second = 0, t = 0] = memory;
  const m = BETA1 * first + (1 - BETA1) * gradient;
  const v = BETA2 * second + (1 - BETA2) * gradient ** 2;
  memory.splice(0, 3, m, v, t + 1);
  return m / (1 - BETA1 ** (t + 1)) / Math.sqrt(v / (1 - BETA2 ** (t + 1)) + EPSILON ** 2);
};
const ADAM: Pick<Case, 'rule' | 'optimizer' | 'settings'> = {
  ...{ rule: adam, optimizer: 'adam' },
  settings: { beta2: BETA2, epsilon: EPSILON, smooth: true },
};
const MOMENTUM: Pick<Case, 'rule' | 'optimizer'> = {
  optimizer: 'momentum',
  rule: (gradient, memory) => {
    memory[0] = 0.9 * (memory[0] ?? 0) + gradient;
    return memory[0];
  },
};
const VECTOR = [['input', 3]] as const;

const CASES: Readonly<Record<string, Case>> = {
  'a perceptron, SGD': { net: mlp({ activation: 'tanh' }), x: VECTOR },
  'a perceptron, Adam': { net: mlp({ activation: 'tanh' }), x: VECTOR, ...ADAM },
  'a perceptron with two outputs and all biases, Adam': {
    net: mlp({ activation: 'erf', classes: 2, biases: true, outputBias: true }),
    ...{ x: VECTOR, outputs: [['class', 2]], ...ADAM },
  },
  'UP_1/4, momentum': {
    net: mlp({ activation: 'tanh', depth: 3 }),
    x: VECTOR,
    parametrization: uniform('1/4'),
    ...MOMENTUM,
  },
  'a convolutional network, momentum': {
    net: cnn({ depth: 2, size: [5], activation: 'tanh', classes: 2 }),
    ...{
      x: [
        ['time', 5],
        ['input', 2],
      ],
      outputs: [['class', 2]],
      ...MOMENTUM,
    },
  },
  'a recurrent network, whose matrix is used at every step, Adam': {
    net: recurrent({ steps: 3, activation: 'tanh' }),
    ...{
      x: [
        ['time', 3],
        ['input', 2],
      ],
      ...ADAM,
    },
  },
  'a perceptron whose weights decay, Adam': { net: mlp({ activation: 'tanh' }), x: VECTOR, ...ADAM, decay: 0.1 },
  'a recurrent network whose weights decay, momentum': {
    net: recurrent({ steps: 3, activation: 'tanh' }),
    ...{
      x: [
        ['time', 3],
        ['input', 2],
      ],
      ...MOMENTUM,
      decay: 0.1,
    },
  },
};

describe('a tangent step is refused', () => {
  it('where the size of an axis of the output is open', () => {
    const text = `
      width n
      fixed batch, class
      data x[batch]
      parameter w[n]
      parameter v[class, n]
      output f = tanh(w * x) @[n] v`;
    const net = netOf(parseProgram(text), { kinds: { w: 'vector', v: 'readout' }, output: 'f', layers: [] });
    const options = { parametrization: NTP, optimizer: optimizerNamed('sgd'), settings: { learningRate: 1 } };
    expect(() => tangentStep(net, options)).toThrow(
      /run along "class", whose size is open; make it a number, such as fixed class = 4/,
    );
  });
});

describe('a tangent step at a finite width trains the frozen network', () => {
  it.each(Object.entries(CASES))('%s', async (_, what) => {
    const {
      net,
      x,
      outputs = [],
      parametrization = NTP,
      rule = identity,
      optimizer = 'sgd',
      settings = {},
      decay = 0,
    } = what;
    const decaying: Settings = decay === 0 ? {} : { independentDecay: decay };
    const program = tangentStep(net, {
      ...{ parametrization, optimizer: optimizerNamed(optimizer), weighted: true },
      settings: { learningRate: RATE, ...settings, ...decaying },
    });
    const sizes = { n: 4, ...Object.fromEntries([...x, ...outputs]) };
    const along = (axes: readonly (readonly [string, number])[], label: string) => {
      const shape = [BATCH, ...axes.map(([, size]) => size)];
      const count = shape.reduce((product, size) => product * size, 1);
      return tensor(['batch', ...axes.map(([axis]) => axis)], shape, normals(label, count));
    };
    const data: Tensors = { x: along(x, 'x'), target: along(outputs, 'target') };
    const initial = drawInitial(program, { ...sizes, batch: BATCH }, 3);
    const start = (step: number): Float64Array =>
      decay === 0 ? new Float64Array(data.target?.data.length ?? 0) : along(outputs, `start ${step}`).data;
    // Two batches in turn; the last example is in none.
    const batch = (step: number): readonly number[] => (step % 2 === 0 ? [0, 1] : [2]);
    const expected = frozenRun({
      ...{ net, parametrization, rule, rate: RATE, decay, steps: STEPS, sizes, initial, data, start, batch },
    });
    const interpreter = oracle({ sizes, draw: draws(0) });
    let state = await interpreter.start(initial);
    for (let step = 0; step < STEPS; step++) {
      const weight = tensor(
        ['batch'],
        [BATCH],
        Float64Array.from({ length: BATCH }, (__, k) => (batch(step).includes(k) ? 1 : 0)),
      );
      const decayed = decay === 0 ? {} : { 'f.start': along(outputs, `start ${step}`) };
      const ran = await interpreter.run(program, state, { ...data, weight, ...decayed });
      state = ran.state;
      const f = ran.outputs.f?.data ?? [];
      expect(
        Array.from(f).every(
          (value, k) => Math.abs(value - (expected[step]?.[k] ?? Number.NaN)) < 1e-12 * Math.max(1, Math.abs(value)),
        ),
      ).toBe(true);
      if (step > 0) expect(Math.max(...Array.from(f, Math.abs))).toBeGreaterThan(1e-3);
    }
    expect(checkFragment(program).violations).toEqual([]);
  });
});
