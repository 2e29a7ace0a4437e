/** One program under every mistake: knobs do what other exponents do, effects are what an update adds to a product. */

import { describe, expect, it } from 'vitest';
import { effectName, withEffects } from '../../../src/experiments/coord/effects.ts';
import { knobbedStep, knobsAt, startAt } from '../../../src/experiments/coord/knobs.ts';
import { candidatesOf } from '../../../src/experiments/coord/mistakes.ts';
import { type Net, recurrent, residualMlp, transformer } from '../../../src/nets/index.ts';
import { drawInitial, draws, stream } from '../../../src/numeric/index.ts';
import { optimizerNamed } from '../../../src/optimizers/index.ts';
import { exponent, exponentsFor, MUP, type Parametrization, plus } from '../../../src/parametrizations/index.ts';
import { follow, type Program, stepperOf, type Tensors, tensor } from '../../../src/program/index.ts';
import { oracle } from '../../../src/reference/index.ts';
import { trainingStep } from '../../../src/training/index.ts';

const N = 8;
const sizes = { batch: 3, input: 2, n: N };
const options = { optimizer: optimizerNamed('adam'), settings: { learningRate: 0.1, epsilon: 0.01 } };
const mlp = residualMlp({ depth: 1, activation: 'tanh' });
const rnn = recurrent({ steps: 3 });
const data = (net: Net): Tensors => ({
  x:
    net === rnn
      ? tensor(['batch', 'time', 'input'], [3, 3, 2], stream(1).normals(18))
      : tensor(['batch', 'input'], [3, 2], stream(1).normals(6)),
  target: tensor(['batch'], [3], stream(2).normals(3)),
});

/** Outputs of each of three steps. */
async function trained(program: Program, state: Tensors, feeds: Tensors): Promise<Tensors[]> {
  const all: Tensors[] = [];
  for await (const outputs of follow(stepperOf(interpreter, program, state), feeds, { to: 3 })) all.push(outputs);
  return all;
}

const interpreter = oracle({ sizes, draw: draws(1) });

/** The largest relative difference of f and the loss. */
function difference(one: readonly Tensors[], other: readonly Tensors[]): number {
  const numbers = (all: readonly Tensors[]): number[] =>
    all.flatMap(({ f, loss }) => [...Array.from(f?.data ?? []), ...Array.from(loss?.data ?? [])]);
  const [x, y] = [numbers(one), numbers(other)];
  expect(x.length).toBe(12);
  return Math.max(...x.map((value, k) => Math.abs(value - (y[k] ?? Number.NaN)) / (1e-3 + Math.abs(value))));
}

function off(net: Net, weight: string, name: 'a' | 'b' | 'c' | 'd', by: number): Parametrization {
  const parameter = net.parameters.find((one) => one.name === weight) ?? expect.fail(`no ${weight}`);
  const own = exponentsFor(MUP, parameter);
  return { ...MUP, parameters: { [weight]: { ...own, [name]: plus(own[name], exponent(by)) } } };
}

/** Rounding of f64 in three steps of some dozen operations. */
const ROUNDING = 1e-10;

