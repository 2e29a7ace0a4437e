/**
 * Logits of every architecture against transformers run in f64: `../shared/reference/lm-models` (transformers 5.24), by the
 * oracle from the whole chain, text by text.
 */

import { expect, test } from 'vitest';
import { batchFeeds } from '../../../src/lm/kernel/batches.ts';
import { loadLanguageModel } from '../../../src/lm/model/checkpoint.ts';
import { checkpointFolder } from '../../../src/lm/node/model/checkpointFolder.ts';
import { indexTensor } from '../../../src/program/index.ts';
import { interpret } from '../../../src/reference/index.ts';
import { describeWithShared } from '../../support/shared.ts';
import { MODELS, referenceModel } from './references.ts';

/** Sums of some hundred products of numbers of order 1 in f64, through a few layers. */
const F64_TOLERANCE = 1e-10;

describeWithShared('logits in f64', 'reference/lm-models', (folder) => {
  test.each(MODELS)('%s', async (name) => {
    const { examples, labels, logits, classes } = referenceModel(`${folder}/${name}`);
    const { net, config, weights, use } = await loadLanguageModel(checkpointFolder(`${folder}/${name}`), () => ({
      kind: 'words',
      classes,
      untie: false,
    }));
    expect([use.assumed, use.unused.filter(({ harmless }) => !harmless)]).toEqual([[], []]);
    const found = examples.map((example, k) => {
      const feeds = batchFeeds({ members: [k], time: example.ids.length }, examples, config);
      const all = { ...weights, ...feeds, labels: indexTensor(['class'], [classes], labels) };
      return [...(interpret(net.program, all).logits?.data ?? [])];
    });
    expect(found.flat()).toHaveLength(examples.length * classes);
    const worst = Math.max(...found.flat().map((value, k) => Math.abs(value - (logits[k] ?? Number.NaN))));
    expect(worst).toBeLessThan(F64_TOLERANCE);
  });
});
