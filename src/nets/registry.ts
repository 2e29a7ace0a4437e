/** The networks that can be asked for by name: what data they read, and how they are made from common settings. */

import type { Expr, UnaryName } from '../program/index.ts';
import { type CnnOptions, cnn } from './cnn.ts';
import * as errors from './errors.ts';
import { mlp } from './mlp.ts';
import type { Net } from './net.ts';
import { recurrent } from './recurrent.ts';
import { residualMlp } from './residualMlp.ts';
import { type TransformerStyle, transformer } from './transformer.ts';

/**
 * What an example is: a `vector` [input], a `series` [time, input], an `image` [row, column, input], or a `text`, indices
 * [time] into a vocabulary, of which the token that follows each is learnt.
 */
export type Example = 'vector' | 'series' | 'image' | 'text';

/** What networks are made from; each takes what it has a use for. */
export interface NetSettings {
  /** Hidden layers, blocks or convolutions. */
  readonly depth: number;
  /** Default: the network's own. */
  readonly activation?: UnaryName | Expr;
  /** Outputs. */
  readonly classes?: number;
  /** Biases, that of the output included. */
  readonly biases?: boolean;
  /** Sizes of the axes before `input`: the steps of a series, rows and columns of an image, the tokens of a text. */
  readonly places?: readonly number[];
  /** Of a convolutional network. */
  readonly stride?: number;
  readonly pooling?: CnnOptions['pooling'];
  /** Of a transformer. */
  readonly vocabulary?: number;
  readonly heads?: number;
}

/** A network by name: the data that it can be made for, and how it is made. */
export interface NamedNet {
  /** The kinds of data that it can be made for; the first is what it is usually given. */
  readonly reads: readonly [Example, ...Example[]];
  readonly make: (settings: NetSettings) => Net;
}

const vector = ({ depth, activation, classes, biases }: NetSettings) => ({
  depth,
  outputBias: biases ?? false,
  ...given({ activation, classes }),
});

const convolutional = (settings: NetSettings): Net => {
  const { biases, places, stride, pooling } = settings;
  const [first, second] = [needed(places?.[0], 'places', 'cnn'), places?.[1]];
  const size = second === undefined ? ([first] as const) : ([first, second] as const);
  return cnn({ size, ...vector(settings), ...given({ biases, stride, pooling }) });
};

const unrolled =
  (gated: boolean) =>
  (settings: NetSettings): Net => {
    const { depth: _, ...rest } = vector(settings);
    return recurrent({ steps: needed(settings.places?.[0], 'places', 'recurrent'), gated, ...rest });
  };

const decoder =
  (tied: boolean, style: TransformerStyle = 'gpt') =>
  ({ vocabulary, places, depth, activation, biases, heads }: NetSettings): Net =>
    transformer({
      vocabulary: needed(vocabulary, 'vocabulary', 'transformer'),
      context: needed(places?.[0], 'places', 'transformer'),
      depth,
      tied,
      style,
      ...given({ activation, biases, heads }),
    });

const NETS = {
  mlp: {
    reads: ['vector'],
    make: (settings: NetSettings) => mlp({ ...vector(settings), ...given({ biases: settings.biases }) }),
  },
  'residual-mlp': { reads: ['vector'], make: (settings: NetSettings) => residualMlp(vector(settings)) },
  cnn: { reads: ['series', 'image'], make: convolutional },
  cnn2d: { reads: ['image'], make: convolutional },
  rnn: { reads: ['series'], make: unrolled(false) },
  gru: { reads: ['series'], make: unrolled(true) },
  transformer: { reads: ['text'], make: decoder(false) },
  'transformer-tied': { reads: ['text'], make: decoder(true) },
  // GPT-2's embedding is its readout, and its layers have biases.
  gpt2: { reads: ['text'], make: (settings: NetSettings) => decoder(true)({ ...settings, biases: true }) },
  llama: { reads: ['text'], make: decoder(false, 'llama') },
} as const satisfies Readonly<Record<string, NamedNet>>;

/** The name of a network of {@link NET_NAMES}. */
export type NetName = keyof typeof NETS;

/** The networks that `namedNet` makes, by name. */
export const NET_NAMES = Object.keys(NETS) as readonly NetName[]; // the keys of the table above

/**
 * A network by name. Made without the places of other data than vectors, or without the vocabulary of a text, it throws
 * {@link UserError} `nets.missing-setting`.
 */
export function namedNet(name: NetName): NamedNet {
  return NETS[name];
}

function needed<T>(value: T | undefined, setting: keyof NetSettings, net: string): T {
  if (value === undefined) throw errors.missingSetting(net, setting);
  return value;
}

type Given<T> = { [K in keyof T]?: Exclude<T[K], undefined> };

/** Settings without those that are undefined. */
function given<T extends object>(settings: T): Given<T> {
  // What is left has the types of what was there.
  return Object.fromEntries(Object.entries(settings).filter(([, value]) => value !== undefined)) as Given<T>;
}
