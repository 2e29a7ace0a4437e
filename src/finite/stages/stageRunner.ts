/**
 * Streams a chain over batches of examples: each stage forward, and backward to what gradients are the products of. One
 * stage's weights are in memory at a time.
 *
 * Forward, {@link StageRunner.forward} takes what is alive at the cut before a stage to what is alive at the cut after it;
 * backward, {@link StageRunner.backward} takes the cotangents at the cut after it to those at the cut before it. Whether
 * and where they are kept meanwhile is the caller's business.
 */

import { required } from '../../errors/index.ts';
import { at } from '../../numeric/index.ts';
import {
  type Axis,
  cotangentName,
  feedsOf,
  globalName,
  gradientName,
  type Program,
  shapeOf,
  type Tensor,
  type Tensors,
} from '../../program/index.ts';
import type { Engine } from '../engine.ts';
import type { Orders } from '../orders.ts';
import type { Boundary } from './boundaries.ts';
import type { ChainPrograms } from './chainPrograms.ts';
import type { RowsGradient, StagePrograms } from './stagePrograms.ts';

/** What streams a chain over batches `B` of examples: the engine, the programs, and where numbers come from. */
export interface StageRunnerOptions<B extends object> {
  readonly engine: Engine;
  readonly programs: ChainPrograms;
  /** The numbers of these parameters, by their names in the net. */
  readonly load: (names: readonly string[]) => Promise<Tensors>;
  /** The chain's own inputs for a batch, by name; more may be there. */
  readonly data: (batch: B) => Tensors;
  /** The cotangent of the chain's output, the same for all examples. */
  readonly seed: Tensor;
  /** Keep what the backward pass reads of the forward one in memory, instead of running that again. */
  readonly keepActivations?: boolean;
}

/** The factors of a matrix's gradient. */
export interface MatrixFactors {
  readonly input: Tensor;
  readonly cotangent: Tensor;
}

/** Which rows of a table, and the cotangents that are added to them. */
export interface RowsFactors {
  readonly index: Tensor;
  readonly cotangent: Tensor;
}

/** What a stage's backward pass over one batch gives, in the order of its {@link StagePrograms}. */
export interface StageGradients {
  readonly matrices: readonly MatrixFactors[];
  readonly dense: readonly Tensor[];
  readonly rows: readonly RowsFactors[];
  /** At the cut before the stage. */
  readonly cotangents: Tensors;
  /** The chain's output, [keep, …]; of the last stage only. */
  readonly output: Tensor | undefined;
}

/** The same object stands for the same batch. */
export class StageRunner<B extends object> {
  readonly #options: StageRunnerOptions<B>;
  /** What backward passes will read, by batch and stage. */
  readonly #kept = new Map<B, Map<number, Tensors>>();
  /** The weights of the stage that ran last. */
  #loaded: { readonly stage: number; readonly weights: Tensors } | undefined;

  constructor(options: StageRunnerOptions<B>) {
    this.#options = options;
  }

  /** From what is alive before stage k to what is alive after it. */
  async forward(k: number, batch: B, entering: Tensors): Promise<Tensors> {
    const programs = this.#stage(k);
    const made = this.#keeps(k)
      ? await this.#forwardKeeping(k, batch, entering)
      : await this.#run(k, programs.forward, batch, entering);
    return this.#carried(this.#cut(k + 1).values, made, entering);
  }

