/**
 * Why a predictor gives a text its label: the logit of the label as a sum over training examples.
 *
 * Logits are the predictor's scores times the slope of its calibration, so that probabilities are their softmax; of two
 * classes, the logit is that of one against the other, ln(p / (1 − p)).
 */

import { required } from '../../errors/index.ts';
import { entry, type Matrix } from '../../numeric/index.ts';
import type { Example } from '../data/example.ts';
import type { Task } from '../data/tasks.ts';
import {
  byVotes,
  type Contributions,
  contributions,
  type Predictor,
  probabilities,
  scores,
} from '../solve/predictor.ts';
import { predictedClasses } from '../solve/solvers.ts';
import type { DrawFit } from './kernelScores.ts';
import { partsDoNotAddUp } from './predictErrors.ts';

/** What one training example adds. */
export interface Contribution extends Omit<Example, 'label'> {
  readonly label: string;
  /** Added to the logit of the predicted label: positive speaks for it, negative against it. */
  readonly weight: number;
  /** The same by layer, where asked for, in the order of {@link Explanation.layers}. */
  readonly byLayer?: readonly number[];
}

/** What the parameters of one layer add, by way of all training examples. */
export interface LayerShare {
  /** `embeddings`, `block 1` and so on, `head`. */
  readonly layer: string;
  /** Added to the logit of the predicted label. */
  readonly weight: number;
  /** The same by token of the explained text, in the order of {@link Explanation.tokens}, where the kernel splits so. */
  readonly byToken?: readonly number[];
}

/** What one token of the explained text adds, by way of all training examples and layers. */
export interface TokenShare {
  /** In the vocabulary's own spelling. */
  readonly token: string;
  readonly weight: number;
}

/** A label with its reasons; logit = Σ weight + intercept + initial, unless votes of pairs of labels decide. */
export interface Explanation {
  readonly label: string;
  /** By label, in the task's order; the sum is 1. */
  readonly probabilities: Readonly<Record<string, number>>;
  /** Of the predicted label. */
  readonly logit: number;
  /** Every training example, the largest weights first, whatever their sign; none where votes of pairs decide. */
  readonly contributions: readonly Contribution[];
  /** From the embeddings to the head, where asked for: their weights add up to those of the training examples. */
  readonly layers?: readonly LayerShare[];
  /** The text in its prompt, where asked for and the kernel splits so: the weights add up to those of the layers. */
  readonly tokens?: readonly TokenShare[];
  /** What is added for any text. */
  readonly intercept: number;
  /** What the model says before any fit, as far as the fit starts from it. */
  readonly initial: number;
}

/** What of a text a prediction is explained from. */
export interface ExplainOptions {
  readonly task: Pick<Task, 'labels'>;
  readonly draw: Pick<DrawFit, 'predictor' | 'train'>;
  /** The text's rows of the kernel, [outputs, train · outputs]. */
  readonly rows: Matrix;
  /** The model's own outputs f₀ of the text, [outputs]. */
  readonly initial: Float64Array;
  /**
   * The same rows, [outputs, train · outputs], signed on the evaluated side, for an asymmetric machine that looks at
   * them.
   */
  readonly signed?: Matrix;
  /** The rows by layer, which add up to `rows`, where contributions are wanted by layer. */
  readonly layers?: readonly LayerRows[];
  /** The text's tokens, of which layers have shares. */
  readonly tokens?: readonly string[];
}

/** A layer's part of a text's rows of the kernel, [outputs, train · outputs]. */
export interface LayerRows {
  readonly layer: string;
  readonly rows: Matrix;
  /** Of the kernel signed on the evaluated side, where `signed` has the whole. */
  readonly signed?: Matrix;
  /** What each token adds to the scores by way of this layer, [outputs × tokens]. */
  readonly shares?: Float64Array;
}

/** What the parts of a logit may miss of it, as a share of their absolute values: sums of some thousand f64 numbers. */
const ROUNDING = 1e-9;
/** And shares of tokens of what the layer's rows give, for both are sums of f32 products, in other orders. */
const TOKEN_ROUNDING = 1e-4;

