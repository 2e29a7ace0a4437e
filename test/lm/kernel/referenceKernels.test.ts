/** All kernels against the references of referenceKernels.ts. */

import { afterAll, expect, test } from 'vitest';
import { nodeEngine } from '../../../src/finite/node/index.ts';
import { empiricalKernels } from '../../../src/lm/kernel/empiricalKernel.ts';
import { everyClass } from '../../../src/lm/kernel/outputs.ts';
import { loadLanguageModel } from '../../../src/lm/model/checkpoint.ts';
import { checkpointFolder } from '../../../src/lm/node/model/checkpointFolder.ts';
import { indexTensor } from '../../../src/program/index.ts';
import { readNpz } from '../../support/npz.ts';
import { describeWithShared } from '../../support/shared.ts';
import { MODELS, referenceModel } from '../model/references.ts';
import { describePeer, expectNear, KINDS, turned } from './referenceKernels.ts';

/** What logits may be off by in f32. */
const F32_TOLERANCE = 1e-4;

describePeer(
  [
    {
      name: 'all',
      references: ['sgd', 'signgd', 'asym'].flatMap((kind) => [`${kind}_binary`, `${kind}_binary_nokeybias`]),
      selection: 'all',
    },
    {
      name: 'neither embeddings nor head',
      references: ['signgd_binary_noemb_nohead', 'asym_binary_noemb_nohead'],
      selection: 'match:!*embed*,!*head*',
    },
    {
      name: 'biases',
      references: [
        ...['sgd_binary_bitfit', 'signgd_binary_bitfit'],
        ...['sgd_binary_nokeybias_bitfit', 'asym_binary_nokeybias_bitfit'],
      ],
      selection: 'match:*bias*',
    },
  ],
  36,
);

describeWithShared('random models', 'reference/lm-models', (folder) => {
  const engine = nodeEngine({ threads: 1 });
  afterAll(() => engine.release());
  test.each(MODELS)('%s', async (name) => {
    const { examples, labels, classes, logits } = referenceModel(`${folder}/${name}`);
    const model = await loadLanguageModel(checkpointFolder(`${folder}/${name}`), () => ({
      kind: 'words',
      classes,
      untie: false,
    }));
    const found = await empiricalKernels({
      ...{ engine, model, examples, kinds: KINDS, outputs: everyClass(classes) },
      train: examples.map((_, k) => k),
      head: { labels: indexTensor(['class'], [classes], labels) },
    });
    const farthest = Math.max(...found.logits.map((logit, k) => Math.abs(logit - (logits[k] ?? Number.NaN))));
    expect(farthest).toBeLessThan(F32_TOLERANCE);
    const references = readNpz(`${folder}/${name}/kernels.npz`);
    for (const kind of KINDS) {
      // Both sides are the same examples: what is signed on the evaluated side is the transpose.
      const transposed = kind === 'a-signgd-evaluated';
      const name = transposed ? 'K_asigngd' : `K_${kind.replace('-', '')}`;
      const known = references.get(name)?.data ?? expect.fail(kind);
      const size = examples.length * classes;
      const expected = transposed
        ? known.map((_, k) => known[(k % size) * size + Math.floor(k / size)] ?? Number.NaN)
        : known;
      expectNear(turned(found, kind, [0, examples.length, examples.length]), expected, kind);
    }
  });
});
