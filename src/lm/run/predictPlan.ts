/** How new texts are cut into portions, each of which is computed beside all training examples within a memory. */

import type { EncoderConfig, Net } from '../../nets/index.ts';
import type { Encoded } from '../kernel/batches.ts';
import { type FittedPlan, fitPlan } from '../kernel/forecast.ts';

export interface PortionOptions {
  readonly net: Net;
  readonly config: EncoderConfig;
  readonly train: readonly Encoded[];
  readonly texts: readonly Encoded[];
  readonly outputs: number;
  /** Bytes of the process before the work. */
  readonly base: number;
  /** Most bytes of the process. */
  readonly memory: number;
  /** Most texts of one portion. */
  readonly mostTexts?: number;
}

/** Some of the texts, in order, and the plan of their kernel. */
export interface Portion extends FittedPlan {
  /** Position of its first text. */
  readonly first: number;
  /** The training examples, then the portion's texts. */
  readonly examples: readonly Encoded[];
}

/** The share of the memory for blocks, which are kept there: no file is written for a prediction. */
const BLOCKS_SHARE = 0.25;
/** Texts of one portion at most where none are given: the training side is then a small share of the work. */
const MOST_TEXTS = 1024;

/**
 * Cuts up the texts. The training side is computed again for each portion, so a portion has about as many tokens or more:
 * the work at most doubles. Throws {@link UserError} `lm.memory-too-small`.
 */
export function planPortions(options: PortionOptions): Portion[] {
  const { net, config, train, texts, outputs, base, memory, mostTexts = MOST_TEXTS } = options;
  const sizes = { net, config, train: train.length, outputs };
  const least = tokensOf(train);
  const portions: { first: number; texts: Encoded[]; tokens: number }[] = [];
  texts.forEach((text, k) => {
    const portion = portions.at(-1);
    const tokens = (portion?.tokens ?? 0) + text.ids.length;
    const count = (portion?.texts.length ?? 0) + 1;
    const bytes = blockBytes(sizes, least + tokens, train.length + count);
    const fits = count <= mostTexts && (tokens <= least || bytes <= BLOCKS_SHARE * memory);
    if (portion === undefined || !fits) {
      portions.push({ first: k, texts: [text], tokens: text.ids.length });
    } else {
      portion.texts.push(text);
      portion.tokens = tokens;
    }
  });
  return portions.map(({ first, texts: own, tokens }) => {
    const examples = [...train, ...own];
    const blocks = blockBytes(sizes, least + tokens, examples.length);
    const fitted = fitPlan({
      net,
      config,
      examples,
      train: train.map((_, k) => k),
      outputs,
      base: base + blocks,
      memory,
    });
    return { first, examples, ...fitted };
  });
}

const tokensOf = (examples: readonly Encoded[]): number => examples.reduce((sum, { ids }) => sum + ids.length, 0);

/** What enters every stage, some cotangents, and every stage's part of the kernel. */
function blockBytes(
  { net, config, train, outputs }: Pick<PortionOptions, 'net' | 'config' | 'outputs'> & { readonly train: number },
  tokens: number,
  examples: number,
): number {
  const stages = net.chain.stages.length;
  const activations = 4 * config.width * tokens * (stages + 4 * outputs);
  return activations + 8 * stages * examples * train * outputs ** 2;
}
