/** Runs the stages of an encoder on batches: forward, and backward to what gradients are the products of. */

import type { Engine } from '../../finite/index.ts';
import {
  type Axis,
  cotangentName,
  entries,
  feedsOf,
  globalName,
  gradientName,
  nodeOf,
  outputOf,
  type Program,
  type Stage,
  type Tensor,
  type Tensors,
} from '../../program/index.ts';
import type { EncoderModel, Weights } from '../model/checkpoint.ts';
import { type Batch, batchFeeds, type Encoded } from './batches.ts';
import type { DenseBlock, FactorBlock } from './gradientProducts.ts';
import type { OutputWeights } from './outputs.ts';
import { BATCH, OUTPUT, rowsName, type StagePrograms, stagePrograms } from './stagePrograms.ts';

/** Gradients of rows of a table: which rows, and the cotangents that are added to them. */
export interface RowsOfBatch {
  /** The table's name in the net. */
  readonly table: string;
  readonly index: Tensor;
  readonly cotangent: Tensor;
}

/** What a stage's backward pass over one batch gives. */
export interface BatchGradients {
  /** In the order of {@link StagePrograms.matrices}. */
  readonly matrices: readonly FactorBlock[];
  /** All vectors' gradients side by side. */
  readonly dense: DenseBlock;
  readonly rows: readonly RowsOfBatch[];
  /** The cotangent of what enters the stage, [batch, output, time, n]; absent where nothing below is chosen. */
  readonly cotangent: Tensor | undefined;
  /** [batch, class]; of the last stage only. */
  readonly logits: Tensor | undefined;
}

export interface StageRunnerOptions {
  readonly engine: Engine;
  readonly model: EncoderModel;
  readonly examples: readonly Encoded[];
  readonly outputs: OutputWeights;
  /** The head's data. */
  readonly head: Tensors;
  readonly selected: (parameter: string) => boolean;
  /** Keep what the backward pass reads of the forward one in memory, instead of running that again. */
  readonly keepActivations?: boolean;
}

/** What leaves and enters a stage is handed over in these orders of axes. */
const HIDDEN = 'hidden';
type Orders = Readonly<Record<string, readonly Axis[]>>;
const ORDERS: Orders = {
  [HIDDEN]: [BATCH, 'time', 'n'],
  [cotangentName(HIDDEN)]: [BATCH, OUTPUT, 'time', 'n'],
  logits: [BATCH, 'class'],
};

export class StageRunner {
  readonly #options: StageRunnerOptions;
  readonly programs: readonly StagePrograms[];
  /** By batch and stage. */
  readonly #kept = new Map<Batch, Map<number, Tensors>>();
  /** The weights of the stage that ran last. */
  #loaded: { readonly stage: number; readonly weights: Weights } | undefined;

  constructor(options: StageRunnerOptions) {
    this.#options = options;
    this.programs = this.#differentiate();
  }

