/** Kernel runs of many tasks, one after another, each in a folder of its own, and what they say together. */

import { join } from 'node:path';
import { NexortError } from '../../../errors/index.ts';
import type { WorkCommand } from '../../../runs/index.ts';
import { noTasks, notAFolder } from '../../data/dataErrors.ts';
import { findTask, TASKS, type Task } from '../../data/tasks.ts';
import { measureSpeed, secondsOf } from '../../kernel/forecastWork.ts';
import type { KernelInputs } from '../../run/kernelInputs.ts';
import type { SolverRequest } from '../../run/kernelScores.ts';
import { checkSolver } from '../../run/solverCheck.ts';
import { type MethodScores, type TaskOverview, type TaskScores, taskOverview } from '../../run/taskOverview.ts';
import type { TaskSource } from '../data/data.ts';
import { findData, isFile } from '../data/findData.ts';
import type { KernelRunResult, Summary } from './kernelRecord.ts';
import { runKernel } from './kernelRun.ts';
import type { Forecast, KernelFindings, KernelRunOptions } from './kernelRunOptions.ts';
import { forecastRun, type RunWork } from './kernelSubject.ts';
import { type PlannedWork, planKernelRun } from './kernelWork.ts';
import { kernelInputs } from './readInputs.ts';

/** A task with its data. */
export interface TaskOfTable {
  readonly task: Task;
  readonly source?: TaskSource;
  readonly splits?: string;
}

/** Kernel runs of many tasks, and what they share. */
export interface TaskRunsOptions
  extends Omit<KernelRunOptions, 'task' | 'source' | 'splits' | 'solver' | 'report' | 'onForecast' | 'onProgress'> {
  readonly tasks: readonly TaskOfTable[];
  readonly solver: (task: Task) => SolverRequest;
  /** Makes a task's `report.html`. */
  readonly report?: (findings: KernelFindings, task: Task) => Promise<string>;
  /** Called before the first run: the process at its fullest, and the time of all runs from their start. */
  readonly onForecast?: (forecast: Omit<Forecast, 'resumed'>) => void;
  /** Called before each task's run. */
  readonly onTask?: (task: Task, place: number) => void;
  /** Called with the share of the whole work done. */
  readonly onProgress?: (share: number) => void;
  /** Called after each task with what is known so far. */
  readonly onOverview?: (table: TaskTable) => Promise<void>;
}

/** What the runs found. */
export interface TaskTable {
  readonly overview: TaskOverview;
  readonly results: readonly KernelRunResult[];
  /** Tasks that could not be run, with the reason: bad data, or a label word that the model does not have. */
  readonly failures: readonly TaskFailure[];
}

/** A task whose run failed, and why. */
export interface TaskFailure {
  readonly task: string;
  readonly error: NexortError;
}

/**
 * Runs every task, each in `out`/NAME; those that are done are read from there, and one that was stopped goes on. A task
 * that cannot be run does not keep the others from it. Throws what is no such error.
 */
export async function runTasks(options: TaskRunsOptions): Promise<TaskTable> {
  const { tasks, onTask, onProgress, onOverview, onForecast } = options;
  const results: KernelRunResult[] = [];
  const failures: TaskFailure[] = [];
  const table = (): TaskTable => ({ overview: taskOverview(results.map(taskScores)), results, failures });
  const tried = async (task: Task, what: () => Promise<void>): Promise<void> => {
    try {
      await what();
    } catch (error) {
      if (!isOfTask(error)) throw error;
      failures.push({ task: task.name, error });
    }
  };
  const planned: PlannedTask[] = [];
  for (const own of tasks) {
    await tried(own.task, async () => {
      const run = runOfTask(options, own);
      const inputs = await kernelInputs(run);
      checkSolver(run.solver, run.task, inputs, run.kernels);
      planned.push({ run, inputs, ...(await forecastRun(run, inputs)) });
    });
  }
  const whole = planned.reduce((sum, { work }) => sum + work, 0);
  if (planned.length > 0) {
    const bytes = Math.max(...planned.map((one) => one.bytes));
    const speed = await speedOf(options);
    const second = planned.reduce((sum, one) => sum + one.second, 0);
    onForecast?.({
      bytes,
      seconds: secondsOf(whole, speed) + planned.reduce((sum, { solving }) => sum + solving, 0),
      ...(second === 0 ? {} : { secondKernel: secondsOf(second, speed) }),
    });
  }
  let done = 0;
  for (const [place, { run, inputs, work }] of planned.entries()) {
    onTask?.(run.task, place);
    const told = { ...run, onProgress: (share: number) => onProgress?.((done + share * work) / whole) };
    await tried(run.task, async () => {
      results.push(await runKernel(told, inputs));
    });
    done += work;
    onProgress?.(done / whole);
    await onOverview?.(table());
  }
  return table();
}

