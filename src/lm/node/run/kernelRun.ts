/**
 * The main job: how well a checkpoint classifies a task from a few examples, zero-shot and by its empirical kernel; kept
 * in a run folder, so that a start that is interrupted goes on where it was.
 */

import { createHash } from 'node:crypto';
import { resolve } from 'node:path';
import { required } from '../../../errors/index.ts';
import type { Engine } from '../../../finite/index.ts';
import { indexTensor } from '../../../program/index.ts';
import { expectRoom, type Json, openRun, type RunFolder } from '../../../runs/index.ts';
import { ADAM_EPSILON } from '../../kernel/adamWeights.ts';
import { empiricalKernels, kernelOf } from '../../kernel/empiricalKernel.ts';
import { type FittedPlan, fitPlan, forecastBytes } from '../../kernel/forecast.ts';
import { forecastWork, measureSpeed, secondKernelWork, secondsOf } from '../../kernel/forecastWork.ts';
import type { KernelCosts } from '../../kernel/kernelCosts.ts';
import { noKernel, noSecondMoments, plannedForMore } from '../../kernel/kernelErrors.ts';
import { COMPUTED_KINDS, type ComputedKind, KERNEL_KINDS, type KernelKind } from '../../kernel/kernelKinds.ts';
import type { EmpiricalKernels } from '../../kernel/kernelOptions.ts';
import { keepingWeights } from '../../model/checkpoint.ts';
import type { OpenMoments } from '../../model/secondMoments.ts';
import type { KernelInputs } from '../../run/kernelInputs.ts';
import { type DrawFit, fitDraws, type SolverRequest } from '../../run/kernelScores.ts';
import { checkSolver, kernelsToCompute, solvesKernel } from '../../run/solverCheck.ts';
import { loraIdentity } from '../model/loraOfRun.ts';
import { modelFingerprint } from '../model/modelFingerprint.ts';
import { KERNEL_FILES, writeKernels } from './kernelFiles.ts';
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
import { kernelInputs } from './readInputs.ts';
import { type MomentsFile, openRunMoments } from './runMoments.ts';

