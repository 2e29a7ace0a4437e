import { afterAll, describe, expect, it } from 'vitest';
import { nodeEngine } from '../../src/finite/node/index.ts';
import { partition } from '../../src/finite/partition.ts';
import { mlp, transformer } from '../../src/nets/index.ts';
import { drawInitial, draws, stream } from '../../src/numeric/index.ts';
import { optimizerNamed, optimizers, updateProgram } from '../../src/optimizers/index.ts';
import { MUP } from '../../src/parametrizations/index.ts';
import {
  bind,
  entries,
  indexTensor,
  nodesOf,
  type Program,
  parseProgram,
  reorder,
  type Sizes,
  shapeOf,
  simplify,
  stepperOf,
  type Tensors,
  tensor,
} from '../../src/program/index.ts';
import { oracle } from '../../src/reference/index.ts';
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
    settings: {
      ...(optimizer === 'adadelta' ? {} : { learningRate: 0.05 }),
      // f32 tells eigenvalues of a hundredth of the norm from 0 well.
      ...(optimizer === 'shampoo' ? { epsilon: 1e-2 } : {}),
    },
    loss: 'cross-entropy',
  });

const started = (program: Program, sizes: Sizes): Tensors => {
  const states = new Set(program.outputs.flatMap(({ name, role }) => (role === 'state' ? [name] : [])));
  return Object.fromEntries(Object.entries(drawInitial(program, sizes, 5)).filter(([name]) => states.has(name)));
};

