/** Saves the models of a run that are asked for. */

import { join } from 'node:path';
import { required } from '../../../errors/index.ts';
import type { RunFolder } from '../../../runs/index.ts';
import { FINE_TUNED_FORMAT, type FineTunedModel } from '../../finetune/fineTunedModel.ts';
import { PROMPT } from '../../run/setting.ts';
import type { FineTuneRunResult, PointRecord } from './fineTuneRecord.ts';
import type { FineTuneWork } from './fineTuneWork.ts';
import { bestRecord } from './pointRecords.ts';
import { saveAdapter, saveModel } from './saveModel.ts';
import type { TrainingSubject } from './trainingOf.ts';

/** A parameter of a change of low rank. */
const FACTOR = /\.lora_[AB]\.weight$/;

/**
 * Writes the model of the draw with the best dev score, or those of all draws, into folders of the run; changes of low rank
 * are in the matrices there, and stand as an adapter beside them where nothing else was trained.
 */
export async function saveChosen(
  { options, subject }: TrainingSubject,
  records: readonly PointRecord[],
  work: FineTuneWork,
  run: Pick<RunFolder<never>, 'folder'>,
): Promise<FineTuneRunResult['saved']> {
  const { save, setting = PROMPT, files } = options;
  const best = required(bestRecord(records), 'chosen training');
  const saved: FineTuneRunResult['saved'][number][] = [];
  for (const record of save === 'all' ? records : save === 'best' ? [best] : []) {
    const { seed, batch, rate } = record;
    const suffix = save === 'all' ? `-${seed}` : '';
    const { model, weights } = await work.trained(record);
    const { task, untie, version, optimizer } = options;
    const told: FineTunedModel = {
      format: FINE_TUNED_FORMAT,
      nexort: version,
      task,
      setting,
      untie,
      seed,
      optimizer: optimizer.name,
      rate,
      batch,
      best: record.best,
    };
    const what = { base: options.model, model, weights, told, ...(files === undefined ? {} : { files }) };
    const folders = { model: `model${suffix}`, adapter: `adapter${suffix}` };
    await saveModel(join(run.folder, folders.model), what);
    const chosen = model.net.parameters.filter(({ name }) => subject.selected(name));
    const isAdapter = setting.kind === 'prompt' && chosen.every(({ name }) => FACTOR.test(name));
    if (isAdapter) await saveAdapter(join(run.folder, folders.adapter), what);
    saved.push({ seed, model: folders.model, ...(isAdapter ? { adapter: folders.adapter } : {}) });
  }
  return saved;
}
