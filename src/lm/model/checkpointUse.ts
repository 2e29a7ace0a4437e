/** What of a checkpoint is assumed, replaced or not used: a run tells it, so that nothing of a model is lost unseen. */

import { counted } from '../../errors/wording/index.ts';
import { list, quoted } from '../wording.ts';

/** An entry that config.json lacks, and the value that the reference gives it. */
export interface Assumed {
  readonly entry: string;
  readonly value: string | number | boolean;
}

/** A part of the model that is not read as its name or config.json says. */
export interface Replaced {
  /** The part: the decoder, the word embeddings, all weights. */
  readonly part: string;
  /** What is read for it. */
  readonly by: string;
  readonly reason: string;
  /** The tensors that are not read for it, or not as they are stored. */
  readonly tensors: readonly string[];
}

/** Tensors, entries of config.json or files that are not used. */
export interface Unused {
  readonly of: 'config.json' | 'tensors' | 'files';
  readonly names: readonly string[];
  readonly reason: string;
  /** Whether it is known that they do not matter, as a pooler does not. */
  readonly harmless: boolean;
}

/** What of a checkpoint is assumed, replaced or not used. */
export interface CheckpointUse {
  readonly assumed: readonly Assumed[];
  readonly replaced: readonly Replaced[];
  readonly unused: readonly Unused[];
}

/** What a person should read before trusting the numbers, in sentences. */
export function checkpointNotes({ assumed, replaced, unused }: CheckpointUse): readonly string[] {
  const defaults = assumed.map(({ entry, value }) => `${entry} ${value}`);
  return [
    ...(defaults.length === 0 ? [] : [`not in config.json, so assumed as by transformers: ${list(defaults)}`]),
    ...replaced.map(({ part, by, reason }) => `${part}: ${by} (${reason})`),
    ...unused
      .filter(({ harmless }) => !harmless)
      .map(({ of, names, reason }) => {
        const kind =
          of === 'config.json' ? 'of config.json' : counted(names.length, of === 'tensors' ? 'tensor' : 'file');
        return `not used, ${kind}: ${named(names)} (${reason})`;
      }),
  ];
}

/** What is not used and does not matter, in one line; undefined where there is nothing. */
export function harmlessNote({ unused }: CheckpointUse): string | undefined {
  const known = unused.filter(({ harmless }) => harmless);
  if (known.length === 0) return undefined;
  const total = known.reduce((sum, { names }) => sum + names.length, 0);
  return `${counted(total, 'tensor')} not needed: ${known.map(({ reason, names }) => `${reason} (${names.length})`).join('; ')}`;
}

/** Names of a file are others' text. */
const named = (names: readonly string[]): string =>
  list(names.map((name) => (/^[\w.-]+$/.test(name) ? name : quoted(name))));
