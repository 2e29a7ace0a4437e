/**
 * The main job: how well a checkpoint classifies a task from a few examples, zero-shot and by its empirical kernel; kept
 * in a run folder, so that a start that is interrupted goes on where it was.
 */

import { createHash } from 'node:crypto';
import { required } from '../../../errors/index.ts';
import type { Engine } from '../../../finite/index.ts';
import type { EncoderHead } from '../../../nets/index.ts';
import { indexTensor } from '../../../program/index.ts';
import { expectRoom, type Json, openRun, type RunFolder } from '../../../runs/index.ts';
import { encodeNpz, encodeTensors } from '../../../runs/tensors/index.ts';
import type { Example } from '../../data/example.ts';
import { empiricalKernel } from '../../kernel/empiricalKernel.ts';
import { type FittedPlan, fitPlan, forecastBytes } from '../../kernel/forecast.ts';
import { forecastWork, measureSpeed } from '../../kernel/forecastWork.ts';
import { KernelCosts } from '../../kernel/kernelCosts.ts';
import { nothingSelected, plannedForMore } from '../../kernel/kernelErrors.ts';
import type { EmpiricalKernel } from '../../kernel/kernelOptions.ts';
import { parameterSizes } from '../../kernel/kernelPrograms.ts';
import { type OutputWeights, outputsOf } from '../../kernel/outputs.ts';
import { selectParameters } from '../../kernel/selection.ts';
import { keepingWeights, openEncoder } from '../../model/checkpoint.ts';
import type { KernelInputs } from '../../run/kernelInputs.ts';
import { type DrawFit, fitDraws, type SolverRequest } from '../../run/kernelScores.ts';
import { checkSolver } from '../../run/solverCheck.ts';
import { checkpointFolder } from '../model/checkpointFolder.ts';
import { adapterOf, loraIdentity } from '../model/loraOfRun.ts';
import { modelFingerprint } from '../model/modelFingerprint.ts';
import { asMetadata, exampleArrays } from './exampleArrays.ts';
import { KERNEL_CONTENT, type KernelIdentity, type KernelRunRecord, type KernelRunResult } from './kernelRecord.ts';
import { kernelResult } from './kernelResult.ts';
import type { KernelRunOptions } from './kernelRunOptions.ts';
import { kernelInputs } from './readInputs.ts';

/** What is fixed at the first start of a run. */
interface StoredPlan extends FittedPlan {
  readonly threads: number;
  readonly forecastBytes: number;
}

const KERNEL_FILES = ['kernels.safetensors', 'kernels.npz'] as const;
const REPORT_FILE = 'report.html';

/** The share of the speed of large matrix products that a whole run reaches. */
const EFFICIENCY = 0.65;

/**
 * Runs the job, or reads its result where the folder holds it. Throws the errors of reading models and data, of prompts,
 * draws, selections and run folders; {@link UserError} `lm.memory-too-small`.
 */
