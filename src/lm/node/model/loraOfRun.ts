/** The changes of low rank that a run asks for, and what identifies them. */

import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import type { Json } from '../../../runs/index.ts';
import type { AdapterChoice } from '../../lora/adapter.ts';
import { freshLora } from '../../lora/freshLora.ts';
import { adapterGone, otherAdapter } from '../../lora/loraErrors.ts';
import type { LoraRequest } from '../../lora/loraRequest.ts';
import { ADAPTER, ADAPTER_FILES, savedAdapter } from '../../lora/savedAdapter.ts';
import { checkpointFolder } from './checkpointFolder.ts';
import { fileDigests } from './modelFingerprint.ts';

/** What opens them; nothing where a run has none. */
export function adapterOf(request: LoraRequest | undefined): AdapterChoice | undefined {
  if (request === undefined) return undefined;
  return request.kind === 'fresh' ? freshLora(request) : savedAdapter(checkpointFolder(request.folder, ADAPTER));
}

/** The same with an absolute path: a run is read from elsewhere too. */
export function located(request: LoraRequest): LoraRequest {
  return request.kind === 'fresh' ? request : { kind: 'saved', folder: resolve(request.folder) };
}

/** All that the numbers of the factors depend on. @throws UserError `lm.missing-folder`. */
export async function loraIdentity(request: LoraRequest): Promise<Json> {
  if (request.kind === 'saved') {
    return { ...(await fileDigests(request.folder, (name) => ADAPTER_FILES.includes(name))) };
  }
  const { rank, alpha, targets, seed } = request;
  return { rank, alpha, targets: [...targets], seed };
}

/**
 * Checks that a run's factors are still those that it was made with.
 * @throws UserError `lm.adapter-gone`, `lm.other-adapter`.
 */
export async function expectAdapter(run: string, request: LoraRequest, identity: Json): Promise<void> {
  if (request.kind === 'fresh') return;
  if (!existsSync(request.folder)) throw adapterGone(run, request.folder);
  const found = await loraIdentity(request);
  if (JSON.stringify(found) !== JSON.stringify(identity)) throw otherAdapter(run, request.folder);
}
