/** Between which numbers a variate lies, and whether it is ever 0: what tells poles that are reached from those that are not. */

import { type UnaryName, unaryFunctions } from '../program/index.ts';
import type { Variate } from './variates.ts';

export interface Range {
  readonly low: number;
  readonly high: number;
  /** Whether it is 0 nowhere. */
  readonly nonzero: boolean;
}

const of = (low: number, high: number, nonzero = low > 0 || high < 0): Range => ({ low, high, nonzero });
const ANYTHING = of(Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY);

const known = new WeakMap<Variate, Range>();

/** The range of a variate, perhaps too wide: what it is made of is taken to vary freely. */
export function rangeOf(variate: Variate): Range {
  const before = known.get(variate);
  if (before !== undefined) return before;
  const found = find(variate);
  known.set(variate, found);
  return found;
}

function find(variate: Variate): Range {
  switch (variate.op) {
    case 'linear':
      return variate.parts.length === 0 ? of(variate.constant, variate.constant) : ANYTHING;
    case 'sum':
      return variate.terms.map(([term, by]) => scaled(rangeOf(term), by)).reduce(sum, rangeOf(variate.linear));
    case 'product':
      return variate.factors.map(([factor, power]) => powerOf(rangeOf(factor), power)).reduce(product);
    case 'power':
      return powerOf(rangeOf(variate.arg), variate.exponent);
    case 'unary':
      return image(variate.name, rangeOf(variate.arg));
  }
}

const scaled = (range: Range, by: number): Range => product(range, of(by, by));

function sum(a: Range, b: Range): Range {
  const [low, high] = [a.low + b.low, a.high + b.high];
  const oneSided = (a.low >= 0 && b.low >= 0) || (a.high <= 0 && b.high <= 0);
  return of(low, high, low > 0 || high < 0 || (oneSided && (a.nonzero || b.nonzero)));
}

/** Of ends of ranges: 0 · ∞ is 0, as no value is infinite. */
const productOfEnds = (a: number, b: number): number => (a === 0 || b === 0 ? 0 : a * b);

function product(a: Range, b: Range): Range {
  const ends = [a.low, a.high].flatMap((x) => [productOfEnds(x, b.low), productOfEnds(x, b.high)]);
  return of(Math.min(...ends), Math.max(...ends), a.nonzero && b.nonzero);
}

function powerOf({ low, high, nonzero }: Range, exponent: number): Range {
  const even = exponent % 2 === 0;
  // Sizes, and so no −0, whose odd negative powers are −∞.
  const [a, b] = [Math.abs(low), Math.abs(high)];
  const [smallest, largest] = [low < 0 && high > 0 ? 0 : Math.min(a, b), Math.max(a, b)];
  const ends = [smallest ** exponent, largest ** exponent];
  const [least, most] = [Math.min(...ends), Math.max(...ends)];
  if (low >= 0 || even || !Number.isInteger(exponent)) return of(least, most, nonzero);
  return high <= 0 ? of(-most, -least, nonzero) : { ...ANYTHING, nonzero };
}

const RISING: ReadonlySet<UnaryName> = new Set(['tanh', 'erf', 'sigmoid', 'normalCdf', 'exp', 'log', 'sqrt', 'relu']);
/** Rising functions that are 0 at 0 alone. */
const ODD: ReadonlySet<UnaryName> = new Set(['tanh', 'erf', 'sign', 'sqrt']);
const POSITIVE: ReadonlySet<UnaryName> = new Set(['sigmoid', 'normalCdf', 'exp', 'normalDensity']);

function image(name: UnaryName, arg: Range): Range {
  const { value } = unaryFunctions[name];
  if (name === 'abs') return magnitude(arg);
  if (RISING.has(name)) {
    const from = name === 'log' || name === 'sqrt' ? Math.max(0, arg.low) : arg.low;
    const [low, high] = [value(from), value(arg.high)];
    return of(low, high, POSITIVE.has(name) || low > 0 || high < 0 || (ODD.has(name) && arg.nonzero));
  }
  if (name === 'sign') return of(-1, 1, arg.nonzero);
  if (name === 'normalDensity') return of(0, 1, true);
  if (name === 'sin' || name === 'cos') return of(-1, 1);
  if (name === 'step') return of(arg.low > 0 ? 1 : 0, 1);
  return ANYTHING;
}

function magnitude({ low, high, nonzero }: Range): Range {
  if (low >= 0) return of(low, high, nonzero);
  return high <= 0 ? of(-high, -low, nonzero) : of(0, Math.max(-low, high), nonzero);
}
