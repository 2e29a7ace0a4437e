/** The kernel of a few sentences by the embedded language model: its prompts, its gradients, and what they predict. */

import type { Engine } from 'nexort/finite';
import {
  type Explanation,
  empiricalKernels,
  explainTexts,
  findTask,
  fitPredictor,
  kernelOf,
  kernelRows,
  logitDifference,
  predictedClasses,
  prompterOf,
  readConfig,
} from 'nexort/lm';
import { indexTensor } from 'nexort/program';
import type { Sentence } from '../sentences/read.ts';
import { type Opened, openedAt } from './embedded.ts';

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
/** Of two passes over the gradients the second gives shares by token, which need the fit. */
const FIRST = 0.5;

/** Throws what reading the model and computing its kernel throw. */
export async function sentencesKernel(
  engine: Engine,
  { sentences, folder }: SentencesJob,
  tell: (part: SentencesPart) => void = () => {},
): Promise<SentencesResult> {
  return kernelBy(engine, await openedAt(folder, tell), sentences, tell);
}

export async function kernelBy(
  engine: Engine,
  { modelFor, tokenizer, files }: Opened,
  sentences: readonly Sentence[],
  tell: (part: SentencesPart) => void = () => {},
): Promise<SentencesResult> {
  const model = await modelFor({ classes: TASK.labels.length, untie: false });
  const { labelIds, prompt } = await prompterOf(TASK, tokenizer, await readConfig(files));
  const examples = await Promise.all(sentences.map(({ text }, k) => prompt({ text }, `sentence ${k + 1}`)));
  const trained = sentences.flatMap(({ text, label }) => (label === undefined ? [] : [{ text, label }]));
  const train = trained.map((_, k) => k);
  const telling = (from: number, to: number) => (share: number) =>
    tell({ words: 'Gradients of the model', share: from + share * (to - from) });
  const kernels = await empiricalKernels({
    ...{ engine, model, examples, train, outputs: logitDifference, kinds: [KIND] },
    head: { labels: indexTensor(['class'], [labelIds.length], labelIds) },
    onProgress: telling(0, FIRST),
  });
  const found = kernelOf(kernels, KIND);
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
  const labelOf = (place: number): string => TASK.labels[place]?.name ?? '?';
  const explanations =
    examples.length === train.length
      ? []
      : await explainTexts({
          ...{ engine, model, task: TASK, kind: KIND, labelIds, token: tokenizer.token, parts: true },
          draw: { predictor, train: trained.map(({ text, label }) => ({ text, label: labelOf(label) })) },
          train: examples.slice(0, train.length),
          texts: examples.slice(train.length),
          onProgress: telling(FIRST, 1),
        });
  return {
    labels: TASK.labels.map(({ name }) => name),
    kernel: found.kernel,
    initial,
    zeroShot: predictedClasses(initial, 1).map(labelOf),
    explanations,
  };
}
