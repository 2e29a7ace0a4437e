/**
 * The first of the two tests of kernel behavior (Malladi et al. 2023, definition 3.2): is the fine-tuned model explained by
 * the linear one, f(θ_0) + ⟨∇f(θ_0), θ − θ_0⟩?
 *
 * The linear model is read by forward mode, stage by stage: values and their tangents along θ − θ_0 go up together, in one
 * pass of about two forward passes, and no gradient of any example is ever written down.
 */

import { required } from '../../errors/index.ts';
import { entry } from '../../numeric/index.ts';
import { reorder, type SizedRun, type Tensor, type Tensors, tangentName } from '../../program/index.ts';
import { type Batch, batchesOf, batchFeeds, type Encoded } from '../kernel/batches.ts';
import { BATCH, CLASS, LOGITS } from '../kernel/kernelPrograms.ts';
import type { LanguageModel } from '../model/checkpoint.ts';
import { stageFeeds, type TangentStage, tangentStages } from './tangentStages.ts';

/** A model as far as its logits need it; weights may be of any precision. */
export interface ReadModel extends Pick<LanguageModel, 'net' | 'config'> {
  load(names: readonly string[]): Promise<Tensors>;
}

/** What `linearizedLogits` reads: the model, how its weights moved, and on which examples. */
export interface LinearizeOptions {
  /** What runs programs: an engine, or the oracle. */
  readonly run: SizedRun;
  /** At θ_0; its weights are read for each batch, so it should keep them. */
  readonly model: ReadModel;
  /** θ − θ_0 by the net's parameter names; parameters that are absent have not moved. */
  readonly moved: Tensors;
  readonly examples: readonly Encoded[];
  /** The head's data: `labels` of a words head. */
  readonly head: Tensors;
  /** Called with the share of the examples done. */
  readonly onProgress?: (share: number) => void;
}

/** Logits of all examples, [examples × classes], row-major. */
export interface LinearizedLogits {
  readonly classes: number;
  /** f(θ_0). */
  readonly initial: Float64Array;
  /** ⟨∇f(θ_0), θ − θ_0⟩. */
  readonly change: Float64Array;
  /** Their sum. */
  readonly linearized: Float64Array;
}

/** Padded tokens and examples of one pass: small enough for caches, large enough for matrix products. */
const LIMITS = { examples: 32, tokens: 2048 };

/** Computes the linear model's logits. Throws the errors of loading weights and of `run`. */
export async function linearizedLogits(options: LinearizeOptions): Promise<LinearizedLogits> {
  const { model, moved, examples, onProgress = () => {} } = options;
  const stages = tangentStages(model.net.chain, (name) => Object.hasOwn(moved, name));
  const batches = batchesOf(examples, [...examples.keys()], LIMITS);
  const found = new Map<number, { readonly initial: Row; readonly change: Row }>();
  for (const batch of batches) {
    const { values, tangents } = await pass(stages, batch, options);
    const initial = rowsOf(required(values[LOGITS], 'logits'));
    const change = tangents[LOGITS] === undefined ? undefined : rowsOf(tangents[LOGITS]);
    batch.members.forEach((member, k) => {
      const own = required(initial[k], `logits of example ${member}`);
      const still = new Float64Array(own.length);
      found.set(member, {
        initial: own,
        change: change === undefined ? still : required(change[k], `change of example ${member}`),
      });
    });
    onProgress(found.size / examples.length);
  }
  const rows = (part: 'initial' | 'change'): Float64Array =>
    Float64Array.from(
      [...examples.keys()].flatMap((member) => [...required(found.get(member), `logits of example ${member}`)[part]]),
    );
  const [initial, change] = [rows('initial'), rows('change')];
  return {
    classes: initial.length / examples.length,
    initial,
    change,
    linearized: initial.map((value, k) => value + entry(change, k)),
  };
}

/** The model's logits as they are, [examples × classes]. Throws what {@link linearizedLogits} does. */
export async function modelLogits(options: Omit<LinearizeOptions, 'moved'>): Promise<Float64Array> {
  return (await linearizedLogits(Object.assign({ moved: {} }, options))).initial;
}

type Row = Float64Array;

interface Passed {
  readonly values: Tensors;
  /** Of the values that move, by their names. */
  readonly tangents: Tensors;
}

/** One pass of all stages over a batch: what is alive at its end. */
async function pass(
  stages: readonly TangentStage[],
  batch: Batch,
  { run, model, moved, examples, head }: LinearizeOptions,
): Promise<Passed> {
  const data: Tensors = { ...head, ...batchFeeds(batch, examples, model.config) };
  const values: Record<string, Tensor> = {};
  const tangents: Record<string, Tensor> = {};
  for (const tangentStage of stages) {
    const { stage, program } = tangentStage;
    const wanted = stageFeeds(tangentStage, (name) => Object.hasOwn(moved, name));
    const weights = await model.load(wanted.flatMap(({ of, kind }) => (kind === 'weight' ? [of] : [])));
    const alive = Object.assign({}, data, values, inNames(tangents));
    const feeds = Object.fromEntries(
      wanted.map(({ feed, of, kind }) => {
        const from: Tensors = kind === 'weight' ? weights : kind === 'move' ? moved : alive;
        return [feed, required(from[of], `"${of}" of stage "${stage.name}"`)];
      }),
    );
    const results = await run(program, feeds, {});
    for (const { name } of stage.program.outputs) {
      values[name] = required(results[name], `output "${name}" of stage "${stage.name}"`);
      const tangent = results[tangentName(name)];
      if (tangent === undefined) delete tangents[name];
      else tangents[name] = tangent;
    }
  }
  return { values, tangents };
}

/** Tangents as feeds. */
const inNames = (tangents: Tensors): Tensors =>
  Object.fromEntries(Object.entries(tangents).map(([name, value]) => [tangentName(name), value]));

/** Logits example by example. */
function rowsOf(logits: Tensor): Row[] {
  const { shape, data } = reorder(logits, [BATCH, CLASS]);
  const classes = required(shape[1], 'number of classes');
  return Array.from({ length: data.length / classes }, (_, k) =>
    Float64Array.from(data.subarray(k * classes, (k + 1) * classes)),
  );
}
