/** Sums of products of quantities. */

import { isPlanned, type Plan, type Planned, type Quantity } from './quantities.ts';

/** Most arguments of one sum: longer ones are sums of sums. */
const MOST_ARGUMENTS = 24;

/** A sum of products that grows term by term. */
export class Total {
  readonly #plan: Plan;
  readonly #once: boolean;
  #constant = 0;
  #coefficients: number[] = [];
  #degrees: number[] = [];
  #args: Planned[] = [];
  #parts: Planned[] = [];

  /** With `once` equal sums are one node. */
  constructor(plan: Plan, once = false) {
    this.#plan = plan;
    this.#once = once;
  }

  /** Adds a · b · c · d. */
  add(a: Quantity, b: Quantity = 1, c: Quantity = 1, d: Quantity = 1): void {
    let coefficient = 1;
    let degree = 0;
    if (a === 0 || b === 0 || c === 0 || d === 0) return;
    const before = this.#args.length;
    for (const factor of [a, b, c, d]) {
      if (isPlanned(factor)) {
        this.#args.push(factor);
        degree++;
      } else coefficient *= factor;
    }
    if (degree === 0) {
      this.#constant += coefficient;
      return;
    }
    if (degree > MOST_DEGREE) {
      const tail = this.#args.splice(before + MOST_DEGREE - 1);
      const rest = tail.reduce<Quantity>((product, factor) => quantityProduct(this.#plan, product, factor), 1);
      if (isPlanned(rest)) this.#args.push(rest);
      degree = MOST_DEGREE;
    }
    this.#coefficients.push(coefficient);
    this.#degrees.push(degree);
    if (this.#args.length >= MOST_ARGUMENTS) this.#cut();
  }

  /** The sum; nothing may be added any more. `key`: see {@link Planned.key}. */
  value(key?: number): Quantity {
    if (this.#parts.length > 0) {
      this.#cut();
      const whole = new Total(this.#plan, this.#once);
      whole.add(this.#constant);
      for (const part of this.#parts) whole.add(part);
      return whole.value(key);
    }
    const [only, second] = this.#args;
    if (only === undefined) return this.#constant;
    if (second === undefined && this.#constant === 0 && this.#coefficients[0] === 1) return only;
    return this.#sum(this.#constant, key);
  }

  #cut(): void {
    if (this.#args.length === 0) return;
    this.#parts.push(this.#sum(0));
    [this.#coefficients, this.#degrees, this.#args] = [[], [], []];
  }

  #sum(constant: number, key?: number): Planned {
    const shape = this.#plan.shapes.sum({
      constant,
      coefficients: this.#coefficients,
      degrees: this.#degrees,
    });
    return key === undefined && this.#once
      ? this.#plan.once(shape, this.#args)
      : this.#plan.ofShape(shape, this.#args, key);
  }
}

/** Most factors of a term. */
const MOST_DEGREE = 3;

/** The product of two quantities. */
export function quantityProduct(plan: Plan, a: Quantity, b: Quantity): Quantity {
  const total = new Total(plan);
  total.add(a, b);
  return total.value();
}