  #differentiate(): StagePrograms[] {
    const { model, outputs, selected } = this.#options;
    const { stages } = model.net.chain;
    const cache = new Map<string, StagePrograms>();
    const chosenOf = (stage: Stage): boolean[] =>
      feedsOf(stage.program).map(
        ({ name, instruction }) => instruction.op === 'parameter' && selected(globalName(stage, name)),
      );
    return stages.map((stage, k) => {
      const last = k === stages.length - 1;
      const below = stages.slice(0, k).some((other) => chosenOf(other).includes(true));
      const options = {
        outputs: outputs.outputs,
        selected,
        from: last ? 'logits' : HIDDEN,
        seed: last ? ['class', OUTPUT] : [BATCH, OUTPUT, 'time', 'n'],
        to: below ? [HIDDEN] : [],
        results: last ? ['logits'] : [],
      };
      // Blocks of one structure and one choice of parameters share their programs, and so their sessions.
      const key = JSON.stringify([stage.program.name, chosenOf(stage), below]);
      const known = cache.get(key) ?? stagePrograms(stage, options);
      cache.set(key, known);
      return { ...known, stage };
    });
  }

  /** What leaves stage k, [batch, time, n]. */
  async forward(k: number, batch: Batch, hidden: Tensor | undefined): Promise<Tensor | undefined> {
    if (this.#keeps(k)) return (await this.#forwardKeeping(k, batch, hidden))[HIDDEN];
    const { engine, model } = this.#options;
    const program = model.net.chain.stages[k]?.program;
    if (program === undefined) return undefined;
    const feeds = await this.#feeds(k, program, batch, { hidden });
    return (await engine.run(program, feeds, {}, ordersOf(program)))[HIDDEN];
  }

  /** The last stage's forward pass is part of its backward one. */
  #keeps(k: number): boolean {
    return this.#options.keepActivations === true && k < this.programs.length - 1;
  }

  /** Runs stage k forward and keeps what its backward pass will read. */
  async #forwardKeeping(k: number, batch: Batch, hidden: Tensor | undefined): Promise<Tensors> {
    const programs = this.programs[k];
    if (programs === undefined) return {};
    const { before } = programs.split;
    const feeds = await this.#feeds(k, before, batch, { hidden });
    const results = await this.#options.engine.run(before, feeds, {}, ordersOf(before, programs.orders));
    const kept = this.#kept.get(batch) ?? new Map<number, Tensors>();
    this.#kept.set(batch, kept);
    kept.set(k, results);
    return results;
  }

  /** The backward pass from what the forward pass has kept, or from a forward pass made up for. */
  async #backwardFromKept(k: number, batch: Batch, hidden: Tensor | undefined, seed: Tensors): Promise<Tensors> {
    const programs = this.programs[k];
    if (programs === undefined) return {};
    const kept = this.#kept.get(batch)?.get(k) ?? (await this.#forwardKeeping(k, batch, hidden));
    this.#kept.get(batch)?.delete(k);
    const { after } = programs.split;
    const feeds = await this.#feeds(k, after, batch, { hidden, ...kept, ...seed });
    const results = await this.#options.engine.run(after, feeds, {}, ordersOf(after, programs.orders));
    return { ...kept, ...results };
  }

  /** Gradients of stage k, given what entered it and the cotangent of what left it (none for the last stage). */
  async backward(
    k: number,
    batch: Batch,
    hidden: Tensor | undefined,
    cotangent: Tensor | undefined,
  ): Promise<BatchGradients> {
    const programs = this.programs[k];
    const examples = batch.members.length;
    const nothing = { matrices: [], dense: { examples, gradients: new Float32Array() }, rows: [] };
    // The lowest stages have nothing to hand out when none of their parameters is chosen.
    if (programs === undefined || programs.backward.outputs.length === 0) {
      return { ...nothing, cotangent: undefined, logits: undefined };
    }
    const seed = this.#seed(cotangent);
    const run = this.#keeps(k)
      ? this.#backwardFromKept(k, batch, hidden, seed)
      : this.#recompute(k, batch, hidden, seed);
    const results = await run;
    const data = this.#data(batch);
    return {
      matrices: this.#matrices(programs, results, examples),
      dense: {
        examples,
        gradients: sideBySide(
          programs.dense.map((local) => results[gradientName(local)]),
          examples,
        ),
      },
      rows: programs.rows.flatMap(({ parameter, index }, n) => {
        const [picks, values] = [data[index], results[rowsName(parameter, n)]];
        if (picks === undefined || values === undefined) return [];
        return [{ table: globalName(programs.stage, parameter), index: picks, cotangent: values }];
      }),
      cotangent: results[cotangentName(HIDDEN)],
      logits: results.logits,
    };
  }

  /** The backward pass with the forward one in it. */
  async #recompute(k: number, batch: Batch, hidden: Tensor | undefined, seed: Tensors): Promise<Tensors> {
    const programs = this.programs[k];
    if (programs === undefined) return {};
    const { backward, orders } = programs;
    const feeds = await this.#feeds(k, backward, batch, { hidden, ...seed });
    return this.#options.engine.run(backward, feeds, {}, ordersOf(backward, orders));
  }

  /** The tables whose rows a stage gives cotangents for, in the order of {@link BatchGradients.rows}, and their axes. */
  rowsAxes(
    k: number,
  ): readonly { readonly table: string; readonly index: readonly Axis[]; readonly cotangent: readonly Axis[] }[] {
    const programs = this.programs[k];
    if (programs === undefined) return [];
    const { stage, backward, rows } = programs;
    return rows.map(({ parameter, index }, n) => ({
      table: globalName(stage, parameter),
      index: nodeOf(backward, index).type.axes,
      cotangent: nodeOf(backward, outputOf(backward, rowsName(parameter, n)).value).type.axes,
    }));
  }

  #matrices({ matrices }: StagePrograms, results: Tensors, examples: number): FactorBlock[] {
    return matrices.map(({ input, cotangent, places }) => {
      const [x, d] = [results[input], results[cotangent]];
      const size = places.reduce((product, axis) => product * (x?.shape[x.axes.indexOf(axis)] ?? 1), 1);
      return { examples, places: size, x: floats(x), d: floats(d) };
    });
  }

  #seed(above: Tensor | undefined): Tensors {
    const { outputs } = this.#options;
    if (above !== undefined) return { [cotangentName(HIDDEN)]: above };
    const data = Float32Array.from(outputs.weights);
    const shape = [data.length / outputs.outputs, outputs.outputs];
    return { [cotangentName('logits')]: { axes: ['class', OUTPUT], shape, data } };
  }

  /** Tokens, places and the head's data. */
  #data(batch: Batch): Tensors {
    const { examples, model, head } = this.#options;
    return { ...head, ...batchFeeds(batch, examples, model.config) };
  }

  /** What a stage's program reads for one batch. */
  async #feeds(
    k: number,
    program: Program,
    batch: Batch,
    extra: Readonly<Record<string, Tensor | undefined>>,
  ): Promise<Tensors> {
    const weights = await this.#weights(k);
    const stage = this.#options.model.net.chain.stages[k];
    const data: Readonly<Record<string, Tensor | undefined>> = { ...this.#data(batch), ...extra };
    return Object.fromEntries(
      feedsOf(program).flatMap(({ name, instruction }) => {
        const isWeight = instruction.op === 'parameter' && stage !== undefined;
        const feed = isWeight ? weights[globalName(stage, name)] : data[name];
        return feed === undefined ? [] : [[name, feed]];
      }),
    );
  }

  async #weights(k: number): Promise<Weights> {
    if (this.#loaded?.stage === k) return this.#loaded.weights;
    const { model } = this.#options;
    const stage = model.net.chain.stages[k];
    // The last stage's weights go before the next one's come.
    this.#loaded = undefined;
    const names = stage === undefined ? [] : feedsOf(stage.program).map(({ name }) => globalName(stage, name));
    const weights = await model.load(names);
    this.#loaded = { stage: k, weights };
    return weights;
  }
}

/** The orders of those values that the program hands out. */
function ordersOf(program: Program, own: Orders = {}): Orders {
  const outputs = new Set(program.outputs.map(({ name }) => name));
  return Object.fromEntries(Object.entries({ ...ORDERS, ...own }).filter(([name]) => outputs.has(name)));
}

function floats(value: Tensor | undefined): Float32Array {
  return value?.data instanceof Float32Array ? value.data : new Float32Array();
}

/** Gradients of several vectors as one row for each example and output. */
function sideBySide(values: readonly (Tensor | undefined)[], examples: number): Float32Array {
  const present = values.filter((value) => value !== undefined);
  const [first] = present;
  if (first === undefined) return new Float32Array();
  const lines = examples * (first.shape[first.axes.indexOf(OUTPUT)] ?? 1);
  const widths = present.map(({ shape }) => entries(shape) / lines);
  const width = widths.reduce((a, b) => a + b, 0);
  const joined = new Float32Array(lines * width);
  let start = 0;
  present.forEach((value, k) => {
    const size = widths[k] ?? 0;
    const data = floats(value);
    for (let line = 0; line < lines; line++) {
      joined.set(data.subarray(line * size, (line + 1) * size), line * width + start);
    }
    start += size;
  });
  return joined;
}
