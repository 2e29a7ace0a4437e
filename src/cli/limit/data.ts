/** What `nexort limit` trains on, in the form that its network reads. */

import { createHash } from 'node:crypto';
import { basename } from 'node:path';
import { required } from '../../errors/index.ts';
import type { Net } from '../../nets/index.ts';
import { type SizedRun, type Tensors, tensor } from '../../program/index.ts';
import { chosen, exampleCount, type LossName } from '../../training/index.ts';
import { readArray } from '../arrayFile.ts';
import { DATA_NAMES, readSource } from '../train/data.ts';
import { type PosedOptions, posedOn } from '../train/nets.ts';
import type { Source, Vectors } from '../train/source.ts';
import * as errors from './errors.ts';
import type { LimitCommandOptions } from './options.ts';
import { SMALL_PROBLEMS } from './problems.ts';

/** A network with its data and the batches of them that it is trained on. */
export interface LimitData {
  readonly name: string;
  readonly net: Net;
  readonly loss: LossName;
  readonly data: Tensors;
  readonly batches: readonly (readonly number[])[];
  /** What a reader of results should know about the data. */
  readonly notes: readonly string[];
  /** A checksum of all numbers. */
  readonly digest: string;
}

type DataOptions = Pick<
  LimitCommandOptions,
  'data' | 'targets' | 'label' | 'ignore' | 'classes' | 'pixels' | 'examples' | 'evaluate' | 'batch' | 'batches'
>;

/** All that `--data` may name. */
export const LIMIT_DATA: readonly string[] = [...SMALL_PROBLEMS.keys(), ...DATA_NAMES];

/** Where data are many and no number is given: the work of a limit grows with the examples. */
const FEW = 16;
/** Texts have several places each. */
const FEW_TEXTS = 4;

/**
 * Reads data for a network. Throws {@link UserError} `cli.unknown-limit-data`, `cli.no-targets`, `cli.uneven-targets`,
 * `cli.bad-example-array`, `cli.nothing-trained`, and what reading sources and networks on them throws.
 */
export async function limitData(
  net: string,
  options: DataOptions,
  posed: PosedOptions,
  run: SizedRun,
): Promise<LimitData> {
  const { source, targets, evaluated } = await limitSource(options, posed.loss, run);
  const found = posedOn(net, source, posed);
  const all = targets === undefined ? found.data : { ...found.data, target: targets };
  const most = DATA_NAMES.includes(options.data) ? FEW : source.kind === 'text' ? FEW_TEXTS : undefined;
  const count = Math.min(exampleCount(all), options.examples ?? most ?? Number.POSITIVE_INFINITY);
  const data = count === exampleCount(all) ? all : chosen(all, range(0, count));
  return {
    name: source.name,
    net: found.net,
    loss: found.loss,
    data,
    batches: batchesOf(options, count, evaluated),
    notes: source.kind === 'text' ? [] : source.notes,
    digest: digestOfTensors(data),
  };
}

/** The examples of each step in turn: those given, or what is not only evaluated in its order, so many at a time. */
function batchesOf({ batches, batch, evaluate }: DataOptions, count: number, usual: number): LimitData['batches'] {
  if (batches !== undefined) return batches;
  const evaluated = evaluate ?? Math.min(usual, count - 1);
  const trained = count - evaluated;
  if (trained < 1) throw errors.nothingTrained(evaluated, count);
  const size = Math.min(trained, batch ?? trained);
  return Array.from({ length: Math.ceil(trained / size) }, (_, k) =>
    range(k * size, Math.min(trained, (k + 1) * size)),
  );
}

const range = (from: number, to: number): number[] => Array.from({ length: to - from }, (_, k) => from + k);

interface LimitSource {
  readonly source: Source;
  /** In place of the source's labels, where an example has several numbers to meet. */
  readonly targets?: Tensors[string];
  readonly evaluated: number;
}

async function limitSource(options: DataOptions, loss: LossName | undefined, run: SizedRun): Promise<LimitSource> {
  const { data, label, ignore, classes, pixels } = options;
  const small = SMALL_PROBLEMS.get(data);
  if (small !== undefined) {
    const { evaluated, ...source } = small();
    return { source, evaluated };
  }
  if (/\.(npy|json)$/i.test(data)) return { ...(await readArrays(options, loss)), evaluated: 0 };
  if (!DATA_NAMES.includes(data) && !/\.([ct]sv|txt)$/i.test(data)) throw errors.unknownLimitData(data, LIMIT_DATA);
  const source = await readSource(data, run, {
    label,
    real: loss === 'squared' && classes === undefined,
    ...(ignore === undefined ? {} : { ignore }),
    ...(classes === undefined ? {} : { classes }),
    ...(pixels === undefined ? {} : { pixels }),
  });
  return { source, evaluated: 0 };
}

/** Inputs and targets as arrays of files of their own. */
async function readArrays(
  { data, targets, classes }: DataOptions,
  loss: LossName | undefined,
): Promise<Pick<LimitSource, 'source' | 'targets'>> {
  if (targets === undefined) throw errors.noTargets(data);
  const [x, y] = [await readArray(data), await readArray(targets)];
  for (const [path, { shape, data: numbers }] of [
    [data, x],
    [targets, y],
  ] as const) {
    if (shape.length === 0 || numbers.length === 0) throw errors.badExampleArray(path, 'holds no rows');
    const bad = numbers.findIndex((number) => !Number.isFinite(number));
    if (bad >= 0) throw errors.badExampleArray(path, `has a ${numbers[bad]} at place ${bad + 1}`);
  }
  const examples = required(x.shape[0], 'rows of an array');
  const outputs = y.data.length / examples;
  if (y.shape[0] !== examples || y.shape.length > 2 || (loss !== 'squared' && outputs !== 1))
    throw errors.unevenTargets(targets, y.shape, data, examples);
  const several = outputs > 1;
  const kinds = several ? outputs : loss === 'squared' ? undefined : (classes ?? Math.max(...y.data) + 1);
  const source: Vectors = {
    kind: 'vectors',
    name: basename(data),
    input: x.data.length / examples,
    classes: kinds === undefined ? undefined : range(0, kinds).map(String),
    notes: [],
    inputs: Float64Array.from(x.data),
    labels: several ? new Float64Array(examples) : Float64Array.from(y.data),
  };
  const bad = source.labels.findIndex((k) => kinds !== undefined && (!Number.isInteger(k) || k < 0 || k >= kinds));
  if (bad >= 0)
    throw errors.badExampleArray(targets, `has ${source.labels[bad]} at place ${bad + 1}, which is no class from 0 on`);
  return several
    ? { source, targets: tensor(['batch', 'class'], [examples, outputs], Float64Array.from(y.data)) }
    : { source };
}

function digestOfTensors(data: Tensors): string {
  const hash = createHash('sha256');
  for (const name of Object.keys(data).sort()) {
    const { axes, shape, data: numbers } = required(data[name], `data "${name}"`);
    hash.update(JSON.stringify([name, axes, shape]));
    hash.update(new Uint8Array(numbers.buffer, numbers.byteOffset, numbers.byteLength));
  }
  return hash.digest('hex');
}
