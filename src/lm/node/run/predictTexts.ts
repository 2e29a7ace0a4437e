/**
 * Classifies new texts with a finished kernel run, and says what each training example adds to the answer.
 *
 * The kernel of the new texts against a draw's training examples is computed as the run computed its own, so that an
 * example of the run gets the run's prediction. Entries are sums of f32 products and depend on the shapes of batches by
 * rounding; so, in the last digits, does what is found here.
 */

import { existsSync } from 'node:fs';
import { required } from '../../../errors/index.ts';
import type { Engine } from '../../../finite/index.ts';
import { ADAM_EPSILON } from '../../kernel/adamWeights.ts';
import { KernelCosts } from '../../kernel/kernelCosts.ts';
import type { KernelKind } from '../../kernel/kernelKinds.ts';
import { outputsOf } from '../../kernel/outputs.ts';
import { selectParameters } from '../../kernel/selection.ts';
import { keepingWeights, openLanguageModel, withWeights } from '../../model/checkpoint.ts';
import type { CheckpointUse } from '../../model/checkpointUse.ts';
import { readConfig } from '../../model/config.ts';
import type { OpenMoments } from '../../model/secondMoments.ts';
import { explainTexts, explanationRequest, kindsOf } from '../../run/explainTexts.ts';
import type { Explanation } from '../../run/explanation.ts';
import { type Prompted, prompterOf } from '../../run/kernelInputs.ts';
import * as errors from '../../run/predictErrors.ts';
import { headOf, headWeights, usesChatTemplate } from '../../run/setting.ts';
import type { Calibration } from '../../solve/calibration.ts';
import { loadTokenizer } from '../../text/tokenizer.ts';
import type { NewText } from '../data/newTexts.ts';
import { modelOfSnapshot } from '../hub/index.ts';
import { checkpointFolder } from '../model/checkpointFolder.ts';
import { adapterOf, expectAdapter } from '../model/loraOfRun.ts';
import { modelFingerprint } from '../model/modelFingerprint.ts';
import { nativeTokenizer } from '../text/nativeTokenizer.ts';
import { explanationNote } from './explanationNote.ts';
import { drawOf, type FinishedRun } from './finishedRun.ts';
import type { StoredHead } from './kernelRecord.ts';
import { locatedTexts } from './locatedTexts.ts';
import { planPortions } from './predictPlan.ts';
import { headParameters } from './probedHeads.ts';
import { isThere, type MomentsFile, momentsFingerprint, openRunMoments } from './runMoments.ts';

/** Texts to classify, with which run and draw, and whether they are explained. */
export interface PredictOptions {
  readonly run: FinishedRun;
  /** At least one. */
  readonly texts: readonly NewText[];
  /** The draw whose training examples are used; by default the one with the best dev score. */
  readonly seed?: number;
  /** Where the run's model is; by default where it was when the run was made. */
  readonly model?: string;
  /** Where the second moments of Adam's kernel are; by default where they were. */
  readonly secondMoments?: string;
  /** Where to look for the model if it is no longer there. */
  readonly otherModel?: string;
  /** Makes the engine for so many threads. */
  readonly engine: (threads: number) => Engine;
  readonly threads: number;
  /** Most bytes of the process. */
  readonly memory: number;
  /** Most texts that are computed beside the training examples at a time. */
  readonly mostTexts?: number;
  /** Whether contributions are wanted by layer, and by token where the kernel splits so. */
  readonly explain?: boolean;
  /** Called with the share of the work done. */
  readonly onProgress?: (share: number) => void;
  /** Called before the work starts with what the user may want to know, such as what an explanation costs. */
  readonly onNotice?: (text: string) => void;
}

/** One text's label and what it comes from. */
export interface Prediction extends Explanation {
  readonly text: string;
  readonly text2?: string;
  /** Tokens that did not fit and were cut. */
  readonly removedTokens: number;
}

/** Labels, probabilities and the training examples behind them, text by text. */
export interface Predictions {
  /** The run folder. */
  readonly run: string;
  readonly task: string;
  /** The checkpoint folder. */
  readonly model: string;
  /** What of its files is assumed, replaced or not used. */
  readonly checkpoint: CheckpointUse;
  /** The kernel that decides. */
  readonly kernel: KernelKind;
  /** The draw. */
  readonly seed: number;
  /** Its score on dev examples, in the task's metric. */
  readonly dev: number | null;
  /** How logits come from the predictor's scores. */
  readonly calibration: Calibration;
  /** In the order of the texts. */
  readonly predictions: readonly Prediction[];
}

/**
 * Classifies texts. Throws {@link UserError} `lm.no-texts`, `lm.surplus-second-text`, `lm.unknown-seed`, `lm.model-gone`,
 * `lm.other-model`, `lm.adapter-gone`, `lm.other-adapter`, `lm.moments-gone`, `lm.other-moments`, `lm.memory-too-small`;
 * the errors of reading models and of prompts.
 */
