/** Self-attention and decoder transformers. */

import { afterAll, describe, expect, it } from 'vitest';
import { nodeEngine } from '../../src/finite/node/index.ts';
import { estimateLimit } from '../../src/kets/index.ts';
import { type Net, selfAttention, transformer } from '../../src/nets/index.ts';
import { stream } from '../../src/numeric/index.ts';
import { optimizerNamed } from '../../src/optimizers/index.ts';
import { MUP, NTP, SP } from '../../src/parametrizations/index.ts';
import {
  checkFragment,
  indexTensor,
  type Program,
  reorder,
  type Sizes,
  type Tensors,
  tensor,
} from '../../src/program/index.ts';
import { interpret } from '../../src/reference/index.ts';
import { type LossName, trainingStep } from '../../src/training/index.ts';
import { DIFFERENCES, differences, expectClose, feedsFor, messageOf, REORDERED, read } from '../program/support.ts';
import { expectEngine, expectGradients, expectKets, expectKinds, expectLayers, expectLearning } from './netSupport.ts';

const engine = nodeEngine({ threads: 1 });
afterAll(() => engine.release());

const [BATCH, TIME, VOCABULARY] = [2, 3, 5];
const TOKENS = [0, 3, 1, 4, 2, 2];
const text = {
  tokens: indexTensor(['batch', 'time'], [BATCH, TIME], TOKENS),
  target: indexTensor(['batch', 'time'], [BATCH, TIME], [3, 1, 4, 2, 2, 0]),
};
const series = {
  x: tensor(['batch', 'time', 'input'], [BATCH, TIME, 2], stream(8).normals(BATCH * TIME * 2)),
  target: tensor(['batch'], [BATCH], [1, -1]),
};
const gpt = { vocabulary: VOCABULARY, context: TIME, depth: 1, heads: 2, expansion: 2 };

/** A network, its data, their sizes, its loss, and how fast Adam and SGD train it. */
type Case = readonly [string, Net, Tensors, Sizes, LossName];
const cases: readonly Case[] = [
  ['self-attention', selfAttention({ heads: 2 }), series, { batch: BATCH, input: 2, time: TIME }, 'squared'],
  ['transformer', transformer(gpt), text, { batch: BATCH }, 'cross-entropy'],
  [
    'tied transformer with biases',
    transformer({ ...gpt, tied: true, biases: true }),
    text,
    { batch: BATCH },
    'cross-entropy',
  ],
  [
    'transformer in the manner of Llama',
    transformer({ ...gpt, style: 'llama', headSize: 2 }),
    text,
    { batch: BATCH },
    'cross-entropy',
  ],
];

const step = (net: Net, loss: LossName, optimizer: string, learningRate = 0.1): Program =>
  trainingStep(net, { parametrization: MUP, optimizer: optimizerNamed(optimizer), settings: { learningRate }, loss });

describe.each(cases)('%s', (_, net, data, sizes, loss) => {
  it('has the gradients that differences give', () => {
    const { target: __, ...inputs } = data;
    expectGradients(net, { ...sizes, n: 4 }, inputs);
  });

  it.each(['sgd', 'adam', 'signsgd'])('lies in the language when µP trains it by %s', (optimizer) => {
    expect(checkFragment(step(net, loss, optimizer)).violations).toEqual([]);
  });

  it.each([
    ['sgd', 0.2],
    ['adam', 0.02],
  ])('learns by %s', (optimizer, rate) => {
    expectLearning(step(net, loss, optimizer, rate), { ...sizes, n: 8 }, data);
  });

  it('is the same step on ONNX Runtime', async () => {
    await expectEngine(engine, step(net, loss, 'sgd'), { ...sizes, n: 8 }, data);
  });

  it.each([
    ['sgd', 0.2],
    ['adam', 0.02],
  ])('is the same training as kets with stored matrices, by %s', (optimizer, rate) => {
    expectKets(step(net, loss, optimizer, rate), 4, sizes, data);
  });

  it('marks every parameter with a kind, and names its layers', () => {
    expectKinds(net);
    expectLayers(net);
  });
});

