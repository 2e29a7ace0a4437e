/**
 * What is left to do of a kernel, given the blocks that are there; and how far it has come.
 *
 * A block that is missing needs its stage run backward on its chunk and on the training side; that needs the cotangents
 * from the stage above and what enters from below, which, where they are not there either, need those stages run first.
 */

import { required } from '../../errors/index.ts';
import type { StagePrograms } from '../../finite/index.ts';
import { type ComputedKind, isTransposed } from './kernelKinds.ts';
import { batchOf, type KernelPlan, type PlannedProduct, plannedProducts } from './kernelPlan.ts';

/** Names of blocks. */
export interface BlockNames {
  /** What enters a stage, and its cotangent. */
  readonly boundary: (stage: number, chunk: number) => string;
  readonly cotangent: (stage: number, chunk: number) => string;
  readonly logits: (chunk: number) => string;
  readonly rows: (stage: number, chunk: number) => string;
  /** Factors of the training sides, where these are blocks. */
  readonly factors?: (stage: number, chunk: number) => string;
  readonly kernel: (kind: ComputedKind, stage: number, group: number, chunk: number) => string;
  readonly tables: (kind: ComputedKind, chunk: number) => string;
}

/** A block of products: a chunk's examples against those of one chunk of the training side. */
export type KernelBlock = readonly [group: number, chunk: number];

/** Which kernels are wanted of a chunk. */
export type KindsByChunk = ReadonlyMap<number, readonly ComputedKind[]>;

/** Time of a backward pass, of 64 products of gradients and of an example's tables, in forward passes of one stage. */
const COST = { forward: 1, backward: 3.5, products: 1.5, tables: 1 };
const PRODUCTS = 64;

export class KernelWork {
  readonly #plan: KernelPlan;
  readonly #programs: readonly StagePrograms[];
  readonly #kinds: readonly ComputedKind[];
  readonly #onProgress: (share: number) => void;
  #forward: readonly (readonly number[])[] = [];
  #backward: readonly (readonly number[])[] = [];
  #kernel: readonly ReadonlyMap<number, KindsByChunk>[] = [];
  #tables: KindsByChunk = new Map();
  #total = 1;
  #done = 0;

  constructor(
    plan: KernelPlan,
    programs: readonly StagePrograms[],
    kinds: readonly ComputedKind[],
    onProgress: (share: number) => void = () => {},
  ) {
    this.#plan = plan;
    this.#programs = programs;
    this.#kinds = kinds;
    this.#onProgress = onProgress;
  }

