/** Kernels without a prompt against the peer's (`finetune_cls` of `../shared/reference/lm`): a linear head on the first token, in the kernel. */

import { afterAll, expect, test } from 'vitest';
import { nodeEngine } from '../../../src/finite/node/index.ts';
import { empiricalKernels } from '../../../src/lm/kernel/empiricalKernel.ts';
import { logitDifference } from '../../../src/lm/kernel/outputs.ts';
import { loadLanguageModel } from '../../../src/lm/model/checkpoint.ts';
import { checkpointFolder } from '../../../src/lm/node/model/checkpointFolder.ts';
import { type NpyArray, readNpz } from '../../support/npz.ts';
import { describeWithShared } from '../../support/shared.ts';
import { expectNear, json, turned } from './referenceKernels.ts';

const TRAIN = 16;
const SIDES = [
  ['train', [0, TRAIN, TRAIN]],
  ['test', [TRAIN, 28, TRAIN]],
] as const;
/** Of logits, absolute: their size is about 1. */
const LOGITS = 1e-4;

interface Input {
  readonly input_ids: readonly number[];
}

describeWithShared('the tiny RoBERTa of the peer without a prompt', 'reference/lm/repo_kernels.npz', (path) => {
  const engine = nodeEngine({ threads: 1 });
  afterAll(() => engine.release());
  const folder = path.replace(/[^/\\]*$/, '');
  const own = json(`${folder}tiny_finetune_cls.json`);
  const runs = readNpz(path);
  const byParameter = readNpz(`${folder}tiny_finetune_cls_kernels.npz`);
  const array = (found: NpyArray | undefined): NpyArray => found ?? expect.fail('an array is missing');
  /** Of the asymmetric kernel the first of two, signed on the training side. */
  const theirs = (kind: string, side: 'train' | 'test'): Float64Array =>
    array(runs.get(`${kind}_binary_finetune_cls/${side}`)).data.slice(0, TRAIN * (side === 'train' ? TRAIN : 12));
  /** The peer's signs' products over parameters but for the biases of keys, whose signs are those of rounding noise. */
  const signsOf = (side: 'train' | 'test'): Float64Array => {
    const names = own.param_names as string[]; // see its README
    const { data } = array(byParameter.get(`signgd_train_${side}`));
    const total = new Float64Array(data.length / names.length);
    names.forEach((name, p) => {
      if (name.endsWith('key.bias')) return;
      data.subarray(p * total.length, (p + 1) * total.length).forEach((value, k) => {
        total[k] = (total[k] ?? Number.NaN) + value;
      });
    });
    return total;
  };

  test('logits, and the kernels of SGD, SignGD and A-SignGD', async () => {
    const model = await loadLanguageModel(checkpointFolder(`${folder}tiny_roberta`), () => ({
      kind: 'linear',
      classes: 2,
    }));
    const inputs = [...(own.inputs_train as Input[]), ...(own.inputs_test as Input[])];
    const found = await empiricalKernels({
      engine,
      model,
      train: Array.from({ length: TRAIN }, (_, k) => k),
      outputs: logitDifference,
      head: {},
      kinds: ['sgd', 'signgd', 'a-signgd'],
      examples: inputs.map(({ input_ids }) => ({ ids: input_ids, place: 0 })),
    });
    const logits = [...(own.logits_train as number[][]), ...(own.logits_test as number[][])].flat();
    logits.forEach((difference, k) => {
      const [first = Number.NaN, second = Number.NaN] = found.logits.subarray(2 * k, 2 * k + 2);
      expect(Math.abs(second - first - difference)).toBeLessThan(LOGITS);
    });
    for (const [side, range] of SIDES) {
      expectNear(turned(found, 'sgd', range), theirs('sgd', side), 'sgd');
      expectNear(turned(found, 'a-signgd', range), theirs('asym', side), 'a-signgd');
      expectNear(turned(found, 'signgd', range), signsOf(side), 'signgd');
    }
    // The head of the language model is there, and bears on nothing.
    const ofHead = found.parameters.filter((name) => !name.startsWith('roberta.'));
    expect(ofHead).toEqual(['classifier.weight', 'classifier.bias']);
  });
});
