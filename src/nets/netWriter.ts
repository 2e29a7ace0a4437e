/** What the networks share: spaces, parameters with their kinds, biases, layer norm and readout. */

import type { Parameter, ParameterKind } from '../parametrizations/index.ts';
import {
  type Axis,
  add,
  argument,
  gaussian,
  type Law,
  type SizePowerLike,
  type Space,
  spaceOf,
  type UnaryName,
  unary,
  type Value,
  Writer,
} from '../program/index.ts';
import * as errors from './errors.ts';
import type { Layer, Net } from './net.ts';

/** Added to the variance inside a layer norm. */
export const NORM_EPSILON = 1e-5;

const SCALAR = { kind: 'real', axes: [] } as const;
const ZERO_LAW: Law = { kind: 'constant', value: 0 };

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

/** A network under construction. */
export class NetWriter {
  readonly writer: Writer;
  readonly #parameters: Parameter[] = [];
  readonly #layers: Layer[] = [];

  constructor(name: string, spaces: readonly Space[]) {
    this.writer = new Writer(name);
    for (const space of spaces) this.writer.space(space);
  }

  /** A parameter of its kind; by default standard Gaussian. */
  parameter(name: string, kind: ParameterKind, axes: readonly Axis[], law: Law = normal()): Value {
    this.#parameters.push({ name, kind });
    return this.writer.write({ op: 'parameter', axes, law }, name);
  }

  /**
   * A vector, or a parameter of another kind, as it is, zero at the start: its contraction with 1, the use that has a
   * factored gradient.
   */
  vector(name: string, axes: readonly Axis[], law: Law = ZERO_LAW, kind: ParameterKind = 'vector'): Value {
    const parameter = this.parameter(name, kind, axes, law);
    return this.writer.contract(this.writer.write({ op: 'constant', type: SCALAR, values: [1] }), parameter, []);
  }

  /** h + b, b a bias on the width axes of h. */
  biased(h: Value, bias: string, axes: readonly Axis[], name?: string): Value {
    return this.sum([h, this.vector(bias, axes)], name);
  }

  sum(values: readonly Value[], name?: string): Value {
    const expr = values.slice(1).reduce((total, _, k) => add(total, argument(k + 1)), argument(0));
    return this.writer.map(expr, values, name);
  }

  apply(activation: UnaryName, h: Value, name?: string): Value {
    return this.writer.map(unary(activation, argument(0)), [h], name);
  }

  /**
   * Layer norm over n: (1 + `gain{suffix}`) ∘ (x − mean)/√(variance + epsilon) + `shift{suffix}`. Gain and shift are
   * vectors that start at zero, so that the gain starts at 1 (theory 6).
   */
  normalized(x: Value, suffix: string, name?: string): Value {
    const { writer } = this;
    const plain = writer.call('normalize', [x], ['n'], { epsilon: NORM_EPSILON });
    const gained = writer.contract(plain, this.parameter(`gain${suffix}`, 'vector', ['n'], ZERO_LAW), []);
    return this.sum([plain, gained, this.vector(`shift${suffix}`, ['n'])], name);
  }

  layer(layer: Layer): void {
    this.#layers.push(layer);
  }

  /**
   * f = Σ over n of w x, w on [n] or [class, n]. A bias, a scalar parameter, is added after what a parametrization
   * multiplies the output by (theory 6). Along `places`, w has entries of its own, and the sum is over them too.
   */
  readout(x: Value, name: string, classes: number, bias?: string, places: readonly Axis[] = []): Net {
    const axes = classes > 1 ? ['class'] : [];
    const over = [...places, 'n'];
    const law = normal(
      1,
      places.map((axis) => ({ space: spaceOf(axis), exponent: -0.5 })),
    );
    const weight = this.parameter(name, 'readout', [...axes, ...over], law);
    if (bias === undefined) return this.finish(this.writer.contract(x, weight, over, 'f'), name);
    const product = this.writer.contract(x, weight, over, `${name} x`);
    const f = this.sum([product, this.vector(bias, axes, ZERO_LAW, 'scalar')], 'f');
    return { ...this.finish(f, name), multiplied: product.name };
  }

  /** The network whose output is f. */
  finish(f: Value, parameter: string): Net {
    this.writer.output('f', f);
    this.layer({ name: 'output', parameter, preactivation: 'f' });
    return { program: this.writer.finish(), parameters: this.#parameters, output: 'f', layers: this.#layers };
  }
}