describe('next-token cross-entropy', () => {
  it('has the error signal that is its derivative, averaged over batch and time', () => {
    const options = { parametrization: SP, optimizer: optimizerNamed('sgd'), settings: { learningRate: 1 } };
    const program = trainingStep(transformer(gpt), { ...options, loss: 'cross-entropy', outputs: ['g.unembedding'] });
    const sizes = { batch: BATCH, n: 4 };
    const feeds = feedsFor(program, sizes, 6, text);
    const results = interpret(program, feeds, sizes);
    const gradient = reorder(read(results, 'g.unembedding'), ['vocabulary', 'n']);
    expectClose(gradient.data, differences(program, feeds, sizes, 'unembedding', [1], 'loss'), DIFFERENCES);
    const logits = reorder(read(results, 'f'), ['batch', 'time', 'vocabulary']).data;
    const each = Array.from(text.target.data, (label, k) => {
      const row = Array.from(logits.subarray(k * VOCABULARY, (k + 1) * VOCABULARY));
      return Math.log(row.reduce((sum, v) => sum + Math.exp(v), 0)) - (row[label] ?? Number.NaN);
    });
    expectClose(read(results, 'loss').data, [each.reduce((sum, v) => sum + v, 0) / each.length], REORDERED);
  });
});

describe('at infinite width', () => {
  it('a transformer learns from the loss of equal logits', async () => {
    const program = step(transformer(gpt), 'cross-entropy', 'sgd', 0.5);
    const options = { steps: 3, seeds: 4, width: 256, data: text, sizes: { batch: BATCH } };
    const limit = await estimateLimit(program, options);
    const values = limit.map((outputs) => outputs.find(({ name }) => name === 'loss')?.entries[0]);
    const [first, second, third] = values.map((one) => one?.value ?? Number.NaN);
    // The logits of µP start at 0.
    expect(Math.abs((first ?? Number.NaN) - Math.log(VOCABULARY))).toBeLessThan(4 * (values[0]?.standardError ?? 0));
    expect(values[0]?.standardError).toBeLessThan(0.05);
    expect(second).toBeLessThan(first ?? Number.NaN);
    expect(third).toBeLessThan(second ?? Number.NaN);
  });
});

describe('attention divided by the root of d', () => {
  it('leaves the language, as a central limit', () => {
    const net = transformer({ ...gpt, scaling: '1/sqrt(d)' });
    const [first] = checkFragment(step(net, 'cross-entropy', 'sgd')).violations;
    expect(first?.rule).toBe('growth');
  });

  it('is 1/d where the multiplier is that root', () => {
    const [N, HEADS] = [8, 2];
    const [one, other] = [
      transformer({ ...gpt, scaling: '1/sqrt(d)' }),
      transformer({ ...gpt, multiplier: Math.sqrt(N / HEADS) }),
    ].map(({ program }) => {
      const feeds = feedsFor(program, { batch: BATCH, n: N }, 4, { tokens: text.tokens });
      return read(interpret(program, feeds, { batch: BATCH, n: N }), 'f').data;
    });
    expectClose(one ?? [], other ?? [], REORDERED);
  });
});

