/** The kernel of a few sentences by the embedded language model: its prompts, its gradients, and what they predict. */

import type { Engine } from 'nexort/finite';
import {
  type CheckpointFiles,
  checkpointInMemory,
  type EmpiricalKernels,
  type Explanation,
  empiricalKernels,
  explain,
  findTask,
  fitPredictor,
  kernelOf,
  kernelRows,
  type LanguageModel,
  type LayerRows,
  loadLanguageModel,
  loadTokenizer,
  logitDifference,
  type PromptTokenizer,
  predictedClasses,
  prompterOf,
  readConfig,
} from 'nexort/lm';
import { indexTensor } from 'nexort/program';
import type { Sentence } from '../sentences/read.ts';

/** Sentences that are trained on first, and where the model is. */
export interface SentencesJob {
  readonly sentences: readonly Sentence[];
  readonly folder: string;
}

export interface SentencesPart {
  readonly words: string;
  /** From 0 to 1. */
  readonly share: number;
}

export interface SentencesResult {
  /** Of the classes. */
  readonly labels: readonly string[];
  /** [sentences × trained], row-major. */
  readonly kernel: Float64Array;
  /** The model's own logit of positive against negative, before any fit. */
  readonly initial: Float64Array;
  /** What the model says by itself, by sentence. */
  readonly zeroShot: readonly string[];
  /** Of the sentences that are not trained on, in their order. */
  readonly explanations: readonly Explanation[];
}

export type SentencesJobs = {
  readonly kernel: { readonly given: SentencesJob; readonly part: SentencesPart; readonly gives: SentencesResult };
};

/** Prompts and label words. */
const TASK = findTask('sst-2');
const KIND = 'sgd';
/** Of a few examples: the fit starts from the model's own answer, and shrinks a little. */
export const FIT = { method: 'least-squares', ridge: 0.1, initialScale: 1 } as const;
const FILES = ['config.json', 'model.safetensors', 'tokenizer.json'];
/** Of two passes over the gradients the second gives shares by token, which need the fit. */
const FIRST = 0.5;

interface Opened {
  readonly model: LanguageModel;
  readonly tokenizer: PromptTokenizer;
  readonly files: CheckpointFiles;
}

let opened: { readonly folder: string; readonly there: Promise<Opened> } | undefined;

async function open(folder: string): Promise<Opened> {
  const fetched = FILES.map(async (name) => {
    const response = await fetch(new URL(name, folder));
    if (!response.ok)
      throw new Error(
        `The embedded model is not beside these pages (model/${name}: ${response.status}). nexort studio serves it; on another host, models/tiny-mlm is to be copied there as model.`,
      );
    return [name, new Uint8Array(await response.arrayBuffer())] as const;
  });
  const files = checkpointInMemory(Object.fromEntries(await Promise.all(fetched)), 'model');
  return openedFrom(files);
}

/** A model as its files. */
export async function openedFrom(files: CheckpointFiles): Promise<Opened> {
  const classes = TASK.labels.length;
  return {
    files,
    model: await loadLanguageModel(files, () => ({ kind: 'words', classes, untie: false })),
    tokenizer: await loadTokenizer(files),
  };
}

/** Throws what reading the model and computing its kernel throw. */
export async function sentencesKernel(
  engine: Engine,
  { sentences, folder }: SentencesJob,
  tell: (part: SentencesPart) => void = () => {},
): Promise<SentencesResult> {
  if (opened?.folder !== folder) {
    tell({ words: 'Loading the model, 21 MB', share: 0 });
    const there = open(folder);
    opened = { folder, there };
    there.catch(() => {
      opened = undefined;
    });
  }
  return kernelBy(engine, await opened.there, sentences, tell);
}

export async function kernelBy(
  engine: Engine,
  { model, tokenizer, files }: Opened,
  sentences: readonly Sentence[],
  tell: (part: SentencesPart) => void = () => {},
): Promise<SentencesResult> {
  const { labelIds, prompt } = await prompterOf(TASK, tokenizer, await readConfig(files));
  const examples = await Promise.all(sentences.map(({ text }, k) => prompt({ text }, `sentence ${k + 1}`)));
  const trained = sentences.flatMap(({ text, label }) => (label === undefined ? [] : [{ text, label }]));
  const train = trained.map((_, k) => k);
  const compute = (further: object, from: number, to: number): Promise<EmpiricalKernels> =>
    empiricalKernels({
      ...{ engine, model, examples, train, outputs: logitDifference, kinds: [KIND], byLayer: true },
      head: { labels: indexTensor(['class'], [labelIds.length], labelIds) },
      onProgress: (share) => tell({ words: 'Gradients of the model', share: from + share * (to - from) }),
      ...further,
    });
  const found = kernelOf(await compute({}, 0, FIRST), KIND);
  const classes = TASK.labels.length;
  const initial = Float64Array.from(
    sentences,
    (_, k) => (found.logits[k * classes + 1] ?? Number.NaN) - (found.logits[k * classes] ?? Number.NaN),
  );
  const rowsOf = (values: Float64Array, of: readonly number[]) => kernelRows(values, train.length, 1, of);
  const predictor = fitPredictor({
    train: {
      rows: rowsOf(found.kernel, train),
      classes: trained.map(({ label }) => label),
      initial: initial.slice(0, train.length),
    },
    outputs: 1,
    solver: FIT,
  });
  const others = sentences.map((_, k) => k).slice(train.length);
  const { coefficients } = predictor;
  const byToken = { byToken: { kind: KIND, coefficients, ownOutputs: false } };
  const split = others.length === 0 ? found : kernelOf(await compute(byToken, FIRST, 1), KIND);
  const labelOf = (place: number): string => TASK.labels[place]?.name ?? '?';
  const explanations = others.map((k) => {
    const words = (examples[k]?.ids ?? []).map((id) => tokenizer.token(id));
    return explain({
      task: TASK,
      draw: { predictor, train: trained.map(({ text, label }) => ({ text, label: labelOf(label) })) },
      rows: rowsOf(split.kernel, [k]),
      initial: initial.slice(k, k + 1),
      tokens: words,
      layers: (split.layers ?? []).map((one, layer): LayerRows => {
        const shares = split.tokens?.[layer]?.shares.get(k) ?? new Float64Array(words.length);
        return { layer: one.layer, rows: rowsOf(one.kernel, [k]), shares };
      }),
    });
  });
  return {
    labels: TASK.labels.map(({ name }) => name),
    kernel: found.kernel,
    initial,
    zeroShot: predictedClasses(initial, 1).map(labelOf),
    explanations,
  };
}
