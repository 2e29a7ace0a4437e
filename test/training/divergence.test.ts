/** The first instruction and step that make a number that is not finite, in planted cases. */

import { describe, expect, it } from 'vitest';
import { mlp } from '../../src/nets/index.ts';
import { draws } from '../../src/numeric/index.ts';
import { optimizerNamed } from '../../src/optimizers/index.ts';
import { SP } from '../../src/parametrizations/index.ts';
import {
  argument,
  parseProgram,
  stepperOf,
  sub,
  type Tensors,
  tensor,
  tensorInterpreter,
  unary,
} from '../../src/program/index.ts';
import { interpret } from '../../src/reference/index.ts';
import { type Divergence, type TrainOptions, type TrainResult, train, trainingStep } from '../../src/training/index.ts';
import { MemoryStore, run, stepper, training } from './support.ts';

const none = { sizes: {}, batches: () => ({}) };

/** Trains a program in text form, whose states start from their laws. */
async function trained(text: string, changes: Partial<TrainOptions> = {}): Promise<TrainResult> {
  const { evaluation: _, ...options } = training({ program: parseProgram(text), ...none, ...changes, steps: 2000 });
  return (await train(options)).result;
}

async function divergence(text: string, changes: Partial<TrainOptions> = {}): Promise<Divergence> {
  return (await trained(text, changes)).divergence ?? expect.fail('it did not diverge');
}

/** w doubles from 1: e^w overflows where w > ln(1.8e308) = 709.8, at w = 1024, the 11th step. */
const OVERFLOW = `program overflow
  state w[] ~ 1
  twice[] = 2 * w
  big[] = exp(w)
  unused[] = log(w - 2)
  loss[] = tanh(big)
  sum[] = big - big
  far[] = loss + sum
  output loss = far
  output unused
  next state w = twice`;

describe('a number that is not finite', () => {
  it('is traced to the step and the first instruction that makes it of finite operands', async () => {
    const text = OVERFLOW.replace('  unused[] = log(w - 2)\n', '').replace('  output unused\n', '');
    const found = await divergence(text);
    expect(found.text).toBe('diverged at step 11: big[] = exp(w) is Infinity, where w = 1024');
    expect(found).toMatchObject({ step: 11, value: 'big', found: 'Infinity', place: {} });
    expect(found.operands).toEqual([{ name: 'w', value: 1024, entries: 1 }]);
  });

  it('comes with its place, and what stood there', async () => {
    const found = await divergence(`program places
  fixed a = 2, b = 3
  state w[a, b] ~ 1
  row[a] = (1, 3)
  down[a] = row - 1
  next[a, b] = w - down
  root[a, b] = sqrt(next)
  loss[] = sum[a, b](root)
  output loss
  next state w = next`);
    // The second row falls by 2 at every step.
    expect(found.text).toBe('diverged at step 1: root[a, b] = sqrt(next) is NaN at a 1, b 0, where next = -1');
    expect(found.place).toEqual({ a: 1, b: 0 });
  });

  it('of a sum names the largest of what is summed', async () => {
    const found = await divergence(`program sums
  fixed a = 3
  state w[a] ~ 1e300
  row[a] = (1, 3, 2)
  next[a] = 1e4 * w
  scaled[a] = row * w
  product[] = scaled @[a] scaled
  loss[] = tanh(product)
  zero[] = product - product
  total[] = loss + zero
  output loss = total
  next state w = next`);
    expect(found.text).toBe(
      'diverged at step 1: product[] = scaled @[a] scaled is Infinity, where scaled has 3 entries, the largest 3e+300',
    );
  });

  it('that only the state sees is found at the next look, and traced to its step', async () => {
    const text = `program hidden
  state v[] ~ 1e300
  state w[] ~ 1
  bigger[] = v * v
  near[] = 0.5 * w
  output loss = near
  next state v = bigger
  next state w = near`;
    for (const lookEvery of [1, 7, 100]) {
      const result = await trained(text, { lookEvery });
      expect(result.divergence?.text).toBe('diverged at step 1: bigger[] = v * v is Infinity, where v = 1e+300');
      expect(result.status).toBe('diverged');
      expect(result.steps).toBe(lookEvery);
    }
  });

  it('in an instruction on which nothing bad depends is not blamed', async () => {
    const found = await divergence(OVERFLOW);
    // log(w − 2) is NaN at the first step, and handed out: it is what goes wrong first.
    expect(found.text).toBe('diverged at step 1: unused[] = log(w - 2) is NaN, where w = 1');
    const quiet = OVERFLOW.replace('  output unused\n', '').replace('unused[]', 'keep unused[]');
    expect((await divergence(quiet)).text).toMatch(/^diverged at step 11: big/);
  });

  it('in data is named as data', async () => {
    const found = await divergence(
      `program data
  fixed a = 2
  data x[a]
  state w[] ~ 1
  product[a] = w * x
  loss[] = sum[a](product)
  output loss
  next state w = loss`,
      { batches: (step: number): Tensors => ({ x: tensor(['a'], [2], [1, step === 3 ? Number.NaN : 0.5]) }) },
    );
    expect(found.text).toBe('diverged at step 4: data x[a] is NaN at a 1');
  });

  it('after a checkpoint is found again from it; no checkpoint holds one', async () => {
    const text = OVERFLOW.replace('  unused[] = log(w - 2)\n', '').replace('  output unused\n', '');
    const store = new MemoryStore();
    const first = await divergence(text, { checkpoint: { store, every: 4 } });
    expect(store.stored?.metadata.step).toBe('8');
    expect(await divergence(text, { checkpoint: { store, every: 4 } })).toEqual(first);
  });

  it('that the search does not find again is told as such', async () => {
    const rounding: TrainOptions['stepper'] = async (program, sizes, initial) =>
      stepperOf(
        tensorInterpreter((p, feeds) => ({ ...interpret(p, feeds, sizes), loss: tensor([], [], [Number.NaN]) }), {
          draw: draws(0),
        }),
        program,
        initial,
      );
    const found = await divergence(OVERFLOW.replaceAll(/.*unused.*\n/g, ''), { stepper: rounding });
    expect(found.text).toBe(
      'diverged at step 1: "loss" is not finite, though every instruction gives finite ones when the step is repeated in other arithmetic',
    );
  });
});

