/**
 * The SGD empirical kernel of an encoder: K[i, c, j, d] = ⟨∇f_c(ξ_i), ∇f_d(ξ_j)⟩ over chosen parameters (Malladi et al.
 * 2023, definition 2.2), for all examples against the training ones.
 *
 * Stages are the outer loop. Forward, each stage's boundary values are kept; backward, each stage recomputes its forward
 * from its boundary, makes the training side's gradients dense, and multiplies every other example's against them. So
 * the weights and gradients of one stage are in memory at a time. Products are f32 within one parameter and added over
 * parameters in f64.
 */

import type { Engine } from '../finite/index.ts';
import {
  type Axis,
  cotangentName,
  feedsOf,
  globalName,
  gradientName,
  type Program,
  reorder,
  type Stage,
  type Tensor,
  type TensorData,
  type Tensors,
} from '../program/index.ts';
import { type Batch, batchesOf, batchFeeds, type Encoded } from './batches.ts';
import type { LoadedEncoder } from './checkpoint.ts';
import { gram } from './gram.ts';
import { nothingSelected, sharedMatrix } from './kernelErrors.ts';
import type { OutputWeights } from './outputs.ts';
import { addRows, addRowsKernel, type SparseRows } from './sparseRows.ts';
import { BATCH, OUTPUT, productName, rowsName, type StagePrograms, stagePrograms, trainName } from './stagePrograms.ts';

export interface KernelOptions {
  readonly engine: Engine;
  readonly model: LoadedEncoder;
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
  /** Examples run together; small batches keep each gradient within what the allocator reuses. */
  readonly batchSize?: number;
  /** Bytes of dense gradients of one stage kept for the training side; more examples are worked off in blocks. */
  readonly memory?: number;
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

/** Dense gradients of one stage kept at a time, unless told otherwise. */
const GRADIENT_BYTES = 1.5 * 2 ** 30;
/** Share of a backward run in the time of a forward one, for progress only. */
const BACKWARD_COST = 4;

/** Computes the kernel. Throws {@link UserError} `lm.nothing-selected`; {@link UnsupportedError} `lm.shared-matrix`. */
export function empiricalKernel(options: KernelOptions): Promise<EmpiricalKernel> {
  return new KernelRun(options).run();
}

class KernelRun {
  readonly #options: KernelOptions;
  readonly #selected: (parameter: string) => boolean;
  readonly #trainBatches: readonly Batch[];
  /** Training batches first. */
  readonly #batches: readonly Batch[];
  readonly #column: ReadonlyMap<number, number>;
  readonly #kernel: Float64Array;
  readonly #logits: Float64Array;
  readonly #classes: number;
  /** Boundary values entering each stage, and cotangents leaving the stage above, by batch. */
  readonly #boundaries = new Map<Stage, Map<Batch, Tensor>>();
  readonly #cotangents = new Map<Batch, Tensor>();
  readonly #data = new Map<Batch, Tensors>();
  /** Rows of tables by parameter, then example. */
  readonly #rows = new Map<string, SparseRows[]>();
  /** Stages and batches whose logits, rows and cotangents have been taken. */
  readonly #taken = new Set<string>();
  readonly #total: number;
  #done = 0;
  #backwardCost = BACKWARD_COST;

  constructor(options: KernelOptions) {
    const { examples, train, outputs, batchSize = 12 } = options;
    this.#options = options;
    this.#selected = options.selected ?? (() => true);
    const column = new Map(train.map((member, k) => [member, k]));
    const others = examples.map((_, member) => member).filter((member) => !column.has(member));
    this.#column = column;
    this.#trainBatches = batchesOf(examples, train, batchSize);
    this.#batches = [...this.#trainBatches, ...batchesOf(examples, others, batchSize)];
    this.#classes = outputs.weights.length / outputs.outputs;
    this.#kernel = new Float64Array(examples.length * outputs.outputs * train.length * outputs.outputs);
    this.#logits = new Float64Array(examples.length * this.#classes);
    const { stages } = options.model.net.chain;
    this.#total = examples.length * (stages.length - 1 + BACKWARD_COST * stages.length);
  }

