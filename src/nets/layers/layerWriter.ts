/** What layers are written with: spaces by size, linear maps with their parametrization, windows. */

import { required } from '../../errors/index.ts';
import {
  type Axis,
  argument,
  type Expr,
  gaussian,
  type Law,
  mul,
  type SizePowerLike,
  sizeProduct,
  spaceOf,
  type Value,
} from '../../program/index.ts';
import type { NetWriter } from '../netWriter.ts';
import { channelsOf, type Flow, type Part, type Places } from './flow.ts';
import type { Settings } from './settings.ts';

/** How weights are drawn and multiplied. */
export interface Weights {
  /** Deviation of the sum over all inputs, of inputs of mean square 1. */
  readonly deviation: number;
  /** Null for none. */
  readonly bias: number | null;
  /** `ntk`: weights of variance 1 times deviation/√fan-in; `standard`: weights of variance deviation²/fan-in. */
  readonly parameterization: 'ntk' | 'standard';
  /** Widths over a common one, of the input and of the output (standard parametrization). */
  readonly scales: readonly [number, number];
}

/** Where a linear map goes, besides the channels that it sums. */
export interface Target {
  readonly name: string;
  /** Axes of the result in place of the channels. */
  readonly out: readonly Axis[];
  /** Axes of the values that are summed beside the channels. */
  readonly over?: readonly Axis[];
  /** Axes of the values along which weights differ. */
  readonly own?: readonly Axis[];
}

export function weightsOf(settings: Settings): Weights {
  return {
    deviation: settings.deviation('W_std', 1),
    bias: settings.maybeDeviation('b_std'),
    parameterization: settings.choice('parameterization', ['ntk', 'standard'], 'ntk'),
    scales: settings.scales('s'),
  };
}

/** What multiplies the channels that a layer names: in the standard parametrization widths are scales times those. */
export function widthScale({ parameterization, scales }: Weights): number {
  return parameterization === 'standard' ? scales[1] : 1;
}

export class LayerWriter {
  readonly net: NetWriter;
  #layers = 0;

  constructor(net: NetWriter) {
    this.net = net;
  }

  /** The number of the next layer with weights. */
  next(): number {
    this.#layers++;
    return this.#layers;
  }

  /** A fixed space of a size. */
  fixed(name: string, size: number): Axis {
    this.net.writer.space({ name, kind: 'fixed', size });
    return name;
  }

  /** The width space of as many channels, at n = 1. */
  width(channels: number): Axis {
    const name = `n${channels}`;
    this.net.writer.space({ name, kind: 'width', size: { symbol: 'n', ratio: channels } });
    return name;
  }

  isWidth(axis: Axis): boolean {
    return this.net.writer.widthAxes([axis]).length > 0;
  }

  /** Places of another length on the axis of this length. */
  moved({ name }: Places, length: number): Places {
    return { name, length, axis: this.fixed(`${name}.${length}`, length) };
  }

  /** Σ weights · values + bias: one product for each part of the channels. */
  linear(flow: Flow, weights: Weights, target: Target): Value {
    const { name, out, own = [] } = target;
    const products = flow.parts.map((part, k) => {
      const label = flow.parts.length === 1 ? name : `${name}.${k + 1}`;
      return this.#product(flow, part, label, weights, target);
    });
    const { bias, parameterization } = weights;
    const all = [
      ...products,
      ...(bias === null ? [] : [this.#bias(`${name}.bias`, [...out, ...own], bias, parameterization)]),
    ];
    const sum = all.length === 1 ? required(all[0], 'product of a layer') : this.net.sum(all);
    this.net.layer({ name, parameter: flow.parts.length === 1 ? name : `${name}.1`, preactivation: sum.name });
    return sum;
  }

  #product(flow: Flow, part: Part, name: string, weights: Weights, { out, over = [], own = [] }: Target): Value {
    const { writer } = this.net;
    const { deviation, parameterization, scales } = weights;
    const summed = [...over, part.channel];
    const taken = out.some((axis) => spaceOf(axis) === spaceOf(part.channel));
    const channel = taken ? `${part.channel}'` : part.channel;
    const value = taken ? writer.rename(part.value, [[part.channel, channel]]) : part.value;
    // The fan-in counts all parts.
    const share = Math.sqrt(part.channels / channelsOf(flow));
    const powers = summed.map((axis): SizePowerLike => ({ space: spaceOf(axis), exponent: -0.5 }));
    const [inSpace] = scales;
    const standard = parameterization === 'standard';
    const law: Law = standard ? gaussian(deviation * share * Math.sqrt(inSpace), powers) : gaussian();
    const front: Expr = standard ? mul(1 / Math.sqrt(inSpace), 1) : mul(deviation * share, sizeProduct(powers));
    const widths = [...out, channel].filter((axis) => this.isWidth(axis)).length;
    const kind =
      widths === 2 ? 'matrix' : widths === 0 ? 'scalar' : out.some((axis) => this.isWidth(axis)) ? 'vector' : 'readout';
    const weight = this.net.parameter(name, kind, [...out, ...own, ...over, channel], { law });
    const product = writer.contract(value, weight, [...over, channel]);
    return front.op === 'constant' && front.value === 1 ? product : writer.map(mul(front, argument(0)), [product]);
  }

  #bias(name: string, axes: readonly Axis[], deviation: number, parameterization: Weights['parameterization']): Value {
    const { writer } = this.net;
    const kind = axes.some((axis) => this.isWidth(axis)) ? 'vector' : 'scalar';
    if (parameterization === 'standard') return this.net.vector(name, axes, { law: gaussian(deviation) }, kind);
    return writer.map(mul(deviation, argument(0)), [this.net.vector(name, axes, { law: gaussian() }, kind)]);
  }