/** What is fixed at the first start of a run. */
interface StoredPlan extends FittedPlan {
  readonly threads: number;
  readonly forecastBytes: number;
  /** The kernels that this is forecast for; SGD's alone where none are named. */
  readonly kinds?: readonly ComputedKind[];
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
  const asked = options.kernels ?? ['sgd'];
  if (asked.length === 0) throw noKernel();
  checkSolver(options.solver, task, inputs, asked);
  const momentsFile = givenMoments(options, asked);
  const wanted = kernelsToCompute(options.solver, asked);
  const { model, selected, outputs, sides, subject, costs } = await openSubject(options, inputs);
  let run: RunFolder<Json> | undefined;
  let engine: Engine | undefined;
  let moments: OpenMoments | undefined;
  try {
    if (momentsFile !== undefined) moments = await openRunMoments(momentsFile, model, subject);
    const forecasting = { costs, ...sides, base: process.memoryUsage.rss(), kinds: wanted };
    run = await openRun<Json>({
      folder: options.out,
      identity: await identityOf(options, inputs),
      plan: async () => {
        await expectRoom(options.out, wanted.length * leastBytes(costs, sides));
        const fitted = fitPlan({ ...forecasting, memory: options.memory });
        const bytes = forecastBytes(forecasting, fitted);
        return asJson({ ...fitted, threads: options.threads, forecastBytes: bytes, kinds: wanted });
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
    const plan = planned ? made : { ...made, forecastBytes: forecastBytes({ ...forecasting, kinds }, made) };
    if (run.resumed) checkPlan(plan, options);
    engine = options.engine(plan.threads);
    const lacking = kinds.filter((kind) => !there.includes(kind));
    const fresh = lacking.length === 0 ? kinds : lacking;
    const speed = await measureSpeed(engine);
    const second = secondKernelWork(costs, plan.plan, fresh);
    options.onForecast?.({
      bytes: plan.forecastBytes,
      seconds: secondsOf(forecastWork(costs, plan.plan, fresh), speed),
      ...(second === 0 ? {} : { secondKernel: secondsOf(second, speed) }),
      resumed: run.resumed,
    });
    const kernels = await empiricalKernels({
      engine,
      model: plan.keepWeights ? keepingWeights(model) : model,
      ...sides,
      outputs,
      head: { labels: indexTensor(['class'], [task.labels.length], inputs.labelIds) },
      selected,
      selection: options.parameters,
      plan: plan.plan,
      store: run,
      kinds,
      ...(moments === undefined ? {} : { secondMoments: moments }),
      ...(options.team === undefined ? {} : { team: options.team }),
      ...(options.onProgress === undefined ? {} : { onProgress: options.onProgress }),
    });
    const fits = solvedDraws(options, inputs, kernels, solved);
    const result = kernelResult({
      options,
      inputs,
      kernels,
      checkpoint: model.use,
      fits,
      forecastBytes: plan.forecastBytes,
      seconds: (performance.now() - started) / 1000,
    });
    await writeKernels(run, options, inputs, kernels, outputs);
    if (options.report !== undefined) {
      await run.writeFile(REPORT_FILE, await options.report({ result, inputs, kernels, fits }));
    }
    const computed = { computed: kinds, ...(momentsFile === undefined ? {} : { momentsFile }) };
    await run.finish(asJson(Object.assign(recordOf(result, fits, options.solver, moments?.fingerprint), computed)));
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
  inputs: KernelInputs,
  kernels: EmpiricalKernels,
  solved: readonly KernelKind[],
): FitsByKernel {
  const second = kernels.kernels.get('a-signgd-evaluated');
  return Object.fromEntries(
    solved.map((kind) => {
      const signed = kind === 'a-signgd' && second !== undefined ? { signed: second } : {};
      return [kind, fitDraws({ task, inputs, kernel: kernelOf(kernels, kind), solver, ...signed })];
    }),
  );
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
  { examples, train }: { readonly examples: readonly unknown[]; readonly train: readonly number[] },
): number {
  return 8 * (2 + stageBytes.length) * examples.length * train.length * outputs ** 2;
}

/** Plain data as JSON sees it. */
const asJson = (value: unknown): Json => JSON.parse(JSON.stringify(value)) as Json; // what JSON gives is JSON

/** A plan stays as it is at every start, for the same bytes: it takes no less memory and no other threads. */
function checkPlan({ forecastBytes, threads }: StoredPlan, options: KernelRunOptions): void {
  const { memory, strictMemory = false, out, onNotice } = options;
  if (strictMemory && memory < forecastBytes) throw plannedForMore(out, memory, forecastBytes);
  if (threads !== options.threads) onNotice?.(`The run goes on with ${threads} threads, as it was begun.`);
}

async function identityOf(options: KernelRunOptions, inputs: KernelInputs): Promise<KernelIdentity> {
  const { task, shots, seeds, limit, parameters, untie, lora, version } = options;
  return {
    job: 'kernel',
    nexort: version,
    runtime: options.runtime,
    task: asJson(task),
    data: asJson(inputs.data.source.files.map(({ sha256 }) => sha256)),
    // Other columns of the same files are other examples.
    examples: digestOf([inputs.data.draws, inputs.test]),
    shots,
    seeds,
    evaluated: limit ?? 'all',
    model: await modelFingerprint(options.model),
    parameters,
    untie,
    ...(lora === undefined ? {} : { lora: await loraIdentity(lora) }),
  };
}

const digestOf = (value: unknown): string => createHash('sha256').update(JSON.stringify(value)).digest('hex');

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
  moments: string | undefined,
): KernelRunRecord {
  const [first, ...others] = Object.entries(fits) as [KernelKind, readonly DrawFit[]][]; // its own keys
  const [kernel, own] = required(first, 'kernel of a run');
  const record = { content: KERNEL_CONTENT, result, solverChoice, kernel, fits: own };
  const furtherFits = others.length === 0 ? {} : { furtherFits: Object.fromEntries(others) };
  return Object.assign(record, furtherFits, moments === undefined ? {} : { moments });
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
