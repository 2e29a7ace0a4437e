/**
 * What of a language model classifies: its word head at a prompt's mask, or a head on the first token of the text alone
 * (lm.md, the [CLS] setting), fresh as fine-tuning starts from it, or set by linear probing.
 */

import type { LanguageModelHead } from '../../nets/index.ts';
import { stream } from '../../numeric/index.ts';
import { indexTensor, type Tensors } from '../../program/index.ts';
import type { RunData } from '../data/runData.ts';
import type { Task } from '../data/tasks.ts';
import type { GivenWeights } from '../model/checkpoint.ts';
import { tooFewToProbe } from '../solve/solverErrors.ts';

/** What of a language model classifies: its word head at a prompt's mask, or a head on the first token. */
export type Setting =
  | {
      readonly kind: 'prompt';
      /** Whether the prompt is the user's message in a decoder's chat template, and the label word begins the answer. */
      readonly chat?: boolean;
    }
  /** A head of the architecture's own, drawn from this seed. */
  | { readonly kind: 'cls-random'; readonly seed: number }
  /** A linear head for each draw, fitted to the frozen features of its training examples. */
  | { readonly kind: 'cls-probe' };

/** Names of the settings. */
export const SETTINGS: readonly Setting['kind'][] = ['prompt', 'cls-random', 'cls-probe'];

/** The setting with a prompt, which is the usual one. */
export const PROMPT: Setting = { kind: 'prompt' };

/** That with the prompt in the model's chat template. */
export const CHAT: Setting = { kind: 'prompt', chat: true };

/** Whether prompts go through the model's chat template. */
export const usesChatTemplate = (setting: Setting): boolean => setting.kind === 'prompt' && setting.chat === true;

/** Whether it is the usual one: prompts as they stand. */
export const isUsual = (setting: Setting): boolean => setting.kind === 'prompt' && !usesChatTemplate(setting);

/** Parameters of heads on the first token: `classifier.…`, and the dense layers that are BERT's pooler and DistilBERT's own. */
const HEAD = /^(classifier|pre_classifier|bert\.pooler)\./;

export function headOf({ kind }: Setting, classes: number, untie: boolean): LanguageModelHead {
  switch (kind) {
    case 'prompt':
      return { kind: 'words', classes, untie };
    case 'cls-random':
      return { kind: 'dense', classes };
    case 'cls-probe':
      return { kind: 'linear', classes };
  }
}

/**
 * Numbers of a head's parameters that no checkpoint has: of a fresh one weights are Gaussian of the architecture's initial
 * deviation, `initializer_range`, and biases 0 (transformers, `_init_weights`); a probe's are 0 until it is fitted.
 */
export function headWeights(setting: Setting): GivenWeights {
  return (parameter, shape, { initialDeviation }) => {
    if (setting.kind === 'prompt' || !HEAD.test(parameter)) return undefined;
    const size = shape.reduce((product, one) => product * one, 1);
    if (setting.kind === 'cls-probe' || parameter.endsWith('.bias')) return new Float32Array(size);
    const deviation = initialDeviation();
    return Float32Array.from(stream(setting.seed, parameter).normals(size), (z) => deviation * z);
  };
}

/** The data of a head: the label words of a prompt's; those of others are parameters. */
export function headFeeds(labelIds: readonly number[]): Tensors {
  return labelIds.length === 0 ? {} : { labels: indexTensor(['class'], [labelIds.length], labelIds) };
}

/** A setting in words. */
export function settingText(setting: Setting): string {
  switch (setting.kind) {
    case 'prompt':
      return usesChatTemplate(setting) ? "prompt, as the user's message in the model's chat template" : 'prompt';
    case 'cls-random':
      return `cls-random: no prompt, a fresh head on the first token (seed ${setting.seed})`;
    case 'cls-probe':
      return "cls-probe: no prompt, a head on the first token for each draw, by linear probing; so is the draw's kernel";
  }
}

/** Refuses draws that no probe can be fitted to. Throws {@link UserError} `lm.too-few-to-probe`. */
export function checkSetting({ kind }: Setting, { labels }: Task, { draws }: Pick<RunData, 'draws'>): void {
  if (kind !== 'cls-probe') return;
  for (const { seed, train } of draws) {
    for (const { name } of labels) {
      const count = train.filter(({ label }) => label === name).length;
      if (count < 2) throw tooFewToProbe(seed, name, count);
    }
  }
}
