/** Data in the form that each network reads. */

import { describe, expect, it } from 'vitest';
import { type NetOptions, TRAINED_NETS, taskOf } from '../../../src/cli/train/nets.ts';
import type { Source } from '../../../src/cli/train/source.ts';
import { standardized } from '../../../src/cli/train/standardize.ts';
import { stream } from '../../../src/numeric/index.ts';
import { optimizerNamed } from '../../../src/optimizers/index.ts';
import { MUP } from '../../../src/parametrizations/index.ts';
import { indexTensor, tensor } from '../../../src/program/index.ts';
import { type LossName, trainingStep } from '../../../src/training/index.ts';
import { failureOf } from '../../support/failure.ts';

const COUNT = 10;
const OPTIONS: NetOptions = {
  ...{ depth: 1, biases: true, context: 4, heads: 1, heldOut: 0.3, standardize: false, seed: 1 },
};
const vectors = (input: number, classes: readonly string[] | undefined = ['a', 'b', 'c']): Source => ({
  ...{ kind: 'vectors', name: 'vectors', input, classes, notes: [] },
  inputs: stream(1).normals(COUNT * input),
  labels: Float64Array.from({ length: COUNT }, (_, k) => k % 3),
});
const text: Source = {
  ...{ kind: 'text', name: 'text', vocabulary: ['a', 'b', 'c'] },
  codes: Int32Array.from({ length: 23 }, (_, k) => k % 3),
};

