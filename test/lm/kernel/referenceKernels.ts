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
import { logitDifference } from '../../../src/lm/kernel/outputs.ts';
import { selectParameters } from '../../../src/lm/kernel/selection.ts';
import { type LoadedLanguageModel, loadLanguageModel } from '../../../src/lm/model/checkpoint.ts';
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

export const KINDS: readonly ComputedKind[] = ['sgd', 'signgd', 'a-signgd', 'a-signgd-evaluated'];

export const json = (path: string): Record<string, unknown> =>
  JSON.parse(readFileSync(path, 'utf8')) as Record<string, unknown>; // a known file

/** Holds a kernel to its reference. */
export function expectNear(actual: readonly number[], expected: ArrayLike<number>, kind: ComputedKind): void {
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
export function turned(
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

/** A choice of parameters, with the peer's kernels of it. */
export interface PeerCase {
  readonly name: string;
  readonly references: readonly string[];
  readonly selection: string;
}

/** Tests of the peer's tiny RoBERTa; so many asymmetric machines are to be compared in all. */
export function describePeer(cases: readonly PeerCase[], machines: number): void {
  describeWithShared('the tiny RoBERTa of the peer', 'reference/lm/repo_kernels.npz', (path) => {
    const engine = nodeEngine({ threads: 1 });
    afterAll(() => engine.release());
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
    let model: LoadedLanguageModel;
    beforeAll(async () => {
      const words = { kind: 'words', classes: 2, untie: true } as const;
      model = await loadLanguageModel(checkpointFolder(`${folder}tiny_roberta`), () => words);
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
        compared += 1;
      }
    }
    let compared = 0;
    afterAll(() => expect(compared).toBe(machines));

    test.each(cases.map((one) => [one.name, one] as const))('%s', async (_, { references: own, selection }) => {
      const kinds = KINDS.filter((kind) => own.some((name) => name.startsWith(`${peers[kind]}_`)));
      const options = { engine, model, examples, train, outputs: logitDifference, head, kinds };
      const found = await empiricalKernels({ ...options, selected: selectParameters(selection) });
      const pairs = own.flatMap((name) =>
        kinds.filter((kind) => name.startsWith(`${peers[kind]}_`)).map((kind) => [name, kind] as const),
      );
      expect(pairs.length).toBeGreaterThanOrEqual(own.length);
      for (const [name, kind] of pairs) {
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
}
