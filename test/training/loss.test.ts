/** Losses of one's own, and evaluation, against plain arithmetic. */

import { describe, expect, it } from 'vitest';
import { mlp, residualMlp } from '../../src/nets/index.ts';
import { at, stream } from '../../src/numeric/index.ts';
import { optimizerNamed } from '../../src/optimizers/index.ts';
import { MUP, type Parametrization } from '../../src/parametrizations/index.ts';
import {
  argument,
  indexTensor,
  mul,
  type Program,
  square,
  sub,
  type Tensors,
  tensor,
} from '../../src/program/index.ts';
import { interpret } from '../../src/reference/index.ts';
import { drawState, evaluationProgram, evaluator, type Loss, trainingStep } from '../../src/training/index.ts';
import { failureOf } from '../support/failure.ts';
import { run } from './support.ts';

const [BATCH, INPUT, N, CLASSES] = [4, 3, 5, 3];
const SAME = 1e-12;
const sizes = { n: N, batch: BATCH, input: INPUT };
const x = tensor(['batch', 'input'], [BATCH, INPUT], stream(1).normals(BATCH * INPUT));
const net = mlp({ depth: 1, activation: 'tanh' });
const classifier = mlp({ depth: 1, activation: 'tanh', classes: CLASSES });
const options = { parametrization: MUP, optimizer: optimizerNamed('adam'), settings: { learningRate: 0.1 } };

function losses(program: Program, data: Tensors, steps: number): number[] {
  let state: Tensors = drawState(program, sizes, 2);
  return Array.from({ length: steps }, () => {
    const all = interpret(program, { ...data, ...state }, sizes);
    state = Object.fromEntries(Object.keys(state).map((name) => [name, all[name] ?? expect.fail(name)]));
    return at(all.loss?.data ?? [], 0);
  });
}

describe("an error signal of one's own", () => {
  const [f, y] = [argument(0), argument(1)];
  const target = tensor(['batch'], [BATCH], [1, -1, 0.5, 0]);
  const own: Loss = { name: 'by hand', error: sub(f, y), loss: mul(0.5, square(sub(f, y))) };

  it('that is the squared loss gives the same training', () => {
    const [byName, byHand] = (['squared', own] as const).map((loss) =>
      losses(trainingStep(net, { ...options, loss }), { x, target }, 5),
    );
    expect(byHand).toEqual(byName);
    expect(at(byHand ?? [], 4)).toBeLessThan(at(byHand ?? [], 0));
  });

  it('need not be the derivative of the loss that is reported', () => {
    const still: Loss = { name: 'still', error: mul(0, sub(f, y)), loss: mul(0.5, square(sub(f, y))) };
    const [first, ...rest] = losses(trainingStep(net, { ...options, loss: still }), { x, target }, 3);
    for (const loss of rest) expect(loss).toBe(first);
  });

  it('may read the output alone', () => {
    const program = trainingStep(net, { ...options, loss: { name: 'decay', error: f, loss: mul(0.5, square(f)) } });
    const values = losses(program, { x, target }, 5);
    expect(at(values, 4)).toBeLessThan(at(values, 0));
  });

  it('reads nothing but output and target', async () => {
    const bad: Loss = { name: 'bad', error: sub(f, argument(2)) };
    const error = await failureOf(() => trainingStep(net, { ...options, loss: bad }));
    expect(error.message).toBe(
      'the error signal of the loss "bad" reads argument 2; expected argument 0, the output, and 1, the target, alone.',
    );
  });

  it('cross-entropy needs classes', async () => {
    const error = await failureOf(() => trainingStep(net, { ...options, loss: 'cross-entropy' }));
    expect(error.message).toBe(
      'cross-entropy needs an output with a class axis, but "f" is on [batch]; give the network classes, or take another loss.',
    );
  });
});

