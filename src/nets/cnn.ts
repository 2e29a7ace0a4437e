/**
 * Convolutional networks along one axis or two. With weights tied over places, as those of LeCun et al. 1989; limits
 * take them as uses of one matrix for each offset.
 */

import { required } from '../errors/index.ts';
import {
  type Axis,
  type Expr,
  type SizePowerLike,
  type Space,
  type UnaryName,
  type Value,
  without,
} from '../program/index.ts';
import { badChoice, badDepth, badImage, badPadding, lostImage } from './errors.ts';
import type { Net } from './net.ts';
import { checkCounts, NetWriter, normal, vectorSpaces } from './netWriter.ts';

/** What `cnn` makes: places, convolutions, pooling, activation and outputs. */
export interface CnnOptions {
  /** `[length]` of series, `[rows, columns]` of images. */
  readonly size: readonly [number] | readonly [number, number];
  /** Convolutions, each with its activation; default 2. */
  readonly depth?: number;
  /** Entries of a window along each axis; default 3. */
  readonly kernel?: number;
  /** Entries from one window to the next; default 1. */
  readonly stride?: number;
  /**
   * Zeros on either side of each axis. `same`, the default, has a window around every place (of those that the stride
   * takes), `valid` only windows without zeros.
   */
  readonly padding?: 'same' | 'valid' | number;
  /** After each activation; default none. Places that fill no window are left out. */
  readonly pooling?: Pooling;
  /** Default relu. */
  readonly activation?: UnaryName | Expr;
  /** A bias for every convolution, a vector that starts at 0. Default none. */
  readonly biases?: boolean;
  /** A bias of the output, a scalar that starts at 0, which no power of the width touches. Default none. */
  readonly outputBias?: boolean;
  /** Outputs; a single one has no class axis. Default 1. */
  readonly classes?: number;
  /** What the readout reads: the `mean` over all places, the default, or each place with weights of its own. */
  readonly readout?: 'mean' | 'places';
}

/** How places are pooled. */
export interface Pooling {
  readonly by: 'mean' | 'max';
  /** Places of a window along each axis. */
  readonly size: number;
  /** Places from one window to the next; by default `size`. */
  readonly stride?: number;
}

/**
 * A convolutional network whose channels are the width n. Along one axis, p and q being places and o offsets in a window
 * that begins at ps − padding:
 *
 *     h¹_p = Σ_o w1_o ξ_q / √(|offset| |input|),  x^l_p = φ(h^l_p),  h^(l+1)_p = Σ_o w_(l+1),o x^l_q / √|offset|,
 *     q = p · stride + o − padding,  f = w_(L+1) · mean_p x^L_p
 *
 * Data `x` [batch, time, input] or [batch, row, column, input]; parameters `w1` [n, time.offset, input], `w2` … `wL`
 * [n, time.offset, n′] (with `row.offset` and `column.offset` for images), `b1` … `bL` [n] if asked for, `w{L+1}` [n]
 * or [class, n], along the places too if `readout` is `places`, `b{L+1}` [] or [class] with an output bias; output `f`
 * [batch] or [batch, class], a sum over the width, which a parametrization scales, before the bias is added. Where
 * layer l makes places fewer, they are on the axis `time.l`, after pooling on `time.l.pooled`. Roots are in the initial
 * deviations of weights, which have no powers of n before a parametrization.
 *
 * Throws {@link UserError} `nets.bad-depth`, `nets.bad-count`, `nets.bad-choice`, `nets.bad-padding`, `nets.bad-image`,
 * `nets.lost-image`.
 */
export function cnn(options: CnnOptions): Net {
  const { depth = 2, kernel = 3, activation = 'relu', biases = false } = options;
  const { outputBias = false, classes = 1, readout = 'mean' } = options;
  check(options);
  const name = `convolutional network of ${depth} ${depth === 1 ? 'layer' : 'layers'}`;
  const net = new NetWriter(name, vectorSpaces(classes));
  const { writer } = net;
  const grid = new Grid(net, options);
  let x = net.input('x', grid.dataAxes);
  const offsets = grid.offsets('offset', kernel);
  const taps = offsets.map((axis): SizePowerLike => ({ space: axis, exponent: -0.5 }));
  for (let layer = 1; layer <= depth; layer++) {
    const [weight, h] = [`w${layer}`, `h${layer}`];
    const [kind, channel, powers] =
      layer === 1
        ? (['vector', 'input', [...taps, { space: 'input', exponent: -0.5 }]] as const)
        : (['matrix', "n'", taps] as const);
    const w = net.parameter(weight, kind, ['n', ...offsets, channel], { law: normal(1, powers) });
    const windows = grid.convolved(layer === 1 ? x : writer.rename(x, [['n', "n'"]]), layer);
    const plain = writer.contract(windows, w, [...offsets, channel], biases ? `${weight} x` : h);
    x = net.apply(activation, biases ? net.biased(plain, `b${layer}`, ['n'], h) : plain, `x${layer}`);
    net.layer({ name: `layer ${layer}`, parameter: weight, preactivation: h, activation: `x${layer}` });
    x = grid.pooled(x, layer);
  }
  const mean = readout === 'mean';
  const [read, places] = mean ? [writer.reduce('mean', x, grid.places), []] : [x, grid.places];
  return net.net(net.readout(read, `w${depth + 1}`, classes, outputBias ? `b${depth + 1}` : undefined, places));
}

