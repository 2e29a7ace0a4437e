/**
 * All kernels against other people's code run in f64: `../shared/reference/lm` (LM-Kernel-FT, commit 81450f6) and
 * `../shared/reference/lm-models` (torch 2.15, transformers 5.24). Both of theirs have the sign on the first side, the
 * training one, where ours has it on columns.
 *
 * Signs of f32 gradients differ from those of f64 where these are below rounding. How many entries of kernels that moves,
 * and how far, is bounded here: a sign that is another moves an entry by 2.
 */

import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { nodeEngine } from '../../../src/finite/node/index.ts';
import { empiricalKernels } from '../../../src/lm/kernel/empiricalKernel.ts';
import type { ComputedKind } from '../../../src/lm/kernel/kernelKinds.ts';
import type { EmpiricalKernels } from '../../../src/lm/kernel/kernelOptions.ts';
import { everyClass, logitDifference } from '../../../src/lm/kernel/outputs.ts';
import { selectParameters } from '../../../src/lm/kernel/selection.ts';
import { type LoadedEncoder, loadEncoder } from '../../../src/lm/model/checkpoint.ts';
import { checkpointFolder } from '../../../src/lm/node/model/checkpointFolder.ts';
import { fitPredictor } from '../../../src/lm/solve/fitPredictor.ts';
import { scores } from '../../../src/lm/solve/predictor.ts';
import { matrix } from '../../../src/numeric/index.ts';
import { indexTensor, type Tensors } from '../../../src/program/index.ts';
import { type NpyArray, readNpz } from '../../support/npz.ts';
import { describeWithShared } from '../../support/shared.ts';

/** The bound asked of every kernel, relative in Frobenius norm. */
const RELATIVE_FROBENIUS = 1e-4;
/** Signs of one gradient that rounding may turn: the references found one in 600,000 entries, and there are 280,000. */
const TURNED_SIGNS = 3;

const KINDS: readonly ComputedKind[] = ['sgd', 'signgd', 'a-signgd', 'a-signgd-evaluated'];
const engine = nodeEngine({ threads: 1 });
afterAll(() => engine.release());

const json = (path: string): Record<string, unknown> =>
  JSON.parse(readFileSync(path, 'utf8')) as Record<string, unknown>; // a known file

function expectNear(actual: readonly number[], expected: ArrayLike<number>, kind: ComputedKind): void {
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
  kind: ComputedKind,
  [from, to, train]: readonly [number, number, number],
) {
  const kernel = kernels.get(kind) ?? new Float64Array();
  const [rows, columns] = [(to - from) * outputs, train * outputs];
  return Array.from({ length: rows * columns }, (_, k) => {
    const [j, i] = [Math.floor(k / rows), k % rows];
    return kernel[(from * outputs + i) * columns + j] ?? Number.NaN;
  });
}

interface PeerMachine {
  readonly kernel: string;
  readonly solver: string;
  readonly kernel_gamma: number;
  readonly kernel_lambda: number;
  readonly kernel_regularization: number;
  readonly eval_preds: readonly number[];
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
  const peers: Readonly<Record<string, string>> = {
    ...{ sgd: 'sgd', signgd: 'signgd', 'a-signgd': 'asym', 'a-signgd-evaluated': 'asym' },
  };
  let model: LoadedEncoder;
  beforeAll(async () => {
    const words = { kind: 'words', classes: 2, untie: true } as const;
    model = await loadEncoder(checkpointFolder(`${folder}tiny_roberta`), () => words);
  });

  const array = (found: NpyArray | undefined): NpyArray => found ?? expect.fail('an array is missing');
  /** The numbers of key biases, of which the peer's signs are those of rounding noise. */
  const noisy = 2 * 64;
  const run = (name: string, kind: ComputedKind, side: 'train' | 'test'): Float64Array => {
    // Of the asymmetric kernel there are two, the first with the sign on the training side.
    const size = 16 * (side === 'train' ? 16 : 12);
    const start = kind === 'a-signgd-evaluated' ? size : 0;
    return array(runs.get(`${name}/${side}`)).data.slice(start, start + size);
  };
  /** The sum of the peer's signs' products over parameters, but for the biases of keys. */
  const signsWithoutNoise = (selected: (parameter: string) => boolean, side: 'train' | 'test'): Float64Array => {
    const { data } = array(byParameter.get(`signgd_train_${side}`));
    const size = data.length / names.length;
    const total = new Float64Array(size);
    names.forEach((parameter, p) => {
      if (!selected(parameter) || parameter.endsWith('key.bias')) return;
      for (let k = 0; k < size; k++) total[k] = (total[k] ?? Number.NaN) + (data[p * size + k] ?? Number.NaN);
    });
    return total;
  };

  const solved = json(`${folder}solver_reference.json`) as unknown as {
    readonly cases: readonly PeerMachine[];
    readonly y_train: readonly number[];
    readonly y_test: readonly number[];
  }; // see its README
  /** Asymmetric machines of the peer, fitted to kernels of ours: its scores, to what f32 leaves of them, and its accuracies. */
  function expectSameMachines({ kernels }: EmpiricalKernels, name: string): void {
    const rows = (kind: ComputedKind, from: number, to: number) =>
      matrix(to - from, 16, (kernels.get(kind) ?? new Float64Array()).slice(from * 16, to * 16));
    for (const one of solved.cases.filter(({ kernel, solver }) => kernel === name && solver === 'asym')) {
      const { kernel_gamma: gamma, kernel_lambda: lambda, kernel_regularization: ridge, eval_preds: theirs } = one;
      const predictor = fitPredictor({
        train: { rows: rows('a-signgd', 0, 16), classes: solved.y_train.map((y) => (y > 0 ? 1 : 0)) },
        outputs: 1,
        solver: { method: 'asymmetric', gamma, lambda, ridge },
      });
      const ours = scores(predictor, rows('a-signgd', 16, 28), undefined, rows('a-signgd-evaluated', 16, 28));
      const accuracy = (values: ArrayLike<number>): number =>
        solved.y_test.filter((y, k) => (values[k] ?? Number.NaN) > 0 === y > 0).length / solved.y_test.length;
      expect(accuracy(ours), `${name}, ${gamma}, ${lambda}, ${ridge}`).toBe(accuracy(theirs));
      machines += 1;
    }
  }
  let machines = 0;
  afterAll(() => expect(machines).toBe(36));

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
    const compared = own.flatMap((name) =>
      kinds.filter((kind) => name.startsWith(`${peers[kind]}_`)).map((kind) => [name, kind] as const),
    );
    expect(compared.length).toBeGreaterThanOrEqual(own.length);
    for (const [name, kind] of compared) {
      for (const [side, range] of [['train', [0, 16, 16]] as const, ['test', [16, 28, 16]] as const]) {
        const [ours, theirs] = [turned(found, kind, range), run(name, kind, side)];
        if (kind !== 'signgd' || name.includes('nokeybias')) {
          expectNear(ours, theirs, kind);
          continue;
        }
        expectNear(ours, signsWithoutNoise(selectParameters(selection), side), kind);
        // What is left of the difference is that noise.
        const most = Math.max(...ours.map((value, k) => Math.abs(value - (theirs[k] ?? Number.NaN))));
        expect(most).toBeLessThanOrEqual(noisy + 4 * TURNED_SIGNS);
      }
    }
    for (const name of own) expectSameMachines(found, name);
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
