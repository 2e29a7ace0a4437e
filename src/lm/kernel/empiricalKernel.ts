/**
 * The SGD empirical kernel of a language model: K[i, c, j, d] = ⟨∇f_c(ξ_i), ∇f_d(ξ_j)⟩ over chosen parameters (Malladi et al.
 * 2023, definition 2.2), for all examples against the training ones.
 *
 * Stages are the outer loop, so that one stage's weights and the factors of its gradients are in memory at a time.
 * Forward, what enters each stage is stored by chunk of examples; backward, each stage recomputes its forward pass, hands
 * out the factors of its gradients, and these are multiplied with the training side's. Every result is a block of a
 * store: a start with some blocks there computes the others only, from the same numbers in the same shapes.
 */

import { required } from '../../errors/index.ts';
import {
  type Boundary,
  type ChainPrograms,
  type Engine,
  type StageGradients,
  type StagePrograms,
  StageRunner,
} from '../../finite/index.ts';
import { globalName, type Tensor, type Tensors } from '../../program/index.ts';
import type { EncoderModel } from '../model/checkpoint.ts';
import { type Batch, batchFeeds, type Encoded } from './batches.ts';
import { type KernelStore, memoryStore, readTensors, writeTensors } from './blockStore.ts';
import { type GradientBlocks, gradientBlocks } from './gradientBlocks.ts';
import { KernelCosts } from './kernelCosts.ts';
import { nothingSelected } from './kernelErrors.ts';
import { type KernelPlan, planKernel } from './kernelPlan.ts';
import { BATCH, kernelPrograms, OUTPUT, parameterSizes, refuseUnsupported, seedOf } from './kernelPrograms.ts';
import { KernelSum } from './kernelSum.ts';
import { type KernelBlock, KernelWork } from './kernelWork.ts';
import type { OutputWeights } from './outputs.ts';
import { addRows, type SparseRows, tableProducts } from './sparseRows.ts';
import { stageProducts } from './stageProducts.ts';

export interface KernelOptions {
  readonly engine: Engine;
  readonly model: EncoderModel;
  readonly examples: readonly Encoded[];
  /** Positions in `examples` of the training side, in the order of the kernel's columns. */
  readonly train: readonly number[];
  readonly outputs: OutputWeights;
  /** The head's data: `labels` of a words head, `functional` and `offset` of a functional one. */
  readonly head: Tensors;
  /** Whether a parameter belongs to the kernel; default all. */
  readonly selected?: (parameter: string) => boolean;
  /** Name of the selection, for errors. */
  readonly selection?: string;
  /** How examples are cut up; by default for {@link DEFAULT_MEMORY}. A store goes with one plan. */
  readonly plan?: KernelPlan;
  /** Where blocks are kept; by default in memory, for this call. */
  readonly store?: KernelStore;
  /** Called with the share of the work done, from 0 to 1. */
  readonly onProgress?: (share: number) => void;
}

export interface EmpiricalKernel {
  /** Raw logits, [examples × classes]. */
  readonly logits: Float64Array;
  readonly classes: number;
  readonly outputs: number;
  /** [examples · outputs × train · outputs], row-major. */
  readonly kernel: Float64Array;
  /** Selected parameters of the net. */
  readonly parameters: readonly string[];
  /** Numbers in them. */
  readonly parameterCount: number;
  /** Those whose gradient is zero by structure, with the reason. */
  readonly zero: readonly { readonly parameter: string; readonly reason: string }[];
}

/** Bytes for batches and chunks where no plan is given. */
export const DEFAULT_MEMORY = 4 * 2 ** 30;

/**
 * Computes the kernel. Throws {@link UserError} `lm.nothing-selected`, `lm.block-gone` and the store's errors;
 * {@link UnsupportedError} `lm.shared-matrix`, `lm.mixed-uses`.
 */
export function empiricalKernel(options: KernelOptions): Promise<EmpiricalKernel> {
  return new KernelRun(options).run();
}

const boundaryBlock = (stage: number, chunk: number): string => `boundary/${stage}/${chunk}`;
const cotangentBlock = (stage: number, chunk: number): string => `cotangent/${stage}/${chunk}`;
const logitsBlock = (chunk: number): string => `logits/${chunk}`;
const rowsBlock = (stage: number, chunk: number): string => `rows/${stage}/${chunk}`;
const kernelBlock = (stage: number, group: number, chunk: number): string => `kernel/${stage}/${group}/${chunk}`;
const tablesBlock = (chunk: number): string => `kernel/tables/${chunk}`;
/** Tensors in a block, by batch and name. */
const inBlock = (batch: number, name: string): string => `${batch}.${name}`;
const pairName = (row: number, column: number): string => `${row}.${column}`;