describe('a step program that keeps its state', () => {
  // SOAP's eigenvectors are the oracle's alone; the exact polar factor makes directions of roundings of a gradient of low rank.
  it.each(Object.keys(optimizers).filter((name) => !['soap', 'exact-polar'].includes(name)))(
    'trains with %s as the oracle does',
    async (name) => {
      const program = perceptron(name);
      const slow = stepperOf(oracle({ draw: draws(5) }), program, started(program, SIZES));
      const stepper = await engine.stepper(program, SIZES, { seed: 5 });
      for (let step = 0; step < STEPS; step++) {
        const [expected, found] = [await slow.step(DATA), await stepper.step(DATA)];
        expect(Object.keys(found).sort()).toEqual(['f', 'loss']);
        for (const output of ['f', 'loss']) {
          expect(found[output]?.axes).toEqual(expected[output]?.axes);
          expectClose(found[output]?.data ?? [], expected[output]?.data ?? [], TOLERANCE, `${output}, step ${step}`);
        }
      }
      const [expected, found] = [slow.state(), stepper.state()];
      expect(Object.keys(found).sort()).toEqual(Object.keys(expected).sort());
      for (const [state, { data, shape, axes }] of Object.entries(found)) {
        expect(shape).toEqual(expected[state]?.shape);
        expect(axes).toEqual(expected[state]?.axes);
        expectClose(data, expected[state]?.data ?? [], TOLERANCE, state);
      }
    },
  );

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
    const slow = stepperOf(oracle({ draw: draws(5) }), program, started(program, sizes));
    const stepper = await engine.stepper(program, sizes, { seed: 5 });
    for (let step = 0; step < 3; step++) {
      const [expected, found] = [await slow.step(data), await stepper.step(data)];
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

  it('says which data are missing', async () => {
    const stepper = await engine.stepper(perceptron('adam'), SIZES, { seed: 5 });
    await expect(stepper.step({ x: DATA.x ?? tensor([], [], [0]) })).rejects.toThrow('input "target": not given');
  });
});

describe('the parts of a step program', () => {
  const partsOf = (optimizer: string) => {
    const shape = { axes: ['a', 'b'], spaces: [sized('a', 2), sized('b', 3)] };
    const program = simplify(updateProgram(optimizerNamed(optimizer), shape, {}));
    return partition(program);
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

describe('any step program', () => {
  /** Steps of a program in the engine beside the oracle, outputs and states by axes. */
  const compare = async (text: string, sizes: Sizes, data: Tensors = {}, outputs?: readonly string[]) => {
    const program = parseProgram(text);
    const start = Object.fromEntries(
      nodesOf(program, 'input').flatMap(({ name, type, instruction }) => {
        if (instruction.role !== 'state') return [];
        const shape = shapeOf(type.axes, bind(program, sizes));
        return [[name, tensor(type.axes, shape, stream(1, name).normals(entries(shape)))] as const];
      }),
    );
    const slow = stepperOf(oracle({ sizes, draw: draws(5) }), program, start);
    const stepper = await engine.stepper(program, sizes, { state: start }, outputs);
    for (let step = 0; step < 3; step++) {
      const [expected, found] = [await slow.step(data), await stepper.step(data)];
      for (const [name, one] of Object.entries(found)) {
        const other = expected[name] ?? expect.fail(name);
        expectClose(one.data, reorder(other, one.axes).data, TOLERANCE, `${name}, step ${step}`);
      }
    }
    const expected = slow.state();
    for (const [name, one] of Object.entries(stepper.state())) {
      const other = expected[name] ?? expect.fail(name);
      expectClose(one.data, reorder(other, one.axes).data, TOLERANCE, name);
    }
  };

  it('may exchange states whose axes are in other orders', async () => {
    await compare(
      `program p
  width n
  fixed k = 3
  state a[n, k] ~ normal(1)
  state b[k, n] ~ normal(1)
  next state a = b
  next state b = a
  output f = avg(a)`,
      { n: 2 },
    );
  });

  it('may name its outputs as it likes', async () => {
    await compare(
      `program p
  fixed k = 3
  data x[k]
  state w[k] ~ normal(1)
  state b[k] ~ normal(1)
  g = sum[k](x)
  next state w = w - 0.1 * g * tanh(w)
  next state b = sum[k](w) along [k]
  output "next b" = tanh(b)
  output "number g" = 2 * sum[k](w)
  output "g for w" = tanh(w)`,
      {},
      { x: tensor(['k'], [3], [0.1, 0.2, -0.4]) },
    );
  });

  it('may update arrays of several shapes by one number', async () => {
    const text = `program p
  width n
  fixed k = 3
  state t[] ~ 1
  state w[n, k] ~ normal(1)
  state v[n] ~ normal(1)
  next state t = 0.9 * t
  next state w = w - 0.1 * (t * tanh(w))
  next state v = v - 0.1 * (t * tanh(v))
  output f = avg(v)
  output y = t * tanh(v)`;
    await compare(text, { n: 4 });
    await compare(text, { n: 4 }, {}, ['f']);
    const program = simplify(parseProgram(text));
    expect(partition(program).kernels).toHaveLength(2);
  });

  it('may have states that stay, and sizes that only ratios tell', async () => {
    await compare(
      `program p
  width n, wide = 4 n
  state a[wide] ~ normal(1)
  state b[wide] ~ normal(1)
  next state a = 0.5 * a
  next state b = b
  output y = tanh(b)
  output f = avg(a)`,
      { n: 2 },
      {},
      ['f'],
    );
  });

  it('may have inputs that are called like anything', async () => {
    await compare(
      `program p
  fixed k = 2
  data constant0[k]
  data "no copies"[k]
  data Mul1[k]
  data outputs[k]
  state w[k] ~ normal(1)
  next state w = w - 0.1 * (constant0 * Mul1)
  output "out:f" = 2 * tanh(3 * constant0 + 1) + "no copies" * outputs * w`,
      {},
      Object.fromEntries(
        ['constant0', 'no copies', 'Mul1', 'outputs'].map((name, k) => [name, tensor(['k'], [2], [k + 1, k - 2])]),
      ),
    );
  });

  it('hands out its outputs alone', async () => {
    const program = parseProgram(
      'program p\n  width n\n  state a[n] ~ normal(1)\n  next state a = 2 * a\n  output f = avg(a)',
    );
    await expect(engine.stepper(program, { n: 2 }, { seed: 1 }, ['a'])).rejects.toThrow(
      'program "p" hands out no "a" at a step; it hands out "f". States are read with state().',
    );
    const short = { a: { axes: ['n'], shape: [2], data: Float32Array.of(1) } };
    await expect(engine.stepper(program, { n: 2 }, { state: short })).rejects.toThrow('"a" has 1 numbers; expected 2');
  });

  it('goes on after the engine has been released', async () => {
    const own = nodeEngine({ threads: 1 });
    const program = parseProgram('program p\n  fixed k = 2\n  data x[k]\n  output f = 2 * tanh(x)');
    const x = tensor(['k'], [2], [1, 2]);
    const first = await own.run(program, { x });
    await own.release();
    expect(await own.run(program, { x })).toEqual(first);
    await own.release();
  });
});
