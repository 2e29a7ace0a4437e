/** How a kernel run begins, for the process that ends it and for its workers alike: inputs, model, plan, folder. */

import { resolve } from 'node:path';
import type { Engine } from '../../../finite/index.ts';
import { expectRoom, type Json, openRun, type RunFolder } from '../../../runs/index.ts';
import { ADAM_EPSILON } from '../../kernel/adamWeights.ts';
import { kernelEntries } from '../../kernel/drawSides.ts';
import type { FittedPlan } from '../../kernel/forecast.ts';
import type { KernelCosts } from '../../kernel/kernelCosts.ts';
import { noKernel, noSecondMoments } from '../../kernel/kernelErrors.ts';
import { COMPUTED_KINDS, type ComputedKind, type KernelKind } from '../../kernel/kernelKinds.ts';
import type { DrawsOptions } from '../../kernel/kernelOptions.ts';
import { type LanguageModel, withWeights } from '../../model/checkpoint.ts';
import type { OpenMoments } from '../../model/secondMoments.ts';
import type { KernelInputs } from '../../run/kernelInputs.ts';
import { checkSetting, headFeeds, PROMPT } from '../../run/setting.ts';
import { checkSolver, kernelsToCompute } from '../../run/solverCheck.ts';
import type { LinearHead } from '../../solve/probe.ts';
import { fitParts, type KernelPart, type PartsForecast, partsBytes } from './kernelParts.ts';
import { BLOCK_CONTENT, type KernelIdentity, type KernelRunRecord } from './kernelRecord.ts';
import type { KernelRunOptions } from './kernelRunOptions.ts';
import { openSubject, type RunSubject } from './kernelSubject.ts';
import { headParameters } from './probedHeads.ts';
import { kernelInputs } from './readInputs.ts';
import { type MomentsFile, openRunMoments } from './runMoments.ts';
import { asJson, subjectIdentity } from './subjectIdentity.ts';

/** What is fixed at the first start of a run. */
export interface StoredPlan extends FittedPlan {
  readonly threads: number;
  readonly forecastBytes: number;
  /** The kernels that this is forecast for. */
  readonly kinds: readonly ComputedKind[];
  /** The plans of further parts, in their order; none where all draws are computed together. */
  readonly further?: readonly FittedPlan[];
}

/** The plans of a run's parts. */
export const plansOf = (made: StoredPlan): readonly FittedPlan[] => [made, ...(made.further ?? [])];

export interface KernelStart extends RunSubject {
  readonly inputs: KernelInputs;
  readonly identity: KernelIdentity;
  /** The kernels that have to be computed for what is asked for. */
  readonly wanted: readonly ComputedKind[];
  readonly momentsFile?: MomentsFile;
  readonly moments?: OpenMoments;
  readonly forecasting: PartsForecast;
  /** Closes model and moments. */
  close(): Promise<void>;
}

/**
 * Reads inputs, if they are not at hand, and opens the model. Throws the errors of reading models and data, of prompts, draws,
 * selections and second moments; {@link UserError} `lm.no-kernel`, `lm.no-second-moments`.
 */
export async function startKernel(options: KernelRunOptions, read?: KernelInputs): Promise<KernelStart> {
  const inputs = read ?? (await kernelInputs(options));
  const { task, setting = PROMPT, workers } = options;
  const asked = options.kernels ?? ['sgd'];
  if (asked.length === 0) throw noKernel();
  checkSolver(options.solver, task, inputs, asked);
  checkSetting(setting, task, inputs.data);
  const momentsFile = givenMoments(options, asked);
  const wanted = kernelsToCompute(options.solver, asked);
  const opened = await openSubject(options, inputs);
  const { model, subject, costs, parts } = opened;
  let moments: OpenMoments | undefined;
  const close = async (): Promise<void> => {
    await moments?.close();
    await model.close();
  };
  try {
    if (momentsFile !== undefined) moments = await openRunMoments(momentsFile, model, subject);
    const forecasting = {
      costs,
      parts,
      base: process.memoryUsage.rss(),
      kinds: wanted,
      ...(workers === undefined ? {} : { workers }),
    };
    const identity: KernelIdentity = {
      job: 'kernel',
      content: BLOCK_CONTENT,
      ...(await subjectIdentity(options, inputs)),
    };
    return {
      ...opened,
      inputs,
      identity,
      wanted,
      ...(momentsFile === undefined ? {} : { momentsFile }),
      ...(moments === undefined ? {} : { moments }),
      forecasting,
      close,
    };
  } catch (error) {
    await close();
    throw error;
  }
}

