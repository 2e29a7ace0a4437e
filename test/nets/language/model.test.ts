/** BERT and RoBERTa as programs: gradients of whole models in f64, and the engine against the oracle. */

import { afterAll, describe, expect, test } from 'vitest';
import { nodeEngine } from '../../../src/finite/node/index.ts';
import { type LanguageModelConfig, type LanguageModelHead, languageModel } from '../../../src/nets/index.ts';
import { drawInitial, stream } from '../../../src/numeric/index.ts';
import { optimizerNamed } from '../../../src/optimizers/index.ts';
import { SP } from '../../../src/parametrizations/index.ts';
import {
  compose,
  denseGradients,
  gradientName,
  indexTensor,
  nodeOf,
  nodesOf,
  type Program,
  reorder,
  reverse,
  type Tensors,
  tensor,
} from '../../../src/program/index.ts';
import { interpret } from '../../../src/reference/index.ts';
import { trainingStep } from '../../../src/training/index.ts';
import { deviation } from '../../conformance/feeds.ts';
import { read } from '../../program/support.ts';
import { DERIVATIVE_TOLERANCE, difference, inner } from '../differences.ts';
import { expectLayers, expectLearning } from '../netSupport.ts';
import { smallEncoder } from '../smallEncoder.ts';

const engine = nodeEngine({ threads: 1 });
afterAll(() => engine.release());

const F32_TOLERANCE = 1e-4;

const words: LanguageModelHead = { kind: 'words', classes: 2, untie: false };

function smallFeeds(program: Program, config: LanguageModelConfig): Record<string, Tensors[string]> {
  const source = stream(5, 'encoder');
  const weights = nodesOf(program, 'parameter').map(({ name, instruction }) => {
    const net = languageModel(config, words).parameters.find((parameter) => parameter.name === name);
    const shape = net?.checkpoint?.axisSizes ?? [];
    const count = shape.reduce((a, b) => a * b, 1);
    const center = /Norm\.weight$|layer_norm\.weight$/.test(name) ? 1 : 0;
    const entries = source.substream(name).normals(count);
    return [
      name,
      tensor(
        instruction.axes,
        shape,
        entries.map((z) => center + 0.4 * z),
      ),
    ] as const;
  });
  return {
    ...Object.fromEntries(weights),
    tokens: indexTensor(['batch', 'time'], [2, 4], [1, 5, 12, 0, 3, 3, 7, 2]),
    kinds: indexTensor(['batch', 'time'], [2, 4], new Int32Array(8)),
    positions: indexTensor(
      ['time'],
      [4],
      [0, 1, 2, 3].map((t) => t + config.firstPosition),
    ),
    padding: tensor(['batch', "time'"], [2, 4], [0, 0, 0, -1e9, 0, 0, 0, 0]),
    place: indexTensor(['batch'], [2], [2, 1]),
    labels: indexTensor(['class'], [2], [4, 7]),
  };
}

const SEED = [-1, 1];
const seedFeed = { 'd.logits': tensor(['class'], [2], SEED) };

describe.each([
  ['bert', smallEncoder],
  [
    'roberta, gelu in its tanh form',
    { ...smallEncoder, family: 'roberta', firstPosition: 2, activation: 'gelu_tanh' } as const,
  ],
  ['untied', { ...smallEncoder, tied: false, activation: 'relu' } as const],
])('%s', (_, config) => {
  const program = compose(languageModel(config, words).chain);
  const feeds = smallFeeds(program, config);
  const reversed = reverse(program, { output: 'logits', seed: ['class'], keep: ['batch'] });
  const backward = denseGradients(reversed, ['batch']);
  const results = interpret(backward, { ...feeds, ...seedFeed });

  test('every parameter against central differences', () => {
    const checked = [...new Set(reversed.factors.map((factor) => factor.parameter))];
    for (const name of checked) {
      const feed = feeds[name] ?? tensor([], [], []);
      const direction = { ...feed, data: stream(9, name).normals(feed.data.length) };
      const gradient = results[gradientName(name)] ?? tensor([], [], []);
      const perExample = reorder(gradient, ['batch', ...feed.axes]).data;
      const size = feed.data.length;
      const actual = [0, 1].reduce(
        (sum, b) => sum + inner(perExample.subarray(b * size, (b + 1) * size), direction.data),
        0,
      );
      const expected = difference(program, feeds, SEED, { [name]: direction }, 2e-4);
      expect(Math.abs(actual - expected), name).toBeLessThan(DERIVATIVE_TOLERANCE * Math.max(1, Math.abs(expected)));
    }
    expect(checked.length + reversed.zero.length).toBe(nodesOf(program, 'parameter').length);
  });

  test('gradients declared zero are zero', () => {
    const undeclared: Program = {
      ...program,
      nodes: program.nodes.map((node) => {
        if (node.instruction.op !== 'parameter') return node;
        const { zeroGradient: _, ...instruction } = node.instruction;
        return { ...node, instruction };
      }),
    };
    const names = reversed.zero.map(({ parameter }) => parameter);
    const parameters = (name: string): boolean => names.includes(name);
    const options = { output: 'logits', seed: ['class'], keep: ['batch'], parameters };
    const gradients = interpret(denseGradients(reverse(undeclared, options), ['batch']), { ...feeds, ...seedFeed });
    expect(names.length).toBe(config.layers);
    for (const name of names) {
      const largest = Math.max(...(gradients[gradientName(name)]?.data ?? [Number.NaN]).map(Math.abs));
      // A sum of a dozen terms of order 1 that cancel.
      expect(largest, name).toBeLessThan(1e-12);
    }
  });

  test('the engine agrees with the oracle on logits and gradients', async () => {
    const actual = await engine.run(backward, { ...feeds, ...seedFeed });
    for (const [name, { data }] of Object.entries(results)) {
      const scale = Math.max(1, ...data.map(Math.abs));
      const scaled = (values: ArrayLike<number>): Float64Array => Float64Array.from(values, (value) => value / scale);
      expect(deviation(scaled(actual[name]?.data ?? []), scaled(data)).worst, name).toBeLessThan(F32_TOLERANCE);
    }
  });
});