/** Explains one text's label. Throws the errors of {@link scores}; {@link InvariantError} `lm.parts-do-not-add-up`. */
export function explain(options: ExplainOptions): Explanation {
  const { task, draw, rows, initial, signed, layers, tokens } = options;
  const { predictor, train } = draw;
  const { outputs } = predictor;
  const values = scores(predictor, rows, initial, signed);
  const place = required(predictedClasses(values, outputs)[0], 'predicted class');
  const { output, share } = logitOf(predictor, place);
  const answer = {
    label: required(task.labels[place], `label ${place}`).name,
    probabilities: byLabel(task, probabilities(predictor, values)),
    logit: share(entry(values, output)),
  };
  if (byVotes(predictor)) return { ...answer, contributions: [], intercept: 0, initial: 0 };
  const parts = contributions(predictor, rows, initial, signed);
  const weightsOf = ({ perExample }: Contributions): number[] =>
    train.map((_, k) => share(entry(perExample, output * train.length + k)));
  const byLayer = layers?.map((one) => weightsOf(contributions(predictor, one.rows, initial, one.signed)));
  const weighted = weightsOf(parts).map((weight, k): Contribution => {
    const example = required(train[k], `training example ${k}`);
    const own = byLayer?.map((weights) => required(weights[k], `weight of training example ${k}`));
    return { ...example, weight, ...(own === undefined ? {} : { byLayer: own }) };
  });
  const shares = byLayer?.map((weights, k): LayerShare => {
    const { layer, shares: byToken } = required(layers?.[k], `layer ${k}`);
    const weight = weights.reduce((sum, part) => sum + part, 0);
    if (tokens === undefined || byToken === undefined) return { layer, weight };
    const own = byToken.subarray(output * tokens.length, (output + 1) * tokens.length);
    return { layer, weight, byToken: [...own].map(share) };
  });
  const ofTokens =
    shares === undefined
      ? undefined
      : tokens?.map((token, p): TokenShare => {
          const parts = shares.map(({ byToken = [] }) => required(byToken[p], `share of token ${p}`));
          return { token, weight: parts.reduce((sum, part) => sum + part, 0) };
        });
  const explanation = {
    ...answer,
    contributions: weighted.sort((a, b) => Math.abs(b.weight) - Math.abs(a.weight)),
    ...(shares === undefined ? {} : { layers: shares }),
    ...(ofTokens === undefined ? {} : { tokens: ofTokens }),
    intercept: share(entry(parts.intercepts, output)),
    initial: share(entry(parts.initial, output)),
  };
  checkSum(explanation);
  return explanation;
}

/** From a predicted class to the output that speaks for it, and from scores of this to the logit of the class. */
export function logitOf({ outputs, calibration: { slope } }: Predictor, place: number) {
  // One output speaks for the second class.
  const factor = outputs === 1 && place === 0 ? -slope : slope;
  return { output: outputs === 1 ? 0 : place, share: (score: number): number => factor * score + 0 }; // no −0
}

function byLabel({ labels }: ExplainOptions['task'], values: readonly number[]): Record<string, number> {
  return Object.fromEntries(labels.map(({ name }, k) => [name, required(values[k], `probability of label ${k}`)]));
}

function checkSum({ logit, contributions: all, layers, intercept, initial }: Explanation): void {
  const parts = [...all.map(({ weight }) => weight), intercept, initial];
  expectSum({ parts, whole: logit, subject: 'The contributions to a logit', object: 'the logit' });
  for (const { weight, byLayer } of all) {
    const [subject, object] = ["A training example's contributions by layer", 'its contribution'];
    if (byLayer !== undefined) expectSum({ parts: byLayer, whole: weight, subject, object });
  }
  layers?.forEach(({ layer, weight, byToken }, k) => {
    if (byToken === undefined) return;
    const size = sizeOf(all.map(({ byLayer = [] }) => required(byLayer[k], `contribution of layer ${k}`)));
    const [subject, object] = [`The shares of tokens in layer "${layer}"`, 'what the layer adds'];
    expectSum({ parts: byToken, whole: weight, subject, object, size, rounding: TOKEN_ROUNDING });
  });
}

interface Parts {
  readonly parts: readonly number[];
  readonly whole: number;
  /** Names of both. */
  readonly subject: string;
  readonly object: string;
  /** Of the absolute values that the whole is a sum of, where they are not the parts. */
  readonly size?: number;
  /** What may be missing, as a share of all these. */
  readonly rounding?: number;
}

const sizeOf = (parts: readonly number[]): number => parts.reduce((total, part) => total + Math.abs(part), 0);

function expectSum({ parts, whole, subject, object, size = 0, rounding = ROUNDING }: Parts): void {
  const sum = parts.reduce((total, part) => total + part, 0);
  if (!(Math.abs(sum - whole) <= rounding * (size + sizeOf(parts)))) throw partsDoNotAddUp(sum, whole, subject, object);
}
