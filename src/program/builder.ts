/**
 * The builder: how people write programs in TypeScript.
 *
 * Axis names are part of the types, so a misspelled axis, a contraction over an axis that an operand lacks, or a map
 * whose operands do not fit is a compile error; the writer behind it checks the same at run time.
 *
 * ```ts
 * import { build, fixed, mul, unary, width, argument } from 'nexort/program';
 *
 * const b = build('random features', { batch: fixed(), in: fixed(3), n: width() });
 * const x = b.input('x', ['batch', 'in']);
 * const w = b.parameter('w', ['n', 'in']);
 * const v = b.parameter('v', ['n']);
 * const h = b.contract(x, w, ['in'], 'h');
 * const y = b.map([h], (u) => unary('tanh', u), 'y');
 * b.output('f', b.mean(b.contract(y, v, []), ['n']));
 * const program = b.finish();
 * ```
 */

import type { Axis, Copies, fixed, Space } from './axes.ts';
import { add, argument, type Expr, powerOfSize, type SizePowerLike } from './expressions.ts';
import type { Call, FunctionName } from './functions/signatures.ts';
import type { Law, Role } from './instructions.ts';
import type { Program } from './program.ts';
import type { StartLike } from './rearranging.ts';
import type { WindowingLike } from './windowing.ts';
import { type Value, Writer } from './writer.ts';

/** A real value whose axes are known to the type checker. */
export interface Typed<A extends Axis> extends Value {
  readonly axes: readonly A[];
}

/** An index into the space `S`. */
export interface Index<S extends string, A extends Axis> extends Value {
  readonly of: S;
  readonly axes: readonly A[];
}

type AxesOf<V> = V extends { readonly axes: readonly (infer A)[] } ? A : never;
type AnyTyped = Typed<Axis>;

/** The operands of a map, if one of them has all axes of the others; else a type that nothing fits. */
type Fitting<T extends readonly AnyTyped[]> = true extends {
  [K in keyof T]: [AxesOf<T[number]>] extends [AxesOf<T[K]>] ? true : false;
}[number]
  ? T
  : { readonly 'one operand must have all axes of the others': never };

/** An axis of each operand. */
type OneEach<V extends readonly AnyTyped[]> = { readonly [K in keyof V]: AxesOf<V[K]> };

type Exprs<T extends readonly unknown[]> = { [K in keyof T]: Expr };

/** Options of a parameter. */
export interface ParameterOptions {
  /** Default: standard Gaussian. */
  readonly law?: Law;
  /** The reason why its gradient is zero by structure, where it is. */
  readonly zeroGradient?: string;
}

/** A Gaussian law of standard deviation scale · Π size^exponent. Throws {@link UserError} `program.bad-exponent`. */
export function gaussian(scale = 1, powers: readonly SizePowerLike[] = []): Law {
  return { kind: 'gaussian', scale, powers: powers.map(powerOfSize) };
}

/** Fair signs times scale · Π size^exponent. Throws {@link UserError} `program.bad-exponent`. */
export function rademacher(scale = 1, powers: readonly SizePowerLike[] = []): Law {
  return { kind: 'rademacher', scale, powers: powers.map(powerOfSize) };
}

/** Every entry the same number. */
export function constantLaw(value: number): Law {
  return { kind: 'constant', value };
}

/** Writes one program over the spaces `S`. */
export class Builder<S extends string> {
  readonly #writer: Writer;

  constructor(writer: Writer) {
    this.#writer = writer;
  }