  async run(): Promise<EmpiricalKernel> {
    const { model, outputs, train, examples } = this.#options;
    const parameters = model.net.parameters.filter(({ name }) => this.#selected(name));
    if (parameters.length === 0) {
      const known = model.net.parameters.map(({ name }) => name);
      throw nothingSelected(this.#options.selection ?? '', known);
    }
    const programs = this.#programs();
    for (const batch of this.#batches) this.#data.set(batch, batchFeeds(batch, examples, model.net.config));
    await this.#forward();
    for (const stage of [...programs].reverse()) await this.#backward(stage);
    const columns = (rows: readonly SparseRows[]): SparseRows[] => train.map((member) => rows[member] ?? new Map());
    for (const rows of this.#rows.values()) addRowsKernel(this.#kernel, rows, columns(rows), outputs.outputs);
    return {
      logits: this.#logits,
      classes: this.#classes,
      outputs: outputs.outputs,
      kernel: this.#kernel,
      parameters: parameters.map(({ name }) => name),
      parameterCount: parameters.reduce((sum, { axisSizes }) => sum + axisSizes.reduce((a, b) => a * b, 1), 0),
      zero: programs.flatMap(({ stage, zero }) =>
        zero.map(({ parameter, reason }) => ({ parameter: globalName(stage, parameter), reason })),
      ),
    };
  }

  #programs(): StagePrograms[] {
    const { model, outputs } = this.#options;
    const { stages } = model.net.chain;
    const cache = new Map<string, StagePrograms>();
    const programs = stages.map((stage, k) => {
      const last = k === stages.length - 1;
      const options = {
        outputs: outputs.outputs,
        selected: this.#selected,
        from: last ? 'logits' : 'hidden',
        seed: last ? ['class', OUTPUT] : [BATCH, OUTPUT, 'time', 'n'],
        to: k === 0 ? [] : ['hidden'],
        results: last ? ['logits'] : [],
      };
      // Blocks of one structure and one choice of parameters share their programs, and so their sessions.
      const chosen = feedsOf(stage.program).map(({ name }) => this.#selected(globalName(stage, name)));
      const key = JSON.stringify([stage.program.name, chosen]);
      const known = cache.get(key) ?? stagePrograms(stage, options);
      cache.set(key, known);
      return { ...known, stage };
    });
    this.#refuseShared(programs);
    return programs;
  }

  #refuseShared(programs: readonly StagePrograms[]): void {
    const users = new Map<string, string[]>();
    for (const { stage, dense, rows } of programs) {
      const locals = new Set([...dense.map(({ local }) => local), ...rows.map(({ parameter }) => parameter)]);
      for (const local of locals) {
        const name = globalName(stage, local);
        users.set(name, [...(users.get(name) ?? []), stage.name]);
      }
    }
    for (const { stage, dense } of programs) {
      for (const { local } of dense) {
        const name = globalName(stage, local);
        const stages = users.get(name) ?? [];
        if (stages.length > 1) throw sharedMatrix(name, stages);
      }
    }
  }

  #advance(count: number, cost: number): void {
    this.#done += count * cost;
    this.#options.onProgress?.(this.#done / this.#total);
  }

  /** What a stage's program reads for one batch. */
  #feeds(stage: Stage, program: Program, batch: Batch, extra: Tensors): Tensors {
    const { model, head } = this.#options;
    const boundary = this.#boundaries.get(stage)?.get(batch);
    const named: Tensors = {
      ...head,
      ...this.#data.get(batch),
      ...(boundary === undefined ? {} : { hidden: boundary }),
      ...extra,
    };
    return Object.fromEntries(
      feedsOf(program).flatMap(({ name, instruction }) => {
        const feed = instruction.op === 'parameter' ? model.weights[globalName(stage, name)] : named[name];
        return feed === undefined ? [] : [[name, feed]];
      }),
    );
  }

  async #forward(): Promise<void> {
    const { engine, model } = this.#options;
    const { stages } = model.net.chain;
    for (const [k, stage] of stages.slice(0, -1).entries()) {
      const next = new Map<Batch, Tensor>();
      for (const batch of this.#batches) {
        const results = await engine.run(stage.program, this.#feeds(stage, stage.program, batch, {}));
        if (results.hidden !== undefined) next.set(batch, results.hidden);
        this.#advance(batch.members.length, 1);
      }
      const above = stages[k + 1];
      if (above !== undefined) this.#boundaries.set(above, next);
    }
  }

  async #backward(programs: StagePrograms): Promise<void> {
    const below = new Map<Batch, Tensor>();
    const blocks = this.#blocks(programs);
    this.#backwardCost = BACKWARD_COST / blocks.length;
    for (const block of blocks) {
      const members = block.flatMap((batch) => batch.members);
      const sides = new Map<string, Float32Array>();
      for (const batch of block) {
        const results = await this.#runBackward(programs, programs.gradients, batch, {}, below);
        this.#collect(programs, results, batch, members, sides);
      }
      await this.#amongThemselves(sides, members);
      const feeds = Object.fromEntries(
        programs.dense.map(({ local, axes }) => [
          trainName(local),
          this.#trainSide(programs, local, axes, sides, members),
        ]),
      );
      for (const batch of this.#batches.filter((other) => !block.includes(other))) {
        const results = await this.#runBackward(programs, programs.products, batch, feeds, below);
        for (const { local } of programs.dense) {
          const product = results[productName(local)];
          if (product === undefined) continue;
          this.#add(reorder(product, [BATCH, OUTPUT, 'train', `${OUTPUT}'`]).data, batch.members, members);
        }
      }
    }
    for (const [batch, cotangent] of below) this.#cotangents.set(batch, cotangent);
    this.#boundaries.delete(programs.stage);
  }