describe('a transformer', () => {
  it('leaves the language at its output under NTP', () => {
    const program = trainingStep(transformer(gpt), {
      parametrization: NTP,
      optimizer: optimizerNamed('sgd'),
      loss: 'cross-entropy',
    });
    expect(checkFragment(program).inFragment).toBe(false);
  });

  it('looks at no later token', () => {
    const { program } = transformer({ ...gpt, depth: 2 });
    const sizes = { batch: BATCH, n: 8 };
    const logits = (tokens: readonly number[]): Float64Array => {
      const given = { tokens: indexTensor(['batch', 'time'], [BATCH, TIME], tokens) };
      const f = read(interpret(program, feedsFor(program, sizes, 4, given), sizes), 'f');
      return Float64Array.from(reorder(f, ['batch', 'time', 'vocabulary']).data);
    };
    const [before, after] = [logits(TOKENS), logits(TOKENS.map((token, k) => (k === 1 ? 4 : token)))];
    const moved = (place: number): boolean =>
      before.subarray(place * VOCABULARY, (place + 1) * VOCABULARY).some((v, k) => v !== after[place * VOCABULARY + k]);
    expect([0, 1, 2, 3, 4, 5].map(moved)).toEqual([false, true, true, false, false, false]);
  });

  it.each([false, true])('is what its definition says, tied: %s', (tied) => {
    const N = 4;
    const { program } = transformer({ ...gpt, tied, activation: 'tanh' });
    const sizes = { batch: BATCH, n: N };
    const feeds = feedsFor(program, sizes, 2, { tokens: text.tokens });
    const f = reorder(read(interpret(program, feeds, sizes), 'f'), ['batch', 'time', 'vocabulary']);
    const expected = Array.from({ length: BATCH }, (_, b) =>
      byHand((name) => read(feeds, name).data, TOKENS.slice(b * TIME, (b + 1) * TIME), N, tied),
    );
    expectClose(f.data, expected.flat(3), REORDERED);
  });

  it.each([
    [{ heads: 0 }, 'transformer: heads is the number of attention heads, a whole number from 1 on, but 0 was given.'],
    [
      { vocabulary: 2.5 },
      'transformer: vocabulary is the number of tokens that there are, a whole number from 1 on, but 2.5 was given.',
    ],
    [{ depth: -1 }, 'transformer: the depth is the number of hidden layers, 1 or more, but -1 was given.'],
    [
      { style: 'llama' as const, headSize: 3 },
      'transformer: headSize is the number of coordinates of a head, an even number from 2 on, but 3 was given.',
    ],
    [{ multiplier: 0 }, 'transformer: multiplier is a positive number, but 0 was given.'],
    [
      { scaling: '1/n' as '1/d' }, // what a JavaScript user may write
      'transformer: scaling is "1/d" or "1/sqrt(d)", but "1/n" was given.',
    ],
  ])('refuses %j', (bad, message) => {
    expect(messageOf(() => transformer({ ...gpt, ...bad }))).toBe(message);
  });

  it('refuses heads that do not divide the width', () => {
    const { program } = transformer({ ...gpt, heads: 3 });
    expect(messageOf(() => feedsFor(program, { batch: BATCH, n: 4 }, 1))).toContain('space key');
  });
});

type Vector = readonly number[];

/** Logits of one sequence by loops over plain arrays: one block of two heads, tanh, a feed-forward part of 2 N. */
function byHand(get: (name: string) => ArrayLike<number>, tokens: Vector, N: number, tied: boolean): number[][] {
  const HEADS = 2;
  const range = (count: number): number[] => Array.from({ length: count }, (_, k) => k);
  const row = (name: string, k: number, width: number): number[] =>
    range(width).map((i) => get(name)[k * width + i] ?? Number.NaN);
  const dot = (a: Vector, b: Vector): number => a.reduce((sum, v, k) => sum + v * (b[k] ?? Number.NaN), 0);
  const plus = (a: Vector, b: Vector): number[] => a.map((v, k) => v + (b[k] ?? Number.NaN));
  const times = (name: string, rows: number, x: Vector): number[] =>
    range(rows).map((i) => dot(row(name, i, x.length), x));
  const norm = (x: Vector, part: string): number[] => {
    const mean =
      dot(
        x,
        x.map(() => 1),
      ) / N;
    const centered = x.map((v) => v - mean);
    const deviation = Math.sqrt(dot(centered, centered) / N + 1e-5);
    const [gain, shift] = [row(`gain${part}`, 0, N), row(`shift${part}`, 0, N)];
    return centered.map((v, i) => (v / deviation) * (1 + (gain[i] ?? Number.NaN)) + (shift[i] ?? Number.NaN));
  };
  const x = tokens.map((token, t) => plus(row('embedding', token, N), row('position', t, N)));
  const z = x.map((v) => norm(v, 'Attention1'));
  const [queries, keys, values] = ['query1', 'key1', 'value1'].map((name) => z.map((v) => times(name, N, v)));
  const d = N / HEADS;
  const head = (v: Vector | undefined, h: number): Vector => (v ?? []).slice(h * d, (h + 1) * d);
  return range(tokens.length).map((t) => {
    const mixed = range(HEADS).flatMap((h) => {
      const weights = range(t + 1).map((s) => Math.exp(dot(head(queries?.[t], h), head(keys?.[s], h)) / d));
      const total = dot(
        weights,
        weights.map(() => 1),
      );
      return range(d).map(
        (k) =>
          dot(
            weights,
            range(t + 1).map((s) => head(values?.[s], h)[k] ?? Number.NaN),
          ) / total,
      );
    });
    const y = plus(x[t] ?? [], times('mix1', N, mixed));
    const fed = times('down1', N, times('up1', 2 * N, norm(y, 'Feed1')).map(Math.tanh));
    return times(tied ? 'embedding' : 'unembedding', VOCABULARY, norm(plus(y, fed), 'Final'));
  });
}