class KernelRun {
  readonly #options: KernelOptions;
  readonly #store: KernelStore;
  readonly #plan: KernelPlan;
  readonly #programs: ChainPrograms;
  readonly #runner: StageRunner<Batch>;
  readonly #work: KernelWork;
  /** Numbers in each of the net's parameters. */
  readonly #sizes: ReadonlyMap<string, number>;

  constructor(options: KernelOptions) {
    const { engine, examples, train, outputs, model, head, selected = () => true } = options;
    const { chain } = model.net;
    this.#sizes = parameterSizes(chain);
    const known = [...this.#sizes.keys()];
    if (!known.some(selected)) throw nothingSelected(options.selection ?? '', known);
    const subject = { chain, outputs: outputs.outputs, selected };
    this.#options = options;
    this.#store = options.store ?? memoryStore();
    this.#programs = kernelPrograms(subject);
    refuseUnsupported(this.#programs);
    this.#plan =
      options.plan ?? planKernel({ examples, train, costs: new KernelCosts(subject), memory: DEFAULT_MEMORY });
    this.#runner = new StageRunner({
      engine,
      programs: this.#programs,
      load: model.load,
      data: (batch) => ({ ...head, ...batchFeeds(batch, examples, model.config) }),
      seed: seedOf(outputs),
      keepActivations: this.#plan.keepActivations,
    });
    this.#work = new KernelWork(this.#plan, this.#programs.stages, options.onProgress);
  }

