/** Writes fine-tuned models as folders that other tools load, and adapters as peft keeps them. */

import { join, resolve } from 'node:path';
import type { Tensors } from '../../../program/index.ts';
import { type FileSystem, nodeFiles, writeAtomically } from '../../../runs/index.ts';
import { encodeTensors } from '../../../runs/tensors/index.ts';
import { FINE_TUNED, type FineTunedModel } from '../../finetune/fineTunedModel.ts';
import { savedConfig, savedTensors } from '../../finetune/savedModel.ts';
import { writtenAdapter } from '../../lora/writtenAdapter.ts';
import type { LanguageModel } from '../../model/checkpoint.ts';
import type { CheckpointFiles } from '../../model/checkpointFiles.ts';
import { CHAT_TEMPLATE_FILE } from '../../text/chatErrors.ts';
import { checkpointFolder } from '../model/checkpointFolder.ts';

/** The trained weights to write, and the folder that they were trained from. */
export interface SaveOptions {
  /** The folder of the model that was fine-tuned. */
  readonly base: string;
  readonly model: LanguageModel;
  /** The trained parameters. */
  readonly weights: Tensors;
  /** What `nexort predict` needs beside the checkpoint. */
  readonly told: FineTunedModel;
  readonly files?: FileSystem;
}

/** Files of tokenizers, as Hugging Face's libraries call them, and how texts are generated. */
const COPIED: readonly string[] = [
  'added_tokens.json',
  CHAT_TEMPLATE_FILE,
  'generation_config.json',
  'merges.txt',
  'sentencepiece.bpe.model',
  'special_tokens_map.json',
  'spiece.model',
  'tokenizer.json',
  'tokenizer.model',
  'tokenizer_config.json',
  'vocab.json',
  'vocab.txt',
];

/** Metadata by which transformers knows how a file of tensors was made. */
const FORMAT = { format: 'pt' };

/**
 * Writes the model into a folder, each file whole or not at all. Throws the errors of reading the model that it comes from,
 * and `runs.write-failed`.
 */
export async function saveModel(folder: string, options: SaveOptions): Promise<void> {
  const { base, model, weights, told, files = nodeFiles } = options;
  const source = checkpointFolder(base);
  await files.makeFolder(folder);
  const write = (name: string, parts: readonly Uint8Array[]) => writeAtomically(files, join(folder, name), parts);
  for (const name of (await source.list()).filter((one) => COPIED.includes(one))) {
    await write(name, [await bytesOf(source, name)]);
  }
  await write('config.json', json(await savedConfig(source, model, told)));
  await write('model.safetensors', encodeTensors(await savedTensors(source, model, weights), FORMAT));
  await write(FINE_TUNED, json(told));
}

/** Writes the changes of low rank of a model with these weights. */
export async function saveAdapter(
  folder: string,
  { base, model, weights, files = nodeFiles }: SaveOptions,
): Promise<void> {
  await files.makeFolder(folder);
  const all = { ...(await model.load(model.net.parameters.map(({ name }) => name))), ...weights };
  const { config, tensors } = writtenAdapter(model, all, resolve(base));
  await writeAtomically(files, join(folder, config.file), json(config.json));
  await writeAtomically(files, join(folder, tensors.file), encodeTensors(tensors.tensors, FORMAT));
}

const json = (value: unknown): Uint8Array[] => [new TextEncoder().encode(`${JSON.stringify(value, null, 2)}\n`)];

async function bytesOf(files: CheckpointFiles, name: string): Promise<Uint8Array> {
  const file = await files.open(name);
  try {
    return await file.read(0, file.bytes);
  } finally {
    await file.close();
  }
}
