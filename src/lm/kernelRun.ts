/** The main job: how well a checkpoint classifies a task from a few examples, zero-shot and by its empirical kernel. */

import type { Engine } from '../finite/index.ts';
import type { EncoderConfig } from '../nets/index.ts';
import { permutation } from '../numeric/index.ts';
import { indexTensor } from '../program/index.ts';
import { afinnData } from './afinn.ts';
import type { Encoded } from './batches.ts';
import { loadEncoder } from './checkpoint.ts';
import { maxTokens, readConfig } from './config.ts';
import { type Example, readTask, type TaskData } from './data.ts';
import { type Draw, drawShots } from './draws.ts';
import { type EmpiricalKernel, empiricalKernel } from './empiricalKernel.ts';
import { missingData } from './kernelErrors.ts';
import { score, summarize } from './metrics.ts';
import { everyClass, logitDifference } from './outputs.ts';
import { buildPrompt } from './prompts.ts';
import { selectParameters } from './selection.ts';
import {
  differenceTargets,
  fitLeastSquares,
  kernelColumns,
  kernelRows,
  oneHotTargets,
  predict,
  predictedClasses,
  type SolverMethod,
} from './solvers.ts';
import type { Task } from './tasks.ts';
import { parseTemplate } from './template.ts';
import { checkVocabulary, labelWordIds, loadTokenizer } from './tokenizer.ts';

export interface KernelRunOptions {
  readonly engine: Engine;
  readonly task: Task;
  /** Checkpoint folder. */
  readonly model: string;
  /** Folder of task data; not needed by the embedded task. */
  readonly data?: string;
  /** Examples for each class. */
  readonly shots: number;
  readonly seeds: readonly number[];
  /** A choice of parameters (selection.ts). */
  readonly parameters: string;
  /** Whether the decoder counts as a parameter of its own. */
  readonly untie: boolean;
  readonly solver: SolverMethod;
  /** Multiple of the kernel's operator norm; used by `ridge`. */
  readonly ridge: number;
  /** Evaluate on so many of the test examples, chosen at random once and for all. */
  readonly limit?: number;
  /** Called with the share of the work done. */
  readonly onProgress?: (share: number) => void;
}

/** A score over seeds. */
export interface Summary {
  readonly mean: number;
  readonly std: number;
  readonly values: readonly number[];
}

export interface KernelRunResult {
  readonly task: string;
  readonly model: string;
  readonly metric: string;
  readonly shots: number;
  readonly seeds: readonly number[];
  readonly evaluated: number;
  readonly parameters: {
    readonly choice: string;
    readonly count: number;
    readonly tensors: number;
    /** Parameters whose gradient is zero by structure, grouped by reason. */
    readonly zeroGradient: readonly { readonly reason: string; readonly parameters: readonly string[] }[];
  };
  readonly solver: { readonly method: SolverMethod; readonly ridge: number };
  /** Prompted examples that were too long, and the tokens cut from them. */
  readonly truncated: { readonly examples: number; readonly tokens: number };
  readonly zeroShot: Summary;
  readonly kernels: { readonly sgd: Summary };
  readonly gradients: number;
  readonly seconds: number;
  readonly peakBytes: number;
}

/** Runs the job. Throws the errors of reading models and data, of prompts, draws and selections. */
export async function runKernel(options: KernelRunOptions): Promise<KernelRunResult> {
  const started = performance.now();
  const { task, engine, shots, seeds } = options;
  const selected = selectParameters(options.parameters);
  const data = await readData(options);
  const labels = task.labels.map(({ name }) => name);
  const draws = seeds.map((seed) => drawShots(data.train, labels, shots, seed));
  const test = limited(data.test, options.limit);
  const { examples, columns } = arrange(draws, test);
  const config = await readConfig(options.model);
  const prompts = await encode(examples, options, config);
  const head = { kind: 'words', classes: labels.length, untie: options.untie } as const;
  const model = await loadEncoder(options.model, () => head);
  const kernel = await empiricalKernel({
    engine,
    model,
    examples: prompts.encoded,
    train: columns,
    outputs: labels.length === 2 ? logitDifference : everyClass(labels.length),
    head: { labels: indexTensor(['class'], [labels.length], prompts.labelIds) },
    selected,
    selection: options.parameters,
    ...(options.onProgress === undefined ? {} : { onProgress: options.onProgress }),
  });
  const actual = examples.map((example) => labels.indexOf(example.label));
  const places = new Map(examples.map((example, k) => [example, k]));
  const testPlaces = test.flatMap((example) => places.get(example) ?? []);
  const kernelScores = draws.map(({ train }) => {
    const trainPlaces = train.flatMap((example) => places.get(example) ?? []);
    const predicted = classify(kernel, trainPlaces, testPlaces, actual, columns, options);
    return score(task.metric, predicted, pick(actual, testPlaces));
  });
  const zeroShot = score(task.metric, zeroShotClasses(kernel, testPlaces), pick(actual, testPlaces));
  return {
    task: task.name,
    model: options.model,
    metric: task.metric,
    shots,
    seeds,
    evaluated: test.length,
    parameters: {
      choice: options.parameters,
      count: kernel.parameterCount,
      tensors: kernel.parameters.length,
      zeroGradient: byReason(kernel.zero),
    },
    solver: { method: options.solver, ridge: options.solver === 'ridge' ? options.ridge : 0 },
    truncated: prompts.truncated,
    // The model and the test examples are the same for all draws.
    zeroShot: { ...summarize([zeroShot]), values: [zeroShot] },
    kernels: { sgd: { ...summarize(kernelScores), values: kernelScores } },
    gradients: examples.length * kernel.outputs,
    seconds: (performance.now() - started) / 1000,
    peakBytes: process.resourceUsage().maxRSS * 1024,
  };
}