describe('networks by name', () => {
  it.each([
    ['mlp', 6, { batch: 7, input: 6 }],
    ['residual-mlp', 6, { batch: 7, input: 6 }],
    ['rnn', 6, { batch: 7, time: 2, input: 3 }],
    ['gru', 9, { batch: 7, time: 3, input: 3 }],
    ['rnn', 7, { batch: 7, time: 1, input: 7 }],
    ['cnn', 9, { batch: 7, row: 3, column: 3, input: 1 }],
    ['cnn', 8, { batch: 7, time: 8, input: 1 }],
  ])('%s reads %i numbers as %j, and can be trained', (name, input, shape) => {
    const { net, loss, train, test } = taskOf(name, vectors(input), OPTIONS);
    expect(Object.fromEntries(train.x?.axes.map((axis, k) => [axis, train.x?.shape[k]]) ?? [])).toEqual(shape);
    expect(test.x?.shape[0]).toBe(3);
    expect(loss).toBe('cross-entropy');
    const program = trainingStep(net, { parametrization: MUP, optimizer: optimizerNamed('adam'), loss });
    expect(program.outputs.map((output) => output.name)).toContain('loss');
  });

  it('a transformer reads stretches of a text, each character with the one that follows', () => {
    const { train, test, loss } = taskOf('transformer', text, OPTIONS);
    expect(loss).toBe('cross-entropy');
    // 22 characters have one that follows: five stretches of 4, two of them held out (0.3 of 5, rounded).
    expect([train.tokens?.shape, test.tokens?.shape]).toEqual([
      [3, 4],
      [2, 4],
    ]);
    const [tokens, target] = [train.tokens?.data ?? [], train.target?.data ?? []];
    tokens.forEach((code, k) => {
      expect(target[k]).toBe((code + 1) % 3);
    });
  });

  it('have targets that the loss reads', () => {
    const target = (loss: LossName, classes?: readonly string[]) =>
      taskOf('mlp', vectors(2, classes), { ...OPTIONS, loss }).train.target;
    expect(target('cross-entropy')).toEqual(expect.objectContaining({ axes: ['batch'], data: expect.any(Int32Array) }));
    const [hot, sign] = [target('squared'), target('hinge')];
    expect(hot?.axes).toEqual(['batch', 'class']);
    const labels = Array.from(target('cross-entropy')?.data ?? []);
    labels.forEach((label, k) => {
      expect(Array.from(hot?.data.subarray(3 * k, 3 * k + 3) ?? [])).toEqual(
        [0, 1, 2].map((c) => (c === label ? 1 : 0)),
      );
      expect(Array.from(sign?.data.subarray(3 * k, 3 * k + 3) ?? [])).toEqual(
        [0, 1, 2].map((c) => (c === label ? 1 : -1)),
      );
    });
    const numbers: Source = { ...vectors(2), classes: undefined } as Source;
    expect(taskOf('mlp', numbers, OPTIONS)).toMatchObject({ loss: 'squared', train: { target: { axes: ['batch'] } } });
  });

  it('get inputs of mean 0 and variance 1 where asked for, by the examples trained on', () => {
    const source = vectors(2);
    if (source.kind !== 'vectors') return expect.fail('vectors');
    for (let k = 0; k < COUNT; k++) source.inputs[2 * k + 1] = 5;
    const { train, test } = taskOf('mlp', source, { ...OPTIONS, standardize: true });
    const column = (part: typeof train, k: number) => Array.from(part.x?.data ?? []).filter((_, at) => at % 2 === k);
    const first = column(train, 0);
    expect(first.reduce((sum, x) => sum + x, 0) / first.length).toBeCloseTo(0, 12);
    expect(first.reduce((sum, x) => sum + x * x, 0) / first.length).toBeCloseTo(1, 12);
    // A column that does not vary.
    expect([...column(train, 1), ...column(test, 1)].every((x) => x === 0)).toBe(true);
    expect(column(test, 0).every((x) => Math.abs(x) > 1e-9)).toBe(true);
  });

  it('leave a column at 0 whose mean is rounded, and shift what is held out of it', () => {
    const source = vectors(1);
    if (source.kind !== 'vectors') return expect.fail('vectors');
    // A seventh of 0.1, seven times, is not 0.1.
    source.inputs.fill(0.1);
    const { train } = taskOf('mlp', source, OPTIONS);
    const kept = train.x?.data.length;
    expect(kept).toBe(7);
    expect(Array.from({ length: 7 }, () => 0.1 / 7).reduce((sum, part) => sum + part, 0)).not.toBe(0.1);
    const parts = taskOf('mlp', source, { ...OPTIONS, standardize: true });
    expect(parts.train.x?.data.every((x) => x === 0)).toBe(true);
    expect(parts.test.x?.data.every((x) => x === 0)).toBe(true);
    const [x, other] = [train.x, tensor(['batch', 'input'], [1, 1], [0.6])];
    const shifted = standardized({ train: x === undefined ? {} : { x }, test: { x: other } });
    expect(shifted.test.x?.data).toEqual(Float64Array.of(0.6 - 0.1));
  });

  it('cannot scale a column whose deviation overflows', async () => {
    const source: Source = { ...vectors(2), ...{ columns: ['length', 'mass'] } } as Source;
    if (source.kind !== 'vectors') return expect.fail('vectors');
    for (let k = 0; k < COUNT; k++) source.inputs[2 * k + 1] = k * 1e200;
    const failure = await failureOf(() => taskOf('mlp', source, { ...OPTIONS, standardize: true }));
    expect(failure.message).toBe(
      '--standardize cannot scale column "mass": its deviation is not finite, for it holds numbers that are too large. Give it in another unit.',
    );
  });

  it.each([
    ['mpl', vectors(2), {}, `there is no network "mpl" to train; expected one of: ${TRAINED_NETS.join(', ')}.`],
    [
      'mlp',
      text,
      {},
      '"mlp" reads vectors of numbers, and "text" is a text; expected a table (.csv), or --net transformer.',
    ],
    [
      'transformer',
      vectors(2),
      {},
      '"transformer" reads texts, and "vectors" are vectors of numbers; expected a text (.txt), or another --net.',
    ],
    [
      'transformer',
      text,
      { loss: 'hinge' },
      '--loss is hinge; a text is trained on with cross-entropy, of the character that follows. Leave it out.',
    ],
    [
      'transformer',
      text,
      { context: 12 },
      '"text" has 23 characters, 3 different ones; expected at least 25 for two examples of 12, and 2 different ones. Give a longer text, or a smaller --context.',
    ],
    [
      'mlp',
      vectors(2, ['a']),
      { loss: 'hinge' },
      '--loss hinge tells classes apart, at least 2, and "vectors" has not as many; expected --loss squared, or other labels.',
    ],
  ] as const)('%s is refused %#', async (name, source, changes, message) => {
    expect((await failureOf(() => taskOf(name, source, { ...OPTIONS, ...changes }))).message).toBe(message);
  });
});

describe('tokens', () => {
  it('are indices', () => {
    expect(taskOf('transformer', text, OPTIONS).train.tokens).toEqual(
      indexTensor(['batch', 'time'], [3, 4], taskOf('transformer', text, OPTIONS).train.tokens?.data ?? []),
    );
  });
});