  /**
   * Gradients of stage k, given what is alive before it and the cotangents after it. Those of the last stage start from
   * the seed.
   */
  async backward(k: number, batch: B, entering: Tensors, cotangents: Tensors): Promise<StageGradients> {
    const programs = this.#stage(k);
    const { matrices, dense, rows } = programs;
    const last = k === this.#options.programs.stages.length - 1;
    const { output } = this.#options.programs;
    // Nothing is handed out by stages that no selected parameter bears on.
    if (programs.backward.outputs.length === 0) {
      return { matrices: [], dense: [], rows: [], cotangents: this.#below(k, {}, cotangents), output: undefined };
    }
    const given = last ? { [output]: this.#options.seed } : cotangents;
    const seeds = Object.fromEntries(Object.entries(given).map(([name, value]) => [cotangentName(name), value]));
    const results = this.#keeps(k)
      ? await this.#backwardFromKept(k, batch, entering, seeds)
      : await this.#run(k, programs.backward, batch, { ...entering, ...seeds });
    const result = (name: string): Tensor =>
      required(results[name], `result "${name}" of stage "${programs.stage.name}"`);
    const data = rows.length === 0 ? {} : this.#options.data(batch);
    return {
      matrices: matrices.map(({ input, cotangent }) => ({ input: result(input), cotangent: result(cotangent) })),
      dense: dense.map((local) => result(gradientName(local))),
      rows: rows.map((one) => ({
        index: indexOf(programs.stage.program, one, { ...data, ...entering }),
        cotangent: result(one.cotangent),
      })),
      cotangents: this.#below(k, results, cotangents),
      output: last ? result(output) : undefined,
    };
  }

  #stage(k: number): StagePrograms {
    return required(this.#options.programs.stages[k], `stage ${k}`);
  }

  #cut(k: number) {
    return required(this.#options.programs.cuts[k], `cut before stage ${k}`);
  }

  /** What is alive after a stage: made by it, or passed by. */
  #carried(values: readonly Boundary[], made: Tensors, passing: Tensors): Tensors {
    return Object.fromEntries(
      values.map(({ name }) => [name, required(made[name] ?? passing[name], `boundary value "${name}"`)]),
    );
  }

  /** Cotangents at the cut before a stage: what it adds, and what passes it by. */
  #below(k: number, results: Tensors, above: Tensors): Tensors {
    const { program } = this.#stage(k).stage;
    return Object.fromEntries(
      this.#cut(k).cotangents.map(({ name, axes }) => {
        const own = results[cotangentName(name)];
        const passing = program.outputs.some((output) => output.name === name) ? undefined : above[name];
        return [name, sum(name, axes, own, passing)];
      }),
    );
  }

  /** The last stage's forward pass is part of its backward one. */
  #keeps(k: number): boolean {
    return this.#options.keepActivations === true && k < this.#options.programs.stages.length - 1;
  }

  /** Runs stage k forward and keeps what its backward pass will read; gives what leaves it. */
  async #forwardKeeping(k: number, batch: B, entering: Tensors): Promise<Tensors> {
    const { split, forward } = this.#stage(k);
    const results = await this.#run(k, split.before, batch, entering);
    const leaves = new Set(forward.outputs.map(({ name }) => name));
    const kept = this.#kept.get(batch) ?? new Map<number, Tensors>();
    this.#kept.set(batch, kept);
    kept.set(k, Object.fromEntries(Object.entries(results).filter(([name]) => !leaves.has(name))));
    return results;
  }

  /** The backward pass from what the forward pass has kept, or from a forward pass made up for. */
  async #backwardFromKept(k: number, batch: B, entering: Tensors, seeds: Tensors): Promise<Tensors> {
    if (this.#kept.get(batch)?.has(k) !== true) await this.#forwardKeeping(k, batch, entering);
    const kept = required(this.#kept.get(batch)?.get(k), `activations of stage ${k}`);
    this.#kept.get(batch)?.delete(k);
    return { ...kept, ...(await this.#run(k, this.#stage(k).split.after, batch, { ...entering, ...kept, ...seeds })) };
  }

  /** Runs a program of a stage for one batch; one that hands nothing out has nothing to run. */
  async #run(k: number, program: Program, batch: B, given: Tensors): Promise<Tensors> {
    if (program.outputs.length === 0) return {};
    const { stage, orders } = this.#stage(k);
    const weights = await this.#weights(k);
    const data: Tensors = { ...this.#options.data(batch), ...given };
    const feeds = Object.fromEntries(
      feedsOf(program).flatMap(({ name, instruction }) => {
        const feed = instruction.op === 'parameter' ? weights[globalName(stage, name)] : data[name];
        return feed === undefined ? [] : [[name, feed]];
      }),
    );
    return this.#options.engine.run(program, feeds, {}, ordersOf(program, orders));
  }

  async #weights(k: number): Promise<Tensors> {
    if (this.#loaded?.stage === k) return this.#loaded.weights;
    const { stage } = this.#stage(k);
    // The last stage's weights go before the next one's come.
    this.#loaded = undefined;
    const parameters = feedsOf(stage.program).filter(({ instruction }) => instruction.op === 'parameter');
    const weights = await this.#options.load(parameters.map(({ name }) => globalName(stage, name)));
    this.#loaded = { stage: k, weights };
    return weights;
  }
}

/** The orders of those values that the program hands out. */
function ordersOf(program: Program, orders: Orders): Orders {
  const outputs = new Set(program.outputs.map(({ name }) => name));
  return Object.fromEntries(Object.entries(orders).filter(([name]) => outputs.has(name)));
}

/** The index of rows of a table: given, or a constant of the program. */
function indexOf(program: Program, { index, indexAxes }: RowsGradient, given: Tensors): Tensor {
  const constant = program.nodes.find(({ name }) => name === index)?.instruction;
  if (constant?.op !== 'constant') return required(given[index], `index "${index}"`);
  const sizes = Object.fromEntries(
    program.spaces.flatMap(({ name, size }) => (typeof size === 'number' ? [[name, size]] : [])),
  );
  return { axes: indexAxes, shape: shapeOf(indexAxes, sizes), data: Int32Array.from(constant.values) };
}

function sum(name: string, axes: readonly Axis[], left: Tensor | undefined, right: Tensor | undefined): Tensor {
  const [one, other] = left === undefined ? [right, left] : [left, right];
  const first = required(one, `cotangent of "${name}"`);
  if (other === undefined) return first;
  required(other.data.length === first.data.length ? other : undefined, `cotangent of "${name}" in one shape`);
  const data = Float32Array.from(first.data, (value, k) => value + at(other.data, k));
  return { axes, shape: first.shape, data };
}