  /** The same map on the values of every part. */
  each(flow: Flow, f: (value: Value, part: Part) => Value): Flow {
    return { ...flow, parts: flow.parts.map((part) => ({ ...part, value: f(part.value, part) })) };
  }

  /** Windows over all axes of places: the flow on its new places, and the axes within a window. */
  windows(flow: Flow, windows: Windows): { readonly flow: Flow; readonly offsets: readonly Axis[] } {
    const offsets: Axis[] = [];
    let current = flow;
    flow.places.forEach((places, k) => {
      const [size, stride] = [required(windows.sizes[k], 'window'), required(windows.strides[k], 'stride')];
      const spans = spansOf(places.length, size, stride, windows.padding);
      const offset = this.fixed(`${places.name}.window.${size}`, size);
      const to = spans.positions === places.length ? places : this.moved(places, spans.positions);
      const circular = windows.padding === 'CIRCULAR';
      current = this.each(current, (value) => {
        const from = circular ? this.#wrapped(value, places, spans) : { value, axis: places.axis };
        const before = circular ? 0 : spans.before;
        return this.net.writer.window(from.value, { axis: from.axis, position: to.axis, offset, stride, before });
      });
      current = { ...current, places: current.places.map((own) => (own === places ? to : own)) };
      offsets.push(offset);
    });
    return { flow: current, offsets };
  }

  /** The axis with its end before it and its start behind it. */
  #wrapped(value: Value, { name, axis, length }: Places, { before, after }: Spans): { value: Value; axis: Axis } {
    const { writer } = this.net;
    const pieces: { value: Value; axis: Axis }[] = [];
    if (before > 0) {
      const tail = this.fixed(`${name}.tail.${before}`, before);
      pieces.push({ value: writer.select(value, axis, tail, length - before), axis: tail });
    }
    pieces.push({ value, axis });
    if (after > 0) {
      const head = this.fixed(`${name}.head.${after}`, after);
      pieces.push({ value: writer.select(value, axis, head, 0), axis: head });
    }
    if (pieces.length === 1) return { value, axis };
    const whole = this.fixed(`${name}.wrapped.${before + length + after}`, before + length + after);
    const joined = writer.concat(
      pieces.map((piece) => piece.value),
      pieces.map((piece) => piece.axis),
      whole,
    );
    return { value: joined, axis: whole };
  }
}

export interface Windows {
  /** Entries of a window along each axis of places, and from one window to the next. */
  readonly sizes: readonly number[];
  readonly strides: readonly number[];
  readonly padding: Padding;
}

export const PADDINGS = ['SAME', 'VALID', 'CIRCULAR'] as const;
export type Padding = (typeof PADDINGS)[number];

/** How many windows there are, and how far they reach beyond an axis. */
export interface Spans {
  readonly positions: number;
  readonly before: number;
  readonly after: number;
}

/** SAME and CIRCULAR have a window for every stride, the smaller part of what is missing standing before the axis. */
export function spansOf(length: number, size: number, stride: number, padding: Padding): Spans {
  if (padding === 'VALID') return { positions: Math.floor((length - size) / stride) + 1, before: 0, after: 0 };
  const positions = Math.ceil(length / stride);
  const missing = Math.max(0, (positions - 1) * stride + size - length);
  const before = Math.floor(missing / 2);
  return { positions, before, after: missing - before };
}

/** How many entries of each window are inside the axis. */
export function insideOf(length: number, size: number, stride: number, padding: Padding): readonly number[] {
  const { positions, before } = spansOf(length, size, stride, padding);
  return Array.from({ length: positions }, (_, p) => {
    const first = p * stride - before;
    return Math.min(length, first + size) - Math.max(0, first);
  });
}
