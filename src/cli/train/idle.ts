/** Options of `nexort train` that have no effect beside the others. */

import { checkHeads, type Idle, withoutDepth, withoutTexts } from '../idleOptions.ts';
import { oneOf } from '../netOption.ts';
import { TRAINED_NETS } from './nets.ts';
import type { TrainCommandOptions } from './options.ts';

/** Throws {@link UserError} `cli.unknown-net`, `cli.heads` for a width that the heads of a transformer cannot share. */
export function idleInTraining({ net: given, data, heads, width, out }: TrainCommandOptions): Idle[] {
  const net = oneOf(TRAINED_NETS, given, 'train');
  const noTexts = withoutTexts(net);
  if (noTexts === undefined) checkHeads('--width', [width], heads);
  const noTable = /\.(csv|tsv)$/i.test(data) ? undefined : `--data ${data} is no table`;
  const all: Readonly<Record<string, string | undefined>> = {
    depth: withoutDepth(net),
    heads: noTexts,
    context: noTexts,
    label: noTable,
    classes: noTable,
    standardize: noTexts === undefined ? 'a text has no numbers to scale' : undefined,
    checkpointEvery: out === undefined ? 'without --out no checkpoint is kept' : undefined,
  };
  return Object.entries(all).map(([option, reason]) => ({ option, reason }));
}
