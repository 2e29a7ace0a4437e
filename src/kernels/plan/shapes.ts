/**
 * Formulas of nodes, each once: what is compiled are shapes, and a network has few of them however many nodes it has.
 *
 * Shapes are found by walking down trees of numbers, for texts would take longer than what they name.
 */

import { at } from '../../numeric/index.ts';
import {
  type Formula,
  formula,
  operand,
  plus,
  productOf,
  valueAt,
  withArguments,
} from '../../numeric/wasm/formulas/index.ts';

/** A formula of arguments 0 … args − 1. */
export interface Shape {
  readonly id: number;
  readonly args: number;
  readonly formula: Formula;
  /** Whether it does more than add and multiply. */
  readonly heavy: boolean;
  /** Of a number times the only argument. */
  readonly scale?: number;
}

/** A step in a tree of shapes. */
interface Step {
  readonly next: Map<number, Step>;
  readonly ends: Map<number, Shape>;
}

const step = (): Step => ({ next: new Map(), ends: new Map() });

/** The step after a number, made where there is none. */
function after(from: Step, key: number): Step {
  let found = from.next.get(key);
  if (found === undefined) {
    found = step();
    from.next.set(key, found);
  }
  return found;
}

/** A sum of products of arguments in order: coefficient k times as many arguments as `degrees` says. */
export interface Sum {
  readonly constant: number;
  readonly coefficients: readonly number[];
  readonly degrees: readonly number[];
}

export class Shapes {
  readonly #named = new Map<string, Shape | number>();
  readonly #sums = [step(), step(), step(), step()] as const;
  readonly #filled = step();
  #count = 0;

  /** The formula that `of` makes, of as many arguments as are not numbers; the number that it is where all are. */
  named(name: string, of: (args: readonly Formula[]) => Formula, args: readonly (number | object)[]): Shape | number {
    const key = `${name}(${args.map((arg) => (typeof arg === 'number' ? arg : '')).join()})`;
    let shape = this.#named.get(key);
    if (shape === undefined) {
      let count = 0;
      const made = of(args.map((arg) => (typeof arg === 'number' ? formula(arg) : operand(count++))));
      // A number also where the formula reads none of its arguments, the mean of a constant say.
      shape = count === 0 || made.op === 'constant' ? valueAt(made, []) : this.#shape(count, made, true);
      this.#named.set(key, shape);
    }
    return shape;
  }

  sum({ constant, coefficients, degrees }: Sum): Shape {
    let own: Step = at(this.#sums, at(degrees, 0));
    for (let k = 0; k < coefficients.length; k++) {
      own = after(own, at(coefficients, k));
      if (k + 1 < degrees.length) own = after(own, at(degrees, k + 1));
    }
    let shape = own.ends.get(constant);
    if (shape === undefined) {
      const args = degrees.reduce((total, degree) => total + degree, 0);
      shape = this.#shape(args, sumFormula({ constant, coefficients, degrees }), false);
      const [scale] = coefficients;
      if (args === 1 && constant === 0 && scale !== undefined) shape = Object.assign(shape, { scale });
      own.ends.set(constant, shape);
    }
    return shape;
  }

  /** `outer` with the shape `inner` for its argument at `place`, whose arguments go there. */
  filled(outer: Shape, place: number, inner: Shape): Shape {
    const own = after(after(this.#filled, outer.id), place);
    let shape = own.ends.get(inner.id);
    if (shape === undefined) {
      const moved = Array.from({ length: inner.args }, (_, k) => operand(place + k));
      const inside = withArguments(inner.formula, moved);
      const args = Array.from({ length: outer.args }, (_, k) =>
        k === place ? inside : operand(k < place ? k : k + inner.args - 1),
      );
      shape = this.#shape(outer.args + inner.args - 1, withArguments(outer.formula, args), outer.heavy || inner.heavy);
      own.ends.set(inner.id, shape);
    }
    return shape;
  }

  #shape(args: number, made: Formula, heavy: boolean): Shape {
    return { id: this.#count++, args, formula: made, heavy };
  }
}

/** Products of one coefficient are added up first, in order, so that sums that begin alike share what they add. */
function sumFormula({ constant, coefficients, degrees }: Sum): Formula {
  const byCoefficient = new Map<number, Formula>();
  let place = 0;
  degrees.forEach((degree, k) => {
    let term: Formula | undefined;
    for (let n = 0; n < degree; n++, place++)
      term = term === undefined ? operand(place) : productOf(term, operand(place));
    if (term === undefined) return;
    const coefficient = at(coefficients, k);
    const sum = byCoefficient.get(coefficient);
    byCoefficient.set(coefficient, sum === undefined ? term : plus(sum, term));
  });
  const parts = [...byCoefficient].map(([coefficient, sum]) => productOf(sum, coefficient));
  return plus(
    parts.reduce((total, part) => plus(total, part)),
    constant,
  );
}
