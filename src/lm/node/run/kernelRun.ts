/**
 * The main job: how well a checkpoint classifies a task from a few examples, zero-shot and by its empirical kernel; kept
 * in a run folder, so that a start that is interrupted goes on where it was.
 */

import { resolve } from 'node:path';
import { required } from '../../../errors/index.ts';
import type { Engine } from '../../../finite/index.ts';
import { expectRoom, type Json, openRun, type RunFolder } from '../../../runs/index.ts';
import { ADAM_EPSILON } from '../../kernel/adamWeights.ts';
import { empiricalKernels, kernelOf } from '../../kernel/empiricalKernel.ts';
import type { FittedPlan } from '../../kernel/forecast.ts';
import { measureSpeed, secondKernelWork, secondsOf } from '../../kernel/forecastWork.ts';
import type { KernelCosts } from '../../kernel/kernelCosts.ts';
import { noKernel, noSecondMoments, plannedForMore } from '../../kernel/kernelErrors.ts';
import { COMPUTED_KINDS, type ComputedKind, KERNEL_KINDS, type KernelKind } from '../../kernel/kernelKinds.ts';
import { keepingWeights, withWeights } from '../../model/checkpoint.ts';
import type { OpenMoments } from '../../model/secondMoments.ts';
import type { KernelInputs } from '../../run/kernelInputs.ts';
import { type DrawFit, fitDraws, type SolverRequest } from '../../run/kernelScores.ts';
import { checkSetting, headFeeds, PROMPT } from '../../run/setting.ts';
import { checkSolver, kernelsToCompute, solvesKernel } from '../../run/solverCheck.ts';
import { KERNEL_FILES, writeKernels } from './kernelFiles.ts';
import { type ComputedPart, fitParts, type KernelPart, partsBytes, partsWork, storeOf } from './kernelParts.ts';
import {
  type FitsByKernel,
  KERNEL_CONTENT,
  type KernelIdentity,
  type KernelRunRecord,
  type KernelRunResult,
} from './kernelRecord.ts';
import { kernelResult } from './kernelResult.ts';
import type { KernelRunOptions } from './kernelRunOptions.ts';
import { openSubject } from './kernelSubject.ts';
import { headParameters, probedHeads } from './probedHeads.ts';
import { kernelInputs } from './readInputs.ts';
import { type MomentsFile, openRunMoments } from './runMoments.ts';
import { asJson, subjectIdentity } from './subjectIdentity.ts';

/** What is fixed at the first start of a run. */
interface StoredPlan extends FittedPlan {
  readonly threads: number;
  readonly forecastBytes: number;
  /** The kernels that this is forecast for; SGD's alone where none are named. */
  readonly kinds?: readonly ComputedKind[];
  /** The plans of further parts, in their order; none where one kernel is for all draws. */
  readonly further?: readonly FittedPlan[];
}

const REPORT_FILE = 'report.html';

/**
 * Runs the job, or reads its result where the folder holds it; `read` are its inputs, where they are at hand. Throws the errors of reading models and data, of prompts,
 * draws, selections, second moments and run folders; {@link UserError} `lm.memory-too-small`, `lm.no-kernel`,
 * `lm.no-second-moments`.
 */