  /** Data or state given at run time, shape by axis; with a law, what a run draws or starts from by itself. */
  input<const A extends Copies<S>>(name: string, axes: readonly A[], role: Role = 'data', law?: Law): Typed<A> {
    const drawn = law === undefined ? {} : { law };
    return typed(this.#writer.write({ op: 'input', role, type: { kind: 'real', axes }, ...drawn }, name), axes);
  }

  /** A matrix, vector or scalar that is drawn and not trained (initial data of IVb 2.6.1), by default standard Gaussian. */
  initial<const A extends Copies<S>>(name: string, axes: readonly A[], law: Law = gaussian()): Typed<A> {
    return this.input(name, axes, 'data', law);
  }

  /** Indices into a space, given at run time. */
  index<const T extends S, const A extends Copies<S>>(name: string, of: T, axes: readonly A[]): Index<T, A> {
    const value = this.#writer.write({ op: 'input', role: 'data', type: { kind: 'index', of, axes } }, name);
    return { ...value, of, axes };
  }

  /** A trainable value, used only by contract and gather. */
  parameter<const A extends Copies<S>>(name: string, axes: readonly A[], options: ParameterOptions = {}): Typed<A> {
    const { law = gaussian(), zeroGradient } = options;
    const reason = zeroGradient === undefined ? {} : { zeroGradient };
    return typed(this.#writer.write({ op: 'parameter', axes, law, ...reason }, name), axes);
  }

  /** Numbers known now, flat in the order of axes of numeric size. */
  constant<const A extends Copies<S> = never>(values: readonly number[], axes: readonly A[] = []): Typed<A> {
    return typed(this.#writer.write({ op: 'constant', type: { kind: 'real', axes }, values }), axes);
  }

  /** One index known now. */
  constantIndex<const T extends S>(of: T, value: number): Index<T, never> {
    const type = { kind: 'index', of, axes: [] } as const;
    return { ...this.#writer.write({ op: 'constant', type, values: [value] }), of, axes: [] };
  }

  /** An entrywise map: `b.map([x, y], (x, y) => mul(x, y))`. One operand has all axes; no broadcast is implied. */
  map<const T extends readonly AnyTyped[]>(
    args: T & Fitting<T>,
    expression: (...values: Exprs<T>) => Expr,
    name?: string,
  ): Typed<AxesOf<T[number]>> {
    const operands: readonly AnyTyped[] = args as T; // Fitting<T> is T or nothing
    const values = operands.map((_, k) => argument(k)) as Exprs<T>; // one expression per operand
    const instruction = { op: 'map', expr: expression(...values), args: operands.map((value) => value.name) } as const;
    return restore(this.#writer.write(instruction, name));
  }

  /** left + right …, the others repeated along the axes that only the first has. */
  add<A extends Axis>(left: Typed<A>, rest: readonly Typed<A>[], name?: string): Typed<A> {
    const args = [left, ...rest].map((value) => value.name);
    const expr = args.slice(1).reduce<Expr>((sum, _, k) => add(sum, argument(k + 1)), argument(0));
    return restore(this.#writer.write({ op: 'map', expr, args }, name));
  }

  /** Σ over the named axes of left · right; other shared axes are aligned. */
  contract<A extends Axis, B extends Axis, const K extends A & B>(
    left: Typed<A>,
    right: Typed<B>,
    over: readonly K[],
    name?: string,
  ): Typed<Exclude<A | B, K>> {
    return restore(this.#writer.contract(left, right, over, name));
  }

  /** A parameter as it is (a bias): its contraction with a constant 1, the use that has a factored gradient. */
  plain<A extends Axis>(parameter: Typed<A>): Typed<A> {
    const one = this.constant([1]);
    return restore(this.#writer.contract(one, parameter, []));
  }

  sum<A extends Axis, const K extends A>(arg: Typed<A>, over: readonly K[], name?: string): Typed<Exclude<A, K>> {
    return restore(this.#writer.reduce('sum', arg, over, name));
  }

  mean<A extends Axis, const K extends A>(arg: Typed<A>, over: readonly K[], name?: string): Typed<Exclude<A, K>> {
    return restore(this.#writer.reduce('mean', arg, over, name));
  }

  max<A extends Axis, const K extends A>(arg: Typed<A>, over: readonly K[], name?: string): Typed<Exclude<A, K>> {
    return restore(this.#writer.reduce('max', arg, over, name));
  }

  /** The same entries along new axes. */
  broadcast<A extends Axis, const K extends Copies<S>>(
    arg: Typed<A>,
    along: readonly K[],
    name?: string,
  ): Typed<A | K> {
    return restore(this.#writer.broadcast(arg, along, name));
  }

  /** table[index]: the axis of the table is replaced by the axes of the index; shared axes are aligned. */
  gather<A extends Axis, const K extends A & S, I extends Axis>(
    table: Typed<A>,
    index: Index<K, I>,
    axis: K,
    name?: string,
  ): Typed<Exclude<A, K> | I> {
    return restore(this.#writer.write({ op: 'gather', table: table.name, index: index.name, axis }, name));
  }

  /** The same entries on another copy of an axis, or on another space of the same size. */
  rename<A extends Axis, const K extends A, const T extends Copies<S>>(
    arg: Typed<A>,
    from: K,
    to: T,
    name?: string,
  ): Typed<Exclude<A, K> | T> {
    return restore(this.#writer.rename(arg, [[from, to]], name));
  }

  /** y[…, p, o] = x[…, p · stride + o · dilation − before], 0 outside of x: the operand of a convolution. */
  window<A extends Axis, const K extends A, const P extends Copies<S>, const O extends Copies<S>>(
    arg: Typed<A>,
    windowing: WindowingLike & { readonly axis: K; readonly position: P; readonly offset: O },
    name?: string,
  ): Typed<Exclude<A, K> | P | O> {
    return restore(this.#writer.window(arg, windowing, name));
  }

  /** The adjoint of window: x[…, i] = Σ y[…, p, o] over the p and o with p · stride + o · dilation − before = i. */
  overlap<A extends Axis, const K extends Copies<S>, const P extends A, const O extends A>(
    arg: Typed<A>,
    windowing: WindowingLike & { readonly axis: K; readonly position: P; readonly offset: O },
    name?: string,
  ): Typed<Exclude<A, P | O> | K> {
    return restore(this.#writer.overlap(arg, windowing, name));
  }

  /** One fixed axis as several whose sizes multiply to its size, the first the slowest. */
  split<A extends Axis, const K extends A, const T extends Copies<S>>(
    arg: Typed<A>,
    axis: K,
    into: readonly T[],
    name?: string,
  ): Typed<Exclude<A, K> | T> {
    return restore(this.#writer.split(arg, axis, into, name));
  }

  /** Several fixed axes as one, the first the slowest. */
  merge<A extends Axis, const K extends A, const T extends Copies<S>>(
    arg: Typed<A>,
    axes: readonly K[],
    into: T,
    name?: string,
  ): Typed<Exclude<A, K> | T> {
    return restore(this.#writer.merge(arg, axes, into, name));
  }

  /** Values one after the other, each along a fixed axis of its own; they are repeated along other axes that they lack. */
  concat<const V extends readonly AnyTyped[], const K extends OneEach<V>, const T extends Copies<S>>(
    args: V,
    axes: K,
    into: T,
    name?: string,
  ): Typed<Exclude<AxesOf<V[number]>, K[number]> | T> {
    return restore(this.#writer.concat(args, axes, into, name));
  }

  /** As many entries of a fixed axis as `into` has, behind a start: a number of entries, or as many as a space has. */
  select<A extends Axis, const K extends A, const T extends Copies<S>>(
    arg: Typed<A>,
    axis: K,
    into: T,
    after?: StartLike,
    name?: string,
  ): Typed<Exclude<A, K> | T> {
    return restore(this.#writer.select(arg, axis, into, after, name));
  }

  /** The adjoint of select: entries of a fixed axis behind a start, and zeros elsewhere along `into`. */
  pad<A extends Axis, const K extends A, const T extends Copies<S>>(
    arg: Typed<A>,
    axis: K,
    into: T,
    after?: StartLike,
    name?: string,
  ): Typed<Exclude<A, K> | T> {
    return restore(this.#writer.pad(arg, axis, into, after, name));
  }

  /** A named function that keeps the axes of its operand. */
  call<A extends Axis, const K extends A>(
    name: FunctionName,
    arg: Typed<A>,
    over: readonly K[],
    attributes: Call['attributes'] = {},
    label?: string,
  ): Typed<A> {
    return restore(this.#writer.call(name, [arg], over, attributes, label));
  }

  /** Hands a value out. */
  output(name: string, value: Value, role: Role = 'data'): void {
    this.#writer.output(name, value, role);
  }

  finish(): Program {
    return this.#writer.finish();
  }
}

function typed<A extends Axis>(value: Value, axes: readonly A[]): Typed<A> {
  return { ...value, axes };
}

/** The inferred axes of a node, which the builder's types have already computed. */
function restore<A extends Axis>(value: Value): Typed<A> {
  return { ...value, axes: value.type.axes as readonly A[] };
}

/** Starts a program over named spaces. */
export function build<const D extends Readonly<Record<string, ReturnType<typeof fixed>>>>(
  name: string,
  spaces: D,
): Builder<keyof D & string> {
  const writer = new Writer(name);
  for (const [space, { kind, size }] of Object.entries(spaces)) writer.space(declare(space, kind, size));
  return new Builder(writer);
}

function declare(name: string, kind: Space['kind'], size: Space['size'] | undefined): Space {
  return { name, kind, size: size ?? { symbol: name, ratio: 1 } };
}