describe('an optimizer', () => {
  it('whose second moment overflows is named by its instruction', async () => {
    const [f, y] = [argument(0), argument(1)];
    const program = trainingStep(mlp({ depth: 1, activation: 'tanh' }), {
      ...{ parametrization: SP, optimizer: optimizerNamed('adam') },
      loss: { name: 'far', error: sub(f, y), loss: unary('tanh', sub(f, y)) },
    });
    // The gradient of the readout is about −y x: its square is more than f64 holds.
    const x = tensor(['batch', 'input'], [1, 1], [1]);
    const target = tensor(['batch'], [1], [1e200]);
    const { evaluation: _, ...options } = training({ program, batches: () => ({ x, target }) });
    const { result } = await train(options);
    expect(result.divergence?.step).toBe(1);
    expect(result.divergence?.value).toMatch(/^w\d\.second\.next$/);
    expect(result.divergence?.text).toMatch(
      /^diverged at step 1: w\d\.second\.next\[n.*\] = .* is Infinity at n 0.*, where .*"?g\.w\d"? = -?\d.*e\+\d+/,
    );
  });
});

describe('a network that diverges', () => {
  it('names its instruction in a step of the optimizer or of the network', async () => {
    const program = trainingStep(mlp({ depth: 2, activation: 'tanh' }), {
      parametrization: SP,
      optimizer: optimizerNamed('sgd'),
      settings: { learningRate: 1e6 },
    });
    const x = tensor(['batch', 'input'], [2, 2], [1, -2, 0.5, 1]);
    const target = tensor(['batch'], [2], [1, -1]);
    const { evaluation: _, ...options } = training({
      ...{ program, stepper, run, steps: 500, lookEvery: 3 },
      batches: () => ({ x, target }),
    });
    const { result, state } = await train(options);
    expect(result.status).toBe('diverged');
    expect(result.divergence?.text).toMatch(/^diverged at step \d+: \S.* is (-?Infinity|NaN) at .*, where /);
    for (const { data } of Object.values(state)) expect(data.every(Number.isFinite)).toBe(true);
  });
});
