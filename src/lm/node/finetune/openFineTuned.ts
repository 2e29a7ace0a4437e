/** Finds a fine-tuned model: in its own folder, or in that of the run that made it. */

import { join, resolve } from 'node:path';
import { type JsonObject as RunJson, readRun } from '../../../runs/index.ts';
import { isBetter } from '../../finetune/devScores.ts';
import { badFineTuned, noSavedModel, unfinishedFineTuning } from '../../finetune/fineTunedErrors.ts';
import { FINE_TUNED, FINE_TUNED_FORMAT, type FineTunedModel } from '../../finetune/fineTunedModel.ts';
import { readJsonObject } from '../../model/checkpointFiles.ts';
import { checkpointFolder } from '../model/checkpointFolder.ts';
import type { FineTuneRunResult } from './fineTuneRecord.ts';

/** A fine-tuned model that was found, and what stands beside it. */
export interface FoundFineTuned {
  /** The folder of the model. */
  readonly folder: string;
  readonly told: FineTunedModel;
}

/**
 * The fine-tuned model of a folder, of the draw of `seed` or the best on dev where a run has saved several; undefined where
 * the folder holds neither a fine-tuned model nor a run that makes them. Throws {@link UserError} `lm.bad-fine-tuned`,
 * `lm.unfinished-fine-tuning`, `lm.no-saved-model`, and the errors of reading runs.
 */
export async function openFineTuned(folder: string, seed?: number): Promise<FoundFineTuned | undefined> {
  const found = await checkpointFolder(folder)
    .list()
    .catch((): readonly string[] => []);
  if (found.includes(FINE_TUNED)) return { folder: resolve(folder), told: await readFineTuned(folder) };
  if (!found.includes('run.json')) return undefined;
  const run = await readRun(folder);
  const identity: RunJson = run.identity;
  if (identity.job !== 'finetune') return undefined;
  if (run.status !== 'complete') throw unfinishedFineTuning(run.folder, run.started);
  const { saved, draws } = run.result as unknown as FineTuneRunResult; // as the run wrote it
  const scored = draws.filter((draw) => saved.some((one) => one.seed === draw.seed));
  const [first, ...others] = scored;
  const best = others.reduce((one, other) => (one && isBetter(other.best, one.best) ? other : one), first)?.seed;
  const chosen = saved.find((one) => one.seed === (seed ?? best));
  if (chosen === undefined) {
    throw noSavedModel(
      run.folder,
      seed,
      saved.map((one) => one.seed),
    );
  }
  const own = join(run.folder, chosen.model);
  return { folder: own, told: await readFineTuned(own) };
}

async function readFineTuned(folder: string): Promise<FineTunedModel> {
  const files = checkpointFolder(folder);
  const json = await readJsonObject(files, FINE_TUNED);
  const where = files.path(FINE_TUNED);
  if (json.format !== FINE_TUNED_FORMAT) throw badFineTuned(where, `has no format "${FINE_TUNED_FORMAT}"`);
  for (const entry of ['task', 'setting']) {
    if (typeof json[entry] !== 'object' || json[entry] === null) throw badFineTuned(where, `has no ${entry}`);
  }
  return json as unknown as FineTunedModel; // as `saveModel` wrote it
}
