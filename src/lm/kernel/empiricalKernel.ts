/**
 * Empirical kernels of a language model over chosen parameters, for all examples against the training ones: of SGD,
 * K[i, c, j, d] = ⟨∇f_c(ξ_i), ∇f_d(ξ_j)⟩ (Malladi et al. 2023, section 3), and the others of kernelKinds.ts, all in one
 * pass over the gradients.
 *
 * Stages are the outer loop, so that one stage's weights and the factors of its gradients are in memory at a time.
 * Forward, what enters each stage is stored by chunk of examples; backward, each stage recomputes its forward pass, hands
 * out the factors of its gradients, and these are multiplied with the training side's. Every result is a block of a
 * store: a start with some blocks there computes the others only, from the same numbers in the same shapes. No kernel's
 * numbers depend on which others are computed beside it.
 */

import { required } from '../../errors/index.ts';
import {
  type Boundary,
  type ChainPrograms,
  type StageGradients,
  type StagePrograms,
  StageRunner,
} from '../../finite/index.ts';
import type { Tensor, Tensors } from '../../program/index.ts';
import { stageWeights } from './adamWeights.ts';
import { type Batch, batchFeeds } from './batches.ts';
import { type KernelStore, memoryStore, readTensors, writeTensors } from './blockStore.ts';
import { Carrier } from './carriedProducts.ts';
import { oneDraw } from './drawSides.ts';
import { readFactors, writeFactors } from './factorBlocks.ts';
import { type GradientBlocks, gradientBlocks } from './gradientBlocks.ts';
import { assembleKernels } from './kernelAssembly.ts';
import {
  blockKind,
  blockNames,
  boundaryBlock,
  cotangentBlock,
  factorsBlock,
  inBlock,
  kernelBlock,
  logitsBlock,
  pairName,
  rowsBlock,
} from './kernelBlocks.ts';
import { KernelCosts } from './kernelCosts.ts';
import { noKernel, noSecondMoments, nothingSelected } from './kernelErrors.ts';
import { type ComputedKind, computedKinds } from './kernelKinds.ts';
import type {
  DrawsOptions,
  EmpiricalKernel,
  EmpiricalKernels,
  KernelOptions,
  KernelsOptions,
} from './kernelOptions.ts';
import {
  batchOf,
  chunkOf,
  DEFAULT_MEMORY,
  type KernelPlan,
  type PlannedProduct,
  planKernel,
  plannedProducts,
} from './kernelPlan.ts';
import { kernelPrograms, parameterSizes, refuseUnsupported, seedOf } from './kernelPrograms.ts';
import { type KernelParts, kernelTables } from './kernelTables.ts';
import { type KernelBlock, KernelWork } from './kernelWork.ts';
import { type StageLayer, stageLayers, wholeStage } from './layers.ts';
import { addPart, type ProductsByKind } from './productParts.ts';
import { type StageWeights, stageProducts } from './stageProducts.ts';
import { TileMemory } from './tileProducts.ts';
import { TokenShares } from './tokenShares.ts';

/**
 * Computes kernels. Throws {@link UserError} `lm.no-kernel`, `lm.no-second-moments`, `lm.nothing-selected`, `lm.block-gone` and
 * the store's errors; {@link UnsupportedError} `lm.shared-matrix`, `lm.mixed-uses`.
 */
export async function empiricalKernels({ train, ...options }: KernelsOptions): Promise<EmpiricalKernels> {
  const [found] = await kernelsOfDraws({ ...options, draws: oneDraw(options.examples, train) });
  return required(found, 'kernels of the only draw');
}

/** Computes every draw's kernels in one pass over the gradients; throws what {@link empiricalKernels} does. */
export function kernelsOfDraws(options: DrawsOptions): Promise<EmpiricalKernels[]> {
  return new KernelRun(options).run();
}

/** Computes the blocks that the store lacks, and no more; throws what {@link empiricalKernels} does. */
export function computeBlocks(options: DrawsOptions): Promise<void> {
  return new KernelRun(options).compute();
}

/** Computes one kernel, by default that of SGD; throws what {@link empiricalKernels} does. */
export async function empiricalKernel(
  options: KernelOptions & { readonly kind?: ComputedKind },
): Promise<EmpiricalKernel> {
  const { kind = 'sgd' } = options;
  return kernelOf(await empiricalKernels({ ...options, kinds: [kind] }), kind);
}

