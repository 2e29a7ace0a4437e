/** Fine-tuning of a small encoder of random weights: what moves, what is kept, and how it ends where it goes wrong. */

import { afterAll, describe, expect, test } from 'vitest';
import { nodeEngine } from '../../../src/finite/node/index.ts';
import { engineTrainer, type FineTuneOptions, fineTune } from '../../../src/lm/finetune/fineTune.ts';
import { crossEntropy, textLogits } from '../../../src/lm/finetune/textLogits.ts';
import { selectParameters } from '../../../src/lm/kernel/selection.ts';
import { optimizerNamed } from '../../../src/optimizers/index.ts';
import type { Tensors } from '../../../src/program/index.ts';
import { failureOf } from '../../support/failure.ts';
import { base, examples, headData, modelOf } from '../kernel/byDefinition.ts';

const engine = nodeEngine({ threads: 1 });
afterAll(() => engine.release());

const head = { kind: 'words', classes: 2, untie: false } as const;
const adapted = { 'bert.encoder.layer.0.attention.self.query': { rank: 2, scale: 2 } };
const model = modelOf(base, head, adapted);
const classes = [0, 1, 0, 1, 0, 1, 1];

const options: FineTuneOptions = {
  ...{ trainer: engineTrainer(engine), model, examples, classes },
  ...{ train: [0, 1, 2, 3], dev: [4, 5, 6], head: headData(head, base) },
  ...{ optimizer: optimizerNamed('adam'), settings: { learningRate: 1e-2 } },
  ...{ batch: 2, steps: 6, evaluateEvery: 2, seed: 3 },
};

const unlike = (weights: Tensors, others: Tensors = model.weights): string[] =>
  Object.keys(weights).filter(
    (name) => !(weights[name]?.data ?? []).every((value, k) => value === others[name]?.data[k]),
  );

describe('what is trained', () => {
  test.each([
    ['all', model.net.parameters.length],
    ['biases', model.net.parameters.filter(({ name }) => name.endsWith('.bias')).length],
    ['lora', 2],
    ['match:*.LayerNorm.weight,!*embeddings*', 2 * base.layers + 1],
  ])('%s moves, and nothing else is there', async (choice, count) => {
    const selected = selectParameters(choice);
    const { weights, losses } = await fineTune({ ...options, selected });
    expect(Object.keys(weights)).toHaveLength(count);
    expect(Object.keys(weights).every(selected)).toBe(true);
    // The key's bias has no gradient; rows of tokens that do not occur stay too, but their table moves.
    expect(unlike(weights).length).toBeGreaterThanOrEqual(count - base.layers - 1);
    expect(losses).toHaveLength(6);
  });

  test('nothing is told', async () => {
    const nothing = { ...options, selected: () => false, selection: 'match:x' };
    expect(await failureOf(() => fineTune(nothing))).toMatchObject({ code: 'lm.nothing-selected' });
  });
});

test('the loss is the mean over texts, however they are padded', async () => {
  const { losses } = await fineTune({ ...options, batch: 7, train: [0, 1, 2, 3, 4, 5, 6], steps: 1 });
  const texts = { examples, head: options.head, rule: model.config };
  const alone: number[] = [];
  for (const [k, actual] of classes.entries()) {
    const logits = await textLogits(model.net, model.weights, texts, [k], options.trainer.run);
    alone.push(crossEntropy(logits, [actual]));
  }
  expect(losses[0]).toBeCloseTo(
    alone.reduce((sum, one) => sum + one / 7, 0),
    4,
  );
});

test('the state of the best evaluation is kept', async () => {
  const seen = new Map<number, Tensors>();
  const found = await fineTune({ ...options, onEvaluation: ({ step }, weights) => void seen.set(step, weights) });
  expect(found.evaluations.map(({ step }) => step)).toEqual([0, 2, 4, 6]);
  expect(found.best.step).toBeGreaterThan(0);
  expect(unlike(found.bestWeights, seen.get(found.best.step))).toEqual([]);
  expect(unlike(found.weights, seen.get(6))).toEqual([]);
});

test('without dev examples it is the last', async () => {
  const { best, bestWeights, weights, evaluations } = await fineTune({ ...options, dev: [] });
  expect(best).toEqual({ step: 6, loss: null, score: null });
  expect(unlike(bestWeights, weights)).toEqual([]);
  expect(evaluations.every(({ score }) => score === null)).toBe(true);
});

describe('a training that goes wrong', () => {
  test('is told by step, instruction and parameter', async () => {
    const settings = { learningRate: 1e25 };
    const found = await fineTune({ ...options, optimizer: optimizerNamed('sgd'), settings });
    expect(found.status).toBe('diverged');
    expect(found.divergence?.text).toMatch(/^diverged at step \d: .+ is (NaN|-?Infinity)/);
    expect(found.divergence?.instruction).not.toBe('');
    expect(model.net.parameters.map(({ name }) => name)).toContain(found.divergence?.parameter);
    // What is kept is finite.
    for (const { data } of Object.values(found.weights)) expect(data.every(Number.isFinite)).toBe(true);
  });

  test('ends at its first evaluation where that says that the rate is too large', async () => {
    // Dev examples that the model tells right. Of the training ones two are the same text under both labels, which large
    // outputs tell badly, and the others are wrong.
    const texts = { examples, head: options.head, rule: model.config };
    const all = examples.map((_, k) => k);
    const logits = await textLogits(model.net, model.weights, texts, all, options.trainer.run);
    const right = all.map((k) => ((logits[2 * k + 1] ?? 0) > (logits[2 * k] ?? 0) ? 1 : 0));
    const wrong = right.map((own) => 1 - own);
    const twice = { examples: [...examples, ...examples.slice(0, 3)], classes: [...right, ...wrong.slice(0, 3)] };
    const large = { ...options, ...twice, train: [0, 7, 8, 9], batch: 4, settings: { learningRate: 1 } };
    const long = { ...large, steps: 40, evaluateEvery: 20 };
    const whole = await fineTune(long);
    const stopped = await fineTune({ ...long, stopTooLarge: true });
    expect(whole.status).toBe('finished');
    expect(stopped).toMatchObject({ status: 'too large', steps: 20, tooLarge: { step: 20 } });
    expect(stopped.losses).toEqual(whole.losses.slice(0, 20));
  });
});