describe('evaluation', () => {
  const state = (parametrization: Parametrization, program: Program): Tensors =>
    drawState(program, sizes, parametrization.name.length);

  it('is the loss of the step before its update, and the share of largest outputs that are the label', async () => {
    const labels = [2, 0, 1, 2];
    const data = { x, target: indexTensor(['batch'], [BATCH], labels) };
    const step = trainingStep(classifier, { ...options, loss: 'cross-entropy' });
    const start = state(MUP, step);
    const { f, loss } = interpret(step, { ...data, ...start }, sizes);
    const evaluate = evaluator(evaluationProgram(classifier, { ...options, loss: 'cross-entropy' }), {
      ...{ data, sizes, run },
      batch: 3,
    });
    const found = await evaluate(start);
    expect(Math.abs((found.loss ?? 0) - at(loss?.data ?? [], 0))).toBeLessThan(SAME);
    const right = labels.filter((label, b) => {
      const row = Array.from(f?.data.subarray(b * CLASSES, (b + 1) * CLASSES) ?? []);
      return row.indexOf(Math.max(...row)) === label;
    });
    expect(found.accuracy).toBe(right.length / BATCH);
    expect(found.examples).toBe(BATCH);
  });

  it('counts ties by their share: outputs that are all zero tell nothing', async () => {
    const program = evaluationProgram(classifier, { ...options, loss: 'cross-entropy' });
    const zero = tensor(['class', 'n'], [CLASSES, N], new Float64Array(CLASSES * N));
    const w1 = tensor(['n', 'input'], [N, INPUT], new Float64Array(N * INPUT));
    const data = { x, target: indexTensor(['batch'], [BATCH], [0, 1, 2, 0]) };
    const found = await evaluator(program, { data, sizes, run, batch: 2 })({ w1, w2: zero });
    expect(found.accuracy).toBeCloseTo(1 / CLASSES, 12);
    expect(found.loss).toBeCloseTo(Math.log(CLASSES), 12);
  });

  it('of hinge with classes compares the largest output with the target +1, ties shared', async () => {
    const labels = [2, 0, 1, 2];
    const signs = labels.flatMap((label) => Array.from({ length: CLASSES }, (_, c) => (c === label ? 1 : -1)));
    const data = { x, target: tensor(['batch', 'class'], [BATCH, CLASSES], signs) };
    const program = evaluationProgram(classifier, { ...options, loss: 'hinge' });
    const start = state(MUP, trainingStep(classifier, { ...options, loss: 'hinge' }));
    const outputs = interpret(program, { ...data, ...start }, sizes);
    const right = labels.filter((label, b) => {
      const row = Array.from(outputs.f?.data.subarray(b * CLASSES, (b + 1) * CLASSES) ?? []);
      return row.indexOf(Math.max(...row)) === label;
    });
    const evaluate = evaluator(program, { data, sizes, run, batch: 3 });
    expect((await evaluate(start)).accuracy).toBe(right.length / BATCH);
    // By sign, outputs of 0 would be half right.
    const zero = tensor(['class', 'n'], [CLASSES, N], new Float64Array(CLASSES * N));
    expect((await evaluate({ ...start, w2: zero })).accuracy).toBeCloseTo(1 / CLASSES, 12);
    // "No" for every class, the same for all: a third, where two signs in three agree.
    const w1 = tensor(['n', 'input'], [N, INPUT], new Float64Array(N * INPUT));
    const biased = mlp({ depth: 1, activation: 'tanh', classes: CLASSES, outputBias: true });
    const never = evaluationProgram(biased, { ...options, loss: 'hinge' });
    const b2 = tensor(['class'], [CLASSES], [-1, -1, -1]);
    const found = await evaluator(never, { data, sizes, run, batch: 3 })({ w1, w2: zero, b2 });
    expect(found.accuracy).toBeCloseTo(1 / CLASSES, 12);
  });

  it('of hinge counts signs, of real targets has no accuracy, and has no loss where there is none', async () => {
    const target = tensor(['batch'], [BATCH], [1, -1, 1, -1]);
    const start = state(MUP, trainingStep(net, options));
    const f = interpret(trainingStep(net, options), { x, target, ...start }, sizes).f?.data ?? [];
    const evaluated = async (loss: Loss) =>
      evaluator(evaluationProgram(net, { ...options, loss }), { data: { x, target }, sizes, run, batch: 8 })(start);
    const right = Array.from(f).filter((value, b) => value * at(target.data, b) > 0).length;
    expect((await evaluated('hinge')).accuracy).toBe(right / BATCH);
    expect((await evaluated('squared')).accuracy).toBeNull();
    expect(await evaluated({ name: 'signal', error: argument(0) })).toEqual({
      examples: BATCH,
      loss: null,
      accuracy: null,
    });
  });
});

describe('an output bias', () => {
  it.each([
    ['mlp', mlp({ depth: 2, activation: 'tanh', outputBias: true }), 'b3'],
    ['residualMlp', residualMlp({ depth: 1, outputBias: true }), 'outputBias'],
  ] as const)('of %s is a scalar, added after the multiplier of the output', (_, biased, name) => {
    expect(biased.parameters.find((parameter) => parameter.name === name)).toMatchObject({ kind: 'scalar', axes: [] });
    const program = evaluationProgram(biased, { ...options, loss: 'squared' });
    const step = trainingStep(biased, options);
    const target = tensor(['batch'], [BATCH], [1, -1, 0.5, 0]);
    const start = drawState(step, sizes, 1);
    const at0 = interpret(program, { x, target, ...start }, sizes).f?.data ?? [];
    const at1 = interpret(program, { x, target, ...start, [name]: tensor([], [], [2.5]) }, sizes).f?.data ?? [];
    // n^(-1) in front of the readout leaves the bias as it is.
    at0.forEach((value, b) => {
      expect(Math.abs(at(at1, b) - value - 2.5)).toBeLessThan(SAME);
    });
  });
});
