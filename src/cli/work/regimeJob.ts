import { threadTeam } from '../../kernels/node/index.ts';
import { openRegimeWork } from '../../lm/node/index.ts';
import type { WorkJob } from '../../runs/index.ts';
import { addRegimeCommand, type RegimeGiven, regimeRunOf } from '../commands/regime.ts';
import { givenBy, type WorkerContext } from './given.ts';

/** The work of `nexort regime`: its draws with each optimizer. */
export async function openRegimeJob(words: readonly string[], context: WorkerContext): Promise<WorkJob> {
  const { run } = await regimeRunOf(await givenBy<RegimeGiven>(addRegimeCommand, words));
  const { run: out, scratch, sameMachines, onNotice } = context;
  const team = threadTeam({ threads: run.threads });
  try {
    const job = await openRegimeWork(Object.assign(run, { out, scratch, sameMachines, onNotice, team }));
    const close = async (): Promise<void> => {
      await job.close();
      await team.close();
    };
    return Object.assign({}, job, { close });
  } catch (error) {
    await team.close();
    throw error;
  }
}
