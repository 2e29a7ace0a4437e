/**
 * A kernel's blocks in units that different processes compute: a unit is a chunk of examples against all training sides, in
 * all stages. What passes between stages stays with the process; the training sides' passes are each process's own, and
 * what enters their stages is kept from one call to the next.
 */

import { required } from '../../errors/index.ts';
import type { KernelStore } from './blockStore.ts';
import { computeBlocks } from './empiricalKernel.ts';
import { blockNames } from './kernelBlocks.ts';
import { type ComputedKind, computedKinds } from './kernelKinds.ts';
import type { DrawsOptions, KernelOptions } from './kernelOptions.ts';
import { type KernelPlan, membersOf } from './kernelPlan.ts';
import { type KernelSubject, kernelPrograms } from './kernelPrograms.ts';
import { KernelWork } from './kernelWork.ts';

/** A chunk of examples. */
export interface ChunkUnit {
  readonly chunk: number;
  /** The blocks that kernels are assembled from. */
  readonly blocks: readonly string[];
  readonly examples: number;
}

interface UnitOptions extends Pick<KernelOptions, 'secondMoments'> {
  readonly subject: KernelSubject;
  readonly plan: KernelPlan;
  readonly kinds: readonly ComputedKind[];
}

/** All units of kernels, in the order of the plan's chunks. */
export function chunkUnits({ subject, plan, kinds, secondMoments }: UnitOptions): readonly ChunkUnit[] {
  const programs = kernelPrograms(subject);
  const work = new KernelWork(plan, programs.stages, computedKinds(kinds));
  const names = blockNames(secondMoments === undefined ? {} : { secondMoments });
  const blocks = plan.chunks.map((_, chunk): string[] => [
    names.logits(chunk),
    ...(work.hasTables() ? work.kindsOf(chunk).map((kind) => names.tables(kind, chunk)) : []),
  ]);
  for (const stage of programs.stages.keys()) {
    for (const [group, chunk] of work.kernelBlocks(stage)) {
      const own = required(blocks[chunk], `blocks of chunk ${chunk}`);
      own.push(...work.kindsOf(chunk).map((kind) => names.kernel(kind, stage, group, chunk)));
    }
  }
  return blocks.map((own, chunk) => ({ chunk, blocks: own, examples: membersOf(plan, chunk).length }));
}

/** Where a process computes units: what it shares with others, and what it keeps to itself. */
export interface SharedStore {
  readonly shared: Pick<KernelStore, 'has' | 'read' | 'write'>;
  readonly own: KernelStore;
}

/** Computes the blocks of some units that are not there; throws what `kernelsOfDraws` does. */
export function computeUnits(
  options: DrawsOptions & { readonly plan: KernelPlan },
  units: readonly ChunkUnit[],
  store: SharedStore,
): Promise<void> {
  return computeBlocks({ ...options, store: storeOfUnits(units, store, options.plan.trainChunks) });
}

/** As if the units' blocks were all that is lacking. */
function storeOfUnits(units: readonly ChunkUnit[], { shared, own }: SharedStore, trainChunks: number): KernelStore {
  const wanted = new Set(units.flatMap(({ blocks }) => blocks));
  return {
    has: async (block) => {
      if (wanted.has(block)) return shared.has(block);
      return isOfKernels(block) || own.has(block);
    },
    read: (block) => (isOfKernels(block) ? shared.read(block) : own.read(block)),
    write: async (block, parts) => {
      if (wanted.has(block)) await shared.write(block, parts);
      else if (!isOfKernels(block)) await own.write(block, parts);
    },
    remove: async (block) => {
      // The next units need the training sides again.
      if (!isOfKernels(block) && Number(block.split('/').at(-1)) >= trainChunks) await own.remove(block);
    },
  };
}

/** Whether a block is one that kernels are assembled from. */
const isOfKernels = (block: string): boolean => block.startsWith('kernel/') || block.startsWith('logits/');