/** Tasks whose runs are open to workers, each a run of its own, and those that cannot be run. */
export interface PlannedTable {
  readonly runs: readonly PlannedWork[];
  readonly failures: readonly TaskFailure[];
}

/** Plans every task's run and opens it to workers, in place of running it; throws what {@link runTasks} does. */
export async function planTasks(options: TaskRunsOptions, command: Omit<WorkCommand, 'units'>): Promise<PlannedTable> {
  const runs: PlannedWork[] = [];
  const failures: TaskFailure[] = [];
  for (const own of options.tasks) {
    try {
      runs.push(await planKernelRun(runOfTask(options, own), command));
    } catch (error) {
      if (!isOfTask(error)) throw error;
      failures.push({ task: own.task.name, error });
    }
  }
  return { runs, failures };
}

/** A task whose inputs are read. */
interface PlannedTask extends RunWork {
  readonly run: KernelRunOptions;
  readonly inputs: KernelInputs;
}

/** The run of one of the tasks. */
export function runOfTask(options: TaskRunsOptions, { task, ...data }: TaskOfTable): KernelRunOptions {
  const { tasks, out, report, solver, onTask, onProgress, onOverview, onForecast, ...common } = options;
  return {
    ...common,
    ...data,
    task,
    out: join(out, task.name),
    solver: solver(task),
    ...(report === undefined ? {} : { report: (findings) => report(findings, task) }),
  };
}

/** Multiplications in a second. */
async function speedOf({ engine, threads }: Pick<KernelRunOptions, 'engine' | 'threads'>): Promise<number> {
  const measured = engine(threads);
  try {
    return await measureSpeed(measured);
  } finally {
    await measured.release();
  }
}

/**
 * The tasks with data in a folder; ready-made draws of another folder go with those that have some there, and the others are
 * drawn from the data. `names` chooses among them, each of which has to be there. Throws {@link UserError}
 * `lm.unknown-task`, `lm.missing-file`, `lm.ambiguous-data`, `lm.unreadable-data`.
 */
export async function tasksIn(data: string, splits?: string, names?: readonly string[]): Promise<TaskOfTable[]> {
  const found: TaskOfTable[] = [];
  const wanted = names === undefined ? TASKS : names.map(findTask);
  for (const task of wanted) {
    if (names === undefined && !(await hasData(data, task))) continue;
    const ready = splits !== undefined && (await hasData(splits, task));
    found.push({ task, source: { path: data }, ...(ready ? { splits } : {}) });
  }
  if (found.length > 0) return found;
  throw noTasks(
    data,
    wanted.map(({ name }) => name),
  );
}

async function hasData(path: string, task: Task): Promise<boolean> {
  if (await isFile(path, 'a folder with the data of tasks')) throw notAFolder(path);
  try {
    await findData(path, task);
    return true;
  } catch (error) {
    if (error instanceof NexortError && error.code === 'lm.missing-file') return false;
    throw error;
  }
}

/** What would meet all tasks: too little memory, a solver that does not fit the kernels. */
const OF_ALL_TASKS = [
  'lm.memory-too-small',
  'lm.fits-some-kernels',
  'lm.needs-symmetric-kernel',
  'lm.needs-asymmetric-kernel',
];

/** Whether an error is one of the task, its data or its words; that of a folder or of memory would meet all tasks. */
function isOfTask(error: unknown): error is NexortError {
  const known = error instanceof NexortError && error.kind !== 'invariant' && error.code.startsWith('lm.');
  return known && !OF_ALL_TASKS.includes(error.code);
}

/** The scores of a run as the overview has them. */
export function taskScores(result: KernelRunResult): TaskScores {
  const { task, metric, evaluated, chance, seeds, zeroShot, probe, kernels, data } = result;
  return {
    task,
    metric,
    classes: data.classes.length,
    evaluated,
    chance,
    seeds,
    methods: Object.fromEntries([
      ...(zeroShot === undefined ? [] : [['zero-shot', methodScores(zeroShot)] as const]),
      ...(probe === undefined ? [] : [['linear probe', methodScores(probe)] as const]),
      ...Object.entries(kernels).map(([name, summary]) => [name, methodScores(summary)]),
    ]),
  };
}

const methodScores = ({ values, mean, std, further }: Summary): MethodScores => ({ values, mean, std, further });
