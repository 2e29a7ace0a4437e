/** The predictors of a run, from its run.json, and what they say of each example. */

import { type Explanation, explain, type Predictor, parsePredictor, type Task } from 'nexort/lm';
import { matrix } from 'nexort/numeric';
import type { DrawKernel } from './kernels.ts';
import { BadFile, isObject, type Json, listAt, numberAt, objectAt, objectsAt, textAt } from './shape.ts';

interface DrawFit {
  readonly seed: number;
  readonly train: readonly { readonly label: string; readonly text: string; readonly text2?: string }[];
  readonly predictor: Predictor;
}

/** By kernel, the predictor of every draw. */
export interface RunFits {
  readonly task: string;
  readonly labels: readonly { readonly name: string; readonly word: string }[];
  readonly kernels: Readonly<Record<string, readonly DrawFit[]>>;
  readonly model: RunModel;
}

/** What of a model a run is of. */
export interface RunModel {
  /** SHA-256 of its files, by name. */
  readonly fingerprint: Readonly<Record<string, unknown>>;
  /** As its prompts are made. */
  readonly task: Task;
  /** A choice of parameters, and whether the decoder is one of its own. */
  readonly parameters: string;
  readonly untie: boolean;
  /** Whether it is the model with its word head at a prompt's mask, and nothing beside its weights. */
  readonly isPlain: boolean;
}

/** Reads them; undefined of what is no run of kernels. Throws {@link BadFile}, and the errors of predictors. */
export function readFits(json: unknown): RunFits | undefined {
  if (!isObject(json) || json.kind !== 'nexort-run' || !isObject(json.result) || !isObject(json.identity))
    return undefined;
  const { result, identity } = json;
  if (!Array.isArray(result.fits) || !isObject(identity.task)) return undefined;
  const further = result.furtherFits === undefined ? {} : objectAt(result, 'furtherFits');
  const kernel = result.kernel === undefined ? 'sgd' : textAt(result, 'kernel');
  const all: [string, readonly DrawFit[]][] = [
    [kernel, objectsAt(result, 'fits').map(fitOf)],
    ...Object.keys(further).map((kind): [string, readonly DrawFit[]] => [kind, objectsAt(further, kind).map(fitOf)]),
  ];
  return {
    task: textAt(identity.task, 'name'),
    labels: objectsAt(identity.task, 'labels').map((one) => ({ name: textAt(one, 'name'), word: String(one.word) })),
    kernels: Object.fromEntries(all),
    model: modelOf(identity, objectAt(result, 'result')),
  };
}

function modelOf(identity: Json, { setting, lora }: Json): RunModel {
  const task = objectAt(identity, 'task');
  textAt(task, 'prompt');
  return {
    fingerprint: objectAt(identity, 'model'),
    task: task as unknown as Task, // as the run has it; what is wrong with it, prompts tell
    parameters: textAt(identity, 'parameters'),
    untie: identity.untie === true,
    isPlain: lora === undefined && isObject(setting) && setting.kind === 'prompt',
  };
}

function fitOf(json: Json): DrawFit {
  const seed = numberAt(json, 'seed');
  return {
    seed,
    train: listAt(json, 'train').map((one) => {
      if (!isObject(one)) throw new BadFile('“train” holds what is no example.');
      const second = one.text2 === undefined ? {} : { text2: textAt(one, 'text2') };
      return { label: textAt(one, 'label'), text: textAt(one, 'text'), ...second };
    }),
    predictor: parsePredictor(json.predictor, `run.json, seed ${seed},`),
  };
}

/** A prediction of an example of the run, as a sum over training examples. */
export interface Explained extends Explanation {
  /** The row of its first output. */
  readonly row: number;
  /** Its own label. */
  readonly actual: string;
  readonly text: string;
}

/** Why it is predicted so: undefined where no predictor of the run belongs to the kernel. Throws what `explain` does. */
export function explainRow(fits: RunFits, kernel: DrawKernel, row: number): Explained | undefined {
  const { kind, seed, outputs, columns, entries, signed, initial, labels, texts } = kernel;
  const draw = fits.kernels[kind]?.find((one) => one.seed === seed);
  if (draw === undefined) return undefined;
  if (draw.train.length * outputs !== columns)
    throw new BadFile(`run.json has ${draw.train.length} training examples, and the kernel ${columns / outputs}.`);
  if (initial === undefined) throw new BadFile(`The file of kernels has no fitting “logits.${seed}”.`);
  const example = Math.floor(row / outputs);
  const first = example * outputs;
  const rowsOf = (values: Float64Array) =>
    matrix(outputs, columns, values.slice(first * columns, (first + outputs) * columns));
  const own = explain({
    task: { labels: fits.labels },
    draw,
    rows: rowsOf(entries),
    initial: initial.slice(first, first + outputs),
    ...(signed === undefined ? {} : { signed: rowsOf(signed) }),
  });
  return { ...own, row: first, actual: labels[first] ?? '?', text: texts[first] ?? '' };
}
