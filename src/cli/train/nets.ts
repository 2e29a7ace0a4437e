/** The networks of `nexort train`, and data in the form that each of them reads. */

import { cnn, mlp, type Net, recurrent, residualMlp, transformer } from '../../nets/index.ts';
import { indexTensor, type Tensors, tensor, type UnaryName } from '../../program/index.ts';
import { exampleCount, heldOut, type LossName } from '../../training/index.ts';
import { unknownNet } from '../errors.ts';
import type { Source, Text, Vectors } from './data.ts';
import * as errors from './errors.ts';
import { standardized } from './standardize.ts';

export interface NetOptions {
  readonly depth: number;
  readonly activation?: UnaryName;
  readonly biases: boolean;
  readonly loss?: LossName;
  readonly context: number;
  readonly heads: number;
  readonly heldOut: number;
  readonly standardize: boolean;
  readonly seed: number;
}

/** A network with what it trains on and what it is evaluated on. */
export interface Task {
  readonly net: Net;
  readonly loss: LossName;
  /** Of the network: classes, different characters, or 1. */
  readonly outputs: number;
  readonly train: Tensors;
  readonly test: Tensors;
}

/** A network for vectors, and the axes along which it reads one, with their sizes. */
interface Reader {
  readonly net: Net;
  readonly axes: Readonly<Record<string, number>>;
}

/** Makes a network for vectors of so many numbers and so many outputs. */
type Make = (input: number, classes: number, options: NetOptions) => Reader;

const recurrentNet =
  (gated: boolean): Make =>
  (input, classes, { biases, ...options }) => {
    const steps = squarest(input);
    const net = recurrent({ steps, classes, gated, outputBias: biases, ...activationOf(options) });
    return { net, axes: { time: steps, input: input / steps } };
  };

const VECTOR_NETS: Readonly<Record<string, Make>> = {
  mlp: (input, classes, { depth, biases, ...options }) => ({
    net: mlp({ depth, classes, biases, outputBias: biases, ...activationOf(options) }),
    axes: { input },
  }),
  'residual-mlp': (input, classes, { depth, biases, ...options }) => ({
    net: residualMlp({ depth, classes, outputBias: biases, ...activationOf(options) }),
    axes: { input },
  }),
  cnn: (input, classes, { depth, biases, ...options }) => {
    const side = squarest(input);
    const isImage = side ** 2 === input;
    const size = isImage ? ([side, side] as const) : ([input] as const);
    const net = cnn({ size, depth, classes, biases, outputBias: biases, ...activationOf(options) });
    return { net, axes: isImage ? { row: side, column: side, input: 1 } : { time: input, input: 1 } };
  },
  rnn: recurrentNet(false),
  gru: recurrentNet(true),
};

const TEXT_NET = 'transformer';

export const TRAINED_NETS: readonly string[] = [...Object.keys(VECTOR_NETS), TEXT_NET];

const activationOf = ({ activation }: Pick<NetOptions, 'activation'>): { readonly activation?: UnaryName } =>
  activation === undefined ? {} : { activation };

/**
 * A network by name on data. Throws {@link UserError} `cli.unknown-net`, `cli.other-data` where it does not read such
 * data, `cli.short-text`, `cli.loss-of-text`, `cli.column-too-large`.
 */
export function taskOf(name: string, source: Source, options: NetOptions): Task {
  if (!TRAINED_NETS.includes(name)) throw unknownNet(name, TRAINED_NETS, 'train');
  if ((name === TEXT_NET) !== (source.kind === 'text'))
    throw errors.otherData(name, source.name, source.kind, TEXT_NET);
  return source.kind === 'text' ? textTask(source, options) : vectorTask(name, source, options);
}

function vectorTask(name: string, source: Vectors, options: NetOptions): Task {
  const { input, inputs, labels } = source;
  const outputs = source.classes?.length ?? 1;
  const loss = options.loss ?? (source.classes === undefined ? 'squared' : 'cross-entropy');
  if (loss !== 'squared' && outputs < 2) throw errors.noClassesFor(loss, source.name);
  const made = VECTOR_NETS[name]?.(input, outputs, options);
  if (made === undefined) throw unknownNet(name, TRAINED_NETS, 'train');
  const { net, axes } = made;
  const x = tensor(['batch', ...Object.keys(axes)], [labels.length, ...Object.values(axes)], inputs);
  const parts = heldOut({ x, target: targetOf(source, loss) }, options.heldOut, options.seed);
  return { net, loss, outputs, ...(options.standardize ? standardized(parts, source.columns) : parts) };
}

/** The largest divisor that is at most the square root: images are read row by row. */
function squarest(input: number): number {
  for (let steps = Math.floor(Math.sqrt(input)); steps > 1; steps--) if (input % steps === 0) return steps;
  return 1;
}

/** Classes as indices, for other losses than cross-entropy as 1 at the class and 0, or −1, elsewhere. */
function targetOf({ classes, labels }: Vectors, loss: LossName): Tensors[string] {
  const count = labels.length;
  if (classes === undefined) return tensor(['batch'], [count], labels);
  if (loss === 'cross-entropy') return indexTensor(['batch'], [count], labels);
  const values = new Float64Array(count * classes.length).fill(loss === 'hinge' ? -1 : 0);
  labels.forEach((label, k) => {
    values[k * classes.length + label] = 1;
  });
  return tensor(['batch', 'class'], [count, classes.length], values);
}

/** Stretches of a text, each character with the one that follows; what is left at the end is not read. */
function textTask({ name, vocabulary, codes }: Text, options: NetOptions): Task {
  const { context, heads, depth, biases, loss } = options;
  if (loss !== undefined && loss !== 'cross-entropy') throw errors.lossOfText(loss);
  const count = Math.floor((codes.length - 1) / context);
  if (count < 2 || vocabulary.length < 2) throw errors.shortText(name, codes.length, vocabulary.length, context);
  const stretch = (from: number): Tensors[string] =>
    indexTensor(['batch', 'time'], [count, context], codes.subarray(from, from + count * context));
  const net = transformer({ vocabulary: vocabulary.length, context, depth, heads, biases, ...activationOf(options) });
  const parts = heldOut({ tokens: stretch(0), target: stretch(1) }, options.heldOut, options.seed);
  return { net, loss: 'cross-entropy', outputs: vocabulary.length, ...parts };
}

/** `1,638 examples, 410 held out`. */
export function describeTask({ train, test }: Task): string {
  const text = (count: number): string => count.toLocaleString('en-US');
  return `${text(exampleCount(train))} examples, ${text(exampleCount(test))} held out`;
}
