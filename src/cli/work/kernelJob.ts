import { threadTeam } from '../../kernels/node/index.ts';
import { openKernelWork } from '../../lm/node/index.ts';
import type { WorkJob } from '../../runs/index.ts';
import { addKernelCommand, type KernelGiven, kernelRunOf } from '../commands/kernel.ts';
import { givenBy, type WorkerContext } from './given.ts';

/** The work of `nexort kernel`. */
export async function openKernelJob(words: readonly string[], context: WorkerContext): Promise<WorkJob> {
  const { run } = await kernelRunOf(await givenBy<KernelGiven>(addKernelCommand, words));
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