  /** Training batches whose dense gradients of one stage fit the budget together; at least one batch each. */
  #blocks({ stage, dense }: StagePrograms): Batch[][] {
    const { model, outputs, memory = GRADIENT_BYTES } = this.#options;
    const numbers = dense.reduce(
      (sum, { local }) => sum + (model.weights[globalName(stage, local)]?.data.length ?? 0),
      0,
    );
    const rows = memory / (4 * outputs.outputs * Math.max(1, numbers));
    const blocks: Batch[][] = [];
    let count = Number.POSITIVE_INFINITY;
    for (const batch of this.#trainBatches) {
      if (count + batch.members.length > rows) {
        blocks.push([]);
        count = 0;
      }
      blocks.at(-1)?.push(batch);
      count += batch.members.length;
    }
    return blocks;
  }

  /** Puts a batch's dense gradients into their places among a block's. */
  #collect(
    { dense }: StagePrograms,
    results: Tensors,
    batch: Batch,
    members: readonly number[],
    sides: Map<string, Float32Array>,
  ): void {
    for (const { local, axes } of dense) {
      const gradient = results[gradientName(local)];
      if (gradient === undefined) continue;
      const { data } = reorder(gradient, [BATCH, OUTPUT, ...axes]);
      const size = data.length / batch.members.length;
      const side = sides.get(local) ?? new Float32Array(members.length * size);
      sides.set(local, side);
      side.set(data, members.indexOf(batch.members[0] ?? 0) * size);
    }
  }

  #trainSide(
    { stage }: StagePrograms,
    local: string,
    axes: readonly Axis[],
    sides: ReadonlyMap<string, Float32Array>,
    members: readonly number[],
  ): Tensor {
    const { model, outputs } = this.#options;
    const sizes = model.weights[globalName(stage, local)]?.shape ?? [];
    return {
      axes: ['train', `${OUTPUT}'`, ...axes],
      shape: [members.length, outputs.outputs, ...sizes],
      data: sides.get(local) ?? new Float32Array(),
    };
  }

  /** Runs a stage backward for one batch; logits, rows of tables and the cotangent below are taken the first time. */
  async #runBackward(
    programs: StagePrograms,
    program: Program,
    batch: Batch,
    extra: Tensors,
    below: Map<Batch, Tensor>,
  ): Promise<Tensors> {
    const { engine } = this.#options;
    const { stage } = programs;
    // The lowest stages have nothing to hand out when none of their parameters is chosen.
    const empty = program.outputs.length === 0;
    const feeds = empty ? {} : this.#feeds(stage, program, batch, { ...this.#seed(batch), ...extra });
    const results = empty ? {} : await engine.run(program, feeds);
    this.#advance(batch.members.length, this.#backwardCost);
    if (this.#taken.has(`${stage.name}/${this.#batches.indexOf(batch)}`)) return results;
    this.#taken.add(`${stage.name}/${this.#batches.indexOf(batch)}`);
    this.#takeLogits(results, batch);
    this.#takeRows(programs, results, feeds, batch);
    const cotangent = results[cotangentName('hidden')];
    if (cotangent !== undefined) below.set(batch, cotangent);
    return results;
  }

  #seed(batch: Batch): Tensors {
    const { outputs } = this.#options;
    const above = this.#cotangents.get(batch);
    if (above !== undefined) return { [cotangentName('hidden')]: above };
    const data = Float32Array.from(outputs.weights);
    return { [cotangentName('logits')]: { axes: ['class', OUTPUT], shape: [this.#classes, outputs.outputs], data } };
  }

  #takeLogits({ logits }: Tensors, batch: Batch): void {
    if (logits === undefined) return;
    const { data } = reorder(logits, [BATCH, 'class']);
    batch.members.forEach((member, b) => {
      this.#logits.set(data.subarray(b * this.#classes, (b + 1) * this.#classes), member * this.#classes);
    });
  }

  #takeRows({ stage, rows }: StagePrograms, results: Tensors, feeds: Tensors, batch: Batch): void {
    for (const [k, { parameter, index }] of rows.entries()) {
      const [picks, values] = [feeds[index], results[rowsName(parameter, k)]];
      if (picks === undefined || values === undefined) continue;
      const name = globalName(stage, parameter);
      const table = this.#rows.get(name) ?? this.#options.examples.map((): SparseRows => new Map());
      this.#rows.set(name, table);
      const members = batch.members.map((member) => table[member] ?? new Map());
      addRows({ index: picks, cotangent: values, batch: BATCH, output: OUTPUT }, members);
    }
  }

  /** A block's gradients against each other, one parameter at a time. */
  async #amongThemselves(sides: ReadonlyMap<string, Float32Array>, members: readonly number[]): Promise<void> {
    const { engine, outputs } = this.#options;
    const rows = members.length * outputs.outputs;
    for (const data of sides.values()) {
      const shape = [rows, data.length / rows];
      const { product } = await engine.run(gram, {
        left: { axes: ['row', 'entry'], shape, data },
        right: { axes: ['column', 'entry'], shape, data },
      });
      if (product !== undefined) this.#add(product.data, members, members);
    }
  }

  /** Adds products [rows · outputs × columns · outputs] of examples to their places in the kernel. */
  #add(values: TensorData, rows: readonly number[], columns: readonly number[]): void {
    const { outputs, train } = this.#options;
    const size = outputs.outputs;
    const targets = columns.flatMap((member) => {
      const start = (this.#column.get(member) ?? 0) * size;
      return Array.from({ length: size }, (_, d) => start + d);
    });
    rows.forEach((member, r) => {
      for (let c = 0; c < size; c++) {
        const from = (r * size + c) * targets.length;
        const to = (member * size + c) * train.length * size;
        targets.forEach((target, k) => {
          this.#kernel[to + target] = (this.#kernel[to + target] ?? 0) + (values[from + k] ?? 0);
        });
      }
    });
  }
}