export async function runKernel(options: KernelRunOptions): Promise<KernelRunResult> {
  const started = performance.now();
  const inputs = await kernelInputs(options);
  const { task, untie, lora } = options;
  checkSolver(options.solver, task, inputs);
  const selected = selectParameters(options.parameters);
  const head: EncoderHead = { kind: 'words', classes: task.labels.length, untie };
  const model = await openEncoder(checkpointFolder(options.model), () => head, adapterOf(lora));
  let run: RunFolder<Json> | undefined;
  let engine: Engine | undefined;
  try {
    const known = [...parameterSizes(model.net.chain).keys()];
    if (!known.some(selected)) throw nothingSelected(options.parameters, known);
    const outputs = outputsOf(task.labels.length);
    const sides = { examples: inputs.encoded, train: trainPositions(inputs) };
    const costs = new KernelCosts({ chain: model.net.chain, outputs: outputs.outputs, selected });
    const forecasting = { costs, ...sides, base: process.memoryUsage.rss() };
    run = await openRun<Json>({
      folder: options.out,
      identity: await identityOf(options, inputs),
      plan: async () => {
        await expectRoom(options.out, leastBytes(costs, sides));
        const fitted = fitPlan({ ...forecasting, memory: options.memory });
        return asJson({ ...fitted, threads: options.threads, forecastBytes: forecastBytes(forecasting, fitted) });
      },
      ...(options.files === undefined ? {} : { files: options.files }),
      ...(options.onNotice === undefined ? {} : { onNotice: options.onNotice }),
    });
    const stored = await storedResult(run, options);
    if (stored !== undefined) return { ...stored, checkpoint: model.use };
    const plan = run.plan as unknown as StoredPlan; // as this function made it; the folder checks it against damage
    if (run.resumed) checkPlan(plan, options);
    engine = options.engine(plan.threads);
    options.onForecast?.({
      bytes: plan.forecastBytes,
      seconds: forecastWork(costs, plan.plan) / (EFFICIENCY * (await measureSpeed(engine))),
      resumed: run.resumed,
    });
    const kernel = await empiricalKernel({
      engine,
      model: plan.keepWeights ? keepingWeights(model) : model,
      ...sides,
      outputs,
      head: { labels: indexTensor(['class'], [task.labels.length], inputs.labelIds) },
      selected,
      selection: options.parameters,
      plan: plan.plan,
      store: run,
      ...(options.onProgress === undefined ? {} : { onProgress: options.onProgress }),
    });
    const fits = fitDraws({ task, inputs, kernel, solver: options.solver });
    const result = kernelResult({
      options,
      inputs,
      kernel,
      checkpoint: model.use,
      fits,
      forecastBytes: plan.forecastBytes,
      seconds: (performance.now() - started) / 1000,
    });
    await writeKernels(run, options, inputs, kernel, outputs);
    if (options.report !== undefined) {
      await run.writeFile(REPORT_FILE, await options.report({ result, inputs, kernel, fits }));
    }
    await run.finish(asJson(recordOf(result, fits, options.solver)));
    return result;
  } finally {
    await engine?.release();
    await run?.close();
    await model.close();
  }
}

const trainPositions = ({ train }: KernelInputs): number[] => Array.from({ length: train }, (_, k) => k);

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
): Promise<KernelRunResult | undefined> {
  const record = run.result as unknown as KernelRunRecord | undefined; // as this function wrote it
  const files = report === undefined ? KERNEL_FILES : [...KERNEL_FILES, REPORT_FILE];
  if (record?.content !== KERNEL_CONTENT || JSON.stringify(record.solverChoice) !== JSON.stringify(solver))
    return undefined;
  for (const name of files) if (!(await run.hasFile(name))) return undefined;
  return { ...record.result, out, stored: true };
}

function recordOf(result: KernelRunResult, fits: readonly DrawFit[], solverChoice: SolverRequest): KernelRunRecord {
  return { content: KERNEL_CONTENT, result, solverChoice, fits };
}

/** The kernel with its examples and the positions of every draw's among them, for Python and other readers. */
async function writeKernels(
  run: RunFolder<Json>,
  { task }: Pick<KernelRunOptions, 'task'>,
  inputs: KernelInputs,
  { kernel, logits, classes, outputs }: EmpiricalKernel,
  { weights }: OutputWeights,
): Promise<void> {
  const { data, positions, test, train, examples } = inputs;
  const { labels, texts } = exampleArrays(task, inputs);
  const places = (list: readonly Example[]): Int32Array =>
    Int32Array.from(list, (example) => required(positions.get(example), 'position of an example in the kernel'));
  const draws = data.draws.flatMap((draw) => [
    [`train.${draw.seed}`, places(draw.train)] as const,
    [`dev.${draw.seed}`, places(draw.dev)] as const,
  ]);
  const tensors = {
    kernel: { shape: [examples.length * outputs, train * outputs], data: kernel },
    logits: { shape: [examples.length, classes], data: logits },
    outputs: { shape: [classes, outputs], data: Float64Array.from(weights) },
    labels,
    test: { shape: [test.length], data: places(test) },
    ...Object.fromEntries(draws.map(([name, data]) => [name, { shape: [data.length], data }])),
  };
  const [safetensors, npz] = KERNEL_FILES;
  await run.writeFile(npz, encodeNpz({ ...tensors, ...texts }));
  await run.writeFile(safetensors, Buffer.concat(encodeTensors(tensors, asMetadata(texts))));
}
