/**
 * Labels of texts by a draw's predictor, and what carries them: the kernel of the texts against the draw's training examples,
 * by layer and by token where that is asked for and the kernel splits so.
 */

import type { Engine } from '../../finite/index.ts';
import type { Matrix } from '../../numeric/index.ts';
import type { Task } from '../data/tasks.ts';
import type { Encoded } from '../kernel/batches.ts';
import { empiricalKernels, kernelOf } from '../kernel/empiricalKernel.ts';
import { type ComputedKind, type KernelKind, splitsByToken } from '../kernel/kernelKinds.ts';
import type { EmpiricalKernels, KernelsOptions } from '../kernel/kernelOptions.ts';
import { outputsOf } from '../kernel/outputs.ts';
import type { LanguageModel } from '../model/checkpoint.ts';
import { byVotes, ownLogits, type Predictor } from '../solve/predictor.ts';
import { kernelRows } from '../solve/solvers.ts';
import { type Explanation, explain, type LayerRows } from './explanation.ts';
import { type DrawFit, initialOutputs } from './kernelScores.ts';
import { headFeeds } from './setting.ts';

/** Texts to explain, and the draw, the kernel and the model that do. */
export interface ExplainTextsOptions
  extends Pick<KernelsOptions, 'selected' | 'selection' | 'plan' | 'secondMoments' | 'onProgress'> {
  readonly engine: Engine;
  readonly model: LanguageModel;
  readonly task: Pick<Task, 'labels'>;
  /** The kernel that decides. */
  readonly kind: KernelKind;
  readonly draw: Pick<DrawFit, 'predictor' | 'train'>;
  /** The draw's training examples in their prompts. */
  readonly train: readonly Encoded[];
  /** In their prompts. */
  readonly texts: readonly Encoded[];
  /** Token ids of the label words; none of a head that is the model's own. */
  readonly labelIds: readonly number[];
  /** How the vocabulary spells an id. */
  readonly token: (id: number) => string;
  /** Whether by layer and token too. */
  readonly parts: boolean;
}

/** The kernels that a predictor looks at: the asymmetric machine may look at a second one. */
export function kindsOf(
  kind: KernelKind,
  { signedCoefficients }: Predictor,
): readonly [ComputedKind] | readonly [ComputedKind, ComputedKind] {
  return signedCoefficients === undefined ? [kind] : [kind, 'a-signgd-evaluated'];
}

/** What kernels are asked for beside labels: nothing where votes decide, or two kernels. */
export function explanationRequest(
  kind: KernelKind,
  predictor: Predictor,
): Pick<KernelsOptions, 'byLayer' | 'byToken'> | undefined {
  if (byVotes(predictor) || predictor.signedCoefficients !== undefined) return undefined;
  if (!splitsByToken(kind)) return { byLayer: true };
  const { coefficients } = predictor;
  return { byLayer: true, byToken: { kind, coefficients, ownOutputs: ownLogits(predictor) } };
}

/** Explains texts, in their order. Throws the errors of {@link empiricalKernels} and {@link explain}. */
export async function explainTexts(options: ExplainTextsOptions): Promise<readonly Explanation[]> {
  const { task, kind, draw, train, texts, labelIds, token, parts, ...further } = options;
  const kinds = kindsOf(kind, draw.predictor);
  const found = await empiricalKernels({
    ...further,
    kinds,
    examples: [...train, ...texts],
    train: train.map((_, k) => k),
    outputs: outputsOf(task.labels.length),
    head: headFeeds(labelIds),
    ...(parts ? explanationRequest(kind, draw.predictor) : {}),
  });
  return texts.map(({ ids }, k) =>
    explain({ task, draw, ...exampleParts(found, kinds, train.length + k, train.length, ids.map(token)) }),
  );
}

/** An example's rows of the kernels and the model's own outputs of it, with what there is by layer and token. */
function exampleParts(
  found: EmpiricalKernels,
  [kind, second]: readonly [ComputedKind, ComputedKind?],
  example: number,
  train: number,
  words: readonly string[],
) {
  const { kernel, outputs, logits, classes, layers, tokens } = kernelOf(found, kind);
  const rowsOf = (values: Float64Array): Matrix => kernelRows(values, train * outputs, outputs, [example]);
  const byLayer = layers?.map((one, k): LayerRows => {
    const shares = tokens?.[k]?.shares.get(example);
    const none = new Float64Array(outputs * words.length);
    const own = tokens === undefined ? {} : { shares: shares === undefined ? none : shares };
    return { layer: one.layer, rows: rowsOf(one.kernel), ...own };
  });
  return {
    rows: rowsOf(kernel),
    ...(second === undefined ? {} : { signed: rowsOf(kernelOf(found, second).kernel) }),
    initial: initialOutputs(logits, classes, outputs, [example]),
    ...(byLayer === undefined ? {} : { layers: byLayer }),
    ...(tokens === undefined ? {} : { tokens: words }),
  };
}
