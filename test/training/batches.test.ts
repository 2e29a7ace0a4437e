import { describe, expect, it } from 'vitest';
import { indexTensor, type Tensors, tensor } from '../../src/program/index.ts';
import { chosen, exampleCount, heldOut, inOrder, miniBatches } from '../../src/training/index.ts';
import { failureOf } from '../support/failure.ts';

const COUNT = 7;
const numbers = Array.from({ length: COUNT }, (_, k) => k);
/** Example k has the inputs 10 k and 10 k + 1 and the target k; `scale` is the same for all. */
const data: Tensors = {
  x: tensor(
    ['input', 'batch'],
    [2, COUNT],
    [0, 1].flatMap((input) => numbers.map((k) => 10 * k + input)),
  ),
  target: indexTensor(['batch'], [COUNT], numbers),
  scale: tensor([], [], [3]),
};

const targets = (batch: Tensors): number[] => Array.from(batch.target?.data ?? []);

describe('chosen examples', () => {
  it('are rows with `batch` first, in the numbers they are in; what has no examples stays', () => {
    expect(chosen(data, [5, 2])).toEqual({
      x: tensor(['batch', 'input'], [2, 2], [50, 51, 20, 21]),
      target: indexTensor(['batch'], [2], [5, 2]),
      scale: data.scale,
    });
  });
});

describe('mini-batches', () => {
  const batches = miniBatches(data, { batch: 3, seed: 4 });

  it('take no example twice in an epoch, and leave the rest that fills no batch for another one', () => {
    const left = new Set<number>();
    for (let epoch = 0; epoch < 12; epoch++) {
      const seen = [...targets(batches(2 * epoch)), ...targets(batches(2 * epoch + 1))];
      expect(new Set(seen).size).toBe(6);
      for (const k of numbers) if (!seen.includes(k)) left.add(k);
    }
    expect(left.size).toBeGreaterThan(1);
  });

  it('are a function of the step, whatever was asked for before', () => {
    const fresh = miniBatches(data, { batch: 3, seed: 4 });
    for (const step of [9, 0, 4, 4, 9]) expect(fresh(step)).toEqual(batches(step));
    expect(Array.from({ length: 6 }, (_, k) => targets(batches(k)))).not.toEqual(
      Array.from({ length: 6 }, (_, k) => targets(miniBatches(data, { batch: 3, seed: 5 })(k))),
    );
  });

  it('as large as the data are all of it as it is', () => {
    expect(miniBatches(data, { batch: COUNT, seed: 4 })(3)).toBe(data);
  });

  it('in order end with a smaller one', () => {
    expect([...inOrder(data, 3)].map(targets)).toEqual([[0, 1, 2], [3, 4, 5], [6]]);
  });
});

describe('held-out examples', () => {
  it('are a part of the data, and the rest is trained on', () => {
    const { train, test } = heldOut(data, 0.3, 1);
    expect([exampleCount(train), exampleCount(test)]).toEqual([5, 2]);
    expect([...targets(train), ...targets(test)].sort()).toEqual(numbers);
    expect(exampleCount(heldOut(data, 0.01, 1).test)).toBe(1);
    expect(exampleCount(heldOut(data, 0.99, 1).train)).toBe(1);
  });
});

describe('data without examples to take', () => {
  it.each([
    [
      () => exampleCount({ ...data, target: indexTensor(['batch'], [2], [0, 1]) }),
      'data of different numbers of examples: x of 7, target of 2; expected as many rows along "batch" in each.',
    ],
    [
      () => exampleCount({ scale: tensor([], [], [3]) }),
      'there are no examples to train on: expected data with the axis "batch", at least one long, but scale have none.',
    ],
    [
      () => miniBatches(data, { batch: 0, seed: 1 }),
      'a mini-batch is of a whole number of examples from 1 on, but 0 was given.',
    ],
    [
      () => heldOut(data, 1, 0),
      'the share of examples held out lies between 0 and 1, but 1 was given; take 0.2 for a fifth.',
    ],
    [() => heldOut(chosen(data, [1]), 0.5, 0), 'one example cannot be trained on and held out; give more.'],
  ])('%s: %s', async (action, message) => {
    expect((await failureOf(action)).message).toBe(message);
  });
});