/** One axis of the data: what it is called, and the axis that its places are on by now. */
interface Dimension {
  readonly name: string;
  axis: Axis;
  length: number;
}

/** The places of a network's values, which strides make fewer from layer to layer. */
class Grid {
  readonly #net: NetWriter;
  readonly #options: CnnOptions;
  readonly #dimensions: readonly Dimension[];

  constructor(net: NetWriter, options: CnnOptions) {
    this.#net = net;
    this.#options = options;
    const names = options.size.length === 1 ? ['time'] : ['row', 'column'];
    this.#dimensions = names.map((name, k) => ({
      name,
      axis: name,
      length: required(options.size[k], `length of side "${name}"`),
    }));
    for (const { name, length } of this.#dimensions) this.#space(name, length);
  }

  get dataAxes(): Axis[] {
    return ['batch', ...this.places, 'input'];
  }

  get places(): Axis[] {
    return this.#dimensions.map(({ axis }) => axis);
  }

  /** Axes within a window, one for each dimension. */
  offsets(what: string, size: number): Axis[] {
    return this.#dimensions.map(({ name }) => this.#space(`${name}.${what}`, size));
  }

  /** The windows that a convolution reads. */
  convolved(x: Value, layer: number): Value {
    const { kernel = 3, stride = 1, padding = 'same' } = this.#options;
    const before = padding === 'same' ? Math.floor((kernel - 1) / 2) : padding === 'valid' ? 0 : padding;
    const zeros = padding === 'same' ? kernel - 1 : 2 * before;
    return this.#dimensions.reduce((value, dimension) => {
      const { axis, length, name } = dimension;
      this.#move(dimension, Math.floor((length + zeros - kernel) / stride) + 1, `${name}.${layer}`, layer);
      const windowing = { axis, position: dimension.axis, offset: `${name}.offset`, stride, before };
      return this.#net.writer.window(value, windowing);
    }, x);
  }

  /** Means or maxima over windows, an axis at a time. */
  pooled(x: Value, layer: number): Value {
    const { pooling } = this.#options;
    if (pooling === undefined) return x;
    const { by, size, stride = size } = pooling;
    this.offsets('pool', size);
    return this.#dimensions.reduce((value, dimension) => {
      const { axis, length, name } = dimension;
      this.#move(dimension, Math.floor((length - size) / stride) + 1, `${name}.${layer}.pooled`, layer);
      const windowing = { axis, position: dimension.axis, offset: `${name}.pool`, stride };
      return this.#net.writer.reduce(by, this.#net.writer.window(value, windowing), [`${name}.pool`]);
    }, x);
  }

  /** Puts the places of a dimension on an axis of another size. */
  #move(dimension: Dimension, length: number, space: string, layer: number): void {
    if (length < 1) throw lostImage(dimension.name, dimension.length, layer);
    if (length === dimension.length) return;
    dimension.axis = this.#space(space, length);
    dimension.length = length;
  }

  #space(name: string, size: number): Axis {
    this.#net.writer.space({ name, kind: 'fixed', size } satisfies Space);
    return name;
  }
}

function check({ size, depth = 2, kernel = 3, padding = 'same', readout = 'mean', ...rest }: CnnOptions): void {
  const { stride = 1, classes = 1, pooling } = rest;
  if (!Number.isSafeInteger(depth) || depth < 1) throw badDepth('cnn', depth);
  if (size.length < 1 || size.length > 2) throw badImage(size);
  checkCounts('cnn', {
    ...Object.fromEntries(size.map((length, k) => [`size[${k}]`, [length, 'the number of places along an axis']])),
    kernel: [kernel, 'the number of places in a window'],
    stride: [stride, 'the number of places from window to window'],
    classes: [classes, 'the number of outputs'],
  });
  if (pooling !== undefined) {
    checkCounts('cnn', {
      'pooling.size': [pooling.size, 'the number of places in a window'],
      'pooling.stride': [pooling.stride ?? pooling.size, 'the number of places from window to window'],
    });
    requireChoice('pooling.by', pooling.by, ['mean', 'max']);
  }
  requireChoice('readout', readout, ['mean', 'places']);
  if (typeof padding === 'string') requireChoice('padding', padding, ['same', 'valid']);
  else if (!Number.isSafeInteger(padding) || padding < 0 || padding >= kernel) throw badPadding(padding, kernel);
}

function requireChoice(option: string, given: string, known: readonly string[]): void {
  if (without([given], known).length > 0) throw badChoice('cnn', option, given, known);
}
