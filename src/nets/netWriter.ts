/** What the networks and their parts are written with: parameters with their kinds, sums, maps, layers, readout. */

import type { ParameterKind } from '../parametrizations/index.ts';
import {
  type Axis,
  add,
  argument,
  type Expr,
  gaussian,
  type Law,
  mul,
  type SizePowerLike,
  type Space,
  spaceOf,
  type UnaryName,
  unary,
  type Value,
  Writer,
} from '../program/index.ts';
import * as errors from './errors.ts';
import { type Layer, type Net, netOf, type ZeroEntries } from './net.ts';
import type { WrittenStage } from './stage.ts';

const SCALAR = { kind: 'real', axes: [] } as const;
export const ZERO_LAW: Law = { kind: 'constant', value: 0 };
export const ONE_LAW: Law = { kind: 'constant', value: 1 };

/** A Gaussian law of deviation scale · Π size^exponent. */
export function normal(scale = 1, powers: readonly SizePowerLike[] = []): Law {
  return gaussian(scale, powers);
}

/** Whole numbers from 1 on, by the option that gives them. */
export function checkCounts(net: string, counts: Readonly<Record<string, readonly [number, string]>>): void {
  for (const [option, [given, meaning]] of Object.entries(counts)) {
    if (!Number.isSafeInteger(given) || given < 1) throw errors.badCount(net, option, meaning, given);
  }
}

/** Spaces of the networks whose data are real vectors: `batch`, `input`, `class` where there are several, the width `n`. */
export function vectorSpaces(classes: number): Space[] {
  const late = (name: string, kind: Space['kind']): Space => ({ name, kind, size: { symbol: name, ratio: 1 } });
  const class_: Space[] = classes > 1 ? [{ name: 'class', kind: 'fixed', size: classes }] : [];
  return [late('batch', 'fixed'), late('input', 'fixed'), ...class_, late('n', 'width')];
}

/** The deviation |input|^(-1/2) of weights that data enter through. */
export const INPUT_LAW: Law = normal(1, [{ space: 'input', exponent: -0.5 }]);

/** How a parameter starts, and why its gradient is zero by structure where it is. */
export interface Start {
  readonly law?: Law;
  readonly zeroGradient?: string;
}

/** A network under construction, or a stage of one. */
export class NetWriter {
  readonly writer: Writer;
  readonly #kinds: Record<string, ParameterKind> = {};
  readonly #layers: Layer[] = [];
  readonly #zeroEntries: ZeroEntries[] = [];

  constructor(name: string, spaces: readonly Space[]) {
    this.writer = new Writer(name);
    for (const space of spaces) this.writer.space(space);
  }

  /** Real data, or what an earlier stage hands out under this name. */
  input(name: string, axes: readonly Axis[]): Value {
    return this.writer.write({ op: 'input', role: 'data', type: { kind: 'real', axes } }, name);
  }

  /** Indices into a space, as data. */
  index(name: string, of: string, axes: readonly Axis[]): Value {
    return this.writer.write({ op: 'input', role: 'data', type: { kind: 'index', of, axes } }, name);
  }

  /** A parameter of its kind; by default standard Gaussian. */
  parameter(name: string, kind: ParameterKind, axes: readonly Axis[], { law = normal(), ...rest }: Start = {}): Value {
    this.#kinds[name] = kind;
    return this.writer.write({ op: 'parameter', axes, law, ...rest }, name);
  }

  /**
   * A vector, or a parameter of another kind, as it is, by default zero at the start: its contraction with 1, the use that
   * has a factored gradient.
   */
  vector(name: string, axes: readonly Axis[], start: Start = {}, kind: ParameterKind = 'vector'): Value {
    const parameter = this.parameter(name, kind, axes, { law: ZERO_LAW, ...start });
    return this.writer.contract(this.writer.write({ op: 'constant', type: SCALAR, values: [1] }), parameter, []);
  }

  /** A vector of which some entries alone count, 1 in `entries`: the others, which are 0 there, have no gradient. */
  counting(parameter: string, whole: Value, entries: Value, reason: string): Value {
    this.#zeroEntries.push({ parameter, reason });
    return this.writer.map(mul(argument(0), argument(1)), [whole, entries]);
  }

  /** h + b, b a bias on the width axes of h. */
  biased(h: Value, bias: string, axes: readonly Axis[], name?: string): Value {
    return this.sum([h, this.vector(bias, axes)], name);
  }

  /** Rows of a table, or entries along any axis. */
  gather(table: Value, index: Value, axis: Axis, name?: string): Value {
    return this.writer.write({ op: 'gather', table: table.name, index: index.name, axis }, name);
  }

  sum(values: readonly Value[], name?: string): Value {
    const expr = values.slice(1).reduce((total, _, k) => add(total, argument(k + 1)), argument(0));
    return this.writer.map(expr, values, name);
  }

  /** A function of h by its name, or as an expression in `argument(0)`. */
  apply(activation: UnaryName | Expr, h: Value, name?: string): Value {
    const expr = typeof activation === 'string' ? unary(activation, argument(0)) : activation;
    return this.writer.map(expr, [h], name);
  }

  layer(layer: Layer): void {
    this.#layers.push(layer);
  }

  /**
   * f = Σ over n of w x, w on [n] or [class, n]. A bias, a scalar parameter, is added after what a parametrization
   * multiplies the output by (theory 6). Along `places`, w has entries of its own, and the sum is over them too.
   */
  readout(x: Value, name: string, classes: number, bias?: string, places: readonly Axis[] = []): Readout {
    const axes = classes > 1 ? ['class'] : [];
    const over = [...places, 'n'];
    const law = normal(
      1,
      places.map((axis) => ({ space: spaceOf(axis), exponent: -0.5 })),
    );
    const weight = this.parameter(name, 'readout', [...axes, ...over], { law });
    this.layer({ name: 'output', parameter: name, preactivation: 'f' });
    if (bias === undefined) {
      this.writer.output('f', this.writer.contract(x, weight, over, 'f'));
      return { output: 'f' };
    }
    const product = this.writer.contract(x, weight, over, `${name} x`);
    this.writer.output('f', this.sum([product, this.vector(bias, axes, {}, 'scalar')], 'f'));
    return { output: 'f', multiplied: product.name };
  }

  /** What has been written, as a stage of a chain. */
  stage(): WrittenStage {
    const zero = this.#zeroEntries.length === 0 ? {} : { zeroEntries: this.#zeroEntries };
    return { program: this.writer.finish(), kinds: this.#kinds, layers: this.#layers, ...zero };
  }

  /** What has been written, as a network of one stage. */
  net(rest: Readout & Pick<Net, 'depth'>): Net {
    const { program, kinds, layers } = this.stage();
    return netOf(program, { ...rest, kinds, layers });
  }
}

/** What a loss reads, and what a parametrization's multiplier multiplies instead. */
export type Readout = Pick<Net, 'output' | 'multiplied'>;
