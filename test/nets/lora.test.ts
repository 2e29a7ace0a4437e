/** Changes of low rank in encoders: what they compute, and their gradients, in f64. */

import { describe, expect, test } from 'vitest';
import {
  type AdaptedLayers,
  denseLayers,
  factorNames,
  type LanguageModelConfig,
  languageModel,
  type Net,
} from '../../src/nets/index.ts';
import { stream } from '../../src/numeric/index.ts';
import {
  denseGradients,
  gradientName,
  indexTensor,
  reverse,
  type Tensor,
  type Tensors,
  tensor,
} from '../../src/program/index.ts';
import { interpret } from '../../src/reference/index.ts';
import { failureOf } from '../support/failure.ts';
import { smallEncoder } from './smallEncoder.ts';

const words = { kind: 'words', classes: 2, untie: false } as const;
const config: LanguageModelConfig = { ...smallEncoder, family: 'roberta', firstPosition: 2 };
const plain = languageModel(config, words);
const layers = denseLayers(config, 'words');
/** Beside every dense layer; ranks differ. */
const adapted: AdaptedLayers = Object.fromEntries(
  layers.map(({ name }, k) => [name, { rank: 1 + (k % 3), scale: 0.5 + k / 10 }]),
);
const net = languageModel(config, words, adapted);

function weightsOf({ parameters }: Net): Record<string, Tensor> {
  return Object.fromEntries(
    parameters.map(({ name, axes, checkpoint }) => {
      const shape = checkpoint?.axisSizes ?? [];
      const count = shape.reduce((a, b) => a * b, 1);
      return [name, tensor(axes, shape, stream(3, name).normals(count))];
    }),
  );
}

const data: Tensors = {
  tokens: indexTensor(['batch', 'time'], [2, 4], [1, 5, 12, 0, 3, 3, 7, 2]),
  kinds: indexTensor(['batch', 'time'], [2, 4], new Int32Array(8)),
  positions: indexTensor(['time'], [4], [2, 3, 4, 5]),
  padding: tensor(['batch', "time'"], [2, 4], [0, 0, 0, -1e9, 0, 0, 0, 0]),
  place: indexTensor(['batch'], [2], [2, 1]),
  labels: indexTensor(['class'], [2], [4, 7]),
};
const logits = (one: Net, weights: Tensors): Float64Array =>
  Float64Array.from(interpret(one.program, { ...weights, ...data }).logits?.data ?? []);

test('every dense layer is that of the weight with s B A added to it', () => {
  const weights = weightsOf(net);
  const numbers = (name: string): ArrayLike<number> => weights[name]?.data ?? [];
  const merged = { ...weightsOf(plain) };
  for (const { name, rows, columns } of layers) {
    const { rank = 0, scale = 0 } = adapted[name] ?? {};
    const { a, b } = factorNames(name);
    const [left, right, weight] = [numbers(b), numbers(a), merged[`${name}.weight`]];
    expect([left.length, right.length, weight?.data.length]).toEqual([rows * rank, rank * columns, rows * columns]);
    const sum = Float64Array.from(weight?.data ?? [], (value, k) => {
      const [row, column] = [Math.floor(k / columns), k % columns];
      let change = 0;
      for (let r = 0; r < rank; r++)
        change += (left[row * rank + r] ?? Number.NaN) * (right[r * columns + column] ?? Number.NaN);
      return value + scale * change;
    });
    merged[`${name}.weight`] = tensor(weight?.axes ?? [], weight?.shape ?? [], sum);
  }
  const [found, expected] = [logits(net, weights), logits(plain, merged)];
  expect(found).toHaveLength(4);
  found.forEach((value, k) => {
    expect(value).toBeCloseTo(expected[k] ?? Number.NaN, 11);
  });
  expect(found.some((value, k) => Math.abs(value - (logits(plain, weights)[k] ?? 0)) > 0.1)).toBe(true);
});

test('at B = 0 it is the model itself, and gradients of A are exactly 0', () => {
  const weights = weightsOf(net);
  for (const name of Object.keys(weights)) {
    const value = weights[name];
    if (name.endsWith('lora_B.weight') && value !== undefined)
      weights[name] = tensor(value.axes, value.shape, new Float64Array(value.data.length));
  }
  expect([...logits(net, weights)]).toEqual([...logits(plain, weights)]);
  const backward = denseGradients(reverse(net.program, { output: 'logits', seed: ['batch', 'class'] }));
  const seed = tensor(['batch', 'class'], [2, 2], [1, -2, 0.5, 3]);
  const results = interpret(backward, { ...weights, ...data, 'd.logits': seed });
  for (const { name } of layers) {
    const { a, b } = factorNames(name);
    expect(results[gradientName(a)]?.data.every((value) => value === 0)).toBe(true);
    expect(results[gradientName(b)]?.data.some((value) => value !== 0)).toBe(true);
  }
});

test('equal blocks are one program, others are their own', () => {
  const three = { ...config, layers: 4 };
  const rank = { rank: 2, scale: 1 };
  const { chain } = languageModel(three, words, {
    'roberta.encoder.layer.0.attention.self.query': rank,
    'roberta.encoder.layer.1.attention.self.query': rank,
  });
  const [, first, second, third] = chain.stages;
  expect(second?.program).toBe(first?.program);
  expect(third?.program).not.toBe(first?.program);
});

describe('refuses', () => {
  test('a rank above the width', async () => {
    const layer = 'roberta.encoder.layer.0.attention.self.query';
    const error = await failureOf(() => languageModel(config, words, { [layer]: { rank: 9, scale: 1 } }));
    expect(error).toMatchObject({ code: 'nets.bad-rank' });
    expect(error.message).toBe(
      `The weight of "${layer}" is 8 × 8, and a change of it was given rank 9: expected a whole number from 1 to 8, the rank of the weight itself. Give a rank of at most 8.`,
    );
  });

  test('a layer that is not there', async () => {
    const error = await failureOf(() =>
      languageModel(config, words, { 'roberta.pooler.dense': { rank: 1, scale: 1 } }),
    );
    expect(error).toMatchObject({ code: 'nets.unknown-layers' });
    expect(error.message).toContain('"roberta.pooler.dense"');
  });
});
