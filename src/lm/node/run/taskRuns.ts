/** Kernel runs of many tasks, one after another, each in a folder of its own, and what they say together. */

import { join } from 'node:path';
import { NexortError } from '../../../errors/index.ts';
import { at } from '../../../numeric/index.ts';
import type { Task } from '../../data/tasks.ts';
import { type MethodScores, type TaskOverview, type TaskScores, taskOverview } from '../../run/taskOverview.ts';
import type { TaskSource } from '../data/data.ts';
import type { KernelRunResult, Summary } from './kernelRecord.ts';
import { runKernel } from './kernelRun.ts';
import type { KernelFindings, KernelRunOptions } from './kernelRunOptions.ts';

/** A task with its data. */
export interface TaskOfTable {
  readonly task: Task;
  readonly source?: TaskSource;
  readonly splits?: string;
}

export interface TaskRunsOptions
  extends Omit<KernelRunOptions, 'task' | 'source' | 'splits' | 'report' | 'onForecast' | 'onProgress'> {
  readonly tasks: readonly TaskOfTable[];
  /** Makes a task's `report.html`. */
  readonly report?: (findings: KernelFindings, task: Task) => Promise<string>;
  /** The work of each task, in any unit, by which progress is told; by default all are equal. */
  readonly work?: readonly number[];
  /** Called before each task, and with the share of the whole work done. */
  readonly onTask?: (task: Task) => void;
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

export interface TaskFailure {
  readonly task: string;
  readonly error: NexortError;
}

/**
 * Runs every task, each in `out`/NAME; those that are done are read from there, and one that was stopped goes on. A task
 * that cannot be run does not keep the others from it. Throws what is no such error.
 */
export async function runTasks(options: TaskRunsOptions): Promise<TaskTable> {
  const { tasks, out, report, onTask, onProgress, onOverview, work = tasks.map(() => 1), ...rest } = options;
  const whole = work.reduce((sum, one) => sum + one, 0);
  const results: KernelRunResult[] = [];
  const failures: TaskFailure[] = [];
  const table = (): TaskTable => ({ overview: taskOverview(results.map(taskScores)), results, failures });
  let done = 0;
  for (const [place, { task, ...data }] of tasks.entries()) {
    const own = at(work, place);
    onTask?.(task);
    try {
      results.push(
        await runKernel({
          ...rest,
          ...data,
          task,
          out: join(out, task.name),
          ...(report === undefined ? {} : { report: (findings) => report(findings, task) }),
          onProgress: (share) => onProgress?.((done + share * own) / whole),
        }),
      );
    } catch (error) {
      if (!isOfTask(error)) throw error;
      failures.push({ task: task.name, error });
    }
    done += own;
    onProgress?.(done / whole);
    await onOverview?.(table());
  }
  return table();
}

/** Whether an error is one of the task, its data or its words; that of a folder or of memory would meet all tasks. */
function isOfTask(error: unknown): error is NexortError {
  const known = error instanceof NexortError && error.kind !== 'invariant' && error.code.startsWith('lm.');
  return known && error.code !== 'lm.memory-too-small';
}

/** The scores of a run as the overview has them. */
export function taskScores(result: KernelRunResult): TaskScores {
  const { task, metric, evaluated, chance, seeds, zeroShot, kernels, data } = result;
  return {
    task,
    metric,
    classes: data.classes.length,
    evaluated,
    chance,
    seeds,
    methods: Object.fromEntries([
      ['zero-shot', methodScores(zeroShot)],
      ...Object.entries(kernels).map(([name, summary]) => [name, methodScores(summary)]),
    ]),
  };
}

const methodScores = ({ values, mean, std, further }: Summary): MethodScores => ({ values, mean, std, further });
