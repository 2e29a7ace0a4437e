/** How new texts are cut into portions, each of which is computed beside all training examples within a memory. */

import { type Encoded, paddedLength } from '../../kernel/batches.ts';
import { oneDraw } from '../../kernel/drawSides.ts';
import { type FittedPlan, fitPlan } from '../../kernel/forecast.ts';
import { type KernelCosts, sum } from '../../kernel/kernelCosts.ts';
import type { ComputedKind } from '../../kernel/kernelKinds.ts';

export interface PortionOptions {
  readonly costs: KernelCosts;
  readonly train: readonly Encoded[];
  readonly texts: readonly Encoded[];
  /** Bytes of the process before the work. */
  readonly base: number;
  /** The kernels; default that of SGD. */
  readonly kinds?: readonly ComputedKind[];
  /** Whether kernels are kept by layer too. */
  readonly byLayer?: boolean;
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
  const { costs, train, texts, base, memory, mostTexts = MOST_TEXTS, kinds = ['sgd'], byLayer = false } = options;
  const [least, held] = [sum(train.map(tokensOf)), sum(train.map((example) => crossingBytes(costs, example)))];
  const blocks = (count: number, bytes: number): number =>
    held + bytes + kinds.length * (byLayer ? 2 : 1) * productBytes(costs, train.length + count, train.length);
  const shares: Share[] = [];
  texts.forEach((text, k) => {
    const share = shares.at(-1);
    const tokens = (share?.tokens ?? 0) + tokensOf(text);
    const bytes = (share?.bytes ?? 0) + crossingBytes(costs, text);
    const count = (share?.texts.length ?? 0) + 1;
    const fits = count <= mostTexts && (tokens <= least || blocks(count, bytes) <= BLOCKS_SHARE * memory);
    if (share === undefined || !fits) {
      shares.push({ first: k, texts: [text], tokens: tokensOf(text), bytes: crossingBytes(costs, text) });
    } else {
      share.texts.push(text);
      share.tokens = tokens;
      share.bytes = bytes;
    }
  });
  return shares.map((share) => {
    const examples = [...train, ...share.texts];
    const fitted = fitPlan({
      costs,
      examples,
      draws: oneDraw(examples, [...train.keys()]),
      base: base + blocks(share.texts.length, share.bytes),
      memory,
      kinds,
    });
    return { first: share.first, examples, ...fitted };
  });
}

/** A portion as it grows. */
interface Share {
  readonly first: number;
  readonly texts: Encoded[];
  tokens: number;
  /** Of blocks that hold what crosses between stages. */
  bytes: number;
}

const tokensOf = ({ ids }: Encoded): number => ids.length;

/** Stages' cotangents that are there at a time, those of the stages that have been run backward being dropped. */
const COTANGENTS = 4;

/** What enters every stage, and some cotangents. */
function crossingBytes(costs: KernelCosts, example: Encoded): number {
  const { values, cotangents } = costs.bytes(paddedLength(example));
  return values + COTANGENTS * cotangents;
}

/** Every stage's part of the kernel. */
function productBytes({ stageBytes, outputs }: KernelCosts, examples: number, train: number): number {
  return 8 * stageBytes.length * examples * train * outputs ** 2;
}
