/**
 * An example's kernel does not depend on the company that it is computed in: alone, and in a batch where a longer example
 * makes it padded. Random models of `../shared/reference/lm-models`: causal attention, windows, rotary positions, local layers.
 */

import { afterAll, expect, test } from 'vitest';
import { nodeEngine } from '../../../src/finite/node/index.ts';
import { empiricalKernels } from '../../../src/lm/kernel/empiricalKernel.ts';
import { everyClass } from '../../../src/lm/kernel/outputs.ts';
import { loadLanguageModel } from '../../../src/lm/model/checkpoint.ts';
import { checkpointFolder } from '../../../src/lm/node/model/checkpointFolder.ts';
import { indexTensor } from '../../../src/program/index.ts';
import { describeWithShared } from '../../support/shared.ts';
import { referenceModel } from '../model/references.ts';

/** Of the entries of one example, relative to the largest: f32 sums in another order. */
const RELATIVE = 1e-5;
/** Signs that rounding may turn, each moving an entry by 2 at most on either side. */
const TURNED_SIGNS = 3;

describeWithShared('company', 'reference/lm-models', (folder) => {
  const engine = nodeEngine({ threads: 1 });
  afterAll(() => engine.release());

  test.each(['gpt2', 'llama', 'mistral', 'modernbert'])('%s', async (name) => {
    const { examples, labels, classes } = referenceModel(`${folder}/${name}`);
    const model = await loadLanguageModel(checkpointFolder(`${folder}/${name}`), () => ({
      kind: 'words',
      classes,
      untie: false,
    }));
    const kernels = (members: readonly number[]) =>
      empiricalKernels({
        ...{ engine, model, kinds: ['sgd', 'signgd'], outputs: everyClass(classes) },
        examples: members.map((member) => examples[member] ?? expect.fail('no example')),
        train: members.map((_, k) => k),
        head: { labels: indexTensor(['class'], [classes], labels) },
      });
    const byLength = examples.map((_, k) => k).sort((a, b) => lengthOf(a) - lengthOf(b));
    const [shortest = 0, longest = 0] = [byLength[0], byLength.at(-1)];
    // So many tokens apart that the shorter one is padded by several.
    expect(lengthOf(longest) - lengthOf(shortest)).toBeGreaterThan(4);
    const [alone, together] = [await kernels([shortest]), await kernels([shortest, longest])];
    for (const kind of ['sgd', 'signgd'] as const) {
      const own = alone.kernels.get(kind) ?? expect.fail(kind);
      const both = together.kernels.get(kind) ?? expect.fail(kind);
      // The shorter one's block of a matrix with 2 · classes columns.
      const block = own.map((_, k) => both[Math.floor(k / classes) * 2 * classes + (k % classes)] ?? Number.NaN);
      const most = Math.max(...own.map(Math.abs));
      const worst = Math.max(...own.map((value, k) => Math.abs(value - (block[k] ?? Number.NaN))));
      expect(worst, kind).toBeLessThanOrEqual(kind === 'sgd' ? RELATIVE * most : 4 * TURNED_SIGNS);
    }

    function lengthOf(member: number): number {
      return examples[member]?.ids.length ?? Number.NaN;
    }
  });
});
