/** Predictions with their reasons, as `nexort predict --explain --json` prints them. */

import type { Explanation } from 'nexort/lm';
import { BadFile, type Json, listAt, numberAt, objectAt, objectsAt, textAt } from './shape.ts';

export interface ExplainedTexts {
  readonly kind: 'predictions';
  readonly task: string;
  readonly kernel: string;
  readonly seed: number;
  readonly predictions: readonly TextExplanation[];
}

export interface TextExplanation extends Explanation {
  readonly text: string;
}

/** Whether it is such an object. */
export const isExplained = (json: Json): boolean => Array.isArray(json.predictions) && typeof json.kernel === 'string';

export function explainedOf(json: Json): ExplainedTexts {
  return {
    kind: 'predictions',
    task: textAt(json, 'task'),
    kernel: textAt(json, 'kernel'),
    seed: numberAt(json, 'seed'),
    predictions: objectsAt(json, 'predictions').map(predictionOf),
  };
}

function predictionOf(json: Json): TextExplanation {
  const [first, second] = [textAt(json, 'text'), json.text2];
  const probabilities = objectAt(json, 'probabilities');
  const layers = json.layers === undefined ? undefined : objectsAt(json, 'layers');
  const tokens = json.tokens === undefined ? undefined : objectsAt(json, 'tokens');
  const found: TextExplanation = {
    text: typeof second === 'string' ? `${first} | ${second}` : first,
    label: textAt(json, 'label'),
    probabilities: Object.fromEntries(Object.keys(probabilities).map((name) => [name, numberAt(probabilities, name)])),
    logit: numberAt(json, 'logit'),
    intercept: numberAt(json, 'intercept'),
    initial: numberAt(json, 'initial'),
    contributions: objectsAt(json, 'contributions').map((one) => ({
      label: textAt(one, 'label'),
      text: textAt(one, 'text'),
      ...(typeof one.text2 === 'string' ? { text2: one.text2 } : {}),
      weight: numberAt(one, 'weight'),
      ...(one.byLayer === undefined ? {} : { byLayer: numbersAt(one, 'byLayer', layers?.length) }),
    })),
    ...(layers === undefined
      ? {}
      : {
          layers: layers.map((one) => ({
            layer: textAt(one, 'layer'),
            weight: numberAt(one, 'weight'),
            ...(one.byToken === undefined ? {} : { byToken: numbersAt(one, 'byToken', tokens?.length) }),
          })),
        }),
    ...(tokens === undefined
      ? {}
      : { tokens: tokens.map((one) => ({ token: textAt(one, 'token'), weight: numberAt(one, 'weight') })) }),
  };
  return found;
}

function numbersAt(of: Json, key: string, length: number | undefined): readonly number[] {
  const values = listAt(of, key);
  if (values.length !== length)
    throw new BadFile(`“${key}” holds ${values.length} numbers; expected ${length ?? 'none'}.`);
  return values.map((value) => {
    if (typeof value !== 'number') throw new BadFile(`“${key}” holds ${JSON.stringify(value)}; expected numbers.`);
    return value;
  });
}

/** What of a file of predictions belongs to an example of a draw: the same kernel, seed and text. */
export function explanationOf(
  files: readonly ExplainedTexts[],
  { kind, seed, text }: { readonly kind: string; readonly seed: number; readonly text: string },
): TextExplanation | undefined {
  return files
    .filter((file) => file.kernel === kind && file.seed === seed)
    .flatMap(({ predictions }) => predictions)
    .find((one) => one.text === text);
}
