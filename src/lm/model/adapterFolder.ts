import * as errors from '../errors.ts';
import { type CheckpointFiles, readJsonObject } from './checkpointFiles.ts';

/** Refuses the folder of an adapter in place of that of a model. @throws UserError `lm.adapter-in-place-of-model`. */
export async function refuseAdapter(files: CheckpointFiles): Promise<void> {
  const found = await files.list();
  if (found.includes('config.json') || !found.includes('adapter_config.json')) return;
  const { base_model_name_or_path: base } = await readJsonObject(files, 'adapter_config.json');
  throw errors.adapterInPlaceOfModel(files.folder, typeof base === 'string' && base !== '' ? base : undefined);
}