export async function predictTexts(options: PredictOptions): Promise<Predictions> {
  const { run, texts, memory, threads, onProgress = () => {} } = options;
  const { task, untie, parameters, setting } = run;
  const draw = drawOf(run, options.seed);
  const located = locatedTexts(texts, task);
  const folder = await modelOf(run, options);
  const momentsFile = await momentsOfRun(run, options);
  const files = checkpointFolder(folder);
  const config = await readConfig(files);
  const tokenizer = await loadTokenizer(files, nativeTokenizer);
  const { prompt, labelIds } = await prompterOf(task, tokenizer, config, setting);
  const train: Prompted[] = [];
  for (const [k, example] of draw.train.entries()) {
    train.push(await prompt(example, `training example ${k + 1} of the run`));
  }
  const encoded: Prompted[] = [];
  for (const text of located) encoded.push(await prompt(text, text.where));

  const head = headOf(setting, task.labels.length, untie);
  const outputs = outputsOf(task.labels.length);
  const explaining = options.explain === true ? explanationRequest(run.kernel, draw.predictor) : undefined;
  if (run.lora !== undefined) await expectAdapter(run.folder, run.lora.request, run.lora.identity);
  const opened = await openLanguageModel(files, () => head, adapterOf(run.lora?.request), headWeights(setting));
  const own = run.heads?.[draw.seed];
  const model = own === undefined ? opened : withWeights(opened, headParameters(opened, linearHead(own)));
  let engine: Engine | undefined;
  let moments: OpenMoments | undefined;
  try {
    const base = process.memoryUsage.rss();
    const selected = selectParameters(parameters);
    const subject = { chain: model.net.chain, outputs: outputs.outputs, selected };
    if (momentsFile !== undefined) moments = await openRunMoments(momentsFile, model, subject);
    const costs = new KernelCosts(subject);
    const portions = planPortions({
      costs,
      train,
      texts: encoded,
      base,
      memory,
      kinds: kindsOf(run.kernel, draw.predictor),
      byLayer: explaining !== undefined,
      ...(options.mostTexts === undefined ? {} : { mostTexts: options.mostTexts }),
    });
    const keeping = portions.every(({ keepWeights }) => keepWeights) ? keepingWeights(model) : model;
    engine = options.engine(threads);
    if (options.explain === true) {
      const note = await explanationNote({ run, draw, costs, train, engine });
      if (note !== undefined) options.onNotice?.(note);
    }
    const predictions: Prediction[] = [];
    for (const { first, examples, plan } of portions) {
      const explanations = await explainTexts({
        engine,
        model: keeping,
        task,
        kind: run.kernel,
        draw,
        train,
        texts: examples.slice(train.length),
        labelIds,
        token: tokenizer.token,
        parts: options.explain === true,
        selected,
        selection: parameters,
        plan,
        ...(moments === undefined ? {} : { secondMoments: moments }),
        onProgress: (share) => onProgress((first + share * (examples.length - train.length)) / texts.length),
      });
      explanations.forEach((explanation, k) => {
        const { text, text2 } = required(texts[first + k], `text ${first + k}`);
        const { removedTokens } = required(encoded[first + k], `tokens of text ${first + k}`);
        predictions.push({ text, ...(text2 === undefined ? {} : { text2 }), ...explanation, removedTokens });
      });
    }
    const { seed, dev, predictor } = draw;
    const { calibration } = predictor;
    return {
      run: run.folder,
      task: task.name,
      model: folder,
      checkpoint: model.use,
      kernel: run.kernel,
      seed,
      dev,
      calibration,
      predictions,
    };
  } finally {
    await engine?.release();
    await moments?.close();
    await model.close();
  }
}

const linearHead = ({ weight, bias }: StoredHead) => ({
  weight: Float32Array.from(weight),
  bias: Float32Array.from(bias),
});

/** The second moments that the run's kernel is at. */
async function momentsOfRun(
  { folder, kernel, moments }: FinishedRun,
  { secondMoments: given }: PredictOptions,
): Promise<MomentsFile | undefined> {
  if (kernel !== 'adam') return undefined;
  const { path = given, epsilon = ADAM_EPSILON, fingerprint } = moments ?? {};
  const used = given ?? path;
  if (used === undefined || (given === undefined && !(await isThere(used)))) throw errors.momentsGone(folder, path);
  const file = { path: used, epsilon };
  if ((await momentsFingerprint(file)) !== fingerprint) throw errors.otherMoments(folder, used);
  return file;
}

/** The folder of the run's model. */
async function modelOf({ folder, model, setting }: FinishedRun, options: PredictOptions): Promise<string> {
  const { model: given, otherModel } = options;
  const chat = usesChatTemplate(setting);
  if (given === undefined && !existsSync(model.folder)) {
    if (otherModel === undefined || (await differences(otherModel, model.fingerprint, chat)).length > 0) {
      const hub = modelOfSnapshot(model.folder);
      throw errors.modelGone(folder, model.folder, hub === undefined ? undefined : `${hub.name}@${hub.commit}`);
    }
    return otherModel;
  }
  const used = given ?? model.folder;
  const found = await differences(used, model.fingerprint, chat);
  if (found.length > 0) throw errors.otherModel(folder, used, found);
  return used;
}

/** How the files of a folder differ from those of a model. */
async function differences(
  folder: string,
  expected: FinishedRun['model']['fingerprint'],
  chat: boolean,
): Promise<string[]> {
  const found = await modelFingerprint(folder, chat);
  return [...new Set([...Object.keys(expected), ...Object.keys(found)])].flatMap((file) => {
    if (found[file] === expected[file]) return [];
    if (found[file] === undefined) return [`${file} is missing`];
    return [expected[file] === undefined ? `${file} was not there` : `${file} has other content`];
  });
}
