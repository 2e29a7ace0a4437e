/**
 * The SGD empirical kernel of an encoder: K[i, c, j, d] = ⟨∇f_c(ξ_i), ∇f_d(ξ_j)⟩ over chosen parameters (Malladi et al.
 * 2023, definition 2.2), for all examples against the training ones.
 *
 * Stages are the outer loop, so that one stage's weights and the factors of its gradients are in memory at a time.
 * Forward, what enters each stage is stored by chunk of examples; backward, each stage recomputes its forward pass, hands
 * out the factors of its gradients, and these are multiplied with the training side's. Every result is a block of a
 * store: a start with some blocks there computes the others only, from the same numbers in the same shapes.
 */

import type { Engine } from '../../finite/index.ts';
import { globalName, type Tensor, type Tensors } from '../../program/index.ts';
import type { EncoderModel } from '../model/checkpoint.ts';
import { numbersIn } from '../model/stored.ts';
import type { Encoded } from './batches.ts';
import { type KernelStore, memoryStore, readTensors, writeTensors } from './blockStore.ts';
import { denseProducts, matrixProducts, type Pair } from './gradientProducts.ts';
import { nothingSelected, sharedMatrix } from './kernelErrors.ts';
import { type KernelPlan, planKernel } from './kernelPlan.ts';
import { type KernelBlock, KernelWork } from './kernelWork.ts';
import type { OutputWeights } from './outputs.ts';
import { addRows, type SparseRows, tableProducts } from './sparseRows.ts';
import { BATCH, OUTPUT } from './stagePrograms.ts';
import { type BatchGradients, type RowsOfBatch, StageRunner } from './stageRunner.ts';

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
const pairName = ([row, column]: Pair): string => `${row}.${column}`;

class KernelRun {
  readonly #options: KernelOptions;
  readonly #store: KernelStore;
  readonly #plan: KernelPlan;
  readonly #runner: StageRunner;
  readonly #work: KernelWork;

  constructor(options: KernelOptions) {
    const { examples, train, outputs, model, selected = () => true } = options;
    const known = model.net.parameters.map(({ name }) => name);
    if (!known.some(selected)) throw nothingSelected(options.selection ?? '', known);
    const sizes = { examples, train, outputs: outputs.outputs, config: model.config };
    this.#options = options;
    this.#store = options.store ?? memoryStore();
    this.#plan = options.plan ?? planKernel({ ...sizes, memory: DEFAULT_MEMORY });
    this.#runner = new StageRunner({ ...options, selected, keepActivations: this.#plan.keepActivations });
    this.#refuseShared();
    this.#work = new KernelWork(this.#plan, this.#runner.programs, options.onProgress);
  }

  async run(): Promise<EmpiricalKernel> {
    const last = this.#runner.programs.length - 1;
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

  #refuseShared(): void {
    const users = new Map<string, string[]>();
    const matrices = new Set<string>();
    for (const { stage, matrices: own, dense, rows } of this.#runner.programs) {
      const [whole, tables] = [[...own.map(({ local }) => local), ...dense], rows.map(({ parameter }) => parameter)];
      for (const local of whole) matrices.add(globalName(stage, local));
      for (const local of new Set([...whole, ...tables])) {
        const name = globalName(stage, local);
        users.set(name, [...(users.get(name) ?? []), stage.name]);
      }
    }
    for (const [name, stages] of users) if (matrices.has(name) && stages.length > 1) throw sharedMatrix(name, stages);
  }

