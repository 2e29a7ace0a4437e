/** What a model with given weights makes of texts. */

import { required } from '../../errors/index.ts';
import type { Net } from '../../nets/index.ts';
import { feedsOf, reorder, type SizedRun, type Tensors } from '../../program/index.ts';
import { batchesOf, batchFeeds } from '../kernel/batches.ts';
import { BATCH, CLASS, LOGITS } from '../kernel/kernelPrograms.ts';
import type { ClassifiedTexts } from './textBatches.ts';

/** Texts and tokens of one run. */
const LIMITS = { examples: 32, tokens: 2048 };

/** Logits of texts by their positions, [members × classes] row-major; `weights` are all that the net has. */
export async function textLogits(
  { program }: Pick<Net, 'program'>,
  weights: Tensors,
  { examples, head, rule }: Pick<ClassifiedTexts, 'examples' | 'head' | 'rule'>,
  members: readonly number[],
  run: SizedRun,
): Promise<Float64Array> {
  const read = new Set(feedsOf(program).map(({ name }) => name));
  const known = Object.fromEntries(Object.entries(weights).filter(([name]) => read.has(name)));
  const places = new Map(members.map((member, k) => [member, k]));
  let logits = new Float64Array();
  for (const batch of batchesOf(examples, members, LIMITS)) {
    const found = await run(program, { ...known, ...head, ...batchFeeds(batch, examples, rule) }, {});
    const { data, shape } = reorder(required(found[LOGITS], 'logits'), [BATCH, CLASS]);
    const classes = required(shape[1], 'number of classes');
    if (logits.length === 0) logits = new Float64Array(members.length * classes);
    batch.members.forEach((member, row) => {
      const place = required(places.get(member), `place of text ${member}`);
      logits.set(data.subarray(row * classes, (row + 1) * classes), place * classes);
    });
  }
  return logits;
}

/** Cross-entropy of softmax over the classes, averaged over texts. */
export function crossEntropy(logits: Float64Array, classes: readonly number[]): number {
  const count = logits.length / classes.length;
  const losses = classes.map((actual, k) => {
    const own = logits.subarray(k * count, (k + 1) * count);
    const most = Math.max(...own);
    const total = own.reduce((sum, logit) => sum + Math.exp(logit - most), 0);
    return most + Math.log(total) - required(own[actual], `logit of class ${actual}`);
  });
  return losses.reduce((sum, loss) => sum + loss / losses.length, 0);
}
