/** The networks that `nexort transfer` trains at any width. */

import { cnn, mlp, type Net, residualMlp } from '../nets/index.ts';
import type { UnaryName } from '../program/index.ts';
import * as errors from './errors.ts';

export interface TransferNetSettings {
  readonly depth: number;
  readonly activation: UnaryName;
  readonly classes: number;
  /** Of a side of an image. */
  readonly pixels: number;
}

const NETS: Readonly<Record<string, (settings: TransferNetSettings) => Net>> = {
  mlp: ({ depth, activation, classes }) => mlp({ depth, activation, classes }),
  'residual-mlp': ({ depth, activation, classes }) => residualMlp({ depth, activation, classes }),
  cnn: ({ pixels, depth, activation, classes }) =>
    cnn({ size: [pixels, pixels], stride: STRIDE, depth, activation, classes }),
};

/** From one window of an image to the next: a quarter of the places each layer. */
const STRIDE = 2;
const OF_IMAGES = ['cnn'];

export const TRANSFER_NETS: readonly string[] = Object.keys(NETS);

/** Whether a network reads images, not vectors. */
export const readsImages = (name: string): boolean => OF_IMAGES.includes(name);

/** What makes a network of a name. Throws {@link UserError} `cli.unknown-net`. */
export function transferNet(name: string): (settings: TransferNetSettings) => Net {
  const make = Object.hasOwn(NETS, name) ? NETS[name] : undefined;
  if (make === undefined) throw errors.unknownNet(name, TRANSFER_NETS, 'train');
  return make;
}
