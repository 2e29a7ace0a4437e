/** Options of `nexort limit` that have no effect beside the others. */

import { checkHeads, type Idle, withoutDepth, withoutTexts } from '../idleOptions.ts';
import { oneOf } from '../netOption.ts';
import { TRAINED_NETS } from '../train/nets.ts';
import type { LimitCommandOptions } from './options.ts';

/** Throws {@link UserError} `cli.unknown-net`, `cli.heads` for widths that the heads of a transformer cannot share. */
export function idleInLimit({ net: given, data, batches, widths, heads }: LimitCommandOptions): Idle[] {
  const net = oneOf(TRAINED_NETS, given, 'train');
  const noTexts = withoutTexts(net);
  if (noTexts === undefined) checkHeads('--widths', widths, heads);
  const isArray = /\.(npy|json)$/i.test(data);
  const noTable = /\.[ct]sv$/i.test(data) ? undefined : `--data ${data} is no table`;
  const inBatches = batches === undefined ? undefined : '--batches says which examples are in which batch';
  const all: Readonly<Record<string, string | undefined>> = {
    depth: withoutDepth(net),
    heads: noTexts,
    context: noTexts,
    label: noTable,
    ignore: noTable,
    classes: isArray ? undefined : noTable,
    targets: isArray ? undefined : `--data ${data} is no array, which has its targets in a file of their own`,
    batch: inBatches,
    evaluate: inBatches,
    seeds: widths.length === 0 ? '--widths none trains no networks' : undefined,
  };
  return Object.entries(all).map(([option, reason]) => ({ option, reason }));
}
