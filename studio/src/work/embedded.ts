/** The embedded language model, as it lies beside the pages: fetched once by a worker, and loaded for each kind of head. */

import {
  type CheckpointFiles,
  checkpointInMemory,
  type LanguageModel,
  loadLanguageModel,
  loadTokenizer,
  type PromptTokenizer,
} from 'nexort/lm';

/** Of the word head at a prompt's mask. */
export interface WordHead {
  readonly classes: number;
  /** Whether the decoder counts as a parameter of its own. */
  readonly untie: boolean;
}

export interface Opened {
  readonly tokenizer: PromptTokenizer;
  readonly files: CheckpointFiles;
  modelFor(head: WordHead): Promise<LanguageModel>;
}

export interface Loading {
  readonly words: string;
  /** From 0 to 1. */
  readonly share: number;
}

const FILES = ['config.json', 'model.safetensors', 'tokenizer.json'];

let opened: { readonly folder: string; readonly there: Promise<Opened> } | undefined;

/** The model beside the pages, from an address that ends in `/`. */
export function openedAt(folder: string, tell: (part: Loading) => void): Promise<Opened> {
  if (opened?.folder === folder) return opened.there;
  tell({ words: 'Loading the model, 21 MB', share: 0 });
  const there = fetched(folder).then(openedFrom);
  opened = { folder, there };
  there.catch(() => {
    opened = undefined;
  });
  return there;
}

async function fetched(folder: string): Promise<CheckpointFiles> {
  const all = FILES.map(async (name) => {
    const response = await fetch(new URL(name, folder));
    if (!response.ok)
      throw new Error(
        `The embedded model is not beside these pages (model/${name}: ${response.status}). nexort studio serves it; on another host, models/tiny-mlm is to be copied there as model.`,
      );
    return [name, new Uint8Array(await response.arrayBuffer())] as const;
  });
  return checkpointInMemory(Object.fromEntries(await Promise.all(all)), 'model');
}

/** A model as its files. */
export async function openedFrom(files: CheckpointFiles): Promise<Opened> {
  const models = new Map<string, Promise<LanguageModel>>();
  return {
    files,
    tokenizer: await loadTokenizer(files),
    modelFor: ({ classes, untie }) => {
      const name = `${classes} ${untie}`;
      const known = models.get(name) ?? loadLanguageModel(files, () => ({ kind: 'words', classes, untie }));
      models.set(name, known);
      return known;
    },
  };
}
