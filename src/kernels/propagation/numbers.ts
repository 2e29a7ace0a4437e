/** Numbers that may differ from place to place: one per input of a value, or one per pair of inputs of a covariance. */

import { at, entry } from '../../numeric/index.ts';

/** The same number everywhere, or one for each place. */
export type Numbers = number | Float64Array;

/** f(a), place by place. */
export function mapped(f: (value: number) => number, a: Numbers): Numbers {
  return typeof a === 'number' ? f(a) : a.map(f);
}

/** f(a, b), place by place. */
export function mapped2(f: (a: number, b: number) => number, a: Numbers, b: Numbers): Numbers {
  if (typeof a === 'number') return typeof b === 'number' ? f(a, b) : b.map((value) => f(a, value));
  if (typeof b === 'number') return a.map((value) => f(value, b));
  const result = new Float64Array(a.length);
  for (let k = 0; k < result.length; k++) result[k] = f(entry(a, k), entry(b, k));
  return result;
}

export function plus(a: Numbers, b: Numbers): Numbers {
  if (a === 0) return b;
  if (b === 0) return a;
  return mapped2((x, y) => x + y, a, b);
}

export function times(a: Numbers, b: Numbers): Numbers {
  if (a === 0 || b === 0) return 0;
  if (a === 1) return b;
  if (b === 1) return a;
  return mapped2((x, y) => x * y, a, b);
}

/** A sum of products that grows in place: one array for all of its terms. */
export class Total {
  #constant = 0;
  #values: Float64Array | undefined;

  /** Adds a · b · c. */
  add(a: Numbers, b: Numbers = 1, c: Numbers = 1): void {
    let factor = 1;
    let [first, second, third]: (Float64Array | undefined)[] = [];
    if (typeof a === 'number') factor *= a;
    else first = a;
    if (typeof b === 'number') factor *= b;
    else if (first === undefined) first = b;
    else second = b;
    if (typeof c === 'number') factor *= c;
    else if (first === undefined) first = c;
    else if (second === undefined) second = c;
    else third = c;
    if (a === 0 || b === 0 || c === 0) return;
    if (first === undefined) {
      this.#constant += factor;
      return;
    }
    this.#values ??= new Float64Array(first.length);
    const values = this.#values;
    const { length } = values;
    if (second === undefined) {
      for (let k = 0; k < length; k++) values[k] = entry(values, k) + factor * entry(first, k);
    } else if (third === undefined) {
      for (let k = 0; k < length; k++) values[k] = entry(values, k) + factor * entry(first, k) * entry(second, k);
    } else {
      for (let k = 0; k < length; k++) {
        values[k] = entry(values, k) + factor * entry(first, k) * entry(second, k) * entry(third, k);
      }
    }
  }

  /** The sum; nothing may be added any more. */
  get value(): Numbers {
    const [constant, values] = [this.#constant, this.#values];
    if (values === undefined) return constant;
    if (constant !== 0) for (let k = 0; k < values.length; k++) values[k] = entry(values, k) + constant;
    this.#constant = 0;
    return values;
  }
}

/** The number at a place. */
export function numberAt(values: Numbers, place: number): number {
  return typeof values === 'number' ? values : entry(values, place);
}

/** The numbers at places. */
export function gathered(values: Numbers, places: Int32Array): Numbers {
  if (typeof values === 'number') return values;
  const result = new Float64Array(places.length);
  for (let k = 0; k < result.length; k++) result[k] = entry(values, at(places, k));
  return result;
}

const names = new WeakMap<Float64Array, number>();
let named = 0;

/** The same text for the same number, or for the same array. */
export function numbersKey(values: Numbers): string {
  if (typeof values === 'number') return Object.is(values, -0) ? '0' : String(values);
  let name = names.get(values);
  if (name === undefined) {
    name = named++;
    names.set(values, name);
  }
  return `#${name}`;
}
