/** What carries a prediction of a run of the embedded model, by training example, layer and token: computed by the model itself. */

import type { Engine } from 'nexort/finite';
import {
  type Explanation,
  explainTexts,
  type KernelKind,
  type Predictor,
  prompterOf,
  readConfig,
  selectParameters,
  type Task,
} from 'nexort/lm';
import type { Loading, Opened } from './embedded.ts';

interface Texts {
  readonly text: string;
  readonly text2?: string;
}

/** An example of a run, and what its prediction comes from. */
export interface ExplainJob {
  readonly task: Task;
  readonly kind: KernelKind;
  /** A choice of parameters, and whether the decoder is one of its own. */
  readonly parameters: string;
  readonly untie: boolean;
  readonly draw: { readonly predictor: Predictor; readonly train: readonly (Texts & { readonly label: string })[] };
  readonly example: Texts;
}

/** Training examples of a forecast. */
const PROBED = 4;

export async function explainExample(
  engine: Engine,
  { modelFor, tokenizer, files }: Opened,
  { task, kind, parameters, untie, draw, example }: ExplainJob,
  tell: (part: Loading) => void = () => {},
): Promise<Explanation> {
  const { labelIds, prompt } = await prompterOf(task, tokenizer, await readConfig(files));
  const train = [];
  for (const [k, one] of draw.train.entries()) train.push(await prompt(one, `training example ${k + 1} of the run`));
  const [explanation] = await explainTexts({
    ...{ engine, task, kind, draw, train, labelIds, token: tokenizer.token, parts: true },
    model: await modelFor({ classes: task.labels.length, untie }),
    texts: [await prompt(example, 'the example')],
    selected: selectParameters(parameters),
    selection: parameters,
    onProgress: (share) => tell({ words: 'Gradients of the model', share }),
  });
  if (explanation === undefined) throw new Error('nothing was explained');
  return explanation;
}

/** Seconds that it takes, by what some of the training examples take; where there are hardly more, 0. */
export async function forecastExplanation(engine: Engine, opened: Opened, job: ExplainJob): Promise<number> {
  const { train, predictor } = job.draw;
  if (train.length <= 2 * PROBED) return 0;
  const { coefficients, outputs } = predictor;
  const start = performance.now();
  await explainExample(engine, opened, {
    ...job,
    draw: {
      train: train.slice(0, PROBED),
      predictor: { ...predictor, coefficients: coefficients.slice(0, PROBED * outputs) },
    },
  });
  return ((performance.now() - start) / 1000) * ((train.length + 1) / (PROBED + 1));
}
