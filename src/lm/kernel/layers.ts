/** The layers of a model that a kernel is split by: its embeddings, its blocks and its head. */

import { required } from '../../errors/index.ts';
import type { ChainPrograms, StageGradients, StagePrograms } from '../../finite/index.ts';
import { globalName } from '../../program/index.ts';

/** What a stage holds of one layer. */
export interface StageLayer {
  readonly name: string;
  /** The stage's programs, with the parameters of the layer alone. */
  readonly programs: StagePrograms;
  /** Of the stage's gradients those of the layer. */
  pick(gradients: StageGradients): StageGradients;
}

/** Where checkpoints have the number of a block in the names of its parameters. */
const BLOCK = /\b(?:layer|layers|h)\.(\d+)\./;
export const [EMBEDDINGS, HEAD] = ['embeddings', 'head'];

/** The number of the block, from 1, that a parameter belongs to by its name. */
export function blockOf(parameter: string): number | undefined {
  const block = BLOCK.exec(parameter)?.[1];
  return block === undefined ? undefined : Number(block) + 1;
}

/**
 * The layer that a parameter counts with where a stage uses it: a block by its name, else the embeddings in the first stage,
 * and the head in a later one. A table that both use counts with each by its use.
 */
export function layerOf(stage: number, parameter: string): string {
  const block = blockOf(parameter);
  if (block !== undefined) return `block ${block}`;
  return stage === 0 ? EMBEDDINGS : HEAD;
}

/** All layers with gradients, from the embeddings to the head. */
export function layerNames({ stages }: ChainPrograms): string[] {
  const names = stages.flatMap(({ stage, matrices, dense, rows }, k) =>
    [...matrices.map(({ local }) => local), ...dense, ...rows.map(({ local }) => local)].map((local) =>
      layerOf(k, globalName(stage, local)),
    ),
  );
  return [...new Set(names)].sort((a, b) => rank(a) - rank(b));
}

function rank(layer: string): number {
  if (layer === EMBEDDINGS) return 0;
  return layer === HEAD ? Number.POSITIVE_INFINITY : Number(layer.split(' ')[1]);
}

/** Matrices and dense gradients of a stage by layer; the last block and the head share one. */
export function stageLayers(programs: StagePrograms, k: number): StageLayer[] {
  const { stage, matrices, dense } = programs;
  const ofMatrix = matrices.map(({ local }) => layerOf(k, globalName(stage, local)));
  const ofDense = dense.map((local) => layerOf(k, globalName(stage, local)));
  return [...new Set([...ofMatrix, ...ofDense])]
    .sort((a, b) => rank(a) - rank(b))
    .map((name) => {
      const chosen = <T>(values: readonly T[], layers: readonly string[]): T[] =>
        values.filter((_, place) => required(layers[place], 'layer of a parameter') === name);
      return {
        name,
        programs: Object.assign({}, programs, { matrices: chosen(matrices, ofMatrix), dense: chosen(dense, ofDense) }),
        pick: (gradients) =>
          Object.assign({}, gradients, {
            matrices: chosen(gradients.matrices, ofMatrix),
            dense: chosen(gradients.dense, ofDense),
          }),
      };
    });
}

/** A stage taken as a whole. */
export const wholeStage = (programs: StagePrograms): StageLayer => ({
  name: programs.stage.name,
  programs,
  pick: (gradients) => gradients,
});
