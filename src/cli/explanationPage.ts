/** From explained predictions to the data of their report. */

import { relative } from 'node:path';
import { required } from '../errors/index.ts';
import { checkpointNotes } from '../lm/index.ts';
import type { FinishedRun, Prediction, Predictions } from '../lm/node/index.ts';
import type { ExplainedText } from '../report/index.ts';
import { KERNEL_NAMES } from './kernelNames.ts';
import { modelText } from './modelOption.ts';
import { madeBy } from './reportFile.ts';
import { percent } from './table.ts';

/** The HTML report. Its libraries for figures are loaded here, not at every start. */
export async function explanationPage(found: Predictions, { kernel, task }: FinishedRun): Promise<string> {
  const { explanationReport } = await import('../report/index.ts');
  const { run, model, seed, dev, checkpoint, predictions } = found;
  return explanationReport({
    task: task.name,
    texts: predictions.map(explainedText),
    warnings: checkpointNotes(checkpoint).map((note) => `Model: ${note}.`),
    settings: [
      { name: 'run', value: relative('.', run) || '.' },
      { name: 'kernel', value: KERNEL_NAMES[kernel] },
      { name: 'model', value: modelText(model) },
      {
        name: 'draw',
        value: dev === null ? String(seed) : `${seed}, ${task.metric} ${percent(dev)} on its dev examples`,
      },
    ],
    made: madeBy(),
  });
}

function explainedText(one: Prediction): ExplainedText {
  const { text, text2, label, probabilities, logit, intercept, initial, contributions, layers = [], tokens } = one;
  const whole = (first: string, second: string | undefined): string =>
    second === undefined ? first : `${first} | ${second}`;
  return {
    text: whole(text, text2),
    label,
    probability: required(probabilities[label], `probability of "${label}"`),
    logit,
    intercept,
    initial,
    contributions: contributions.map((example) => ({
      text: whole(example.text, example.text2),
      label: example.label,
      weight: example.weight,
    })),
    layers,
    ...(tokens === undefined ? {} : { tokens }),
  };
}
