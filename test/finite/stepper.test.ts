import { afterAll, describe, expect, it } from 'vitest';
import { nodeEngine } from '../../src/finite/index.ts';
import { partition } from '../../src/finite/partition.ts';
import { mlp, transformer } from '../../src/nets/index.ts';
import { drawInitial, stream } from '../../src/numeric/index.ts';
import { optimizerNamed, optimizers, updateProgram } from '../../src/optimizers/index.ts';
import { MUP } from '../../src/parametrizations/index.ts';
import {
  bind,
  indexTensor,
  type Program,
  type Sizes,
  simplify,
  stepperOf,
  type Tensors,
  tensor,
} from '../../src/program/index.ts';
import { interpret } from '../../src/reference/index.ts';
import { trainingStep } from '../../src/training/index.ts';
import { sized } from '../optimizers/support.ts';
import { expectClose } from '../program/support.ts';

const engine = nodeEngine({ threads: 1 });
afterAll(() => engine.release());

/** A few steps in f32 beside f64: the rounding of some hundred operations on numbers of order 1. */
const TOLERANCE = 2e-4;
const STEPS = 4;
const SIZES = { batch: 6, input: 3, n: 8 };

const DATA: Tensors = {
  x: tensor(['batch', 'input'], [6, 3], stream(3, 'x').normals(18)),
  target: indexTensor(['batch'], [6], [0, 1, 2, 2, 1, 0]),
};

const perceptron = (optimizer: string): Program =>
  trainingStep(mlp({ depth: 2, classes: 3, activation: 'tanh', biases: true }), {
    parametrization: MUP,
    optimizer: optimizerNamed(optimizer),
    settings: optimizer === 'adadelta' ? {} : { learningRate: 0.05 },
    loss: 'cross-entropy',
  });

const started = (program: Program, sizes: Sizes): Tensors => {
  const states = new Set(program.outputs.flatMap(({ name, role }) => (role === 'state' ? [name] : [])));
  return Object.fromEntries(Object.entries(drawInitial(program, sizes, 5)).filter(([name]) => states.has(name)));
};