async function readData({ task, data }: KernelRunOptions): Promise<TaskData> {
  if (data !== undefined) return readTask(task, data);
  if (task.name === 'afinn') return afinnData();
  throw missingData(task.name);
}

/** The same random part of the test examples at every run: files often list them by label. */
function limited(test: readonly Example[], limit: number | undefined): readonly Example[] {
  if (limit === undefined || limit >= test.length) return test;
  const chosen = [...permutation(test.length, 0, 'limit')].slice(0, limit).sort((a, b) => a - b);
  return chosen.flatMap((place) => test[place] ?? []);
}

/** All distinct training examples of all draws, then the test ones; `columns` are the places of the former. */
function arrange(draws: readonly Draw[], test: readonly Example[]): { examples: Example[]; columns: number[] } {
  const train = [...new Set(draws.flatMap((draw) => draw.train))];
  return { examples: [...train, ...test], columns: train.map((_, k) => k) };
}

async function encode(examples: readonly Example[], { task, model }: KernelRunOptions, config: EncoderConfig) {
  const tokenizer = await loadTokenizer(model);
  checkVocabulary(tokenizer, config);
  const labelIds = labelWordIds(tokenizer, task.labels);
  const template = parseTemplate(task.prompt, task);
  const limits = {
    maxTokens: Math.min(task.maxTokens, maxTokens(config)),
    ...(task.cap === undefined ? {} : { cap: task.cap }),
  };
  let [cut, tokens] = [0, 0];
  const encoded = examples.map((example): Encoded => {
    const { ids, maskPosition, removedTokens } = buildPrompt(template, tokenizer, example, limits);
    if (removedTokens > 0) cut++;
    tokens += removedTokens;
    return { ids, place: maskPosition };
  });
  return { encoded, labelIds, truncated: { examples: cut, tokens } };
}

const pick = (values: readonly number[], places: readonly number[]): number[] =>
  places.flatMap((place) => values[place] ?? []);

function classify(
  { kernel, outputs }: EmpiricalKernel,
  train: readonly number[],
  test: readonly number[],
  actual: readonly number[],
  columns: readonly number[],
  { solver, ridge, task }: KernelRunOptions,
): number[] {
  const part = (examples: readonly number[]) =>
    kernelColumns(kernelRows(kernel, columns.length * outputs, outputs, examples), outputs, train);
  const classes = pick(actual, train);
  const targets = outputs === 1 ? differenceTargets(classes) : oneHotTargets(classes, task.labels.length);
  const coefficients = fitLeastSquares({ kernel: part(train), targets, ridge: solver === 'ridge' ? ridge : 0 });
  return predictedClasses(predict(part(test), coefficients), outputs);
}

function zeroShotClasses({ logits, classes }: EmpiricalKernel, test: readonly number[]): number[] {
  const all = predictedClasses(logits, classes);
  return pick(all, test);
}

function byReason(zero: EmpiricalKernel['zero']): KernelRunResult['parameters']['zeroGradient'] {
  const reasons = new Map<string, string[]>();
  for (const { parameter, reason } of zero) reasons.set(reason, [...(reasons.get(reason) ?? []), parameter]);
  return [...reasons].map(([reason, parameters]) => ({ reason, parameters }));
}
