/**
 * Random variables as expressions over jointly Gaussian variables: what a ket is when nothing is sampled.
 *
 * Equal expressions are one object, told by `id`, so that results are remembered by id. Linear combinations are kept in
 * normal form however many steps made them; products of sums are not multiplied out here (terms.ts does, where a mean
 * is taken), because a function of u = a x + b y is then seen to depend on one variable, not on two.
 */

import { required } from '../errors/index.ts';
import { type UnaryName, unaryFunctions } from '../program/index.ts';
import { nestedTooDeep } from './notClosed.ts';

/** Coefficient of a Gaussian variable. */
export type Part = readonly [variable: number, coefficient: number];

/** constant + Σ coefficient · variable, by rising variable. */
export interface Linear {
  readonly op: 'linear';
  readonly id: number;
  readonly constant: number;
  readonly parts: readonly Part[];
}

/** linear + Σ coefficient · term. */
export interface Sum {
  readonly op: 'sum';
  readonly id: number;
  readonly linear: Linear;
  readonly terms: readonly (readonly [Product | Atom, number])[];
}

/** Π factor^power, powers positive integers. */
export interface Product {
  readonly op: 'product';
  readonly id: number;
  readonly factors: readonly Factor[];
}

export type Factor = readonly [factor: Linear | Sum | Atom, power: number];

/** What no expansion opens: a function of one argument, or a power that is not a positive integer. */
export type Atom =
  | { readonly op: 'unary'; readonly id: number; readonly name: UnaryName; readonly arg: Variate }
  | { readonly op: 'power'; readonly id: number; readonly arg: Variate; readonly exponent: number };

/** A random variable as an expression over jointly Gaussian ones. */
export type Variate = Linear | Sum | Product | Atom;

/** A sum of two numbers below this many roundings of the larger one is 0: what cancels leaves no variable behind. */
const CANCELLATION = 4 * Number.EPSILON;

/** Functions inside functions up to this depth are walked through; what is deeper has no closed form. */
const MOST_DEPTH = 500;

/** Makes variates, each once; throws Unclosed for one that nests too deep. */
export class Variates {
  readonly #known = new Map<string, Variate>();
  readonly #depths = new WeakMap<Variate, number>();

  constant(value: number): Linear {
    return this.linear(value, []);
  }

  variable(index: number): Linear {
    return this.linear(0, [[index, 1]]);
  }

  /** constant + Σ coefficient · variable; `parts` by rising variable, none twice. */
  linear(constant: number, parts: readonly Part[]): Linear {
    const key = `l${constant};${parts.map(([variable, coefficient]) => `${variable}*${coefficient}`).join()}`;
    return this.#once(key, (id): Linear => ({ op: 'linear', id, constant, parts }));
  }

  /** {@link linear} of parts in any order. */
  combination(constant: number, parts: readonly Part[]): Linear {
    return this.linear(
      constant,
      merged(parts, [], (variable) => variable),
    );
  }

  add(a: Variate, b: Variate): Variate {
    const [left, right] = [this.#asSum(a), this.#asSum(b)];
    const linear = this.linear(
      plus(left.linear.constant, right.linear.constant),
      merged(left.linear.parts, right.linear.parts, (variable) => variable),
    );
    return this.#sum(
      linear,
      merged(left.terms, right.terms, (term) => term.id),
    );
  }

