/** Tensors of a checkpoint that no parameter of the model reads, and why. */

import type { EncoderConfig, EncoderHead } from '../../nets/index.ts';
import type { Unused } from './checkpointUse.ts';

/** Tensors that are known not to matter here. */
const HARMLESS: readonly { readonly pattern: RegExp; readonly reason: string }[] = [
  { pattern: /(^|\.)pooler\.dense\.(weight|bias)$/, reason: 'the pooler, which no language model reads' },
  { pattern: /^cls\.seq_relationship\.(weight|bias)$/, reason: 'the head for the next sentence' },
  {
    pattern: /(^|\.)embeddings\.(position_ids|token_type_ids)$/,
    reason: 'positions 0, 1, 2, … and types 0, which older versions stored',
  },
  { pattern: /^(classifier|qa_outputs)\./, reason: 'the head of another task' },
];

const HEAD = /^(cls\.predictions|lm_head)\./;

/** The tensors that are left over, by the reason. */
export function unusedTensors(
  names: readonly string[],
  { layers }: EncoderConfig,
  kind: EncoderHead['kind'],
): readonly Unused[] {
  const byReason = new Map<string, { readonly names: string[]; readonly harmless: boolean }>();
  for (const name of names) {
    const { reason, harmless } = reasonOf(name, layers, kind);
    const group = byReason.get(reason) ?? { names: [], harmless };
    group.names.push(name);
    byReason.set(reason, group);
  }
  return [...byReason].map(([reason, group]) => ({ of: 'tensors', reason, ...group }));
}

function reasonOf(
  name: string,
  layers: number,
  kind: EncoderHead['kind'],
): { readonly reason: string; readonly harmless: boolean } {
  const known = HARMLESS.find(({ pattern }) => pattern.test(name));
  if (known !== undefined) return { reason: known.reason, harmless: true };
  if (kind === 'functional' && HEAD.test(name)) {
    return { reason: 'the head of the language model, for which a functional stands', harmless: true };
  }
  const layer = Number(/(?:^|\.)encoder\.layer\.(\d+)\./.exec(name)?.[1] ?? -1);
  if (layer >= layers) return { reason: `layers beyond num_hidden_layers ${layers}`, harmless: false };
  return { reason: 'no part of the model that config.json describes', harmless: false };
}
