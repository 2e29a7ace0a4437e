import { openFineTuneWork } from '../../lm/node/index.ts';
import type { WorkJob } from '../../runs/index.ts';
import { addFineTuneCommand, type FineTuneGiven, fineTuneRunOf } from '../commands/finetune.ts';
import { givenBy, type WorkerContext } from './given.ts';

/** The work of `nexort finetune`: its draws. */
export async function openFineTuneJob(words: readonly string[], context: WorkerContext): Promise<WorkJob> {
  const { run } = await fineTuneRunOf(await givenBy<FineTuneGiven>(addFineTuneCommand, words));
  const { run: out, scratch, sameMachines, onNotice } = context;
  return openFineTuneWork(Object.assign(run, { out, scratch, sameMachines, onNotice }));
}
