/**
 * Trajectories of torch 2.15 on a tiny RoBERTa, `../shared/reference/lm-models/finetune`: losses of 50 steps, and the linear
 * model's logits after 10 and 50 of them.
 */

import { expect, test } from 'vitest';
import { loadEncoder } from '../../../src/lm/model/checkpoint.ts';
import { checkpointFolder } from '../../../src/lm/node/model/checkpointFolder.ts';
import { linearizedLogits, logitsOf } from '../../../src/lm/regime/linearize.ts';
import { at } from '../../../src/numeric/index.ts';
import { indexTensor, type SizedRun, type Tensors, tensor } from '../../../src/program/index.ts';
import type { MakeStepper } from '../../../src/training/index.ts';
import { describeWithShared } from '../../support/shared.ts';
import { json } from '../kernel/referenceKernels.ts';
import { trained } from './fullBatch.ts';

/** Asked of f32 and f64 by the issue of fine-tuning; relative to the logits' size, which reaches 30 in the run that overshoots. */
export const [IN_F32, IN_F64] = [1e-3, 1e-5];

type Name = 'sgd' | 'sgd_small' | 'adamw' | 'adamw_small';

interface Reference {
  readonly losses: readonly number[];
  readonly logits: Readonly<Record<string, readonly (readonly number[])[]>>;
  readonly linearized: Readonly<Record<string, readonly (readonly number[])[]>>;
}

interface Text {
  readonly ids: readonly number[];
  readonly position: number;
  readonly label: number;
}

/** Theirs has no decay. */
const OPTIMIZERS: Readonly<Record<Name, { readonly optimizer: string; readonly rate: number }>> = {
  sgd: { optimizer: 'sgd', rate: 1e-2 },
  sgd_small: { optimizer: 'sgd', rate: 5e-4 },
  adamw: { optimizer: 'adam', rate: 1e-3 },
  adamw_small: { optimizer: 'adam', rate: 5e-5 },
};

interface Arithmetic {
  readonly run: SizedRun;
  readonly stepper: MakeStepper;
  readonly tolerance: number;
}

/** Holds losses, logits and linearized logits to the reference. */
export function describeTrajectories(
  title: string,
  runs: readonly { readonly name: Name; readonly run: 'f32' | 'f64' }[],
  { run, stepper, tolerance }: Arithmetic,
): void {
  describeWithShared(`trajectories of torch ${title}`, 'reference/lm-models/finetune', (folder) => {
    const values = json(`${folder}/values.json`);
    const references = values.runs as Readonly<Record<string, Reference>>; // see its README
    const texts = values.texts as readonly Text[];
    const labels = (values.labels as readonly { readonly id: number }[]).map(({ id }) => id);
    const near = (found: ArrayLike<number>, expected: readonly number[]): void => {
      expect(found.length).toBe(expected.length);
      expected.forEach((value, k) => {
        expect(Math.abs(at(found, k) - value)).toBeLessThan(tolerance * Math.max(1, Math.abs(value)));
      });
    };
    test.each(runs)('$name', async ({ name, run: precision }) => {
      const { optimizer, rate } = OPTIMIZERS[name];
      const reference = references[`${name}_${precision}`] ?? expect.fail(name);
      const examples = texts.map(({ ids, position }) => ({ ids, place: position }));
      const head = { labels: indexTensor(['class'], [labels.length], labels) };
      const model = await loadEncoder(checkpointFolder(`${folder}/../../lm/tiny_roberta`), () => ({
        ...{ kind: 'words', classes: labels.length, untie: false },
      }));
      const count = values.train_texts as number;
      const { losses, states } = await trained(
        {
          ...{ model, weights: model.weights, head, stepper, optimizer, settings: { learningRate: rate } },
          examples: examples.slice(0, count),
          classes: texts.slice(0, count).map(({ label }) => label),
        },
        [10, 50],
      );
      near(losses, reference.losses);
      for (const [step, state] of states) {
        const moved: Tensors = Object.fromEntries(
          Object.entries(model.weights).map(([name, { axes, shape, data }]) => {
            const end = state[name] ?? expect.fail(name);
            return [
              name,
              tensor(
                axes,
                shape,
                Array.from(data, (w, k) => at(end.data, k) - w),
              ),
            ];
          }),
        );
        const found = await linearizedLogits({ model, moved, examples, head, run });
        near(found.linearized, (reference.linearized[step] ?? expect.fail(`step ${step}`)).flat());
        const load = async (names: readonly string[]): Promise<Tensors> =>
          Object.fromEntries(names.map((one) => [one, state[one] ?? expect.fail(one)]));
        const end = await logitsOf({ model: { ...model, load }, examples, head, run });
        near(end, (reference.logits[step] ?? expect.fail(`step ${step}`)).flat());
      }
    });
  });
}