describe('a step program that keeps its state', () => {
  it.each(Object.keys(optimizers))('trains with %s as the oracle does', async (name) => {
    const program = perceptron(name);
    const oracle = stepperOf(interpret, program, started(program, SIZES));
    const stepper = await engine.stepper(program, SIZES, { seed: 5 });
    for (let step = 0; step < STEPS; step++) {
      const [expected, found] = [await oracle.step(DATA), await stepper.step(DATA)];
      expect(Object.keys(found).sort()).toEqual(['f', 'loss']);
      for (const output of ['f', 'loss']) {
        expect(found[output]?.axes).toEqual(expected[output]?.axes);
        expectClose(found[output]?.data ?? [], expected[output]?.data ?? [], TOLERANCE, `${output}, step ${step}`);
      }
    }
    const [expected, found] = [oracle.state(), stepper.state()];
    expect(Object.keys(found).sort()).toEqual(Object.keys(expected).sort());
    for (const [state, { data, shape }] of Object.entries(found)) {
      expect(shape).toEqual(expected[state]?.shape);
      expectClose(data, expected[state]?.data ?? [], TOLERANCE, state);
    }
  });

  it('trains a transformer as the oracle does', async () => {
    const net = transformer({ vocabulary: 5, context: 3, depth: 1, heads: 2, biases: true });
    const program = trainingStep(net, {
      parametrization: MUP,
      optimizer: optimizerNamed('adam'),
      settings: { learningRate: 0.01, epsilon: 1e-3 },
      loss: 'cross-entropy',
    });
    const sizes = { batch: 2, n: 8 };
    const data = {
      tokens: indexTensor(['batch', 'time'], [2, 3], [0, 1, 2, 3, 4, 0]),
      target: indexTensor(['batch', 'time'], [2, 3], [1, 2, 3, 4, 0, 1]),
    };
    const oracle = stepperOf(interpret, program, started(program, sizes));
    const stepper = await engine.stepper(program, sizes, { seed: 5 });
    for (let step = 0; step < 3; step++) {
      const [expected, found] = [await oracle.step(data), await stepper.step(data)];
      expectClose(found.f?.data ?? [], expected.f?.data ?? [], TOLERANCE, `f, step ${step}`);
    }
  });

  it('continues from a copy of its state bit by bit', async () => {
    const program = perceptron('adam');
    const whole = await engine.stepper(program, SIZES, { seed: 5 });
    for (let step = 0; step < STEPS; step++) await whole.step(DATA);
    const first = await engine.stepper(program, SIZES, { seed: 5 });
    for (let step = 0; step < 2; step++) await first.step(DATA);
    const copy = first.state();
    // What the stepper does afterwards leaves the copy alone.
    await first.step(DATA);
    const second = await engine.stepper(program, SIZES, { state: copy });
    for (let step = 2; step < STEPS; step++) await second.step(DATA);
    expect(second.state()).toEqual(whole.state());
    first.load(copy);
    for (let step = 2; step < STEPS; step++) await first.step(DATA);
    expect(first.state()).toEqual(whole.state());
  });

  it('starts from the same draws as everything else', async () => {
    const program = perceptron('adam');
    const stepper = await engine.stepper(program, SIZES, { seed: 5 });
    const drawn = drawInitial(program, SIZES, 5);
    for (const [name, { data, axes }] of Object.entries(stepper.state())) {
      const own = drawn[name]?.data ?? new Float64Array();
      expect(Array.from(data), name).toEqual(Array.from(axes.length === 0 ? own : Float32Array.from(own)));
    }
  });

  it('hands out the outputs that are asked for', async () => {
    const stepper = await engine.stepper(perceptron('sgd'), SIZES, { seed: 5 }, ['loss']);
    expect(Object.keys(await stepper.step(DATA))).toEqual(['loss']);
  });

  it('says what is wrong with a state', async () => {
    const program = perceptron('adam');
    const stepper = await engine.stepper(program, SIZES, { seed: 5 });
    const { w1, 'w2.first': first, ...rest } = stepper.state();
    const wrong = {
      ...rest,
      w1: tensor(['n', 'input'], [4, 3], new Array(12).fill(0)),
      w9: first ?? tensor([], [], [0]),
    };
    expect(w1?.shape).toEqual([8, 3]);
    expect(() => stepper.load(wrong)).toThrow(
      `state of program "${program.name}":
  "w1" has [n = 4, input = 3]; expected [n = 8, input = 3]
  "w2.first" is missing
  "w9" is no state of the program
Give every state of the program, with its axes and sizes, and no other.`,
    );
  });

  it('says which data are missing', async () => {
    const stepper = await engine.stepper(perceptron('adam'), SIZES, { seed: 5 });
    await expect(stepper.step({ x: DATA.x ?? tensor([], [], [0]) })).rejects.toThrow('input "target": not given');
  });
});

describe('the parts of a step program', () => {
  const partsOf = (optimizer: string) => {
    const shape = { axes: ['a', 'b'], spaces: [sized('a', 2), sized('b', 3)] };
    const program = simplify(updateProgram(optimizerNamed(optimizer), shape, {}));
    return partition(program, bind(program, {}), []);
  };

  it('computes all of Adam in one kernel, and its powers of β in f64', () => {
    const { kernels, graph, graphStates, numberStates } = partsOf('adam');
    expect(kernels.map(({ results }) => [...results].sort())).toEqual([['first', 'second', 'weight']]);
    expect(Object.keys(numberStates).sort()).toEqual(['power1', 'power2']);
    expect(graphStates).toEqual({});
    expect(graph.outputs).toEqual([]);
  });

  it('leaves means over entries to the graph', () => {
    const { kernels, graph } = partsOf('adafactor');
    expect(kernels.flatMap(({ results }) => results)).toContain('weight');
    expect(graph.nodes.some(({ instruction }) => instruction.op === 'reduce')).toBe(true);
  });
});
