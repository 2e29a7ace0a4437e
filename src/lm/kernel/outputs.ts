/** Which functions of the logits a kernel is of. Those of label words, or their difference (theory 9). */

/** Which combinations of logits are the model's outputs: weights[class, output]. */
export interface OutputWeights {
  readonly outputs: number;
  readonly weights: readonly number[];
}

/** One output for each class. */
export function everyClass(classes: number): OutputWeights {
  const weights = Array.from({ length: classes * classes }, (_, k) => (k % (classes + 1) === 0 ? 1 : 0));
  return { outputs: classes, weights };
}

/** One output: the second logit less the first. */
export const logitDifference: OutputWeights = { outputs: 1, weights: [-1, 1] };

/** The outputs that so many classes are told apart by. */
export function outputsOf(classes: number): OutputWeights {
  return classes === 2 ? logitDifference : everyClass(classes);
}
