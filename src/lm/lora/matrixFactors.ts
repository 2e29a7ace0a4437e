/** The factors of chosen matrices' gradients for some examples: what reaches a matrix, and the cotangents of what it makes. */

import { required } from '../../errors/index.ts';
import { type Engine, type StageGradients, StageRunner } from '../../finite/index.ts';
import { globalName, type Tensors } from '../../program/index.ts';
import { type Batch, batchesOf, batchFeeds, type Encoded } from '../kernel/batches.ts';
import { gradientBlocks } from '../kernel/gradientBlocks.ts';
import { kernelPrograms, seedOf } from '../kernel/kernelPrograms.ts';
import type { OutputWeights } from '../kernel/outputs.ts';
import type { FactorBlock } from '../kernel/productBlocks.ts';
import type { LanguageModel } from '../model/checkpoint.ts';

export interface FactorOptions {
  readonly engine: Engine;
  readonly model: LanguageModel;
  readonly examples: readonly Encoded[];
  readonly outputs: OutputWeights;
  /** The head's data (empiricalKernel.ts). */
  readonly head: Tensors;
  /** Names of matrices, each used in one stage. */
  readonly matrices: readonly string[];
}

/** One matrix's factors, batch by batch of the examples, sorted by their lengths. */
export interface MatrixFactorBlocks {
  readonly matrix: string;
  readonly blocks: readonly FactorBlock[];
}

/** What one batch holds at most. */
const LIMITS = { examples: 32, tokens: 4096 } as const;

/** Hands out one matrix after another, the last stage's first; those of one stage are in memory together. */
export async function* matrixFactors(options: FactorOptions): AsyncGenerator<MatrixFactorBlocks> {
  const { engine, model, examples, outputs, head, matrices } = options;
  const programs = kernelPrograms({
    chain: model.net.chain,
    outputs: outputs.outputs,
    selected: (name) => matrices.includes(name),
  });
  const runner = new StageRunner<Batch>({
    engine,
    programs,
    load: model.load,
    data: (batch) => ({ ...head, ...batchFeeds(batch, examples, model.config) }),
    seed: seedOf(outputs),
  });
  const batches = batchesOf(examples, [...examples.keys()], LIMITS);
  const last = programs.stages.length - 1;
  /** What is alive before each stage, by batch. */
  const entering: Tensors[][] = [batches.map(() => ({}))];
  const before = (stage: number, k: number): Tensors => required(entering[stage]?.[k], `values before stage ${stage}`);
  for (let stage = 0; stage < last; stage++) {
    const leaving: Tensors[] = [];
    for (const [k, batch] of batches.entries()) leaving.push(await runner.forward(stage, batch, before(stage, k)));
    entering.push(leaving);
  }
  let above: Tensors[] = batches.map(() => ({}));
  for (let stage = last; stage >= 0; stage--) {
    const own = required(programs.stages[stage], `stage ${stage}`);
    const found: StageGradients[] = [];
    for (const [k, batch] of batches.entries()) {
      found.push(await runner.backward(stage, batch, before(stage, k), required(above[k], 'cotangents of a batch')));
    }
    above = found.map(({ cotangents }) => cotangents);
    const blocks = found.map((result, k) =>
      gradientBlocks(result, own, required(batches[k], `batch ${k}`).members.length, outputs.outputs),
    );
    for (const [m, { local }] of own.matrices.entries()) {
      yield {
        matrix: globalName(own.stage, local),
        blocks: blocks.map((block) => required(block.matrices[m], `factors of matrix ${m}`)),
      };
    }
  }
}
