/** The networks that `nexort coord` trains, with random data: the same at every width. */

import { type CnnOptions, cnn, mlp, type Net, recurrent, residualMlp, transformer } from '../nets/index.ts';
import { type Stream, stream } from '../numeric/index.ts';
import { entries, indexTensor, type Sizes, type Tensors, tensor, type UnaryName } from '../program/index.ts';
import type { LossName } from '../training/index.ts';
import * as errors from './errors.ts';

/** What a network is built from. */
export interface NetSettings {
  readonly depth: number;
  readonly activation?: UnaryName;
  readonly batch: number;
  readonly input: number;
  readonly seed: number;
}

/** A network with what it trains on. */
export interface Trained {
  readonly net: Net;
  readonly data: Tensors;
  readonly sizes: Sizes;
  readonly loss: LossName;
}

/** Places of the series and images that convolutional networks read, channels of their data aside. */
const [SERIES, IMAGE] = [[8], [6, 6]] as const;

/** Time steps of recurrent networks, tokens of a context, and words. */
const [TIME, CONTEXT, VOCABULARY, HEADS] = [4, 8, 16, 2];

const vectors = (net: Net, { batch, input, seed }: NetSettings): Trained => ({
  net,
  data: {
    x: tensor(['batch', 'input'], [batch, input], stream(seed, 'inputs').normals(batch * input)),
    target: targets(batch, seed),
  },
  sizes: { batch, input },
  loss: 'squared',
});

const sequences = (net: Net, { batch, input, seed }: NetSettings): Trained => {
  const x = stream(seed, 'inputs').normals(batch * TIME * input);
  return {
    net,
    data: { x: tensor(['batch', 'time', 'input'], [batch, TIME, input], x), target: targets(batch, seed) },
    sizes: { batch, input },
    loss: 'squared',
  };
};

const images = (size: CnnOptions['size'], settings: NetSettings): Trained => {
  const { batch, depth, input, seed } = settings;
  const axes = size.length === 1 ? ['time'] : ['row', 'column'];
  const shape = [batch, ...size, input];
  return {
    net: cnn({ size, depth, pooling: { by: 'mean', size: 2, stride: 1 }, ...activationOf(settings) }),
    data: {
      x: tensor(['batch', ...axes, 'input'], shape, stream(seed, 'inputs').normals(entries(shape))),
      target: targets(batch, seed),
    },
    sizes: { batch, input },
    loss: 'squared',
  };
};

const targets = (batch: number, seed: number): Tensors[string] =>
  tensor(['batch'], [batch], stream(seed, 'targets').normals(batch));

const words = (source: Stream, count: number): number[] =>
  Array.from(source.uniforms(count), (u) => Math.floor(u * VOCABULARY));

const sentences = (tied: boolean, settings: NetSettings): Trained => {
  const { batch, depth, seed } = settings;
  const options = { vocabulary: VOCABULARY, context: CONTEXT, depth, heads: HEADS, tied };
  const text = (name: string): Tensors[string] =>
    indexTensor(['batch', 'time'], [batch, CONTEXT], words(stream(seed, name), batch * CONTEXT));
  return {
    net: transformer({ ...options, ...activationOf(settings) }),
    data: { tokens: text('inputs'), target: text('targets') },
    sizes: { batch },
    loss: 'cross-entropy',
  };
};

const NETS: Readonly<Record<string, (settings: NetSettings) => Trained>> = {
  mlp: (settings) => vectors(mlp({ activation: 'relu', ...activationOf(settings), depth: settings.depth }), settings),
  'residual-mlp': (settings) => vectors(residualMlp({ ...activationOf(settings), depth: settings.depth }), settings),
  cnn: (settings) => images(SERIES, settings),
  cnn2d: (settings) => images(IMAGE, settings),
  rnn: (settings) => sequences(recurrent({ steps: TIME, ...activationOf(settings) }), settings),
  gru: (settings) => sequences(recurrent({ steps: TIME, gated: true, ...activationOf(settings) }), settings),
  transformer: (settings) => sentences(false, settings),
  'transformer-tied': (settings) => sentences(true, settings),
};

function activationOf({ activation }: NetSettings): { readonly activation?: UnaryName } {
  return activation === undefined ? {} : { activation };
}

export const NET_NAMES: readonly string[] = Object.keys(NETS);

/** A network by name, with its data. Throws {@link UserError} `cli.unknown-net`. */
export function trainedNet(name: string, settings: NetSettings): Trained {
  const make = Object.hasOwn(NETS, name) ? NETS[name] : undefined;
  if (make === undefined) throw errors.unknownNet(name, NET_NAMES);
  return make(settings);
}