/** Opens the run's folder, with a plan at the first start. Throws the errors of run folders; `lm.memory-too-small`. */
export function openKernelFolder(
  options: KernelRunOptions,
  { identity, costs, parts, wanted, forecasting }: KernelStart,
): Promise<RunFolder<Json>> {
  return openRun<Json>({
    folder: options.out,
    identity,
    plan: async () => {
      await expectRoom(options.out, wanted.length * leastBytes(costs, parts));
      const fitted = fitParts(forecasting, options.memory);
      const [first, ...further] = fitted;
      const fixed = { threads: options.threads, forecastBytes: partsBytes(forecasting, fitted), kinds: wanted };
      return asJson(Object.assign({}, first, fixed, further.length === 0 ? {} : { further }));
    },
    ...(options.files === undefined ? {} : { files: options.files }),
    ...(options.onNotice === undefined ? {} : { onNotice: options.onNotice }),
  });
}

/** What a part's kernels are computed of, but for its plan and where its blocks are. */
export function drawsOptions(
  options: KernelRunOptions,
  { inputs, outputs, selected, moments }: KernelStart,
  { examples, draws }: KernelPart,
  given: { readonly engine: Engine; readonly model: LanguageModel; readonly kinds: readonly ComputedKind[] },
): Omit<DrawsOptions, 'plan' | 'store'> {
  return {
    ...given,
    examples,
    draws,
    outputs,
    head: headFeeds(inputs.labelIds),
    selected,
    selection: options.parameters,
    ...(moments === undefined ? {} : { secondMoments: moments }),
    ...(options.team === undefined ? {} : { team: options.team }),
  };
}

/** The model with a draw's own head, if it has one. */
export const modelOfHead = (model: LanguageModel, head: LinearHead | undefined): LanguageModel =>
  head === undefined ? model : withWeights(model, headParameters(model, head));

/** The kernels that a run has in the end: those that it lacks and those that it has. */
export function kindsOfRun(wanted: readonly ComputedKind[], there: readonly string[]): readonly ComputedKind[] {
  return COMPUTED_KINDS.filter((kind) => wanted.includes(kind) || (kind !== 'adam' && there.includes(kind)));
}

/** The kernels that an earlier start has ended with. */
export function kernelsOf(result: Json | undefined): readonly string[] {
  const record = result as unknown as KernelRunRecord | undefined; // as `runKernel` wrote it
  return record === undefined ? [] : (record.computed ?? Object.keys(record.result.kernels));
}

/** The kernel in two files, and before that every stage's part of it as a block. */
function leastBytes({ stageBytes, outputs }: KernelCosts, parts: readonly Pick<KernelPart, 'draws'>[]): number {
  const entries = parts.reduce((sum, { draws }) => sum + kernelEntries(draws, outputs), 0);
  return 8 * (2 + stageBytes.length) * entries;
}

/** The file of Adam's second moments. Throws {@link UserError} `lm.no-second-moments`. */
function givenMoments(
  { secondMoments: path, epsilon = ADAM_EPSILON }: KernelRunOptions,
  asked: readonly KernelKind[],
): MomentsFile | undefined {
  if (!asked.includes('adam')) return undefined;
  if (path === undefined) throw noSecondMoments();
  return { path: resolve(path), epsilon };
}