describe('an encoder as a net', () => {
  const roberta: LanguageModelConfig = { ...smallEncoder, family: 'roberta', firstPosition: 2, tied: false };
  const net = languageModel(roberta, words);

  test('has parameters of all kinds under the names of checkpoints', () => {
    const found = Object.fromEntries(net.parameters.map(({ name, kind, axes }) => [name, [kind, ...axes]]));
    expect(found).toMatchObject({
      'roberta.embeddings.word_embeddings.weight': ['vector', 'vocabulary', 'n'],
      'roberta.encoder.layer.1.attention.self.query.weight': ['matrix', 'head', 'key', 'n'],
      'roberta.encoder.layer.0.attention.self.key.bias': ['vector', 'head', 'key'],
      'roberta.encoder.layer.0.attention.output.LayerNorm.weight': ['vector', 'n'],
      'roberta.encoder.layer.1.output.dense.weight': ['matrix', 'n', 'wide'],
      'lm_head.dense.weight': ['matrix', "n'", 'n'],
      'lm_head.decoder.weight': ['readout', 'vocabulary', 'n'],
      'lm_head.decoder.bias': ['scalar', 'vocabulary'],
    });
    expect(Object.keys(found)).toHaveLength(5 + 2 * 16 + 6);
    const query = net.parameters.find(({ name }) => name.endsWith('layer.1.attention.self.query.weight'));
    expect(query?.checkpoint).toEqual({ name: query?.name, shape: [8, 8], axisSizes: [2, 4, 8] });
  });

  test('reads a tied decoder as the vector that the embedding is', () => {
    const tied = languageModel(smallEncoder, words).parameters.filter(({ name }) =>
      /word_embeddings|decoder/.test(name),
    );
    expect(tied.map(({ name, kind }) => [name, kind])).toEqual([['bert.embeddings.word_embeddings.weight', 'vector']]);
  });

  test.each([['words', words] as const, ['functional', { kind: 'functional', classes: 2 }] as const])(
    'names layers and a product of its program, with a head of %s',
    (_, head) => {
      const whole = languageModel(roberta, head);
      expectLayers(whole);
      expect(nodeOf(whole.program, whole.multiplied ?? '').instruction.op).toBe('contract');
      expect(whole.program.outputs.map(({ name }) => name)).toEqual(['logits']);
    },
  );

  test('takes training steps that lower its loss', () => {
    const optimizer = optimizerNamed('adam');
    const settings = { learningRate: 0.002 };
    const program = trainingStep(net, { parametrization: SP, optimizer, settings, loss: 'cross-entropy' });
    const sizes = { batch: 2, time: 4 };
    const data = {
      ...Object.fromEntries(
        Object.entries(smallFeeds(compose(net.chain), roberta)).filter(([name]) => !name.includes('.')),
      ),
      target: indexTensor(['batch'], [2], [1, 0]),
    };
    expectLearning(program, sizes, data, 4);
    const keyBias = 'roberta.encoder.layer.0.attention.self.key.bias';
    const drawn = drawInitial(program, sizes, 5);
    expect(read(interpret(program, { ...data, ...drawn }, sizes), keyBias).data).toEqual(drawn[keyBias]?.data);
  });
});
