/** Classifies new texts with a fine-tuned model. */

import { required } from '../../../errors/index.ts';
import type { Engine } from '../../../finite/index.ts';
import { engineTrainer } from '../../finetune/fineTune.ts';
import { textLogits } from '../../finetune/textLogits.ts';
import { loadLanguageModel } from '../../model/checkpoint.ts';
import type { CheckpointUse } from '../../model/checkpointUse.ts';
import { readConfig } from '../../model/config.ts';
import { type Prompted, prompterOf } from '../../run/kernelInputs.ts';
import { headFeeds, headOf } from '../../run/setting.ts';
import { predictedClasses } from '../../solve/solvers.ts';
import { loadTokenizer } from '../../text/tokenizer.ts';
import type { NewText } from '../data/newTexts.ts';
import { checkpointFolder } from '../model/checkpointFolder.ts';
import { locatedTexts } from '../run/locatedTexts.ts';
import type { Prediction } from '../run/predictTexts.ts';
import { nativeTokenizer } from '../text/nativeTokenizer.ts';
import type { FoundFineTuned } from './openFineTuned.ts';

/** Labels and probabilities of new texts by a fine-tuned model. */
export interface FineTunedPredictions {
  readonly task: string;
  /** The folder of the model. */
  readonly model: string;
  readonly checkpoint: CheckpointUse;
  /** The draw that it was trained on. */
  readonly seed: number;
  /** Its score on dev examples, in the task's metric. */
  readonly dev: number | null;
  /** In the order of the texts; no training example adds to them, and `initial` is all of a logit. */
  readonly predictions: readonly Prediction[];
}

/**
 * Classifies texts: probabilities are the softmax of the logits. Throws {@link UserError} `lm.no-texts`,
 * `lm.surplus-second-text`, the errors of reading models and of prompts.
 */
export async function predictFineTuned(
  { folder, told }: FoundFineTuned,
  texts: readonly NewText[],
  engine: Engine,
): Promise<FineTunedPredictions> {
  const { task, setting, seed, best } = told;
  const located = locatedTexts(texts, task);
  const files = checkpointFolder(folder);
  const tokenizer = await loadTokenizer(files, nativeTokenizer);
  const { prompt, labelIds } = await prompterOf(task, tokenizer, await readConfig(files), setting);
  const examples: Prompted[] = [];
  for (const text of located) examples.push(await prompt(text, text.where));
  const classes = task.labels.length;
  // A decoder that was trained apart is one in the file.
  const model = await loadLanguageModel(files, () => headOf(setting, classes, false));
  const subject = { examples, head: headFeeds(labelIds), rule: model.config };
  const { run } = engineTrainer(engine);
  const logits = await textLogits(model.net, model.weights, subject, [...examples.keys()], run);
  const predicted = predictedClasses(logits, classes);
  return {
    task: task.name,
    model: folder,
    checkpoint: model.use,
    seed,
    dev: best.score,
    predictions: texts.map(({ text, text2 }, k) => {
      const own = logits.subarray(k * classes, (k + 1) * classes);
      const label = required(predicted[k], `class of text ${k}`);
      const logit = required(own[label], 'logit of a class');
      // Of two classes the logit is that of one against the other.
      const against = classes === 2 ? required(own[1 - label], 'logit of the other class') : 0;
      return {
        text,
        ...(text2 === undefined ? {} : { text2 }),
        label: required(task.labels[label], 'label of a class').name,
        probabilities: probabilitiesOf(task.labels, own),
        logit: logit - against,
        contributions: [],
        intercept: 0,
        initial: logit - against,
        removedTokens: required(examples[k], `tokens of text ${k}`).removedTokens,
      };
    }),
  };
}

function probabilitiesOf(labels: readonly { readonly name: string }[], logits: Float64Array): Record<string, number> {
  const most = Math.max(...logits);
  const powers = [...logits].map((logit) => Math.exp(logit - most));
  const sum = powers.reduce((total, one) => total + one, 0);
  return Object.fromEntries(labels.map(({ name }, k) => [name, required(powers[k], `power of class ${k}`) / sum]));
}
