/**
 * All kernels against other people's code run in f64: `../shared/reference/lm` (LM-Kernel-FT, commit 81450f6) and
 * `../shared/reference/lm-models` (torch 2.15, transformers 5.24). Both of theirs have the sign on the first side, the
 * training one, where ours has it on columns.
 *
 * Signs of f32 gradients differ from those of f64 where these are below rounding. How many entries of kernels that moves,
 * and how far, is bounded here: a sign that is another moves an entry by 2.
 */

import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { nodeEngine } from '../../../src/finite/node/index.ts';
import { empiricalKernels } from '../../../src/lm/kernel/empiricalKernel.ts';
import type { KernelKind } from '../../../src/lm/kernel/kernelKinds.ts';
import type { EmpiricalKernels } from '../../../src/lm/kernel/kernelOptions.ts';
import { everyClass, logitDifference } from '../../../src/lm/kernel/outputs.ts';
import { selectParameters } from '../../../src/lm/kernel/selection.ts';
import { type LoadedEncoder, loadEncoder } from '../../../src/lm/model/checkpoint.ts';
import { checkpointFolder } from '../../../src/lm/node/model/checkpointFolder.ts';
import { indexTensor, type Tensors } from '../../../src/program/index.ts';
import { type NpyArray, readNpz } from '../../support/npz.ts';
import { describeWithShared } from '../../support/shared.ts';

/** The bound asked of every kernel, relative in Frobenius norm. */
const RELATIVE_FROBENIUS = 1e-4;
/** Signs of one gradient that rounding may turn: the references found one in 600,000 entries, and there are 280,000. */
const TURNED_SIGNS = 3;

const KINDS: readonly KernelKind[] = ['sgd', 'signgd', 'a-signgd'];
const engine = nodeEngine({ threads: 1 });
afterAll(() => engine.release());

const json = (path: string): Record<string, unknown> =>
  JSON.parse(readFileSync(path, 'utf8')) as Record<string, unknown>; // a known file

function expectNear(actual: readonly number[], expected: ArrayLike<number>, kind: KernelKind): void {
  expect(actual.length).toBe(expected.length);
  const differences = actual.map((value, k) => value - (expected[k] ?? Number.NaN));
  const norm = (values: ArrayLike<number>): number => Math.sqrt(Array.from(values).reduce((sum, x) => sum + x * x, 0));
  expect(norm(differences) / norm(expected)).toBeLessThan(RELATIVE_FROBENIUS);
  if (kind !== 'signgd') return;
  const most = Math.max(...differences.map(Math.abs));
  expect(actual.every(Number.isInteger)).toBe(true);
  expect(most).toBeLessThanOrEqual(2 * 2 * TURNED_SIGNS);
  expect(differences.filter((difference) => difference === 0).length).toBeGreaterThan(0.5 * actual.length);
}

/** Of a kernel of ours, the examples [from, to) against the training ones as [train · C, examples · C]. */
function turned(
  { kernels, outputs }: EmpiricalKernels,
  kind: KernelKind,
  [from, to, train]: readonly [number, number, number],
) {
  const kernel = kernels.get(kind) ?? new Float64Array();
  const [rows, columns] = [(to - from) * outputs, train * outputs];
  return Array.from({ length: rows * columns }, (_, k) => {
    const [j, i] = [Math.floor(k / rows), k % rows];
    return kernel[(from * outputs + i) * columns + j] ?? Number.NaN;
  });
}

