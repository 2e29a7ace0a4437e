/** Names of the blocks that a kernel is computed in. */

import type { ComputedKind } from './kernelKinds.ts';
import type { DrawsOptions, KernelOptions } from './kernelOptions.ts';
import type { BlockNames } from './kernelWork.ts';

/** What enters a stage, by chunk. */
export const boundaryBlock = (stage: number, chunk: number): string => `boundary/${stage}/${chunk}`;
/** The cotangents of what enters a stage. */
export const cotangentBlock = (stage: number, chunk: number): string => `cotangent/${stage}/${chunk}`;
export const logitsBlock = (chunk: number): string => `logits/${chunk}`;
/** Gradients of rows of tables. */
export const rowsBlock = (stage: number, chunk: number): string => `rows/${stage}/${chunk}`;
/** Factors of a stage's gradients of the training side, where several processes share them. */
export const factorsBlock = (stage: number, chunk: number): string => `factors/${stage}/${chunk}`;
/** What a kernel's blocks are called by: its kind, and of Adam what its second moments are. */
export function blockKind(kind: ComputedKind, { secondMoments }: Pick<KernelOptions, 'secondMoments'>): string {
  const fingerprint = kind === 'adam' ? secondMoments?.fingerprint : undefined;
  return fingerprint === undefined ? kind : `${kind}-${fingerprint}`;
}

/** A stage's part of a kernel: a chunk's examples against those of a chunk of the training side. */
export const kernelBlock = (kind: string, stage: number, group: number, chunk: number): string =>
  `kernel/${kind}/${stage}/${group}/${chunk}`;
/** The tables' part of a kernel. */
export const tablesBlock = (kind: string, chunk: number): string => `kernel/${kind}/tables/${chunk}`;
/** The names of all blocks of a computation. */
export function blockNames(options: Pick<DrawsOptions, 'secondMoments' | 'training'>): BlockNames {
  return {
    boundary: boundaryBlock,
    cotangent: cotangentBlock,
    logits: logitsBlock,
    rows: rowsBlock,
    ...(options.training === undefined ? {} : { factors: factorsBlock }),
    kernel: (kind, ...place) => kernelBlock(blockKind(kind, options), ...place),
    tables: (kind, chunk) => tablesBlock(blockKind(kind, options), chunk),
  };
}
/** A draw's products in it, of all layers or of one. */
export const tablesName = (draw: number, layer?: string): string =>
  layer === undefined ? `${draw}` : `${draw}.${layer}`;
/** Tensors in a block, by batch and name. */
export const inBlock = (batch: number, name: string): string => `${batch}.${name}`;
/** Products in a block, by the batches of their rows and columns. */
export const pairName = (row: number, column: number): string => `${row}.${column}`;
/** A layer's part of them, where a stage has several. */
export const layerPairName = (pair: string, layer: number): string => `${pair}.${layer}`;
