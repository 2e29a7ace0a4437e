/**
 * A kernel's blocks in units that different processes compute. A unit is a chunk of examples against all training sides, in all
 * stages; what passes between stages stays with the process.
 *
 * All units multiply with the training sides' gradients. Where the factors of these are not too large they are units of their
 * own, one for each chunk of the training sides, whose blocks all processes read: others run their own chunks forward
 * meanwhile. Where they are, each process runs the training sides itself, and what enters their stages is kept from one call
 * to the next.
 */

import { required } from '../../errors/index.ts';
import type { KernelStore } from './blockStore.ts';
import { computeBlocks } from './empiricalKernel.ts';
import { blockNames } from './kernelBlocks.ts';
import type { KernelCosts } from './kernelCosts.ts';
import { type ComputedKind, computedKinds } from './kernelKinds.ts';
import type { DrawsOptions, KernelOptions, SharedTraining } from './kernelOptions.ts';
import { batchOf, type KernelPlan, membersOf } from './kernelPlan.ts';
import { type KernelSubject, kernelPrograms } from './kernelPrograms.ts';
import { KernelWork } from './kernelWork.ts';

/** A chunk of examples against the training sides; or of training sides, what others multiply with. */
export interface ChunkUnit {
  readonly kind: 'products' | 'training';
  readonly chunk: number;
  /** The blocks that it writes, and others read. */
  readonly blocks: readonly string[];
  /** In examples that are run forward and backward. */
  readonly work: number;
}

interface UnitOptions extends Pick<KernelOptions, 'secondMoments'> {
  readonly subject: KernelSubject;
  readonly plan: KernelPlan;
  readonly kinds: readonly ComputedKind[];
  /** Whether the training sides are units of their own ({@link sharesTraining}). */
  readonly training: boolean;
}

/** Products of an example with a chunk's worth of others, in passes over it. */
const PRODUCTS_SHARE = 0.25;
/** Of all stages' factors of the training sides: more takes longer to read from a shared folder than to compute. */
const SHARED_BYTES = 2 * 2 ** 30;

/** Bytes of the training sides' factors, of all stages, at most. */
export function trainingBytes(plan: KernelPlan, costs: KernelCosts): number {
  const batches = plan.chunks.slice(0, plan.trainChunks).flat();
  const stages = costs.stageBytes.length;
  return batches.reduce((sum, batch) => {
    const { members, time } = batchOf(plan, batch);
    return sum + members.length * stages * costs.bytes(time).factors;
  }, 0);
}

/** Whether processes share the training sides' factors, by the plan alone. */
export const sharesTraining = (plan: KernelPlan, costs: KernelCosts): boolean =>
  trainingBytes(plan, costs) <= SHARED_BYTES;

/** All units of kernels: training sides first, then in the order of the plan's chunks. */
export function chunkUnits({ subject, plan, kinds, secondMoments, training }: UnitOptions): readonly ChunkUnit[] {
  const programs = kernelPrograms(subject);
  const work = new KernelWork(plan, programs.stages, computedKinds(kinds));
  const names = blockNames(secondMoments === undefined ? {} : { secondMoments });
  const isTrain = (chunk: number): boolean => chunk < plan.trainChunks;
  const blocks = plan.chunks.map((_, chunk): string[] => [
    ...(training && isTrain(chunk) ? [] : [names.logits(chunk)]),
    ...(work.hasTables() ? work.kindsOf(chunk).map((kind) => names.tables(kind, chunk)) : []),
  ]);
  for (const stage of programs.stages.keys()) {
    for (const [group, chunk] of work.kernelBlocks(stage)) {
      const own = required(blocks[chunk], `blocks of chunk ${chunk}`);
      own.push(...work.kindsOf(chunk).map((kind) => names.kernel(kind, stage, group, chunk)));
    }
  }
  const products = blocks.map((own, chunk): ChunkUnit => {
    const examples = membersOf(plan, chunk).length;
    return {
      kind: 'products',
      chunk,
      blocks: own,
      work: training && isTrain(chunk) ? PRODUCTS_SHARE * examples : examples,
    };
  });
  if (!training) return products;
  const stages = [...programs.stages.keys()];
  const factors = required(blockNames({ training: { ready: async () => true } }).factors, 'name of factors');
  const sides = products.slice(0, plan.trainChunks).map(({ chunk }): ChunkUnit => {
    const own = [
      ...stages.filter((stage) => work.multiplies(stage)).map((stage) => factors(stage, chunk)),
      ...stages.filter((stage) => work.hasRows(stage)).map((stage) => names.rows(stage, chunk)),
    ];
    return { kind: 'training', chunk, blocks: [names.logits(chunk), ...own], work: membersOf(plan, chunk).length };
  });
  return [...sides, ...products];
}