/** One of several kernels. */
export function kernelOf({ kernels, layers, ...facts }: EmpiricalKernels, kind: ComputedKind): EmpiricalKernel {
  const own = layers === undefined ? {} : { layers: required(layers.get(kind), `kernel ${kind} by layer`) };
  return { ...facts, ...own, kernel: required(kernels.get(kind), `kernel ${kind}`) };
}

class KernelRun {
  readonly #options: DrawsOptions;
  /** In the order of the table, each once. */
  readonly #kinds: readonly ComputedKind[];
  readonly #store: KernelStore;
  readonly #plan: KernelPlan;
  readonly #programs: ChainPrograms;
  readonly #runner: StageRunner<Batch>;
  readonly #work: KernelWork;
  /** Where gradients are written out. */
  readonly #memory = new TileMemory();
  readonly #carrier: Carrier;
  readonly #tokens: TokenShares | undefined;
  /** Numbers in each of the net's parameters. */
  readonly #sizes: ReadonlyMap<string, number>;

  constructor(options: DrawsOptions) {
    const { engine, examples, draws, outputs, model, head, selected = () => true } = options;
    const { chain } = model.net;
    this.#sizes = parameterSizes(chain);
    const known = [...this.#sizes.keys()];
    if (!known.some(selected)) throw nothingSelected(options.selection ?? '', known);
    const subject = { chain, outputs: outputs.outputs, selected };
    this.#kinds = computedKinds(options.kinds);
    if (this.#kinds.length === 0) throw noKernel();
    if (this.#kinds.includes('adam') && options.secondMoments === undefined) throw noSecondMoments();
    this.#options = options;
    this.#carrier = new Carrier(engine);
    this.#store = options.store ?? memoryStore();
    this.#programs = kernelPrograms(subject);
    refuseUnsupported(this.#programs);
    this.#plan =
      options.plan ?? planKernel({ examples, draws, costs: new KernelCosts(subject), memory: DEFAULT_MEMORY });
    this.#runner = new StageRunner({
      engine,
      programs: this.#programs,
      load: model.load,
      data: (batch) => ({ ...head, ...batchFeeds(batch, examples, model.config) }),
      seed: seedOf(outputs),
      keepActivations: this.#plan.keepActivations,
    });
    this.#work = new KernelWork(this.#plan, this.#programs.stages, this.#kinds, options.onProgress);
    const { byToken } = options;
    if (byToken !== undefined) this.#tokens = new TokenShares(byToken, options, this.#parts);
  }

  async run(): Promise<EmpiricalKernels[]> {
    await this.compute();
    const found = await assembleKernels({ ...this.#options, kinds: this.#kinds }, this.#parts, this.#sizes);
    const tokens = this.#tokens === undefined ? {} : { tokens: this.#tokens.result() };
    return found.map((own) => ({ ...own, ...tokens }));
  }

  async compute(): Promise<void> {
    const last = this.#last;
    await this.#surveyAndForward();
    const { training } = this.#options;
    if (training !== undefined && !(await training.ready())) await this.#surveyAndForward();
    try {
      for (let stage = last; stage >= 0; stage--) await this.#backward(stage);
    } finally {
      await this.#carrier.release();
    }
    await this.#tokens?.addTables();
    await kernelTables(this.#options, this.#parts);
  }

  async #surveyAndForward(): Promise<void> {
    await this.#work.survey((block) => this.#store.has(block), blockNames(this.#options));
    for (let stage = 0; stage < this.#last; stage++) await this.#forward(stage);
  }

  get #parts(): KernelParts {
    return { programs: this.#programs, plan: this.#plan, work: this.#work, store: this.#store };
  }

  get #last(): number {
    return this.#programs.stages.length - 1;
  }

  /** Stores what enters the next stage, for the chunks that need it. */
  async #forward(stage: number): Promise<void> {
    for (const chunk of this.#work.forward(stage)) {
      const entering = await this.#entering(stage, chunk);
      const leaving: Record<string, Tensor> = {};
      for (const batch of this.#chunk(chunk)) {
        const values = await this.#runner.forward(stage, this.#batch(batch), entering(batch));
        for (const [name, value] of Object.entries(values)) leaving[inBlock(batch, name)] = value;
        this.#work.advance('forward', this.#batch(batch).members.length);
      }
      await writeTensors(this.#store, boundaryBlock(stage + 1, chunk), leaving);
    }
  }

  async #backward(stage: number): Promise<void> {
    const done = new Set<number>();
    const groups = this.#work.kernel(stage);
    const layers = await this.#layers(stage);
    for (const [group, chunks] of groups) {
      const columns = await this.#gradients(stage, group, done);
      for (const [chunk, kinds] of chunks) {
        const rows = chunk === group ? new Map() : await this.#gradients(stage, chunk, done);
        const products = await this.#products([group, chunk], kinds, {
          gradients: new Map([...columns, ...rows]),
          layers,
        });
        for (const [kind, own] of products) {
          await writeTensors(this.#store, kernelBlock(blockKind(kind, this.#options), stage, group, chunk), own);
        }
        if (this.#tokens !== undefined && chunk >= this.#plan.trainChunks) {
          const entering = await this.#entering(stage, chunk);
          await this.#tokens.addStage(stage, columns, rows, { entering, above: await this.#above(stage, chunk) });
        }
      }
    }
    for (const chunk of this.#work.backward(stage)) if (!done.has(chunk)) await this.#gradients(stage, chunk, done);
    // What is left behind can be computed again, should a block above turn out damaged at a later start.
    for (let chunk = 0; chunk < this.#plan.chunks.length; chunk++) {
      await this.#store.remove(boundaryBlock(stage, chunk));
      await this.#store.remove(cotangentBlock(stage + 1, chunk));
    }
  }

  /** Runs a stage backward on a chunk; what others need of it is stored the first time. */
  async #gradients(stage: number, chunk: number, done: Set<number>): Promise<Gradients> {
    const shared = this.#isShared(stage, chunk);
    if (shared && (done.has(chunk) || !this.#work.backward(stage).includes(chunk))) {
      return readFactors(this.#store, this.#stage(stage), factorsBlock(stage, chunk), this.#chunk(chunk));
    }
    const entering = await this.#entering(stage, chunk);
    const above = await this.#above(stage, chunk);
    const gradients = new Map<number, StageGradients>();
    for (const batch of this.#chunk(chunk)) {
      const members = this.#batch(batch);
      gradients.set(batch, await this.#runner.backward(stage, members, entering(batch), above(batch)));
      this.#work.advance('backward', members.members.length);
    }
    if (!done.has(chunk)) await this.#storeByproducts(stage, chunk, gradients);
    if (shared) await writeFactors(this.#store, factorsBlock(stage, chunk), gradients);
    done.add(chunk);
    return gradients;
  }

  #isShared(stage: number, chunk: number): boolean {
    const isTrain = chunk < this.#plan.trainChunks;
    return this.#options.training !== undefined && isTrain && this.#work.multiplies(stage);
  }

  async #storeByproducts(stage: number, chunk: number, gradients: ReadonlyMap<number, StageGradients>): Promise<void> {
    const below: Record<string, Tensor> = {};
    const logits: Record<string, Tensor> = {};
    const rows: Record<string, Tensor> = {};
    for (const [batch, result] of gradients) {
      for (const [name, value] of Object.entries(result.cotangents)) below[inBlock(batch, name)] = value;
      if (result.output !== undefined) logits[batch] = result.output;
      result.rows.forEach(({ index, cotangent }, n) => {
        rows[`${batch}.${n}.index`] = index;
        rows[`${batch}.${n}.cotangent`] = cotangent;
      });
    }
    if (stage > 0 && this.#work.needsBelow(stage)) await writeTensors(this.#store, cotangentBlock(stage, chunk), below);
    if (stage === this.#last) await writeTensors(this.#store, logitsBlock(chunk), logits);
    if (this.#work.hasRows(stage)) await writeTensors(this.#store, rowsBlock(stage, chunk), rows);
  }

  /** A stage's layers, with the weights of their entries where a block lacks the kernel of Adam. */
  async #layers(stage: number): Promise<readonly WeightedLayer[]> {
    const { secondMoments, byLayer = false } = this.#options;
    const wanted = [...this.#work.kernel(stage).values()].some((chunks) =>
      [...chunks.values()].some((kinds) => kinds.includes('adam')),
    );
    const programs = this.#stage(stage);
    const layers: WeightedLayer[] = [];
    for (const layer of byLayer ? stageLayers(programs, stage) : [wholeStage(programs)]) {
      const weights =
        wanted && secondMoments !== undefined ? await stageWeights(secondMoments, layer.programs) : undefined;
      layers.push({ layer, weights });
    }
    return layers;
  }

  /**
   * Products of the gradients of every pair of batches with a draw in common; of a training side with itself, one of each
   * two. Of several layers each has its own, and their sum.
   */
  async #products(
    [group, chunk]: KernelBlock,
    kinds: readonly ComputedKind[],
    factors: Factors,
  ): Promise<Map<ComputedKind, Record<string, Tensor>>> {
    const found: ProductsByKind = new Map(kinds.map((kind) => [kind, {}]));
    const rowsTrain = chunk < this.#plan.trainChunks;
    for (const planned of plannedProducts(this.#plan, group, chunk)) {
      await this.#addProducts(found, planned, factors, rowsTrain);
    }
    return found;
  }

  async #addProducts(
    found: ProductsByKind,
    planned: PlannedProduct,
    { gradients, layers }: Factors,
    rowsTrain: boolean,
  ): Promise<void> {
    const { engine, outputs, team } = this.#options;
    const kinds = [...found.keys()];
    const { columns, rows } = planned;
    const number = (k: number): number => required([...columns, ...rows][k], `batch ${k} of a product`);
    for (const [place, { layer, weights }] of layers.entries()) {
      const blocks = (batches: readonly number[]): GradientBlocks[] =>
        batches.map((batch) => {
          const { length } = this.#batch(batch).members;
          const own = required(gradients.get(batch), `gradients of batch ${batch}`);
          return gradientBlocks(layer.pick(own), layer.programs, length, outputs.outputs);
        });
      const products = await stageProducts({
        engine,
        carrier: this.#carrier,
        kinds,
        columns: blocks(columns),
        memory: this.#memory,
        outputs: outputs.outputs,
        ...(team === undefined ? {} : { team }),
        ...(rows.length === 0 ? {} : { rows: blocks(rows) }),
        ...(weights === undefined ? {} : { weights }),
        rowsTrain,
        onProgress: (share) => this.#work.advanceProducts(planned, kinds.length, share / layers.length),
      });
      for (const [kind, pairs] of products) {
        const tensors = required(found.get(kind), `products of ${kind}`);
        for (const { pair, data } of pairs) {
          const [row, column] = [number(pair[0]), number(pair[1])];
          const shape = [row, column].map((batch) => this.#batch(batch).members.length * outputs.outputs);
          addPart(tensors, pairName(row, column), { axes: ['row', 'column'], shape, data }, layers.length, place);
        }
      }
    }
  }

  /** What is alive before a stage, by batch. */
  async #entering(stage: number, chunk: number): Promise<(batch: number) => Tensors> {
    return this.#crossing(boundaryBlock(stage, chunk), this.#cut(stage).values);
  }

  /** Cotangents of what is alive after a stage, by batch. */
  async #above(stage: number, chunk: number): Promise<(batch: number) => Tensors> {
    return this.#crossing(cotangentBlock(stage + 1, chunk), this.#cut(stage + 1).cotangents);
  }

  async #crossing(block: string, boundaries: readonly Boundary[]): Promise<(batch: number) => Tensors> {
    if (boundaries.length === 0) return () => ({});
    const stored = await readTensors(this.#store, block);
    return (batch) =>
      Object.fromEntries(
        boundaries.map(({ name, axes }) => {
          const found = required(stored[inBlock(batch, name)], `"${name}" of batch ${batch} in block ${block}`);
          return [name, { ...found, axes }];
        }),
      );
  }

  #stage(stage: number): StagePrograms {
    return required(this.#programs.stages[stage], `stage ${stage}`);
  }

  #cut(stage: number): ChainPrograms['cuts'][number] {
    return required(this.#programs.cuts[stage], `cut before stage ${stage}`);
  }

  #chunk(chunk: number): readonly number[] {
    return chunkOf(this.#plan, chunk);
  }

  #batch(batch: number): Batch {
    return batchOf(this.#plan, batch);
  }
}

/** Gradients of a stage by batch. */
type Gradients = ReadonlyMap<number, StageGradients>;

/** A layer with the weights of its entries in the kernel of Adam. */
interface WeightedLayer {
  readonly layer: StageLayer;
  readonly weights: StageWeights | undefined;
}

/** What is multiplied: gradients of two chunks' batches, layer by layer. */
interface Factors {
  readonly gradients: Gradients;
  readonly layers: readonly WeightedLayer[];
}
