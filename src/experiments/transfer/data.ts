/**
 * Data of transfers: inputs of a fixed size with a class each, the same at every width. Ours: no paper says which.
 */

import { required } from '../../errors/index.ts';
import { mlp } from '../../nets/index.ts';
import { drawInitial, stream } from '../../numeric/index.ts';
import { indexTensor, type SizedRun, type Tensors, tensor } from '../../program/index.ts';
import { badInput, badLabel, unevenExamples } from './errors.ts';

/** Inputs of a fixed size with a class each, and where they are from. */
export interface Examples {
  readonly name: string;
  /** Where they are from, their licence, and what was done with them, in a sentence without its period. */
  readonly source: string;
  /** Numbers of an input. */
  readonly input: number;
  /** Sizes of an input's axes in order, such as those of an image; default one axis, `input`. */
  readonly shape?: Readonly<Record<string, number>>;
  readonly classes: number;
  /** [example, input], row by row. */
  readonly inputs: Float64Array;
  /** [example]: classes, whole numbers from 0 on. */
  readonly labels: Int32Array;
}

/** The axes of an input with their sizes. */
export const shapeOf = ({ input, shape = { input } }: Examples): Readonly<Record<string, number>> => shape;

/** How many examples, numbers and classes a random teacher network labels, and what runs it. */
export interface TeacherOptions {
  readonly examples?: number;
  readonly input?: number;
  readonly classes?: number;
  readonly seed?: number;
  readonly run: SizedRun;
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
  const outputs = required(f, "teacher's output").data;
  const labels = Int32Array.from({ length: examples }, (_, k) => {
    let best = k * classes;
    for (let at = best + 1; at < (k + 1) * classes; at++) {
      if (required(outputs[at], 'logit') > required(outputs[best], 'logit')) best = at;
    }
    return best - k * classes;
  });
  return {
    name: 'teacher',
    source: `${examples} random inputs of ${input} numbers, with the class of ${classes} that a random network of one hidden layer gives them (seed ${seed})`,
    input,
    classes,
    inputs,
    labels,
  };
}

/**
 * Checks examples. Throws {@link UserError} `experiments.uneven-examples`, `experiments.bad-input`,
 * `experiments.bad-label`.
 */
export function checkExamples({ name, input, classes, inputs, labels }: Examples): void {
  if (inputs.length !== labels.length * input) throw unevenExamples(name, inputs.length, labels.length, input);
  const bad = inputs.findIndex((value) => !Number.isFinite(value));
  if (bad >= 0) throw badInput(name, Math.floor(bad / input), bad % input, required(inputs[bad], 'bad input'));
  const odd = labels.findIndex((label) => label < 0 || label >= classes);
  if (odd >= 0) throw badLabel(name, odd, required(labels[odd], 'bad label'), classes);
}

/** The cross-entropy of the best answer that ignores the input: the entropy of the labels. */
export function chanceOf({ classes, labels }: Examples): number {
  const counts = Array.from({ length: classes }, () => 0);
  for (const label of labels) counts[label] = required(counts[label], 'count of a label') + 1;
  return counts.reduce(
    (sum, count) => (count === 0 ? sum : sum - (count / labels.length) * Math.log(count / labels.length)),
    0,
  );
}

/**
 * The examples as tensors: x on the axes of an input, and target. Mini-batches of them depend on the seed alone and are
 * the same at every width and value, so that losses differ by these alone.
 */
export function tensorsOf(examples: Examples): Tensors {
  const shape = shapeOf(examples);
  const count = examples.labels.length;
  return {
    x: {
      axes: ['batch', ...Object.keys(shape)],
      shape: [count, ...Object.values(shape)],
      data: Float32Array.from(examples.inputs),
    },
    target: indexTensor(['batch'], [count], examples.labels),
  };
}