  /** Finds out which blocks are there, and from them what has to be computed. */
  async survey(has: (block: string) => Promise<boolean>, names: BlockNames): Promise<void> {
    const chunks = [...this.#plan.chunks.keys()];
    const train = chunks.slice(0, this.#plan.trainChunks);
    const missing = (wanted: readonly number[], name: (chunk: number) => string): Promise<number[]> =>
      filterAsync(wanted, async (chunk) => !(await has(name(chunk))));
    const last = this.#programs.length - 1;
    const lacking = (chunk: number, name: (kind: ComputedKind) => string): Promise<ComputedKind[]> =>
      filterAsync(this.kindsOf(chunk), async (kind) => !(await has(name(kind))));
    const tables = new Map<number, readonly ComputedKind[]>();
    for (const chunk of this.hasTables() ? chunks : []) {
      const kinds = await lacking(chunk, (kind) => names.tables(kind, chunk));
      if (kinds.length > 0) tables.set(chunk, kinds);
    }
    this.#tables = tables;
    const logits = await missing(chunks, names.logits);
    const kernel: Map<number, Map<number, readonly ComputedKind[]>>[] = [];
    const backward: number[][] = [];
    for (let stage = 0; stage <= last; stage++) {
      const groups = new Map<number, Map<number, readonly ComputedKind[]>>();
      for (const [group, chunk] of this.kernelBlocks(stage)) {
        const kinds = await lacking(chunk, (kind) => names.kernel(kind, stage, group, chunk));
        if (kinds.length > 0) groups.set(group, (groups.get(group) ?? new Map()).set(chunk, kinds));
      }
      kernel.push(groups);
      const wanted = new Set([...groups].flatMap(([group, rows]) => [group, ...rows.keys()]));
      const { factors } = names;
      if (factors !== undefined && this.multiplies(stage)) {
        for (const chunk of train) wanted.delete(chunk);
        for (const chunk of await missing(train, (c) => factors(stage, c))) wanted.add(chunk);
      }
      // Products of tables need the rows of their own chunk and of the training side.
      const needed = tables.size > 0 || factors !== undefined;
      const rows = this.hasRows(stage) && needed ? [...new Set([...train, ...tables.keys()])] : [];
      for (const chunk of await missing(rows, (c) => names.rows(stage, c))) wanted.add(chunk);
      if (stage === last) for (const chunk of logits) wanted.add(chunk);
      const below = stage === 0 ? [] : ofStage(backward, stage - 1);
      for (const chunk of await missing(below, (c) => names.cotangent(stage, c))) wanted.add(chunk);
      backward.push([...wanted].sort((a, b) => a - b));
    }
    const forward: number[][] = Array.from({ length: last }, () => []);
    let needed: readonly number[] = [];
    for (let stage = last; stage > 0; stage--) {
      needed = await missing([...new Set([...needed, ...ofStage(backward, stage)])], (c) => names.boundary(stage, c));
      forward[stage - 1] = [...needed].sort((a, b) => a - b);
    }
    this.#forward = forward;
    this.#backward = backward;
    this.#kernel = kernel;
    this.#total = this.#cost();
  }

  /** The kernels that a chunk has blocks of: those of the training side that are transposes have none. */
  kindsOf(chunk: number): readonly ComputedKind[] {
    return chunk < this.#plan.trainChunks ? this.#kinds.filter((kind) => !isTransposed(kind)) : this.#kinds;
  }

  /** Chunks to run a stage forward on. */
  forward(stage: number): readonly number[] {
    return stage === this.#programs.length - 1 ? [] : ofStage(this.#forward, stage);
  }

  /** Chunks to run a stage backward on, at least. */
  backward(stage: number): readonly number[] {
    return ofStage(this.#backward, stage);
  }

  /** Blocks of products to compute: chunks by chunk of the training side, with the kernels that they lack. */
  kernel(stage: number): ReadonlyMap<number, KindsByChunk> {
    return ofStage(this.#kernel, stage);
  }

  /** Chunks whose tables' kernels are to be computed, and which. */
  tables(): KindsByChunk {
    return this.#tables;
  }

  /**
   * All blocks of products that a stage has in the end. The training side's are symmetric: one of two is computed; chunks
   * that have no draw in common have none.
   */
  kernelBlocks(stage: number): readonly KernelBlock[] {
    if (!this.multiplies(stage)) return [];
    const { chunks, trainChunks } = this.#plan;
    return Array.from({ length: trainChunks }, (_, group) =>
      [...chunks.keys()]
        .filter((chunk) => chunk >= group && plannedProducts(this.#plan, group, chunk).length > 0)
        .map((chunk): KernelBlock => [group, chunk]),
    ).flat();
  }

  /** Whether a stage has gradients that are multiplied. */
  multiplies(stage: number): boolean {
    const { matrices, dense } = ofStage(this.#programs, stage);
    return matrices.length + dense.length > 0;
  }

  hasRows(stage: number): boolean {
    return ofStage(this.#programs, stage).rows.length > 0;
  }

  hasTables(): boolean {
    return this.#programs.some(({ rows }) => rows.length > 0);
  }

  /** Whether some stage below computes anything. */
  needsBelow(stage: number): boolean {
    return this.#programs
      .slice(0, stage)
      .some(({ matrices, dense, rows }) => matrices.length + dense.length + rows.length > 0);
  }

  /** Counts examples that a pass has worked off. */
  advance(kind: 'forward' | 'backward' | 'tables', examples: number): void {
    this.#add(examples * COST[kind]);
  }

  /** Counts a share of planned products, for so many kernels. */
  advanceProducts(product: PlannedProduct, kinds: number, share: number): void {
    this.#add(share * kinds * this.#productCost(product));
  }

  #add(cost: number): void {
    this.#done += cost;
    this.#onProgress(Math.min(1, this.#done / this.#total));
  }

  #cost(): number {
    const count = (chunks: readonly number[]): number => chunks.reduce((sum, chunk) => sum + this.#examples(chunk), 0);
    let total = COST.tables * count([...this.#tables.keys()]);
    this.#programs.forEach((_, stage) => {
      total += COST.forward * count(this.forward(stage));
      const run = new Set(this.backward(stage));
      for (const [group, chunks] of this.kernel(stage)) {
        for (const [chunk, kinds] of chunks) {
          for (const product of plannedProducts(this.#plan, group, chunk)) {
            total += kinds.length * this.#productCost(product);
          }
        }
        // The training side is run for each of its chunks, others for each of them too.
        const passes = [group, ...[...chunks.keys()].filter((chunk) => chunk !== group)];
        total += COST.backward * count(passes);
        for (const chunk of passes) run.delete(chunk);
      }
      total += COST.backward * count([...run]);
    });
    return Math.max(total, 1);
  }

  #productCost({ columns, rows }: PlannedProduct): number {
    const [right, left] = [columns, rows.length === 0 ? columns : rows].map((batches) => this.#examplesOf(batches));
    return (COST.products * required(left, 'rows of a product') * required(right, 'columns of a product')) / PRODUCTS;
  }

  #examples(chunk: number): number {
    return this.#examplesOf(required(this.#plan.chunks[chunk], `chunk ${chunk}`));
  }

  #examplesOf(batches: readonly number[]): number {
    return batches.reduce((sum, batch) => sum + batchOf(this.#plan, batch).members.length, 0);
  }
}

const ofStage = <T>(values: readonly T[], stage: number): T => required(values[stage], `work of stage ${stage}`);

async function filterAsync<T>(items: readonly T[], keep: (item: T) => Promise<boolean>): Promise<T[]> {
  const kept: T[] = [];
  for (const item of items) if (await keep(item)) kept.push(item);
  return kept;
}
