/** Examples of similar length side by side: what one run of a stage works on. */

import { required } from '../../errors/index.ts';
import { indexTensor, type Tensor, type Tensors } from '../../program/index.ts';

/** One tokenized example. */
export interface Encoded {
  readonly ids: readonly number[];
  /** Position of the mask token; unused by heads that read the first token. */
  readonly place: number;
}

/** Which rows of the position embedding tokens read. */
export interface PositionRule {
  /** Row of the first token. */
  readonly firstPosition: number;
  /** Number of rows. */
  readonly positions: number;
}

/** Examples of similar length, padded to one. */
export interface Batch {
  /** Positions of the examples in the list given. */
  readonly members: readonly number[];
  /** Common length after padding, in tokens. */
  readonly time: number;
}

/** Padded lengths are multiples of this, so that few shapes need compiling. */
const LENGTH_STEP = 4;
/** A score that softmax turns into exactly 0 in f32 beside any finite one. */
const MASKED = -1e9;

/** What one batch holds at most; at least one example in any case. */
export interface BatchLimits {
  readonly examples: number;
  /** Padded tokens. */
  readonly tokens: number;
}

/** The length of an example after padding. */
export function paddedLength({ ids }: Encoded): number {
  return Math.ceil(ids.length / LENGTH_STEP) * LENGTH_STEP;
}

/** Sorts examples by length and cuts them into batches. */
export function batchesOf(examples: readonly Encoded[], members: readonly number[], limits: BatchLimits): Batch[] {
  const padded = (member: number): number => paddedLength(exampleOf(examples, member));
  const sorted = [...members].sort((a, b) => padded(a) - padded(b) || a - b);
  const batches: { members: number[]; time: number }[] = [];
  for (const member of sorted) {
    const batch = batches.at(-1);
    const time = padded(member);
    const count = (batch?.members.length ?? 0) + 1;
    if (batch === undefined || count > limits.examples || count * time > limits.tokens) {
      batches.push({ members: [member], time });
    } else {
      batch.members.push(member);
      batch.time = time;
    }
  }
  return batches;
}

function exampleOf(examples: readonly Encoded[], member: number): Encoded {
  return required(examples[member], `example ${member}`);
}

/** A model's inputs for one batch: tokens, positions, kinds, places, padding and the place that is read. */
export function batchFeeds(
  { members, time }: Batch,
  examples: readonly Encoded[],
  { firstPosition, positions }: PositionRule,
): Tensors {
  const count = members.length;
  const tokens = new Int32Array(count * time);
  const padding = new Float32Array(count * time);
  members.forEach((member, b) => {
    const { ids } = exampleOf(examples, member);
    tokens.set(ids, b * time);
    padding.fill(MASKED, b * time + ids.length, (b + 1) * time);
  });
  const paddingTensor: Tensor = { axes: ['batch', "time'"], shape: [count, time], data: padding };
  return {
    tokens: { axes: ['batch', 'time'], shape: [count, time], data: tokens },
    kinds: indexTensor(['batch', 'time'], [count, time], new Int32Array(count * time)),
    // Padding may reach past the last position; its value bears on nothing.
    positions: indexTensor(
      ['time'],
      [time],
      Array.from({ length: time }, (_, t) => Math.min(firstPosition + t, positions - 1)),
    ),
    places: { axes: ['time'], shape: [time], data: Float32Array.from({ length: time }, (_, t) => t) },
    padding: paddingTensor,
    place: indexTensor(
      ['batch'],
      [count],
      members.map((member) => exampleOf(examples, member).place),
    ),
  };
}
