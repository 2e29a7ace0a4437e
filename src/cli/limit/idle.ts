/** Options of `nexort limit` that have no effect beside the others. */

import { checkHeads, type Idle, withoutDepth, withoutTexts } from '../idleOptions.ts';
import { oneOf } from '../netOption.ts';
import { TRAINED_NETS } from '../train/nets.ts';
import type { LimitCommandOptions } from './options.ts';

/** Throws {@link UserError} `cli.unknown-net`, `cli.heads` for widths that the heads of a transformer cannot share. */
export function idleInLimit(options: LimitCommandOptions): Idle[] {
  const { data, batches, widths, pretrain, finetune } = options;
  if (pretrain !== undefined || finetune !== undefined) return idleInJunction(options);
  const isArray = /\.(npy|json)$/i.test(data);
  const noTable = /\.[ct]sv$/i.test(data) ? undefined : `--data ${data} is no table`;
  const inBatches = batches === undefined ? undefined : '--batches says which examples are in which batch';
  const all: Readonly<Record<string, string | undefined>> = {
    ...withoutUse(options),
    label: noTable,
    ignore: noTable,
    classes: isArray ? undefined : noTable,
    targets: isArray ? undefined : `--data ${data} is no array, which has its targets in a file of their own`,
    batch: inBatches,
    evaluate: inBatches,
    ...withReason(OF_JUNCTION, 'without --pretrain and --finetune there is no second task'),
    seeds: widths.length === 0 ? '--widths none trains no networks' : undefined,
  };
  return Object.entries(all).map(([option, reason]) => ({ option, reason }));
}

/** What only a second task has a use for. */
const OF_JUNCTION = ['exponents', 'finetuneOptimizer', 'finetuneSteps', 'finetuneRate'] as const;
/** What only a limit has a use for. */
const OF_LIMIT = [
  'data',
  'targets',
  'classes',
  'evaluate',
  'batch',
  'batches',
  'loss',
  'reduction',
  'deviation',
  'freeze',
] as const;
const OF_SAMPLES = ['start', 'samples', 'subsample', 'scramblings', 'looks', 'extrapolate', 'planOnly'] as const;

function idleInJunction(options: LimitCommandOptions): Idle[] {
  const { pretrain, finetune } = options;
  const isTable = [pretrain, finetune].some((data) => data !== undefined && /\.[ct]sv$/i.test(data));
  const noTable = isTable ? undefined : 'neither task is a table';
  const all: Readonly<Record<string, string | undefined>> = {
    ...withoutUse(options),
    label: noTable,
    ignore: noTable,
    ...withReason(
      OF_LIMIT,
      'with --pretrain and --finetune all examples of a task are in each batch, and the loss is squared',
    ),
    ...withReason(OF_SAMPLES, 'with --pretrain and --finetune no limit is sampled'),
  };
  return Object.entries(all).map(([option, reason]) => ({ option, reason }));
}

const withReason = (options: readonly string[], reason: string): Readonly<Record<string, string>> =>
  Object.fromEntries(options.map((option) => [option, reason]));

/** What the network has no use for. */
function withoutUse({ net: given, widths, heads }: LimitCommandOptions) {
  const net = oneOf(TRAINED_NETS, given, 'train');
  const noTexts = withoutTexts(net);
  if (noTexts === undefined) checkHeads('--widths', widths, heads);
  return { depth: withoutDepth(net), heads: noTexts, context: noTexts };
}
