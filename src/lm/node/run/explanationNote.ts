/** What is said before labels are explained. */

import type { Engine } from '../../../finite/index.ts';
import { type Encoded, paddedLength } from '../../kernel/batches.ts';
import { measureSpeed, secondsOf } from '../../kernel/forecastWork.ts';
import type { KernelCosts } from '../../kernel/kernelCosts.ts';
import { type KernelKind, splitsByToken } from '../../kernel/kernelKinds.ts';
import type { DrawFit } from '../../run/kernelScores.ts';
import { byVotes, ownLogits } from '../../solve/predictor.ts';
import type { FinishedRun } from './finishedRun.ts';

/** Why kernels have no split by token, where {@link splitsByToken} says so. */
const NOT_BY_TOKEN: Readonly<Record<Exclude<KernelKind, 'sgd' | 'a-signgd'>, string>> = {
  signgd: "the kernel signgd is of signs of the evaluated text's gradient, which are no sum over its tokens.",
  adam: 'gradients weighted by second moments are sums over tokens, but are not split here.',
};

export interface ExplanationNoteOptions {
  readonly run: Pick<FinishedRun, 'kernel'>;
  readonly draw: DrawFit;
  readonly costs: KernelCosts;
  readonly train: readonly Encoded[];
  readonly engine: Engine;
}

/** What has no split, or takes long. */
export async function explanationNote(options: ExplanationNoteOptions): Promise<string | undefined> {
  const { run, draw, costs, train, engine } = options;
  if (byVotes(draw.predictor)) return 'Votes between pairs of labels are no sum: there is nothing to split.';
  if (draw.predictor.signedCoefficients !== undefined) {
    return 'An asymmetric machine of two kernels is explained by training examples alone; one of a single kernel has lambda=1 (--fix lambda=1).';
  }
  if (run.kernel === 'sgd') return undefined;
  if (!splitsByToken(run.kernel)) {
    return `By layer alone: ${NOT_BY_TOKEN[run.kernel]}`;
  }
  // Signs need every training example's gradient in full, once for each class where classes are told apart by themselves.
  const passes = ownLogits(draw.predictor) ? costs.outputs : 1;
  const written = train.reduce((sum, example) => {
    const stages = costs.work(paddedLength(example));
    const numbers = stages.flatMap(({ matrices }) => matrices.map((one) => one.places * one.rows * one.columns));
    return sum + passes * costs.outputs * numbers.reduce((all, own) => all + own, 0);
  }, 0);
  const seconds = secondsOf(written, await measureSpeed(engine));
  const time = seconds < 1 ? 'less than a second' : `about ${Math.ceil(seconds)} s`;
  return `By token, the signs of ${train.length * costs.outputs} training gradients are written out once more: ${time} beside the classification.`;
}
