/** The families of language models that checkpoints are read of: one file each, and its line here. */

import type { Architecture } from '../architecture.ts';
import type { FamilyName, LanguageModelConfig } from '../config.ts';
import { bert } from './bert.ts';
import { distilbert } from './distilbert.ts';
import type { Family } from './family.ts';
import { gpt2 } from './gpt2.ts';
import { gptNeox } from './gptNeox.ts';
import { llama } from './llama.ts';
import { modernbert } from './modernbert.ts';
import { roberta } from './roberta.ts';

export type { AdapterTarget, CheckpointType, Family } from './family.ts';

const FAMILIES = { bert, roberta, distilbert, modernbert, gpt2, gpt_neox: gptNeox, llama } as const satisfies Readonly<
  Record<FamilyName, Family>
>;

/** The families by name, in the order in which they are listed to people. */
export const families = Object.entries(FAMILIES) as readonly (readonly [FamilyName, Family])[]; // the entries of the table

/** What a model of this configuration is made of. */
export function architectureOf(config: LanguageModelConfig): Architecture {
  return familyOf(config).architecture(config);
}

/** The family that a configuration is of. */
export function familyOf({ family }: Pick<LanguageModelConfig, 'family'>): Family {
  return FAMILIES[family];
}