describe('knobs', () => {
  it.each([
    [mlp, 'w1', 'a', 0.5, 'multiplier of w1: a is off by +0.5'],
    [mlp, 'w1', 'b', -1, 'initialization of w1: b is off by -1'],
    [mlp, 'w1', 'c', -0.5, 'learning rate of w1: c is off by -0.5'],
    [mlp, 'gain1', 'c', -1, 'learning rate of gain1: c is off by -1'],
    [mlp, 'w0', 'd', 1, 'scale of the gradient (or of ε) of w0: d is off by +1'],
    [rnn, 'w', 'a', 0.5, 'multiplier of w: a is off by +0.5'],
    [rnn, 'w', 'c', 1, 'learning rate of w: c is off by +1'],
    [rnn, 'b', 'c', -0.5, 'learning rate of b: c is off by -0.5'],
  ] as const)('train as the parametrization does that has the mistake (%#)', async (net, weight, name, by, text) => {
    const candidate = candidatesOf(net, { zeros: true }).find(({ mistakes }) =>
      mistakes.some((one) => one.text === text),
    );
    const shifts = candidate?.shifts ?? expect.fail(`no candidate "${text}"`);
    const wrong = trainingStep(net, { ...options, parametrization: off(net, weight, name, by) });
    const turned = knobbedStep(net, MUP, options);
    const start = drawInitial(turned, sizes, 5);
    const mistaken = await trained(wrong, drawInitial(wrong, sizes, 5), data(net));
    const knobbed = await trained(turned, startAt(start, N, shifts), { ...data(net), ...knobsAt(net, N, shifts) });
    expect(difference(mistaken, knobbed)).toBeLessThan(ROUNDING);
    const right = trainingStep(net, { ...options, parametrization: MUP });
    expect(difference(await trained(right, start, data(net)), mistaken)).toBeGreaterThan(1e-4);
  });

  it('correct a parametrization that has the mistake', () => {
    const text = 'learning rate of w: c is off by +1';
    const candidate = candidatesOf(rnn, { zeros: false }).find(({ mistakes }) =>
      mistakes.some((one) => one.text === text),
    );
    const corrected = candidate?.corrected(off(rnn, 'w', 'c', 1));
    for (const parameter of rnn.parameters) {
      expect(corrected && exponentsFor(corrected, parameter)).toEqual(exponentsFor(MUP, parameter));
    }
  });

  it('know which mistakes are one: of the output and of the weight that it reads, of each use only where there are more', () => {
    const tied = transformer({ vocabulary: 3, context: 2, depth: 1, tied: true });
    const groups = candidatesOf(tied, { zeros: true }).map(({ mistakes }) => mistakes.map(({ text }) => text));
    expect(groups).toContainEqual([
      'multiplier of embedding in the output: a of this use is off by +0.5',
      'multiplier of the output: it is off by +0.5',
    ]);
    expect(groups).toContainEqual([
      'multiplier of embedding where its rows are looked up: a of this use is off by +0.5',
    ]);
    expect(groups.flat().filter((text) => text.includes('initialization of gainFinal'))).toEqual([]);
    const single = candidatesOf(mlp, { zeros: true }).map(({ mistakes }) => mistakes.map(({ text }) => text));
    expect(single).toContainEqual(['multiplier of w2: a is off by -1', 'multiplier of the output: it is off by -1']);
    expect(single.flat().filter((text) => text.includes('of this use'))).toEqual([]);
  });
});

describe('the effect of an update', () => {
  it('is what the new weight adds to the product with the same input', async () => {
    const h = mlp.program.nodes.find(
      ({ instruction }) => instruction.op === 'contract' && instruction.args.includes('w1'),
    );
    const value = h?.name ?? expect.fail('no product of w1');
    const plain = trainingStep(mlp, { ...options, parametrization: off(mlp, 'w1', 'a', 0.5), outputs: [value] });
    const program = withEffects(plain, [{ parameter: 'w1', value }]);
    const state = drawInitial(program, sizes, 1);
    const first = await interpreter.run(program, state, data(mlp));
    // The same network but for its new w1.
    const moved = await interpreter.run(program, { ...state, w1: first.state.w1 ?? expect.fail('no w1') }, data(mlp));
    const [before, after] = [first.outputs[value]?.data, moved.outputs[value]?.data];
    const effect = Array.from(first.outputs[effectName(value)]?.data ?? []);
    expect(effect).toHaveLength(3 * N);
    effect.forEach((one, k) => {
      expect(one).toBeCloseTo((after?.[k] ?? 0) - (before?.[k] ?? 0), 12);
    });
    expect(Math.max(...effect.map(Math.abs))).toBeGreaterThan(1e-3);
  });
});
