/** Where runs are kept unless told otherwise: a folder by what decides their numbers. */

import { createHash } from 'node:crypto';
import { basename, join, resolve } from 'node:path';
import { isUsual } from '../lm/index.ts';
import { type KernelRunOptions, modelOfSnapshot } from '../lm/node/index.ts';

/** The folder of runs, below the current one. */
export const RUNS = 'runs';

type NamedRun = Pick<
  KernelRunOptions,
  | 'task'
  | 'model'
  | 'source'
  | 'splits'
  | 'shots'
  | 'seeds'
  | 'parameters'
  | 'untie'
  | 'setting'
  | 'lora'
  | 'limit'
  | 'version'
  | 'runtime'
>;

/**
 * The folder of a run: the same run always gets the same one. `job` says of what sort, where it is no kernel, and `further`
 * what else decides its numbers; how a kernel is solved does not matter to it.
 */
export function runFolderOf(run: NamedRun, job?: string, further: readonly unknown[] = []): string {
  const path = (name: string | undefined): string | undefined => (name === undefined ? undefined : resolve(name));
  const places = [run.model, run.source?.path, run.source?.test, run.splits].map(path);
  const { task, source, shots, seeds: drawn, parameters, untie, lora, limit, setting } = run;
  const key = JSON.stringify([
    task,
    places,
    source?.columns,
    shots,
    drawn,
    parameters,
    untie,
    limit,
    run.version,
    run.runtime,
    ...(setting === undefined || isUsual(setting) ? [] : [setting]),
    ...(lora === undefined ? [] : [lora.kind === 'saved' ? resolve(lora.folder) : lora]),
    ...further,
  ]);
  const digest = createHash('sha256').update(key).digest('hex').slice(0, 8);
  return join(RUNS, `${job === undefined ? '' : `${job}-`}${task.name}-${nameOf(run.model)}-${digest}`);
}

/** The name of a model's folder; of a snapshot in the hub's cache, which is named by its commit, that of the model. */
function nameOf(folder: string): string {
  const hub = modelOfSnapshot(resolve(folder));
  return basename(hub?.name ?? resolve(folder));
}
