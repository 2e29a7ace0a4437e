/** A run that trains on a task, from its folder to its end, and as one of several processes works on it: what all such runs do alike. */

import type { Engine } from '../../../finite/index.ts';
import {
  type BlockStore,
  type Json,
  joinRun,
  machineOrigin,
  openRun,
  openWork,
  type RunFolder,
  type WorkCommand,
  type WorkJob,
  type WorkUnit,
} from '../../../runs/index.ts';
import { memoryTooSmall } from '../../kernel/kernelErrors.ts';
import type { KernelInputs } from '../../run/kernelInputs.ts';
import { checkSetting, PROMPT } from '../../run/setting.ts';
import type { TaskRunOptions } from './kernelRunOptions.ts';
import { openSubject, type RunSubject } from './kernelSubject.ts';
import type { PlannedWork, WorkerRun } from './kernelWork.ts';
import { kernelInputs } from './readInputs.ts';
import { asJson } from './subjectIdentity.ts';

const REPORT_FILE = 'report.html';

/** Where a job keeps what it has computed. */
export type JobStore = Pick<BlockStore, 'has' | 'read' | 'write' | 'remove'>;

/** What a job has before its folder is open. */
interface Begun {
  readonly inputs: KernelInputs;
  readonly subject: RunSubject;
  readonly engine: Engine;
}

/** What a job has for its work. */
export interface AtWork<Plan> extends Begun {
  readonly run: RunFolder<Json>;
  readonly plan: Plan;
  /** As the run was begun with. */
  readonly threads: number;
  /** Seconds since this start. */
  seconds(): number;
}

/** What a job has for a part of its work, as one of several processes. */
export interface AtShare<Plan> extends Begun {
  readonly run: JobStore;
  readonly plan: Plan;
}

/** What a job does in its own way. */
export interface TaskJob<Plan extends object, Result extends object> {
  /** What decides the run's numbers. */
  identity(inputs: KernelInputs): Promise<Parameters<typeof openRun<Json>>[0]['identity']>;
  /** What is fixed at the first start, besides the number of threads. */
  plan(begun: Begun): Promise<Plan>;
  /** Most bytes of the process. */
  bytesOf(plan: Plan): number;
  /** The work; `report` makes its page, where one is asked for. */
  work(given: AtWork<Plan>): Promise<{ readonly result: Result; readonly report?: () => Promise<string> }>;
  /** What several processes compute of the work, each unit by itself. */
  readonly units: readonly WorkUnit[];
  /** Whether a block is of a unit that is being computed: others have no use for it. */
  isUnfinished(block: string): boolean;
  /** Opens the units for one of them; the result computes one. */
  share(given: AtShare<Plan>): Promise<(unit: WorkUnit) => Promise<void>>;
}

/** What every process opens of a run, whatever it does of it. */
async function openJob(options: TaskRunOptions, read?: KernelInputs) {
  const inputs = read ?? (await kernelInputs(options));
  checkSetting(options.setting ?? PROMPT, options.task, inputs.data);
  const subject = await openSubject(options, inputs);
  let engine: Engine | undefined;
  return {
    inputs,
    subject,
    engineOf: (threads: number): Engine => {
      engine ??= options.engine(threads);
      return engine;
    },
    close: async (): Promise<void> => {
      await engine?.release();
      await subject.model.close();
    },
  };
}

type OpenJob = Awaited<ReturnType<typeof openJob>>;

/** What the first start has stored. */
type StoredPlan<Plan> = Plan & { readonly threads: number };

/** Opens the run's folder, with a plan at the first start. */
async function openFolder<Plan extends object, Result extends object>(
  options: TaskRunOptions,
  { inputs, subject, engineOf }: OpenJob,
  job: TaskJob<Plan, Result>,
): Promise<RunFolder<Json>> {
  return openRun<Json>({
    folder: options.out,
    identity: await job.identity(inputs),
    plan: async () => {
      const { threads, strictMemory, memory } = options;
      const plan = await job.plan({ inputs, subject, engine: engineOf(threads) });
      const bytes = job.bytesOf(plan);
      if (strictMemory === true && bytes > memory) throw memoryTooSmall(memory, bytes);
      return asJson(Object.assign({ threads, forecastBytes: bytes }, plan));
    },
    ...(options.files === undefined ? {} : { files: options.files }),
    ...(options.onNotice === undefined ? {} : { onNotice: options.onNotice }),
  });
}

