/** The dense layers of an encoder by their names in checkpoints, and which of them have a change of low rank. */

import type { EncoderConfig, EncoderHead } from './encoderConfig.ts';
import * as errors from './errors.ts';
import type { LowRank } from './parts/lora.ts';

/** A dense layer: its weight `<name>.weight` is a matrix of so many rows and columns. */
export interface DenseLayer {
  readonly name: string;
  /** Its place among the blocks; absent in the head. */
  readonly layer?: number;
  readonly rows: number;
  readonly columns: number;
}

/** Changes of low rank by the dense layers that have them. */
export type AdaptedLayers = Readonly<Record<string, LowRank>>;

type Family = EncoderConfig['family'];

/** How the names of a block's layers begin. */
export const layerPrefix = (family: Family, layer: number): string => `${family}.encoder.layer.${layer}.`;

/** The dense layer of the head that predicts words. */
export const headDense = (family: Family): string =>
  family === 'bert' ? 'cls.predictions.transform.dense' : 'lm_head.dense';

/** Parameters of a layer's low-rank factors, named as peft names them: A [rank, columns] and B [rows, rank]. */
export function factorNames(layer: string): { readonly a: string; readonly b: string } {
  return { a: `${layer}.lora_A.weight`, b: `${layer}.lora_B.weight` };
}

/** All of them, block by block; with the head's where words are predicted. */
export function denseLayers(
  { family, layers, width, feedForward }: EncoderConfig,
  head: EncoderHead['kind'],
): readonly DenseLayer[] {
  const square = { rows: width, columns: width };
  const block = {
    'attention.self.query': square,
    'attention.self.key': square,
    'attention.self.value': square,
    'attention.output.dense': square,
    'intermediate.dense': { rows: feedForward, columns: width },
    'output.dense': { rows: width, columns: feedForward },
  };
  const blocks = Array.from({ length: layers }, (_, layer) =>
    Object.entries(block).map(([name, size]) => ({ name: `${layerPrefix(family, layer)}${name}`, layer, ...size })),
  );
  return [...blocks.flat(), ...(head === 'words' ? [{ name: headDense(family), ...square }] : [])];
}

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
