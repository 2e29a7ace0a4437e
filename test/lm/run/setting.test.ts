import { describe, expect, it } from 'vitest';
import { findTask } from '../../../src/lm/data/tasks.ts';
import { prompterOf } from '../../../src/lm/run/kernelInputs.ts';
import { checkSetting, headOf, headWeights, type Setting } from '../../../src/lm/run/setting.ts';
import { smallEncoder } from '../../nets/smallEncoder.ts';
import { failureOf } from '../../support/failure.ts';
import { loadTiny, spell, wordPiece } from '../text/tinyTokenizers.ts';

const RANDOM: Setting = { kind: 'cls-random', seed: 3 };
const PROBE: Setting = { kind: 'cls-probe' };
const reading = { initialDeviation: () => 0.02 };

describe('headWeights', () => {
  it('draws a fresh head with the initial deviation and biases of 0, for each seed another one', () => {
    const draw = (seed: number) =>
      headWeights({ kind: 'cls-random', seed })('classifier.dense.weight', [64, 64], reading);
    const values = [...(draw(3) ?? [])];
    const mean = values.reduce((sum, x) => sum + x, 0) / 4096;
    const variance = values.reduce((sum, x) => sum + x * x, 0) / 4096;
    // Deviations of a mean and of a mean square of 4096 Gaussian numbers, five of each.
    expect(Math.abs(mean)).toBeLessThan((5 * 0.02) / 64);
    expect(Math.abs(variance / 0.02 ** 2 - 1)).toBeLessThan((5 * Math.SQRT2) / 64);
    expect(draw(3)).toEqual(draw(3));
    expect(draw(4)).not.toEqual(draw(3));
    expect(headWeights(RANDOM)('bert.pooler.dense.bias', [4], reading)).toEqual(new Float32Array(4));
  });

  it('leaves the encoder to the checkpoint, and a prompt all of it', () => {
    expect(headWeights(RANDOM)('bert.encoder.layer.0.output.dense.weight', [4, 4], reading)).toBeUndefined();
    expect(headWeights({ kind: 'prompt' })('bert.pooler.dense.weight', [4, 4], reading)).toBeUndefined();
    expect(headWeights(PROBE)('classifier.weight', [2, 3], reading)).toEqual(new Float32Array(6));
  });
});

describe('checkSetting', () => {
  const draw = (labels: readonly string[]) => {
    const train = labels.map((label, k) => ({ label, text: `${k}` }));
    return { draws: [{ seed: 13, train, dev: [] }] };
  };
  const task = findTask('sst-2');

  it('wants two examples of each label of a probe, and nothing of the others', async () => {
    checkSetting(PROBE, task, draw(['negative', 'positive', 'negative', 'positive']));
    checkSetting(RANDOM, task, draw(['negative']));
    const { code, message } = await failureOf(() => checkSetting(PROBE, task, draw(['negative', 'negative'])));
    expect(code).toBe('lm.too-few-to-probe');
    expect(message).toMatch(/seed 13.*0 training examples.*'positive'.*--k/s);
  });
});

describe('prompterOf', () => {
  it.each([
    ['sst-2', { text: 'a film' }, '[CLS] a film [SEP]'],
    ['rte', { text: 'a film?', text2: 'Bad film.' }, '[CLS] a film ? [SEP] bad film . [SEP]'],
  ])('has texts alone in %s, the whole of them, with one separator', async (name, example, spelled) => {
    const tokenizer = await loadTiny(wordPiece());
    const config = { ...smallEncoder, vocabulary: 64, positions: 16 };
    const { labelIds, prompt } = await prompterOf(findTask(name), tokenizer, config, RANDOM);
    const { ids, place, removedTokens } = await prompt(example);
    expect(spell(tokenizer, ids)).toBe(spelled);
    expect({ labelIds, place, removedTokens }).toEqual({ labelIds: [], place: 0, removedTokens: 0 });
  });

  it('cuts a text to what the model takes', async () => {
    const tokenizer = await loadTiny(wordPiece());
    const config = { ...smallEncoder, vocabulary: 64, positions: 6 };
    const { prompt } = await prompterOf(findTask('sst-2'), tokenizer, config, PROBE);
    const { ids, removedTokens } = await prompt({ text: 'a film it was great' });
    expect(spell(tokenizer, ids)).toBe('[CLS] a film it was [SEP]');
    expect(removedTokens).toBe(1);
  });
});

it('headOf has the word head of a prompt, and heads on the first token without', () => {
  expect(headOf({ kind: 'prompt' }, 2, true)).toEqual({ kind: 'words', classes: 2, untie: true });
  expect(headOf(RANDOM, 3, false)).toEqual({ kind: 'dense', classes: 3 });
  expect(headOf(PROBE, 3, false)).toEqual({ kind: 'linear', classes: 3 });
});