export async function runKernel(options: KernelRunOptions, read?: KernelInputs): Promise<KernelRunResult> {
  const started = performance.now();
  const inputs = read ?? (await kernelInputs(options));
  const { task } = options;
  const { setting = PROMPT } = options;
  const asked = options.kernels ?? ['sgd'];
  if (asked.length === 0) throw noKernel();
  checkSolver(options.solver, task, inputs, asked);
  checkSetting(setting, task, inputs.data);
  const momentsFile = givenMoments(options, asked);
  const wanted = kernelsToCompute(options.solver, asked);
  const { model, selected, outputs, parts, subject, costs } = await openSubject(options, inputs);
  let run: RunFolder<Json> | undefined;
  let engine: Engine | undefined;
  let moments: OpenMoments | undefined;
  try {
    if (momentsFile !== undefined) moments = await openRunMoments(momentsFile, model, subject);
    const forecasting = { costs, parts, base: process.memoryUsage.rss(), kinds: wanted };
    run = await openRun<Json>({
      folder: options.out,
      identity: { job: 'kernel', ...(await subjectIdentity(options, inputs)) } satisfies KernelIdentity,
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
    const there = kernelsOf(run);
    const kinds = COMPUTED_KINDS.filter((kind) => wanted.includes(kind) || (kind !== 'adam' && there.includes(kind)));
    const solved = KERNEL_KINDS.filter((kind) => kinds.includes(kind) && solvesKernel(options.solver, kind));
    tellUnsolved(options, kinds, solved);
    const stored = await storedResult(run, options, kinds, moments?.fingerprint);
    if (stored !== undefined) return { ...stored, checkpoint: model.use };
    const made = run.plan as unknown as StoredPlan; // as this function made it; the folder checks it against damage
    const planned = kinds.every((kind) => (made.kinds ?? ['sgd']).includes(kind));
    const plans = [made, ...(made.further ?? [])];
    const plan = planned ? made : { ...made, forecastBytes: partsBytes({ ...forecasting, kinds }, plans) };
    if (run.resumed) checkPlan(plan, options);
    engine = options.engine(plan.threads);
    const lacking = kinds.filter((kind) => !there.includes(kind));
    const fresh = lacking.length === 0 ? kinds : lacking;
    const works = partsWork({ ...forecasting, kinds: fresh }, plans);
    const whole = works.reduce((sum, one) => sum + one, 0);
    const second = plans.reduce((sum, own) => sum + secondKernelWork(costs, own.plan, fresh), 0);
    if (options.onForecast !== undefined) {
      const speed = await measureSpeed(engine);
      options.onForecast({
        bytes: plan.forecastBytes,
        seconds: secondsOf(whole, speed),
        ...(second === 0 ? {} : { secondKernel: secondsOf(second, speed) }),
        resumed: run.resumed,
      });
    }
    const heads = await probedHeads(options, inputs, parts, { engine, store: run });
    const kept = plans.every(({ keepWeights }) => keepWeights) ? keepingWeights(model) : model;
    const computed: ComputedPart[] = [];
    let done = 0;
    for (const [k, part] of parts.entries()) {
      const [head, before, work] = [heads[k], done, required(works[k], `work of kernel ${k}`)];
      const kernels = await empiricalKernels({
        engine,
        model: head === undefined ? kept : withWeights(kept, headParameters(model, head)),
        examples: part.examples,
        train: part.train,
        outputs,
        head: headFeeds(inputs.labelIds),
        selected,
        selection: options.parameters,
        plan: required(plans[k], `plan of kernel ${k}`).plan,
        store: storeOf(run, part),
        kinds,
        ...(moments === undefined ? {} : { secondMoments: moments }),
        ...(options.team === undefined ? {} : { team: options.team }),
        onProgress: (share) => options.onProgress?.((before + share * work) / whole),
      });
      done += work;
      const { inputs: own, seed } = part;
      computed.push(
        Object.assign({ inputs: own, kernels }, head === undefined ? {} : { head }, seed === undefined ? {} : { seed }),
      );
    }
    const fits = solvedDraws(options, computed, solved);
    const result = kernelResult({
      options,
      inputs,
      parts: computed,
      checkpoint: model.use,
      fits,
      forecastBytes: plan.forecastBytes,
      seconds: (performance.now() - started) / 1000,
    });
    await writeKernels(run, options, inputs, computed, outputs);
    if (options.report !== undefined) {
      await run.writeFile(REPORT_FILE, await options.report({ result, inputs, parts: computed, fits }));
    }
    const further = { computed: kinds, ...(momentsFile === undefined ? {} : { momentsFile }) };
    await run.finish(
      asJson(Object.assign(recordOf(result, fits, options.solver, computed, moments?.fingerprint), further)),
    );
    return result;
  } finally {
    await engine?.release();
    await moments?.close();
    await run?.close();
    await model.close();
  }
}

/** Every draw's predictors of the kernels that are to be solved. */
function solvedDraws(
  { task, solver }: KernelRunOptions,
  parts: readonly ComputedPart[],
  solved: readonly KernelKind[],
): FitsByKernel {
  const fitsOf = (kind: KernelKind): DrawFit[] =>
    parts.flatMap(({ inputs, kernels }) => {
      const second = kernels.kernels.get('a-signgd-evaluated');
      const signed = kind === 'a-signgd' && second !== undefined ? { signed: second } : {};
      return fitDraws({ task, inputs, kernel: kernelOf(kernels, kind), solver, ...signed });
    });
  return Object.fromEntries(solved.map((kind) => [kind, fitsOf(kind)]));
}

/** The kernels that the folder has and the solver does not fit stay in it. */
function tellUnsolved(
  { onNotice }: KernelRunOptions,
  kinds: readonly ComputedKind[],
  solved: readonly KernelKind[],
): void {
  const left = KERNEL_KINDS.filter((kind) => kinds.includes(kind) && !solved.includes(kind));
  if (left.length > 0) {
    onNotice?.(`The run keeps ${left.join(', ')} as computed before; the solver that is asked for does not fit it.`);
  }
}

/** The kernel in two files, and before that every stage's part of it as a block. */
function leastBytes(
  { stageBytes, outputs }: KernelCosts,
  parts: readonly Pick<KernelPart, 'examples' | 'train'>[],
): number {
  const entries = parts.reduce((sum, { examples, train }) => sum + examples.length * train.length, 0);
  return 8 * (2 + stageBytes.length) * entries * outputs ** 2;
}

/** A plan stays as it is at every start, for the same bytes: it takes no less memory and no other threads. */
function checkPlan({ forecastBytes, threads }: StoredPlan, options: KernelRunOptions): void {
  const { memory, strictMemory = false, out, onNotice } = options;
  if (strictMemory && memory < forecastBytes) throw plannedForMore(out, memory, forecastBytes);
  if (threads !== options.threads) onNotice?.(`The run goes on with ${threads} threads, as it was begun.`);
}

/**
 * The result of an earlier start that solved the kernel in the same way, where its files are still as they were written;
 * the folder may have been moved since.
 */
async function storedResult(
  run: RunFolder<Json>,
  { solver, out, report }: KernelRunOptions,
  kinds: readonly ComputedKind[],
  moments: string | undefined,
): Promise<KernelRunResult | undefined> {
  const record = run.result as unknown as KernelRunRecord | undefined; // as this function wrote it
  const files = report === undefined ? KERNEL_FILES : [...KERNEL_FILES, REPORT_FILE];
  if (record?.content !== KERNEL_CONTENT || JSON.stringify(record.solverChoice) !== JSON.stringify(solver))
    return undefined;
  const there = kernelsOf(run);
  if (!kinds.every((kind) => there.includes(kind))) return undefined;
  if (kinds.includes('adam') && record.moments !== moments) return undefined;
  for (const name of files) if (!(await run.hasFile(name))) return undefined;
  return { ...record.result, out, stored: true };
}

/** The kernels that an earlier start has ended with. */
function kernelsOf(run: RunFolder<Json>): readonly string[] {
  const record = run.result as unknown as KernelRunRecord | undefined; // as this function wrote it
  return record === undefined ? [] : (record.computed ?? Object.keys(record.result.kernels));
}

function recordOf(
  result: KernelRunResult,
  fits: FitsByKernel,
  solverChoice: SolverRequest,
  parts: readonly ComputedPart[],
  moments: string | undefined,
): KernelRunRecord {
  const [first, ...others] = Object.entries(fits) as [KernelKind, readonly DrawFit[]][]; // its own keys
  const [kernel, own] = required(first, 'kernel of a run');
  const record = { content: KERNEL_CONTENT, result, solverChoice, kernel, fits: own };
  const furtherFits = others.length === 0 ? {} : { furtherFits: Object.fromEntries(others) };
  const heads = parts.flatMap(({ seed, head }) =>
    head === undefined ? [] : [[seed, { weight: [...head.weight], bias: [...head.bias] }]],
  );
  return Object.assign(
    record,
    furtherFits,
    moments === undefined ? {} : { moments },
    heads.length === 0 ? {} : { heads: Object.fromEntries(heads) },
  );
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