/**
 * Does a job, or reads its result where the folder holds it; `read` are its inputs, where they are at hand. Throws the errors of
 * reading models and data, of prompts and draws, of the job and of run folders; {@link UserError} `lm.memory-too-small`.
 */
export async function runTaskJob<Plan extends object, Result extends object>(
  options: TaskRunOptions & { readonly report?: unknown },
  read: KernelInputs | undefined,
  job: TaskJob<Plan, Result>,
): Promise<Result> {
  const started = performance.now();
  const open = await openJob(options, read);
  let run: RunFolder<Json> | undefined;
  try {
    run = await openFolder(options, open, job);
    const stored = run.result as unknown as Result | undefined; // as this function wrote it
    if (stored !== undefined && (options.report === undefined || (await run.hasFile(REPORT_FILE)))) {
      return Object.assign({}, stored, { out: options.out, stored: true });
    }
    const plan = run.plan as unknown as StoredPlan<Plan>; // as `openFolder` made it
    const { threads } = plan;
    if (threads !== options.threads) options.onNotice?.(`The run goes on with ${threads} threads, as it was begun.`);
    const seconds = (): number => (performance.now() - started) / 1000;
    const { inputs, subject } = open;
    const engine = open.engineOf(threads);
    const { result, report } = await job.work({ inputs, subject, engine, run, plan, threads, seconds });
    if (report !== undefined) await run.writeFile(REPORT_FILE, await report());
    await run.finish(asJson(result));
    return result;
  } finally {
    await run?.close();
    await open.close();
  }
}

/**
 * Makes a run's folder and plan, computes nothing, and opens it to workers. A folder that is there keeps its plan. Throws what
 * {@link runTaskJob} throws before its work.
 */
export async function planTaskJob<Plan extends object, Result extends object>(
  options: TaskRunOptions,
  job: TaskJob<Plan, Result>,
  command: Omit<WorkCommand, 'units'>,
): Promise<PlannedWork> {
  const open = await openJob(options);
  try {
    const run = await openFolder(options, open, job);
    try {
      const plan = run.plan as unknown as StoredPlan<Plan>; // as `openFolder` made it
      const units = job.units.length;
      await openWork(run.folder, Object.assign({}, command, { units }), options.files);
      return { run: run.folder, units, threads: plan.threads, forecastBytes: job.bytesOf(plan) };
    } finally {
      await run.close();
    }
  } finally {
    await open.close();
  }
}

/** Opens the work of a planned run, whose folder is `out`. Throws what {@link runTaskJob} and {@link joinRun} throw. */
export async function openTaskWork<Plan extends object, Result extends object>(
  options: TaskRunOptions & WorkerRun,
  job: TaskJob<Plan, Result>,
): Promise<WorkJob> {
  const { out: folder, scratch, sameMachines, files, onNotice } = options;
  const open = await openJob(options);
  try {
    const { inputs, subject } = open;
    const run = await joinRun<Json>({
      folder,
      scratch,
      sameMachines,
      identity: await job.identity(inputs),
      origin: machineOrigin(),
      ...(files === undefined ? {} : { files }),
      ...(onNotice === undefined ? {} : { onNotice }),
    });
    const plan = run.plan as unknown as StoredPlan<Plan>; // as `openFolder` made it; checked against damage
    const engine = open.engineOf(plan.threads);
    const compute = await job.share({ inputs, subject, engine, run: storeOfWorker(run, job), plan });
    return {
      units: job.units,
      together: false,
      compute: async (wanted, over) => {
        for (const unit of wanted) {
          await compute(unit);
          await over(unit);
        }
      },
      close: open.close,
    };
  } catch (error) {
    await open.close();
    throw error;
  }
}

/** What is unfinished stays with the process: of two that have the same unit in hand none sees the other's. */
function storeOfWorker(
  { blocks, scratch }: Awaited<ReturnType<typeof joinRun<Json>>>,
  { isUnfinished }: { readonly isUnfinished: (block: string) => boolean },
): JobStore {
  const of = (block: string): Omit<JobStore, 'remove'> => (isUnfinished(block) ? scratch : blocks);
  return {
    has: (block) => of(block).has(block),
    read: (block) => of(block).read(block),
    write: (block, parts) => of(block).write(block, parts),
    remove: async (block) => {
      if (isUnfinished(block)) await scratch.remove(block);
    },
  };
}