  scale(a: Variate, by: number): Variate {
    if (by === 1) return a;
    if (by === 0) return this.constant(0);
    const { linear, terms } = this.#asSum(a);
    return this.#sum(
      this.linear(
        linear.constant * by,
        linear.parts.map(([variable, coefficient]): Part => [variable, coefficient * by]),
      ),
      terms.map(([term, coefficient]) => [term, coefficient * by] as const),
    );
  }

  multiply(a: Variate, b: Variate): Variate {
    const [left, right] = [factorsOf(a), factorsOf(b)];
    return this.product(left.coefficient * right.coefficient, [...left.factors, ...right.factors]);
  }

  /** coefficient · Π factor^power. */
  product(coefficient: number, factors: readonly Factor[]): Variate {
    const kept = merged(factors, [], (factor) => factor.id);
    const [first] = kept;
    if (first === undefined) return this.constant(coefficient);
    if (kept.length === 1 && first[1] === 1) return this.scale(first[0], coefficient);
    const key = `p${kept.map(([factor, power]) => `${factor.id}^${power}`).join()}`;
    return this.scale(
      this.#once(key, (id): Product => ({ op: 'product', id, factors: kept })),
      coefficient,
    );
  }

  /** arg^exponent; whole powers of products go to their factors, positive ones become products. */
  power(arg: Variate, exponent: number): Variate {
    const value = constantOf(arg);
    if (value !== undefined) return this.constant(value ** exponent);
    if (exponent === 0) return this.constant(1);
    if (exponent === 1) return arg;
    const { coefficient, factors } = factorsOf(arg);
    if (Number.isInteger(exponent)) {
      if (exponent > 0) {
        return this.product(
          coefficient ** exponent,
          factors.map(([factor, power]): Factor => [factor, power * exponent]),
        );
      }
      if (factors.length > 1 || coefficient !== 1) {
        const inverses = factors.map(([factor, power]) => this.power(factor, power * exponent));
        return inverses.reduce((all, one) => this.multiply(all, one), this.constant(coefficient ** exponent));
      }
    }
    return this.#once(`^${arg.id},${exponent}`, (id): Atom => ({ op: 'power', id, arg, exponent }));
  }

  /** name(arg), with what takes apart products of kinked functions: |ab| = |a||b|, sign ab = sign a sign b, √a² = |a|. */
  unary(name: UnaryName, arg: Variate): Variate {
    const value = constantOf(arg);
    if (value !== undefined) return this.constant(unaryFunctions[name].value(value));
    if (name === 'neg') return this.scale(arg, -1);
    const { coefficient, factors } = factorsOf(arg);
    const single = factors.length === 1 && factors[0]?.[1] === 1 && coefficient === 1;
    if (name === 'abs' && !single) {
      return this.#productOf(Math.abs(coefficient), factors, (factor, power) =>
        power % 2 === 0 ? this.power(factor, power) : this.power(this.unary('abs', factor), power),
      );
    }
    if (name === 'sign' && !single) {
      return this.#productOf(Math.sign(coefficient), factors, (factor, power) =>
        this.power(this.unary('sign', factor), power % 2 === 0 ? 2 : 1),
      );
    }
    if (name === 'sqrt' && coefficient > 0 && factors.every(([, power]) => power % 2 === 0)) {
      return this.#productOf(Math.sqrt(coefficient), factors, (factor, power) =>
        this.power(this.unary('abs', factor), power / 2),
      );
    }
    return this.#once(`u${name},${arg.id}`, (id): Atom => ({ op: 'unary', id, name, arg }));
  }

  /** a = linear + rest. */
  linearPart(a: Variate): { readonly linear: Linear; readonly rest: Variate } {
    const { linear, terms } = this.#asSum(a);
    return { linear, rest: this.#sum(this.constant(0), terms) };
  }

  #productOf(coefficient: number, factors: readonly Factor[], image: (factor: Factor[0], power: number) => Variate) {
    return factors.reduce<Variate>(
      (all, [factor, power]) => this.multiply(all, image(factor, power)),
      this.constant(coefficient),
    );
  }

  #sum(linear: Linear, terms: Sum['terms']): Variate {
    const [first] = terms;
    if (first === undefined) return linear;
    if (terms.length === 1 && first[1] === 1 && linear.constant === 0 && linear.parts.length === 0) return first[0];
    const key = `s${linear.id};${terms.map(([term, coefficient]) => `${term.id}*${coefficient}`).join()}`;
    return this.#once(key, (id): Sum => ({ op: 'sum', id, linear, terms }));
  }

  #asSum(a: Variate): Pick<Sum, 'linear' | 'terms'> {
    if (a.op === 'linear') return { linear: a, terms: [] };
    return a.op === 'sum' ? a : { linear: this.constant(0), terms: [[a, 1]] };
  }

  #once<V extends Variate>(key: string, make: (id: number) => V): V {
    const known = this.#known.get(key);
    // The first letter of a key tells the kind, the rest its content.
    if (known !== undefined) return known as V;
    const made = make(this.#known.size);
    const depths = partsOf(made).map((part) => required(this.#depths.get(part), 'depth of a part of a variate'));
    const depth = 1 + Math.max(0, ...depths);
    if (depth > MOST_DEPTH) throw nestedTooDeep(MOST_DEPTH);
    this.#depths.set(made, depth);
    this.#known.set(key, made);
    return made;
  }
}

/** What a variate is made of. */
export function partsOf(a: Variate): readonly Variate[] {
  switch (a.op) {
    case 'linear':
      return [];
    case 'sum':
      return [a.linear, ...a.terms.map(([term]) => term)];
    case 'product':
      return a.factors.map(([factor]) => factor);
    case 'unary':
    case 'power':
      return [a.arg];
  }
}

/** The number that a variate is, if it is one. */
export function constantOf(a: Variate): number | undefined {
  return a.op === 'linear' && a.parts.length === 0 ? a.constant : undefined;
}

/** a as coefficient · Π factor^power. */
function factorsOf(a: Variate): { readonly coefficient: number; readonly factors: readonly Factor[] } {
  const value = constantOf(a);
  if (value !== undefined) return { coefficient: value, factors: [] };
  if (a.op === 'product') return { coefficient: 1, factors: a.factors };
  if (a.op === 'sum' && a.linear.constant === 0 && a.linear.parts.length === 0) {
    const [only] = a.terms;
    if (only !== undefined && a.terms.length === 1) return { ...factorsOf(only[0]), coefficient: only[1] };
  }
  return { coefficient: 1, factors: [[a, 1]] };
}

function plus(a: number, b: number): number {
  const sum = a + b;
  return Math.abs(sum) <= CANCELLATION * Math.max(Math.abs(a), Math.abs(b)) ? 0 : sum;
}

/** Two lists of (what, number), numbers of equal things added, zeros dropped, by rising key. */
function merged<T>(
  left: readonly (readonly [T, number])[],
  right: readonly (readonly [T, number])[],
  keyOf: (thing: T) => number,
): (readonly [T, number])[] {
  const total = new Map<number, readonly [T, number]>();
  for (const [thing, number] of [...left, ...right]) {
    const key = keyOf(thing);
    total.set(key, [thing, plus(total.get(key)?.[1] ?? 0, number)]);
  }
  return [...total.entries()]
    .filter(([, [, number]]) => number !== 0)
    .sort(([a], [b]) => a - b)
    .map(([, pair]) => pair);
}
