/** Mini-batches of texts: drawn as those of every training, padded to the longest text in them. */

import { required } from '../../errors/index.ts';
import { indexTensor, type Tensors } from '../../program/index.ts';
import { miniBatches } from '../../training/index.ts';
import { batchFeeds, type Encoded, type PositionRule, paddedLength } from '../kernel/batches.ts';

/** Texts with their classes, and how a model reads them. */
export interface ClassifiedTexts {
  readonly examples: readonly Encoded[];
  /** The class of each, by its place among the labels. */
  readonly classes: readonly number[];
  /** The head's data: `labels` of a words head (setting.ts, `headFeeds`). */
  readonly head: Tensors;
  readonly rule: PositionRule;
}

export interface TextBatchOptions {
  /** Positions of the texts that are trained on. */
  readonly train: readonly number[];
  /** Texts of a step. */
  readonly batch: number;
  readonly seed: number;
}

/**
 * The data of a step, counted from 0, as {@link miniBatches} draws them. Lengths are rounded up to a few multiples
 * (batches.ts), so that few shapes are compiled. Throws what `miniBatches` does.
 */
export function textBatches(
  texts: ClassifiedTexts,
  { train, batch, seed }: TextBatchOptions,
): (step: number) => Tensors {
  const members = { member: indexTensor(['batch'], [train.length], train) };
  const drawn = miniBatches(members, { batch, seed });
  return (step) => textFeeds(texts, [...required(drawn(step).member, 'members of a batch').data]);
}

/** Inputs and targets of some texts, by their positions. */
export function textFeeds({ examples, classes, head, rule }: ClassifiedTexts, members: readonly number[]): Tensors {
  const time = Math.max(...members.map((member) => paddedLength(required(examples[member], `text ${member}`))));
  const target = members.map((member) => required(classes[member], `class of text ${member}`));
  return {
    ...head,
    ...batchFeeds({ members, time }, examples, rule),
    target: indexTensor(['batch'], [members.length], target),
  };
}