/** Where a process computes units: what it shares with others, and what it keeps to itself. */
export interface SharedStore {
  readonly shared: Pick<KernelStore, 'has' | 'read' | 'write'>;
  readonly own: KernelStore;
  /** Where training sides are units: their blocks, of all, and what waits until others have computed them or will not. */
  readonly training?: TrainingBlocks;
}

/** The training sides as a process finds them. */
export interface TrainingBlocks {
  readonly blocks: ReadonlySet<string>;
  /** Those that were seen whole: kept from one call to the next. */
  readonly seen: Set<string>;
  wait(): Promise<void>;
}

/** Computes the blocks of some units that are not there; throws what `kernelsOfDraws` does. */
export function computeUnits(
  options: DrawsOptions & { readonly plan: KernelPlan },
  units: readonly ChunkUnit[],
  store: SharedStore,
): Promise<void> {
  const { training, ...own } = storeOfUnits(units, store, options.plan.trainChunks);
  return computeBlocks(Object.assign({}, options, { store: own }, training === undefined ? {} : { training }));
}

/** As if the units' blocks, and what they are multiplied with, were all that is lacking. */
function storeOfUnits(
  units: readonly ChunkUnit[],
  { shared, own, training }: SharedStore,
  trainChunks: number,
): KernelStore & { readonly training?: SharedTraining } {
  const wanted = new Set(units.flatMap(({ blocks }) => blocks));
  const multiplies = units.some(({ kind }) => kind === 'products');
  /** Whether what others compute of the training sides is waited for, and taken to be there until then. */
  let waits = true;
  const isOfTraining = (block: string): boolean => training?.blocks.has(block) === true;
  const isShared = (block: string): boolean => isOfKernels(block) || isOfTraining(block);
  const hasTraining = async (block: string): Promise<boolean> => {
    if (training?.seen.has(block) === true) return true;
    const found = await shared.has(block);
    if (found) training?.seen.add(block);
    return found;
  };
  const ready = async (): Promise<boolean> => {
    if (training === undefined || !multiplies) return true;
    await training.wait();
    waits = false;
    for (const block of training.blocks) if (!(await hasTraining(block))) return false;
    return true;
  };
  return {
    has: async (block) => {
      if (wanted.has(block)) return shared.has(block);
      if (isOfTraining(block)) return waits || hasTraining(block);
      return isOfKernels(block) || own.has(block);
    },
    read: (block) => (isShared(block) ? shared.read(block) : own.read(block)),
    write: async (block, parts) => {
      if (wanted.has(block) || isOfTraining(block)) await shared.write(block, parts);
      else if (!isOfKernels(block)) await own.write(block, parts);
    },
    remove: async (block) => {
      if (isShared(block)) return;
      // Without shared ones the next units need the training sides again.
      if (training !== undefined || Number(block.split('/').at(-1)) >= trainChunks) await own.remove(block);
    },
    ...(training === undefined ? {} : { training: { ready } }),
  };
}

/** Whether a block is one that kernels are assembled from. */
const isOfKernels = (block: string): boolean => block.startsWith('kernel/') || block.startsWith('logits/');
