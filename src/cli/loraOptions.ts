/** Options of LoRA: how its factors start, or where they are read. */

import { type Command, InvalidArgumentError } from 'commander';
import { DEFAULT_LORA, type FreshLora, freshRequest, LORA_TARGETS, type LoraRequest } from '../lm/index.ts';
import * as errors from './errors.ts';
import { refuseIdle } from './idleOptions.ts';
import { count, countFromZero, positive } from './options.ts';

export interface LoraOptions {
  readonly params: string;
  readonly loraRank?: number;
  readonly loraAlpha?: number;
  readonly loraTargets?: readonly string[];
  readonly loraSeed?: number;
  readonly adapter?: string;
}

/** Choices of parameters that there are none of without LoRA. */
const OF_LORA: readonly string[] = ['lora', 'lora+head'];

/** Adds the options. */
export function addLoraOptions(command: Command): Command {
  const { rank, alpha, targets, seed } = DEFAULT_LORA;
  return command
    .option('--lora-rank <number>', `rank of LoRA's factors, put beside the weights (default: ${rank})`, count)
    .option(
      '--lora-alpha <number>',
      `alpha of LoRA, whose change is multiplied by alpha/rank (default: ${alpha})`,
      positive,
    )
    .option(
      '--lora-targets <names>',
      `some of ${LORA_TARGETS.join(', ')}, or names of layers such as c_attn (default: ${targets.join(',')})`,
      names,
    )
    .option(
      '--lora-seed <number>',
      `seed of LoRA's random factor; the other one is 0 (default: ${seed})`,
      countFromZero,
    )
    .option('--adapter <folder>', "LoRA's factors from an adapter that peft has saved");
}

/** A choice of parameters, and the changes of low rank beside the weights. */
export interface ChosenParameters {
  readonly parameters: string;
  readonly lora?: LoraRequest;
}

/**
 * The parameters that options choose; `lora:r=4,alpha=8` stands for `lora` with these. Throws {@link UserError}
 * `cli.idle-option`, `cli.bad-lora-choice`.
 */
export function chosenParameters(command: Command, options: LoraOptions): ChosenParameters {
  const { loraRank, loraAlpha, loraTargets, loraSeed, adapter } = options;
  const [, parameters = options.params, settings] = /^(lora(?:\+head)?):(.*)$/.exec(options.params) ?? [];
  const within = settings === undefined ? {} : settingsOf(settings, options.params);
  const ofAdapter = adapter === undefined ? undefined : 'the adapter of --adapter has its own';
  const told = (setting: keyof FreshLora): string | undefined =>
    ofAdapter ?? (setting in within ? `--params ${options.params} says it` : undefined);
  refuseIdle(command, [
    { option: 'loraRank', reason: told('rank') },
    { option: 'loraAlpha', reason: told('alpha') },
    { option: 'loraTargets', reason: ofAdapter },
    { option: 'loraSeed', reason: ofAdapter },
    { option: 'params', reason: settings === undefined ? undefined : ofAdapter },
  ]);
  if (adapter !== undefined) return { parameters, lora: { kind: 'saved', folder: adapter } };
  const given = {
    ...within,
    ...(loraRank === undefined ? {} : { rank: loraRank }),
    ...(loraAlpha === undefined ? {} : { alpha: loraAlpha }),
    ...(loraTargets === undefined ? {} : { targets: loraTargets }),
    ...(loraSeed === undefined ? {} : { seed: loraSeed }),
  };
  if (Object.keys(given).length === 0 && !OF_LORA.includes(parameters)) return { parameters };
  return { parameters, lora: freshRequest(given) };
}

/** `r=4,alpha=8`. Throws {@link UserError} `cli.bad-lora-choice`. */
function settingsOf(text: string, choice: string): Partial<FreshLora> {
  const read = text.split(',').map((part): Partial<FreshLora> => {
    const [, name, value] = /^\s*(r|alpha)\s*=\s*([\d.]+)\s*$/.exec(part) ?? [];
    const number = Number(value);
    if (name === 'r' && Number.isSafeInteger(number) && number > 0) return { rank: number };
    if (name === 'alpha' && number > 0) return { alpha: number };
    throw errors.badLoraChoice(choice);
  });
  return Object.assign({}, ...read) as Partial<FreshLora>; // of the two kinds above
}

/** Different names of layers: those by what they are for in their order, then those of a model's own. */
export function names(text: string): string[] {
  const given = new Set(text.split(',').map((name) => name.trim()));
  if (given.has('')) {
    throw new InvalidArgumentError(
      `Give some of ${LORA_TARGETS.join(', ')}, or names of the model's own layers, separated by commas.`,
    );
  }
  const known = LORA_TARGETS.filter((name) => given.has(name));
  return [...known, ...[...given].filter((name) => !known.some((one) => one === name))];
}