  async run(): Promise<EmpiricalKernel> {
    const last = this.#last;
    await this.#work.survey((block) => this.#store.has(block), {
      boundary: boundaryBlock,
      cotangent: cotangentBlock,
      logits: logitsBlock,
      rows: rowsBlock,
      kernel: kernelBlock,
      tables: tablesBlock,
    });
    for (let stage = 0; stage < last; stage++) await this.#forward(stage);
    for (let stage = last; stage >= 0; stage--) await this.#backward(stage);
    await this.#tables();
    return this.#assemble();
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
    for (const [group, chunks] of this.#work.kernel(stage)) {
      const columns = await this.#gradients(stage, group, done);
      for (const chunk of chunks) {
        const rows = chunk === group ? [] : await this.#gradients(stage, chunk, done);
        const products = await this.#products([group, chunk], columns, rows);
        await writeTensors(this.#store, kernelBlock(stage, group, chunk), products);
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
  async #gradients(stage: number, chunk: number, done: Set<number>): Promise<GradientBlocks[]> {
    const entering = await this.#entering(stage, chunk);
    const above = await this.#above(stage, chunk);
    const programs = this.#stage(stage);
    const { outputs } = this.#options.outputs;
    const gradients = new Map<number, StageGradients>();
    for (const batch of this.#chunk(chunk)) {
      const members = this.#batch(batch);
      gradients.set(batch, await this.#runner.backward(stage, members, entering(batch), above(batch)));
      this.#work.advance('backward', members.members.length);
    }
    if (!done.has(chunk)) await this.#storeByproducts(stage, chunk, gradients);
    done.add(chunk);
    return [...gradients].map(([batch, result]) =>
      gradientBlocks(result, programs, this.#batch(batch).members.length, outputs),
    );
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

  /** Products of the gradients of every pair of batches; of the training side's with itself, one of each two. */
  async #products(
    [group, chunk]: KernelBlock,
    columns: readonly GradientBlocks[],
    rows: readonly GradientBlocks[],
  ): Promise<Record<string, Tensor>> {
    const { engine, outputs } = this.#options;
    const { pairs, totals } = await stageProducts({
      engine,
      outputs: outputs.outputs,
      columns,
      ...(group === chunk ? {} : { rows }),
      onProgress: (share) => this.#work.advanceProducts(group, chunk, share),
    });
    const batches = group === chunk ? this.#chunk(group) : [...this.#chunk(group), ...this.#chunk(chunk)];
    const number = (k: number): number => required(batches[k], `batch ${k} of chunks ${group} and ${chunk}`);
    return Object.fromEntries(
      pairs.map(([r, c], k): [string, Tensor] => {
        const [row, column] = [number(r), number(c)];
        const shape = [row, column].map((batch) => this.#batch(batch).members.length * outputs.outputs);
        return [pairName(row, column), { axes: ['row', 'column'], shape, data: required(totals[k], `pair ${k}`) }];
      }),
    );
  }

  /** Kernels of tables, from the rows that stages have stored. */
  async #tables(): Promise<void> {
    const chunks = this.#work.tables();
    if (chunks.length === 0) return;
    const { engine, outputs } = this.#options;
    const train = Array.from({ length: this.#plan.trainChunks }, (_, chunk) => chunk);
    const columns = await Promise.all(train.map((chunk) => this.#rows(chunk)));
    const columnMembers = train.flatMap((chunk) => this.#members(chunk));
    for (const chunk of chunks) {
      const rows = columns[chunk] ?? (await this.#rows(chunk));
      const members = this.#members(chunk);
      const total = new Float64Array(members.length * columnMembers.length * outputs.outputs ** 2);
      for (const [table, left] of rows) {
        const right = columns.flatMap((byTable) => byTable.get(table) ?? []);
        await tableProducts(engine, total, left, right, outputs.outputs);
      }
      const shape = [members.length * outputs.outputs, columnMembers.length * outputs.outputs];
      await writeTensors(this.#store, tablesBlock(chunk), { kernel: { shape, data: total } });
      this.#work.advance('tables', members.length);
    }
    for (const stage of this.#programs.stages.keys()) {
      for (let chunk = 0; chunk < this.#plan.chunks.length; chunk++) await this.#store.remove(rowsBlock(stage, chunk));
    }
  }

  /** Rows of every table for a chunk's examples, all stages' uses together. */
  async #rows(chunk: number): Promise<Map<string, SparseRows[]>> {
    const tables = new Map<string, SparseRows[]>();
    const members = this.#members(chunk);
    for (const [k, { stage, rows }] of this.#programs.stages.entries()) {
      if (!this.#work.hasRows(k)) continue;
      const stored = await readTensors(this.#store, rowsBlock(k, chunk));
      let start = 0;
      for (const batch of this.#chunk(chunk)) {
        const count = this.#batch(batch).members.length;
        rows.forEach(({ local, indexAxes, cotangentAxes }, n) => {
          const table = globalName(stage, local);
          const examples = tables.get(table) ?? members.map((): SparseRows => new Map());
          tables.set(table, examples);
          const part = (name: string) => required(stored[`${batch}.${n}.${name}`], `${name} of rows of "${table}"`);
          const index = { ...part('index'), axes: indexAxes };
          const cotangent = { ...part('cotangent'), axes: cotangentAxes };
          addRows({ index, cotangent, batch: BATCH, output: OUTPUT }, examples.slice(start, start + count));
        });
        start += count;
      }
    }
    return tables;
  }

  /** Adds up all blocks, stage by stage in a fixed order. */
  async #assemble(): Promise<EmpiricalKernel> {
    const { examples, train, outputs, selected = () => true } = this.#options;
    const size = outputs.outputs;
    const classes = outputs.weights.length / size;
    const sum = new KernelSum(examples.length, train, size);
    const logits = new Float64Array(examples.length * classes);
    for (const stage of [...this.#programs.stages.keys()].reverse()) {
      for (const [group, chunk] of this.#work.kernelBlocks(stage)) {
        const stored = await readTensors(this.#store, kernelBlock(stage, group, chunk));
        for (const [name, { data }] of Object.entries(stored)) {
          const [row, column] = name.split('.').map(Number);
          const [r, c] = [required(row, `row of block "${name}"`), required(column, `column of block "${name}"`)];
          const mirrored = chunk < this.#plan.trainChunks && r !== c;
          sum.add({ rows: this.#batch(r).members, columns: this.#batch(c).members, data, mirrored });
        }
      }
    }
    const trainMembers = Array.from({ length: this.#plan.trainChunks }, (_, chunk) => this.#members(chunk)).flat();
    for (const chunk of this.#plan.chunks.keys()) {
      if (this.#work.hasTables()) {
        const { kernel: part } = await readTensors(this.#store, tablesBlock(chunk));
        const { data } = required(part, 'kernel of tables');
        sum.add({ rows: this.#members(chunk), columns: trainMembers, data, mirrored: false });
      }
      const stored = await readTensors(this.#store, logitsBlock(chunk));
      for (const [batch, { data }] of Object.entries(stored)) {
        this.#batch(Number(batch)).members.forEach((member, b) => {
          logits.set(data.subarray(b * classes, (b + 1) * classes), member * classes);
        });
      }
    }
    const parameters = [...this.#sizes].filter(([name]) => selected(name));
    return {
      logits,
      classes,
      outputs: size,
      kernel: sum.kernel,
      parameters: parameters.map(([name]) => name),
      parameterCount: parameters.reduce((total, [, numbers]) => total + numbers, 0),
      zero: this.#programs.stages.flatMap(({ stage, zero }) =>
        zero.map(({ parameter, reason }) => ({ parameter: globalName(stage, parameter), reason })),
      ),
    };
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
    return required(this.#plan.chunks[chunk], `chunk ${chunk}`);
  }

  #batch(batch: number): Batch {
    return required(this.#plan.batches[batch], `batch ${batch}`);
  }

  #members(chunk: number): number[] {
    return this.#chunk(chunk).flatMap((batch) => this.#batch(batch).members);
  }
}
