/** The networks that `nexort coord` trains, with random data: the same at every width. */

import { randomExamples } from '../experiments/index.ts';
import { type Example, HEAD_SIZE, NET_NAMES, type Net, type NetName, namedNet } from '../nets/index.ts';
import { at, stream } from '../numeric/index.ts';
import {
  type Axis,
  type Expr,
  entries,
  indexTensor,
  type Sizes,
  type Tensors,
  type UnaryName,
} from '../program/index.ts';
import type { LossName } from '../training/index.ts';
import { oneOf } from './netOption.ts';

/** What a network and its data are made from. */
export interface CoordSettings {
  readonly depth: number;
  readonly activation?: UnaryName | Expr;
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

/** Steps of series, rows and columns of images, tokens of texts. */
const PLACES: Readonly<Record<NetName, readonly number[]>> = {
  mlp: [],
  'residual-mlp': [],
  cnn: [8],
  cnn2d: [6, 6],
  rnn: [4],
  gru: [4],
  transformer: [8],
  'transformer-tied': [8],
  gpt2: [8],
  llama: [8],
};

/** The axes of those. */
const AXES: Readonly<Record<Example, readonly Axis[]>> = {
  vector: [],
  series: ['time'],
  image: ['row', 'column'],
  text: ['time'],
};

const VOCABULARY = 16;
/** Attention heads of a transformer. */
const HEADS = 2;

/** What the widths of a network that reads texts are multiples of: its heads, or those of a fixed size that share keys. */
export const headsOf = (net: NetName): number => (net === 'llama' ? HEADS * HEAD_SIZE : HEADS);
/** Convolutional networks average neighbors after each activation. */
const POOLING = { by: 'mean', size: 2, stride: 1 } as const;

/** A network by name, with its data. Throws {@link UserError} `cli.unknown-net`. */
export function trainedNet(given: string, settings: CoordSettings): Trained {
  const name = oneOf(NET_NAMES, given, 'check');
  const { depth, activation, batch, input, seed } = settings;
  const { reads, make } = namedNet(name);
  const [example] = reads;
  const [places, axes] = [PLACES[name], AXES[example]];
  const net = make({
    depth,
    places,
    pooling: POOLING,
    vocabulary: VOCABULARY,
    heads: HEADS,
    ...(activation === undefined ? {} : { activation }),
  });
  return example === 'text'
    ? { net, data: texts(axes, places, settings), sizes: { batch }, loss: 'cross-entropy' }
    : {
        net,
        data: randomExamples({
          batch,
          input,
          seed,
          places: Object.fromEntries(axes.map((axis, k) => [axis, at(places, k)])),
        }),
        sizes: { batch, input },
        loss: 'squared',
      };
}

/** Tokens and targets drawn evenly. */
function texts(axes: readonly Axis[], places: readonly number[], { batch, seed }: CoordSettings): Tensors {
  const shape = [batch, ...places];
  const words = (name: string): Tensors[string] => {
    const drawn = Array.from(stream(seed, name).uniforms(entries(shape)), (u) => Math.floor(u * VOCABULARY));
    return indexTensor(['batch', ...axes], shape, drawn);
  };
  return { tokens: words('inputs'), target: words('targets') };
}
