/** Products of atoms and linear functions as functions of a point, ready for quadrature. */

import { entry } from '../numeric/index.ts';
import { unaryFunctions } from '../program/index.ts';
import type { Linear, Variate } from './variates.ts';

/**
 * A function of independent standard Gaussian coordinates on a line along the last one: `values[k]` is set to the value
 * where the last coordinate is `xs[k]` and the others are those of `point`.
 */
export type Integrand = (point: Float64Array, xs: Float64Array, values: Float64Array) => void;

/** Which product: variates (atoms, as a rule) to powers, and linear functions of the point, given by their coefficients. */
export interface ProductOf {
  readonly atoms: readonly (readonly [atom: Variate, power: number])[];
  readonly vectors: readonly Float64Array[];
  /** The coefficients of a linear combination in the coordinates. */
  readonly rowOf: (linear: Linear) => Float64Array;
}

/** The product as a function; what atoms share, or what is constant along the line, is computed once. */
export function integrandOf({ atoms, vectors, rowOf }: ProductOf): Integrand {
  const steps = new Steps(rowOf);
  const factors = [
    ...vectors.map((vector) => ({ slot: steps.linear(vector, 0), power: 1 })),
    ...atoms.map(([atom, power]) => ({ slot: steps.of(atom), power })),
  ];
  return (point, xs, values) => {
    steps.run(point, xs);
    values.fill(1, 0, xs.length);
    for (const { slot, power } of factors) multiplyBy(values, slot.values, power, xs.length);
  };
}

/** The values of one variate along the line. */
interface Slot {
  values: Float64Array;
  readonly varies: boolean;
  readonly run: (point: Float64Array, xs: Float64Array, values: Float64Array, count: number) => void;
}

/** The operations that compute variates, each into a slot of its own, in order. */
class Steps {
  readonly #rowOf: (linear: Linear) => Float64Array;
  readonly #slots = new Map<number, Slot>();
  readonly #order: Slot[] = [];

  constructor(rowOf: (linear: Linear) => Float64Array) {
    this.#rowOf = rowOf;
  }

  run(point: Float64Array, xs: Float64Array): void {
    for (const slot of this.#order) {
      if (slot.values.length < xs.length) slot.values = new Float64Array(xs.length);
      if (slot.varies) {
        slot.run(point, xs, slot.values, xs.length);
      } else {
        slot.run(point, xs, slot.values, 1);
        slot.values.fill(entry(slot.values, 0), 1, xs.length);
      }
    }
  }

  of(variate: Variate): Slot {
    const known = this.#slots.get(variate.id);
    if (known !== undefined) return known;
    const slot = this.#make(variate);
    this.#slots.set(variate.id, slot);
    return slot;
  }

  /** constant + row · point, the last coordinate being that of the line. */
  linear(row: Float64Array, constant: number): Slot {
    const last = row.length - 1;
    const slope = row.length > 0 ? entry(row, last) : 0;
    return this.#add(slope !== 0, (point, xs, values, count) => {
      let base = constant;
      for (let k = 0; k < last; k++) base += entry(row, k) * entry(point, k);
      for (let k = 0; k < count; k++) values[k] = base + slope * entry(xs, k);
    });
  }

  #add(varies: boolean, run: Slot['run']): Slot {
    const slot: Slot = { values: new Float64Array(64), varies, run };
    this.#order.push(slot);
    return slot;
  }

  #make(variate: Variate): Slot {
    switch (variate.op) {
      case 'linear':
        return this.linear(this.#rowOf(variate), variate.constant);
      case 'sum': {
        const first = this.of(variate.linear);
        const terms = variate.terms.map(([term, coefficient]) => ({ slot: this.of(term), coefficient }));
        const varies = first.varies || terms.some(({ slot }) => slot.varies);
        return this.#add(varies, (_point, _xs, values, count) => {
          values.set(first.values.subarray(0, count));
          for (const { slot, coefficient } of terms) addTo(values, slot.values, coefficient, count);
        });
      }
      case 'product': {
        const factors = variate.factors.map(([factor, power]) => ({ slot: this.of(factor), power }));
        const varies = factors.some(({ slot }) => slot.varies);
        return this.#add(varies, (_point, _xs, values, count) => {
          values.fill(1, 0, count);
          for (const { slot, power } of factors) multiplyBy(values, slot.values, power, count);
        });
      }
      case 'unary': {
        const arg = this.of(variate.arg);
        const { value } = unaryFunctions[variate.name];
        return this.#add(arg.varies, (_point, _xs, values, count) => {
          for (let k = 0; k < count; k++) values[k] = value(entry(arg.values, k));
        });
      }
      case 'power': {
        const arg = this.of(variate.arg);
        const { exponent } = variate;
        return this.#add(arg.varies, (_point, _xs, values, count) => {
          for (let k = 0; k < count; k++) values[k] = entry(arg.values, k) ** exponent;
        });
      }
    }
  }
}

function addTo(total: Float64Array, values: Float64Array, coefficient: number, count: number): void {
  for (let k = 0; k < count; k++) total[k] = entry(total, k) + coefficient * entry(values, k);
}

function multiplyBy(total: Float64Array, values: Float64Array, power: number, count: number): void {
  if (power === 1) {
    for (let k = 0; k < count; k++) total[k] = entry(total, k) * entry(values, k);
  } else {
    for (let k = 0; k < count; k++) total[k] = entry(total, k) * entry(values, k) ** power;
  }
}