describeWithShared('the tiny RoBERTa of the peer', 'reference/lm/repo_kernels.npz', (path) => {
  const folder = path.replace(/[^/\\]*$/, '');
  const reference = json(`${folder}tiny_prompt.json`);
  const byParameter = readNpz(`${folder}tiny_prompt_kernels.npz`);
  const runs = readNpz(path);
  const names = reference.param_names as string[]; // see its README
  type Input = { readonly input_ids: readonly number[]; readonly mask_pos: number };
  const inputs = [...(reference.inputs_train as Input[]), ...(reference.inputs_test as Input[])];
  const examples = inputs.map(({ input_ids, mask_pos }) => ({ ids: input_ids, place: mask_pos }));
  const head: Tensors = { labels: indexTensor(['class'], [2], reference.label_word_ids as number[]) };
  const train = Array.from({ length: 16 }, (_, k) => k);
  const peers: Readonly<Record<string, string>> = { sgd: 'sgd', signgd: 'signgd', 'a-signgd': 'asym' };
  let model: LoadedEncoder;
  beforeAll(async () => {
    const words = { kind: 'words', classes: 2, untie: true } as const;
    model = await loadEncoder(checkpointFolder(`${folder}tiny_roberta`), () => words);
  });

  const array = (found: NpyArray | undefined): NpyArray => found ?? expect.fail('an array is missing');
  /** The numbers of key biases, of which the peer's signs are those of rounding noise. */
  const noisy = 2 * 64;
  const run = (name: string, side: 'train' | 'test'): Float64Array =>
    // Of the asymmetric kernel there are two, the first with the sign on the training side.
    array(runs.get(`${name}/${side}`)).data.slice(0, 16 * (side === 'train' ? 16 : 12));
  /** The sum of the peer's signs' products over parameters, but for the biases of keys. */
  const withoutNoise = (
    found: ReadonlyMap<string, NpyArray>,
    names: readonly string[],
    selected: (parameter: string) => boolean,
    side: 'train' | 'test',
  ): Float64Array => {
    const { data } = array(found.get(`signgd_train_${side}`));
    const size = data.length / names.length;
    const total = new Float64Array(size);
    names.forEach((parameter, p) => {
      if (!selected(parameter) || parameter.endsWith('key.bias')) return;
      for (let k = 0; k < size; k++) total[k] = (total[k] ?? Number.NaN) + (data[p * size + k] ?? Number.NaN);
    });
    return total;
  };

  /** Without a prompt; the head is the file's linear one, and in the kernel. */
  describe('without a prompt', () => {
    const own = json(`${folder}tiny_finetune_cls.json`);
    const logits = [...(own.logits_train as number[][]), ...(own.logits_test as number[][])].flat();
    const cls = [...(own.inputs_train as Input[]), ...(own.inputs_test as Input[])];

    test('the logits and the kernels of SGD, SignGD and A-SignGD', async () => {
      const linear = { kind: 'linear', classes: 2 } as const;
      const plain = await loadEncoder(checkpointFolder(`${folder}tiny_roberta`), () => linear);
      const found = await empiricalKernels({
        ...{ engine, model: plain, train, outputs: logitDifference, head: {}, kinds: KINDS },
        examples: cls.map(({ input_ids }) => ({ ids: input_ids, place: 0 })),
      });
      logits.forEach((difference, k) => {
        const [first = Number.NaN, second = Number.NaN] = found.logits.subarray(2 * k, 2 * k + 2);
        expect(Math.abs(second - first - difference)).toBeLessThan(RELATIVE_FROBENIUS);
      });
      const signs = readNpz(`${folder}tiny_finetune_cls_kernels.npz`);
      const names = own.param_names as string[]; // see its README
      for (const [side, range] of [['train', [0, 16, 16]] as const, ['test', [16, 28, 16]] as const]) {
        for (const kind of ['sgd', 'a-signgd'] as const) {
          expectNear(turned(found, kind, range), run(`${peers[kind]}_binary_finetune_cls`, side), kind);
        }
        expectNear(
          turned(found, 'signgd', range),
          withoutNoise(signs, names, () => true, side),
          'signgd',
        );
      }
      // The head of the language model is there, and bears on nothing.
      expect(found.parameters.filter((name) => !name.startsWith('roberta.'))).toEqual([
        'classifier.weight',
        'classifier.bias',
      ]);
    });
  });

  test.each([
    ['all', ['sgd_binary', 'signgd_binary', 'asym_binary'], 'all'],
    ['nokeybias', ['sgd_binary_nokeybias', 'signgd_binary_nokeybias', 'asym_binary_nokeybias'], 'all'],
    ['noemb', ['sgd_binary_noemb', 'signgd_binary_noemb', 'asym_binary_noemb'], 'match:!*embed*'],
    ['nohead', ['sgd_binary_nohead', 'signgd_binary_nohead'], 'match:!*head*'],
    ['noemb_nohead', ['signgd_binary_noemb_nohead', 'asym_binary_noemb_nohead'], 'match:!*embed*,!*head*'],
    ['bitfit', ['sgd_binary_bitfit', 'signgd_binary_bitfit'], 'match:*bias*'],
    ['bitfit without key biases', ['sgd_binary_nokeybias_bitfit', 'asym_binary_nokeybias_bitfit'], 'match:*bias*'],
  ])('%s', async (_, own, selection) => {
    const kinds = KINDS.filter((kind) => own.some((name) => name.startsWith(`${peers[kind]}_`)));
    const options = { engine, model, examples, train, outputs: logitDifference, head, kinds };
    const found = await empiricalKernels({ ...options, selected: selectParameters(selection) });
    for (const name of own) {
      const kind = kinds.find((one) => name.startsWith(`${peers[one]}_`)) ?? expect.fail(name);
      for (const [side, range] of [['train', [0, 16, 16]] as const, ['test', [16, 28, 16]] as const]) {
        const [ours, theirs] = [turned(found, kind, range), run(name, side)];
        if (kind !== 'signgd' || name.includes('nokeybias')) {
          expectNear(ours, theirs, kind);
          continue;
        }
        expectNear(ours, withoutNoise(byParameter, names, selectParameters(selection), side), kind);
        // What is left of the difference is that noise.
        const most = Math.max(...ours.map((value, k) => Math.abs(value - (theirs[k] ?? Number.NaN))));
        expect(most).toBeLessThanOrEqual(noisy + 4 * TURNED_SIGNS);
      }
    }
    // The reference has this noise; ours has none, and says why.
    expect(found.zero.filter(({ parameter }) => parameter.endsWith('key.bias'))).toHaveLength(2);
  });
});

describeWithShared('random models', 'reference/lm-models', (folder) => {
  test.each(['roberta', 'bert_old_names'])('%s', async (name) => {
    const values = json(`${folder}/${name}/values.json`);
    type Text = { readonly ids: readonly number[]; readonly position: number };
    const examples = (values.texts as Text[]).map(({ ids, position }) => ({ ids, place: position })); // see its README
    const labels = (values.labels as { readonly id: number }[]).map(({ id }) => id);
    const classes = labels.length;
    const model = await loadEncoder(checkpointFolder(`${folder}/${name}`), () => ({
      kind: 'words',
      classes,
      untie: false,
    }));
    const found = await empiricalKernels({
      ...{ engine, model, examples, kinds: KINDS, outputs: everyClass(classes) },
      train: examples.map((_, k) => k),
      head: { labels: indexTensor(['class'], [classes], labels) },
    });
    const references = readNpz(`${folder}/${name}/kernels.npz`);
    for (const kind of KINDS) {
      const expected = references.get(`K_${kind.replace('-', '')}`)?.data ?? expect.fail(kind);
      expectNear(turned(found, kind, [0, examples.length, examples.length]), expected, kind);
    }
  });
});
