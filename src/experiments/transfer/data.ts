/** Data of transfers: inputs of a fixed size with a class each, the same at every width. */

import { mlp } from '../../nets/index.ts';
import { drawInitial, stream } from '../../numeric/index.ts';
import { indexTensor, type Tensors, tensor } from '../../program/index.ts';
import type { FiniteRun } from '../check/finite.ts';
import { badExample, unevenExamples } from './errors.ts';

export interface Examples {
  readonly name: string;
  /** Numbers of an input. */
  readonly input: number;
  readonly classes: number;
  /** [example, input], row by row. */
  readonly inputs: Float64Array;
  readonly labels: Int32Array;
}

export interface TeacherOptions {
  readonly examples?: number;
  readonly input?: number;
  readonly classes?: number;
  readonly seed?: number;
  readonly run: FiniteRun;
}

/** Units of the teacher: the same whatever the widths of the students. */
const TEACHER_WIDTH = 64;

/** Random inputs with the class that a random network of one hidden layer gives them. */
export async function teacherExamples(options: TeacherOptions): Promise<Examples> {
  const { examples = 2048, input = 32, classes = 10, seed = 0, run } = options;
  const { program } = mlp({ depth: 1, activation: 'tanh', classes });
  const source = stream(seed, 'teacher');
  const inputs = source.substream('inputs').normals(examples * input);
  const sizes = { batch: examples, input, n: TEACHER_WIDTH };
  const weights = drawInitial(program, sizes, seed);
  const { f } = await run(program, { ...weights, x: tensor(['batch', 'input'], [examples, input], inputs) }, sizes);
  const outputs = f?.data ?? new Float64Array();
  const labels = Int32Array.from({ length: examples }, (_, k) => {
    let best = k * classes;
    for (let at = best + 1; at < (k + 1) * classes; at++) if ((outputs[at] ?? 0) > (outputs[best] ?? 0)) best = at;
    return best - k * classes;
  });
  return { name: 'teacher', input, classes, inputs, labels };
}

/** Checks examples. Throws {@link UserError} `experiments.uneven-examples`, `experiments.bad-example`. */
export function checkExamples({ name, input, classes, inputs, labels }: Examples): void {
  if (inputs.length !== labels.length * input) throw unevenExamples(name, inputs.length, labels.length, input);
  const bad = inputs.findIndex((value) => !Number.isFinite(value));
  if (bad >= 0) {
    throw badExample(
      name,
      Math.floor(bad / input),
      `has ${inputs[bad]} as its input ${bad % input}; expected a number`,
    );
  }
  const odd = labels.findIndex((label) => label < 0 || label >= classes);
  if (odd >= 0) throw badExample(name, odd, `has the label ${labels[odd]}; expected one from 0 to ${classes - 1}`);
}

/**
 * The mini-batch of a step: every example once in an order that the seed shuffles anew, then again. The same at every
 * width and rate, so that losses differ by these alone. A batch as large as the data is all of it at every step.
 */
export function batches(examples: Examples, batch: number, seed: number): (step: number) => Tensors {
  const { input, inputs, labels } = examples;
  const count = labels.length;
  const whole = batch >= count;
  const size = Math.min(batch, count);
  const perEpoch = Math.floor(count / size);
  const source = stream(seed, 'batches');
  let epoch = -1;
  let order: Uint32Array = Uint32Array.from(labels, (_, k) => k);
  return (step) => {
    const now = Math.floor(step / perEpoch);
    if (!whole && now !== epoch) {
      epoch = now;
      order = source.substream(now).permutation(count);
    }
    const chosen = order.subarray((step % perEpoch) * size, (step % perEpoch) * size + size);
    const x = new Float32Array(size * input);
    chosen.forEach((example, row) => {
      x.set(inputs.subarray(example * input, (example + 1) * input), row * input);
    });
    return {
      x: { axes: ['batch', 'input'], shape: [size, input], data: x },
      target: indexTensor(
        ['batch'],
        [size],
        Array.from(chosen, (example) => labels[example] ?? 0),
      ),
    };
  };
}
