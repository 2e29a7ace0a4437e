/** The streamed kernel of a language model beside the kernel of any program, on one batch of the same inputs. */

import { readFileSync } from 'node:fs';
import { afterAll, expect, test } from 'vitest';
import { nodeEngine } from '../../../src/finite/node/index.ts';
import { empiricalNtk } from '../../../src/kernels/index.ts';
import { batchFeeds } from '../../../src/lm/kernel/batches.ts';
import { empiricalKernel } from '../../../src/lm/kernel/empiricalKernel.ts';
import { everyClass } from '../../../src/lm/kernel/outputs.ts';
import { loadLanguageModel } from '../../../src/lm/model/checkpoint.ts';
import { checkpointFolder } from '../../../src/lm/node/model/checkpointFolder.ts';
import { indexTensor, type Tensor, type Tensors } from '../../../src/program/index.ts';
import { describeWithShared } from '../../support/shared.ts';

const engine = nodeEngine({ threads: 1 });
afterAll(() => engine.release());

interface Reference {
  readonly inputs_train: readonly { readonly input_ids: readonly number[]; readonly mask_pos: number }[];
  readonly label_word_ids: readonly number[];
}

describeWithShared('the kernel of a language model', 'reference/lm', (folder) => {
  test('is that of its program', async () => {
    const reference = JSON.parse(readFileSync(`${folder}/tiny_prompt.json`, 'utf8')) as Reference; // a known file
    const examples = reference.inputs_train
      .slice(0, 4)
      .map(({ input_ids, mask_pos }) => ({ ids: input_ids, place: mask_pos }));
    const head: Tensors = { labels: indexTensor(['class'], [2], reference.label_word_ids) };
    const words = { kind: 'words', classes: 2, untie: true } as const;
    const model = await loadLanguageModel(checkpointFolder(`${folder}/tiny_roberta`), () => words);
    const train = [0, 1, 2, 3];
    const streamed = await empiricalKernel({ engine, model, examples, train, outputs: everyClass(2), head });
    const time = Math.max(...examples.map(({ ids }) => ids.length));
    const data = batchFeeds({ members: train, time }, examples, model.config);
    const [inputs, others] = [{} as Record<string, Tensor>, { ...head } as Record<string, Tensor>];
    for (const [name, value] of Object.entries(data)) (value.axes.includes('batch') ? inputs : others)[name] = value;
    Object.assign(others, model.weights);
    const found = await empiricalNtk(model.net.program, {
      run: (...how) => engine.run(...how),
      values: others,
      x1: inputs,
      output: 'logits',
      outputs: 'each',
    });
    const largest = Math.max(...streamed.kernel.map(Math.abs));
    const worst = Math.max(...found.data.map((value, k) => Math.abs(value - Number(streamed.kernel[k]))));
    expect(found.data.length).toBe(streamed.kernel.length);
    expect(worst / largest).toBeLessThan(1e-5);
  });
});
