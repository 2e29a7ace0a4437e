import { basename } from 'node:path';
import { required } from '../../errors/index.ts';
import { threadTeam } from '../../kernels/node/index.ts';
import { type KernelRunOptions, openKernelWork, runOfTask } from '../../lm/node/index.ts';
import type { WorkJob } from '../../runs/index.ts';
import { addKernelCommand, type KernelGiven, kernelRunOf } from '../commands/kernel.ts';
import { addTasksCommand } from '../commands/tasks.ts';
import { type TasksRunGiven, tableRunOf } from '../commands/tasksRun.ts';
import { givenBy, type WorkerContext } from './given.ts';

/** The work of `nexort kernel`, and of a task of `nexort tasks run`. */
export async function openKernelJob(words: readonly string[], context: WorkerContext): Promise<WorkJob> {
  const run = words[0] === 'tasks' ? await ofTable(words, context) : await ofTask(words);
  const { run: out, scratch, sameMachines, onNotice } = context;
  const team = threadTeam({ threads: run.threads });
  try {
    const job = await openKernelWork({ ...run, out, scratch, sameMachines, team, onNotice });
    const close = async (): Promise<void> => {
      await job.close();
      await team.close();
    };
    return { units: job.units, together: job.together, compute: job.compute as WorkJob['compute'], close };
  } catch (error) {
    await team.close();
    throw error;
  }
}

async function ofTask(words: readonly string[]): Promise<KernelRunOptions> {
  const { run } = await kernelRunOf(await givenBy<KernelGiven>(addKernelCommand, words));
  return run;
}

/** Each task's run lies in the folder of its name. */
async function ofTable(words: readonly string[], { run: folder }: WorkerContext): Promise<KernelRunOptions> {
  const { run } = await tableRunOf(await givenBy<TasksRunGiven>(addTasksCommand, words));
  const name = basename(folder);
  const own = required(
    run.tasks.find(({ task }) => task.name === name),
    `task of run ${name}`,
  );
  return runOfTask(run, own);
}
