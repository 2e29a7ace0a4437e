/** Options of LoRA: how its factors start, or where they are read. */

import { type Command, InvalidArgumentError } from 'commander';
import { DEFAULT_LORA, freshRequest, LORA_TARGETS, type LoraRequest } from '../lm/index.ts';
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
    .option('--lora-targets <names>', `some of ${LORA_TARGETS.join(', ')} (default: ${targets.join(',')})`, names)
    .option(
      '--lora-seed <number>',
      `seed of LoRA's random factor; the other one is 0 (default: ${seed})`,
      countFromZero,
    )
    .option('--adapter <folder>', "LoRA's factors from an adapter that peft has saved");
}

/** The changes of low rank that options ask for. Throws {@link UserError} `cli.idle-option`. */
export function loraOf(command: Command, options: LoraOptions): LoraRequest | undefined {
  const { params, loraRank, loraAlpha, loraTargets, loraSeed, adapter } = options;
  const reason = adapter === undefined ? undefined : 'the adapter of --adapter has its own';
  refuseIdle(
    command,
    ['loraRank', 'loraAlpha', 'loraTargets', 'loraSeed'].map((option) => ({ option, reason })),
  );
  if (adapter !== undefined) return { kind: 'saved', folder: adapter };
  const given = {
    ...(loraRank === undefined ? {} : { rank: loraRank }),
    ...(loraAlpha === undefined ? {} : { alpha: loraAlpha }),
    ...(loraTargets === undefined ? {} : { targets: loraTargets }),
    ...(loraSeed === undefined ? {} : { seed: loraSeed }),
  };
  if (Object.keys(given).length === 0 && !OF_LORA.includes(params)) return undefined;
  return freshRequest(given);
}

/** Different names of layers. */
export function names(text: string): string[] {
  const given = text.split(',').map((name) => name.trim());
  const unknown = given.find((name) => !LORA_TARGETS.includes(name));
  if (unknown !== undefined) {
    throw new InvalidArgumentError(`Give some of ${LORA_TARGETS.join(', ')}, separated by commas.`);
  }
  return LORA_TARGETS.filter((name) => given.includes(name));
}
