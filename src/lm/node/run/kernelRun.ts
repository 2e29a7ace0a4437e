/**
 * The main job: how well a checkpoint classifies a task from a few examples, zero-shot and by its empirical kernel; kept
 * in a run folder, so that a start that is interrupted goes on where it was.
 */

import { required } from '../../../errors/index.ts';
import type { Engine } from '../../../finite/index.ts';
import type { Json, RunFolder } from '../../../runs/index.ts';
import { kernelOf, kernelsOfDraws } from '../../kernel/empiricalKernel.ts';
import { measureSpeed, secondKernelWork, secondsOf } from '../../kernel/forecastWork.ts';
import { plannedForMore } from '../../kernel/kernelErrors.ts';
import { type ComputedKind, KERNEL_KINDS, type KernelKind } from '../../kernel/kernelKinds.ts';
import { keepingWeights } from '../../model/checkpoint.ts';
import type { KernelInputs } from '../../run/kernelInputs.ts';
import { type DrawFit, fitDraws, type SolverRequest } from '../../run/kernelScores.ts';
import { solvesKernel } from '../../run/solverCheck.ts';
import { KERNEL_FILES, writeKernels } from './kernelFiles.ts';
import { type DrawKernels, isOfWorkers, partsBytes, partsWork, seedOfDraw, storeOf } from './kernelParts.ts';
import { type FitsByKernel, KERNEL_CONTENT, type KernelRunRecord, type KernelRunResult } from './kernelRecord.ts';
import { kernelResult } from './kernelResult.ts';
import type { KernelRunOptions } from './kernelRunOptions.ts';
import {
  drawsOptions,
  kernelsOf,
  kindsOfRun,
  modelOfHead,
  openKernelFolder,
  plansOf,
  type StoredPlan,
  startKernel,
} from './kernelStart.ts';
import { solvingOf } from './kernelSubject.ts';
import { probedHeads } from './probedHeads.ts';
import { asJson } from './subjectIdentity.ts';

const REPORT_FILE = 'report.html';

/**
 * Runs the job, or reads its result where the folder holds it; `read` are its inputs, where they are at hand. Throws the errors of reading models and data, of prompts,
 * draws, selections, second moments and run folders; {@link UserError} `lm.memory-too-small`, `lm.no-kernel`,
 * `lm.no-second-moments`.
 */
export async function runKernel(options: KernelRunOptions, read?: KernelInputs): Promise<KernelRunResult> {
  const started = performance.now();
  const start = await startKernel(options, read);
  const { inputs, model, outputs, parts, costs, momentsFile, moments, forecasting } = start;
  let run: RunFolder<Json> | undefined;
  let engine: Engine | undefined;
  try {
    run = await openKernelFolder(options, start);
    const there = kernelsOf(run.result);
    const kinds = kindsOfRun(start.wanted, there);
    const solved = KERNEL_KINDS.filter((kind) => kinds.includes(kind) && solvesKernel(options.solver, kind));
    tellUnsolved(options, kinds, solved);
    const stored = await storedResult(run, options, kinds, moments?.fingerprint);
    if (stored !== undefined) return { ...stored, checkpoint: model.use };
    const made = run.plan as unknown as StoredPlan; // as `openKernelFolder` made it; the folder checks it against damage
    const planned = kinds.every((kind) => made.kinds.includes(kind));
    const plans = plansOf(made);
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
        seconds: secondsOf(whole, speed) + solvingOf(inputs, costs.outputs, solved),
        ...(second === 0 ? {} : { secondKernel: secondsOf(second, speed) }),
        resumed: run.resumed,
      });
    }
    const heads = await probedHeads(options, inputs, parts, { engine, store: run });
    const kept = plans.every(({ keepWeights }) => keepWeights) ? keepingWeights(model) : model;
    const found: DrawKernels[] = [];
    let done = 0;
    for (const [k, part] of parts.entries()) {
      const [head, before, work] = [heads[k], done, required(works[k], `work of kernel ${k}`)];
      const byDraw = await kernelsOfDraws({
        ...drawsOptions(options, start, part, { engine, model: modelOfHead(kept, head), kinds }),
        plan: required(plans[k], `plan of kernel ${k}`).plan,
        store: storeOf(run, part),
        onProgress: (share) => options.onProgress?.((before + share * work) / whole),
      });
      done += work;
      for (const [draw, kernels] of byDraw.entries()) {
        const own = required(part.inputs[draw], `inputs of draw ${draw}`);
        found.push({ seed: seedOfDraw(own), inputs: own, kernels, ...(head === undefined ? {} : { head }) });
      }
    }
    const fits = solvedDraws(options, found, solved);
    const result = kernelResult({
      options,
      inputs,
      found,
      gradients: parts.reduce((sum, { examples }) => sum + examples.length * outputs.outputs, 0),
      checkpoint: model.use,
      fits,
      forecastBytes: plan.forecastBytes,
      seconds: (performance.now() - started) / 1000,
    });
    await writeKernels(run, options, inputs, found, outputs);
    if (options.report !== undefined) {
      await run.writeFile(REPORT_FILE, await options.report({ result, inputs, found, fits }));
    }
    const further = { computed: kinds, ...(momentsFile === undefined ? {} : { momentsFile }) };
    await run.finish(
      asJson(Object.assign(recordOf(result, fits, options.solver, found, moments?.fingerprint), further)),
    );
    // What workers shared of the training sides; one that is still at work finds the run complete, and ends.
    for (const block of await run.list()) if (isOfWorkers(block)) await run.remove(block);
    return result;
  } finally {
    await engine?.release();
    await run?.close();
    await start.close();
  }
}

/** Every draw's predictors of the kernels that are to be solved. */
function solvedDraws(
  { task, solver }: KernelRunOptions,
  found: readonly DrawKernels[],
  solved: readonly KernelKind[],
): FitsByKernel {
  const fitsOf = (kind: KernelKind): DrawFit[] =>
    found.flatMap(({ inputs, kernels }) => {
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
  const there = kernelsOf(run.result);
  if (!kinds.every((kind) => there.includes(kind))) return undefined;
  if (kinds.includes('adam') && record.moments !== moments) return undefined;
  for (const name of files) if (!(await run.hasFile(name))) return undefined;
  return { ...record.result, out, stored: true };
}

function recordOf(
  result: KernelRunResult,
  fits: FitsByKernel,
  solverChoice: SolverRequest,
  found: readonly DrawKernels[],
  moments: string | undefined,
): KernelRunRecord {
  const [first, ...others] = Object.entries(fits) as [KernelKind, readonly DrawFit[]][]; // its own keys
  const [kernel, own] = required(first, 'kernel of a run');
  const record = { content: KERNEL_CONTENT, result, solverChoice, kernel, fits: own };
  const furtherFits = others.length === 0 ? {} : { furtherFits: Object.fromEntries(others) };
  const heads = found.flatMap(({ seed, head }) =>
    head === undefined ? [] : [[seed, { weight: [...head.weight], bias: [...head.bias] }]],
  );
  return Object.assign(
    record,
    furtherFits,
    moments === undefined ? {} : { moments },
    heads.length === 0 ? {} : { heads: Object.fromEntries(heads) },
  );
}
