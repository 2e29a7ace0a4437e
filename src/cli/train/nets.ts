/** The networks of `nexort train`, and data in the form that each of them reads. */

import { type NamedNet, type Net, type NetName, type NetSettings, namedNet } from '../../nets/index.ts';
import { type Expr, indexTensor, type Tensors, tensor, type UnaryName } from '../../program/index.ts';
import { exampleCount, heldOut, type LossName } from '../../training/index.ts';
import { oneOf } from '../netOption.ts';
import * as errors from './errors.ts';
import type { Source, Text, Vectors } from './source.ts';
import { standardized } from './standardize.ts';

export interface NetOptions {
  readonly depth: number;
  readonly activation?: UnaryName | Expr;
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

export const TRAINED_NETS: readonly NetName[] = ['mlp', 'residual-mlp', 'cnn', 'rnn', 'gru', 'transformer'];
/** The one that reads texts. */
const TEXT_NET = 'transformer';

/** A network with the data that it reads, none of them held out. */
export interface Posed {
  readonly net: Net;
  readonly loss: LossName;
  /** Of the network: classes, different characters, or 1. */
  readonly outputs: number;
  readonly data: Tensors;
}

/** What networks and their data are told. */
export type PosedOptions = Pick<NetOptions, 'depth' | 'activation' | 'biases' | 'loss' | 'context' | 'heads'>;

/** What all networks are told. */
const told = ({ depth, biases, activation }: PosedOptions): NetSettings => ({
  depth,
  biases,
  ...(activation === undefined ? {} : { activation }),
});

/**
 * A network by name on data. Throws {@link UserError} `cli.unknown-net`, `cli.other-data` where it does not read such
 * data, `cli.short-text`, `cli.loss-of-text`, `cli.column-too-large`.
 */
export function taskOf(given: string, source: Source, options: NetOptions): Task {
  const { data, ...posed } = posedOn(given, source, options);
  const parts = heldOut(data, options.heldOut, options.seed);
  const scaled = options.standardize && source.kind === 'vectors';
  return { ...posed, ...(scaled ? standardized(parts, source.columns) : parts) };
}

/** A network by name on all data. Throws as {@link taskOf}, but `cli.column-too-large`. */
export function posedOn(given: string, source: Source, options: PosedOptions): Posed {
  const name = oneOf(TRAINED_NETS, given, 'train');
  const net = namedNet(name);
  if (net.reads.includes('text') !== (source.kind === 'text'))
    throw errors.otherData(name, source.name, source.kind, TEXT_NET);
  return source.kind === 'text' ? textPosed(net, source, options) : vectorPosed(net, source, options);
}

function vectorPosed({ reads, make }: NamedNet, source: Vectors, options: PosedOptions): Posed {
  const { input, inputs, labels } = source;
  const outputs = source.classes?.length ?? 1;
  const loss = options.loss ?? (source.classes === undefined ? 'squared' : 'cross-entropy');
  if (loss !== 'squared' && outputs < 2) throw errors.noClassesFor(loss, source.name);
  const axes = axesFor(reads, input);
  const net = make({ ...told(options), classes: outputs, places: Object.values(axes).slice(0, -1) });
  const x = tensor(['batch', ...Object.keys(axes)], [labels.length, ...Object.values(axes)], inputs);
  return { net, loss, outputs, data: { x, target: targetOf(source, loss) } };
}

/** The axes along which a network reads so many numbers, the last of them `input`, with their sizes. */
function axesFor(reads: NamedNet['reads'], input: number): Readonly<Record<string, number>> {
  if (reads.includes('vector')) return { input };
  const rows = squarest(input);
  if (!reads.includes('image')) return { time: rows, input: input / rows };
  return rows ** 2 === input ? { row: rows, column: rows, input: 1 } : { time: input, input: 1 };
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
function textPosed({ make }: NamedNet, { name, vocabulary, codes }: Text, options: PosedOptions): Posed {
  const { context, heads, loss } = options;
  if (loss !== undefined && loss !== 'cross-entropy') throw errors.lossOfText(loss);
  const count = Math.floor((codes.length - 1) / context);
  if (count < 2 || vocabulary.length < 2) throw errors.shortText(name, codes.length, vocabulary.length, context);
  const stretch = (from: number): Tensors[string] =>
    indexTensor(['batch', 'time'], [count, context], codes.subarray(from, from + count * context));
  const net = make({ ...told(options), vocabulary: vocabulary.length, places: [context], heads });
  const data = { tokens: stretch(0), target: stretch(1) };
  return { net, loss: 'cross-entropy', outputs: vocabulary.length, data };
}

/** `1,638 examples, 410 held out`. */
export function describeTask({ train, test }: Task): string {
  const text = (count: number): string => count.toLocaleString('en-US');
  return `${text(exampleCount(train))} examples, ${text(exampleCount(test))} held out`;
}
