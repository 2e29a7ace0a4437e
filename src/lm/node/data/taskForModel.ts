import { familyOf } from '../../../nets/index.ts';
import { taskFor } from '../../data/nextWordTasks.ts';
import type { Task } from '../../data/tasks.ts';
import { readConfig } from '../../model/config.ts';
import { checkpointFolder } from '../model/checkpointFolder.ts';

/** A task as the model in a checkpoint folder is asked it ({@link taskFor}). Throws the errors of reading config.json. */
export async function taskForModel(task: Task, model: string): Promise<Task> {
  return taskFor(task, familyOf(await readConfig(checkpointFolder(model))).predicts);
}