  /** Stores what enters the next stage, for the chunks that need it. */
  async #forward(stage: number): Promise<void> {
    for (const chunk of this.#work.forward(stage)) {
      const hidden = await this.#boundary(stage, chunk);
      const leaving: Record<string, Tensor> = {};
      for (const batch of this.#plan.chunks[chunk] ?? []) {
        const value = await this.#runner.forward(stage, this.#batch(batch), hidden(batch));
        if (value !== undefined) leaving[batch] = value;
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
        const rows = chunk === group ? columns : await this.#gradients(stage, chunk, done);
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
  async #gradients(stage: number, chunk: number, done: Set<number>): Promise<Map<number, BatchGradients>> {
    const hidden = await this.#boundary(stage, chunk);
    const above = await this.#cotangent(stage, chunk);
    const gradients = new Map<number, BatchGradients>();
    for (const batch of this.#plan.chunks[chunk] ?? []) {
      gradients.set(batch, await this.#runner.backward(stage, this.#batch(batch), hidden(batch), above(batch)));
      this.#work.advance('backward', this.#batch(batch).members.length);
    }
    if (!done.has(chunk)) await this.#storeByproducts(stage, chunk, gradients);
    done.add(chunk);
    return gradients;
  }

  async #storeByproducts(stage: number, chunk: number, gradients: ReadonlyMap<number, BatchGradients>): Promise<void> {
    const below: Record<string, Tensor> = {};
    const logits: Record<string, Tensor> = {};
    const rows: Record<string, Tensor> = {};
    for (const [batch, result] of gradients) {
      if (result.cotangent !== undefined) below[batch] = result.cotangent;
      if (result.logits !== undefined) logits[batch] = result.logits;
      result.rows.forEach(({ index, cotangent }, n) => {
        rows[`${batch}.${n}.index`] = index;
        rows[`${batch}.${n}.cotangent`] = cotangent;
      });
    }
    if (stage > 0 && this.#work.needsBelow(stage)) await writeTensors(this.#store, cotangentBlock(stage, chunk), below);
    if (stage === this.#runner.programs.length - 1) await writeTensors(this.#store, logitsBlock(chunk), logits);
    if (this.#work.hasRows(stage)) await writeTensors(this.#store, rowsBlock(stage, chunk), rows);
  }

  /** Products of the gradients of every pair of batches; of the training side's with itself, one of each two. */
  async #products(
    [group, chunk]: KernelBlock,
    columns: ReadonlyMap<number, BatchGradients>,
    rows: ReadonlyMap<number, BatchGradients>,
  ): Promise<Record<string, Tensor>> {
    const { engine, outputs } = this.#options;
    const symmetric = group === chunk;
    const batches = symmetric ? [...columns] : [...columns, ...rows];
    const first = symmetric ? 0 : columns.size;
    const pairs: Pair[] = [];
    for (let r = first; r < batches.length; r++) {
      for (let c = 0; c < columns.size && (!symmetric || c <= r); c++) pairs.push([r, c]);
    }
    const totals = await denseProducts(
      engine,
      batches.map(([, { dense }]) => dense),
      pairs,
      outputs.outputs,
    );
    const count = batches[0]?.[1].matrices.length ?? 0;
    for (let m = 0; m < count; m++) {
      const blocks = batches.flatMap(([, { matrices }]) => matrices[m] ?? []);
      const products = await matrixProducts(engine, blocks, pairs, outputs.outputs);
      products.forEach((product, k) => {
        const total = totals[k];
        if (total !== undefined) for (let e = 0; e < total.length; e++) total[e] = (total[e] ?? 0) + (product[e] ?? 0);
      });
      this.#work.advanceProducts(group, chunk, 1 / count);
    }
    const number = (k: number): number => batches[k]?.[0] ?? 0;
    return Object.fromEntries(
      pairs.map(([r, c], k): [string, Tensor] => {
        const [row, column] = [number(r), number(c)];
        const shape = [row, column].map((batch) => this.#batch(batch).members.length * outputs.outputs);
        return [pairName([row, column]), { axes: ['row', 'column'], shape, data: totals[k] ?? new Float64Array() }];
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
      const rows = chunk < train.length ? columns[chunk] : await this.#rows(chunk);
      const members = this.#members(chunk);
      const total = new Float64Array(members.length * columnMembers.length * outputs.outputs ** 2);
      for (const [table, left] of rows ?? []) {
        const right = columns.flatMap((byTable) => byTable.get(table) ?? []);
        await tableProducts(engine, total, left, right, outputs.outputs);
      }
      const shape = [members.length * outputs.outputs, columnMembers.length * outputs.outputs];
      await writeTensors(this.#store, tablesBlock(chunk), { kernel: { shape, data: total } });
      this.#work.advance('tables', members.length);
    }
    for (let stage = 0; stage < this.#runner.programs.length; stage++) {
      for (let chunk = 0; chunk < this.#plan.chunks.length; chunk++) await this.#store.remove(rowsBlock(stage, chunk));
    }
  }

  /** Rows of every table for a chunk's examples, all stages' uses together. */
  async #rows(chunk: number): Promise<Map<string, SparseRows[]>> {
    const tables = new Map<string, SparseRows[]>();
    const members = this.#members(chunk);
    for (const stage of this.#runner.programs.keys()) {
      if (!this.#work.hasRows(stage)) continue;
      const stored = await readTensors(this.#store, rowsBlock(stage, chunk));
      let start = 0;
      for (const batch of this.#plan.chunks[chunk] ?? []) {
        const count = this.#batch(batch).members.length;
        this.#runner.rowsAxes(stage).forEach(({ table, index, cotangent }, n) => {
          const examples = tables.get(table) ?? members.map((): SparseRows => new Map());
          tables.set(table, examples);
          const [picks, values] = [stored[`${batch}.${n}.index`], stored[`${batch}.${n}.cotangent`]];
          if (picks === undefined || values === undefined) return;
          const rows: Pick<RowsOfBatch, 'index' | 'cotangent'> = {
            index: { ...picks, axes: index },
            cotangent: { ...values, axes: cotangent },
          };
          addRows({ ...rows, batch: BATCH, output: OUTPUT }, examples.slice(start, start + count));
        });
        start += count;
      }
    }
    return tables;
  }

  /** Adds up all blocks, stage by stage in a fixed order. */
  async #assemble(): Promise<EmpiricalKernel> {
    const { examples, train, outputs, model, selected = () => true } = this.#options;
    const size = outputs.outputs;
    const classes = outputs.weights.length / size;
    const kernel = new Float64Array(examples.length * size * train.length * size);
    const logits = new Float64Array(examples.length * classes);
    const column = new Map(train.map((member, k) => [member, k]));
    const place = (lines: readonly number[], line: number): [member: number, output: number] => [
      lines[Math.floor(line / size)] ?? 0,
      line % size,
    ];
    const add = (
      rows: readonly number[],
      columns: readonly number[],
      data: Tensor['data'],
      mirrored: boolean,
    ): void => {
      const width = columns.length * size;
      for (let at = 0; at < data.length; at++) {
        const [row, c] = place(rows, Math.floor(at / width));
        const [other, d] = place(columns, at % width);
        const put = (i: number, a: number, j: number, b: number): void => {
          const to = (i * size + a) * train.length * size + (column.get(j) ?? 0) * size + b;
          kernel[to] = (kernel[to] ?? 0) + (data[at] ?? 0);
        };
        put(row, c, other, d);
        if (mirrored) put(other, d, row, c);
      }
    };
    for (const stage of [...this.#runner.programs.keys()].reverse()) {
      for (const [group, chunk] of this.#work.kernelBlocks(stage)) {
        const stored = await readTensors(this.#store, kernelBlock(stage, group, chunk));
        for (const [name, { data }] of Object.entries(stored)) {
          const [r = 0, c = 0] = name.split('.').map(Number);
          const mirrored = chunk < this.#plan.trainChunks && r !== c;
          add(this.#batch(r).members, this.#batch(c).members, data, mirrored);
        }
      }
    }
    const trainMembers = Array.from({ length: this.#plan.trainChunks }, (_, chunk) => this.#members(chunk)).flat();
    for (const chunk of this.#plan.chunks.keys()) {
      if (this.#work.hasTables()) {
        const { kernel: part } = await readTensors(this.#store, tablesBlock(chunk));
        if (part !== undefined) add(this.#members(chunk), trainMembers, part.data, false);
      }
      const stored = await readTensors(this.#store, logitsBlock(chunk));
      for (const [batch, { data }] of Object.entries(stored)) {
        this.#batch(Number(batch)).members.forEach((member, b) => {
          logits.set(data.subarray(b * classes, (b + 1) * classes), member * classes);
        });
      }
    }
    const parameters = model.net.parameters.filter(({ name }) => selected(name));
    return {
      logits,
      classes,
      outputs: size,
      kernel,
      parameters: parameters.map(({ name }) => name),
      parameterCount: numbersIn(parameters),
      zero: this.#runner.programs.flatMap(({ stage, zero }) =>
        zero.map(({ parameter, reason }) => ({ parameter: globalName(stage, parameter), reason })),
      ),
    };
  }

  async #boundary(stage: number, chunk: number): Promise<(batch: number) => Tensor | undefined> {
    if (stage === 0) return () => undefined;
    return this.#activations(boundaryBlock(stage, chunk), [BATCH, 'time', 'n']);
  }

  async #cotangent(stage: number, chunk: number): Promise<(batch: number) => Tensor | undefined> {
    if (stage === this.#runner.programs.length - 1) return () => undefined;
    return this.#activations(cotangentBlock(stage + 1, chunk), [BATCH, OUTPUT, 'time', 'n']);
  }

  async #activations(block: string, axes: readonly string[]): Promise<(batch: number) => Tensor | undefined> {
    const stored = await readTensors(this.#store, block);
    return (batch) => {
      const found = stored[batch];
      return found === undefined ? undefined : { ...found, axes };
    };
  }

  #batch(batch: number): KernelPlan['batches'][number] {
    return this.#plan.batches[batch] ?? { members: [], time: 0 };
  }

  #members(chunk: number): number[] {
    return (this.#plan.chunks[chunk] ?? []).flatMap((batch) => this.#batch(batch).members);
  }
}
