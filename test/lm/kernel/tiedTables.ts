/** A tied table seen as two parameters of the same numbers, so that gradients can be told apart by use. */

import { required } from '../../../src/errors/index.ts';
import type { LoadedLanguageModel } from '../../../src/lm/model/checkpoint.ts';
import type { LanguageModelConfig, LanguageModelHead } from '../../../src/nets/index.ts';
import { type Gradients, modelOf } from './byDefinition.ts';

const WORDS = /word_embeddings\.weight$/;
const DECODER = /decoder\.weight$/;

/** The same function of the same weights, its decoder a parameter of its own. */
export function untiedTwin(
  model: LoadedLanguageModel,
  config: LanguageModelConfig,
  head: LanguageModelHead,
): LoadedLanguageModel {
  const twin = modelOf(config, Object.assign({}, head, { untie: true }));
  const words = required(find(model.weights, WORDS), 'word embeddings');
  const weights = Object.fromEntries(
    Object.entries(twin.weights).map(([name, own]) => [
      name,
      DECODER.test(name) ? Object.assign({}, own, { data: words.data }) : required(model.weights[name], name),
    ]),
  );
  return Object.assign({}, twin, { weights });
}

/** Gradients of the untied net with both parameters' sum in the place of each. */
export function tiedTables(gradients: Gradients): Gradients {
  const all = Object.fromEntries(gradients);
  const [words, decoder] = [required(find(all, WORDS), 'words'), required(find(all, DECODER), 'decoder')];
  const sum = words.map((value, k) => value + (decoder[k] ?? Number.NaN));
  return new Map([...gradients].map(([name, own]) => [name, WORDS.test(name) || DECODER.test(name) ? sum : own]));
}

function find<T>(values: Readonly<Record<string, T>>, pattern: RegExp): T | undefined {
  return Object.entries(values).find(([name]) => pattern.test(name))?.[1];
}
