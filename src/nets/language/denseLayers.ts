/** The dense layers of a language model by their names in checkpoints, and which of them have a change of low rank. */

import * as errors from '../errors.ts';
import type { LowRank } from '../parts/lora.ts';
import type { Architecture, Dense } from './architecture.ts';
import type { LanguageModelConfig, LanguageModelHead } from './config.ts';
import { architectureOf } from './families/index.ts';

/** A dense layer: its weight `<name>.weight` is a matrix of so many rows and columns. */
export interface DenseLayer {
  readonly name: string;
  /** Its place among the blocks; absent in the head. */
  readonly layer?: number;
  readonly rows: number;
  readonly columns: number;
  /** Whether checkpoints store the weight as [columns, rows]. */
  readonly turned?: boolean;
}

/** Changes of low rank by the dense layers that have them. */
export type AdaptedLayers = Readonly<Record<string, LowRank>>;

/** Parameters of a layer's low-rank factors, named as peft names them: A [rank, columns] and B [rows, rank]. */
export function factorNames(layer: string): { readonly a: string; readonly b: string } {
  return { a: `${layer}.lora_A.weight`, b: `${layer}.lora_B.weight` };
}

/** All of them, block by block; with the head's where words are predicted. */
export function denseLayers(config: LanguageModelConfig, head: LanguageModelHead['kind']): readonly DenseLayer[] {
  const architecture = architectureOf(config);
  const blocks = Array.from({ length: config.layers }, (_, layer) => blockLayers(architecture, config, layer));
  const { turn } = architecture.words;
  const own = head === 'words' && turn !== undefined ? [sized(turn.dense, config.width, config.width)] : [];
  return [...blocks.flat(), ...own];
}

function blockLayers(
  architecture: Architecture,
  { width, feedForward }: LanguageModelConfig,
  layer: number,
): DenseLayer[] {
  const { attention, feedForward: wide } = architecture.block(layer);
  const { heads, keyHeads, headSize, made, mix } = attention;
  const [queries, keys] = [heads * headSize, keyHeads * headSize];
  const attended =
    'all' in made
      ? [sized(made.all, 3 * queries, width)]
      : [sized(made.query, queries, width), sized(made.key, keys, width), sized(made.value, keys, width)];
  const { gate } = wide;
  const gates = gate === undefined || gate === 'in up' ? [] : [sized(gate, feedForward, width)];
  const own = [
    ...attended,
    sized(mix, width, queries),
    ...gates,
    sized(wide.up, gate === 'in up' ? 2 * feedForward : feedForward, width),
    sized(wide.down, width, feedForward),
  ];
  return own.map(({ name, ...rest }) => ({ name: `${architecture.blockPrefix(layer)}${name}`, layer, ...rest }));
}

const sized = ({ name, turned }: Dense, rows: number, columns: number): DenseLayer => ({
  name,
  rows,
  columns,
  ...(turned === true ? { turned } : {}),
});

/** Throws {@link UserError} `nets.unknown-layers` for names that are not among the layers, `nets.bad-rank`. */
export function checkAdapted(layers: readonly DenseLayer[], adapted: AdaptedLayers): void {
  const unknown = Object.keys(adapted).filter((name) => !layers.some((layer) => layer.name === name));
  if (unknown.length > 0) {
    throw errors.unknownLayers(
      unknown,
      layers.map(({ name }) => name),
    );
  }
  for (const { name, rows, columns } of layers) {
    const { rank } = adapted[name] ?? {};
    if (rank === undefined) continue;
    const most = Math.min(rows, columns);
    if (!Number.isSafeInteger(rank) || rank < 1 || rank > most) throw errors.badRank(name, rank, rows, columns);
  }
}

/** The changes of the layers whose names begin with `prefix`, by the rest of their names; `instead` stands for it. */
export function within(adapted: AdaptedLayers, prefix: string, instead = ''): AdaptedLayers {
  return Object.fromEntries(
    Object.entries(adapted)
      .filter(([name]) => name.startsWith(prefix))
      .map(([name, lowRank]) => [`${instead}${name.slice(prefix.length)}`, lowRank]),
  );
}
