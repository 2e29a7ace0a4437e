/** Functions of one Gaussian variable as the closed forms know them. */

import {
  argument,
  constant,
  type Expr,
  mul,
  neg,
  pow,
  square,
  substitute,
  textKey,
  type UnaryName,
  unary,
} from '../../program/index.ts';

/** u^power · e^(−decay u²/2) · rest(u): what derivatives and products of the usual activations are. */
export interface GaussianFunction {
  readonly id: number;
  /** A whole number from 0 on. */
  readonly power: number;
  readonly decay: number;
  /** In `argument(0)`; absent for 1. */
  readonly rest?: Expr;
  /** The name of `rest` where it is one function of u itself. */
  readonly name?: UnaryName;
}

/** Makes functions, each once, so that what is known of two of them is found by their ids. */
export class GaussianFunctions {
  readonly #known = new Map<string, GaussianFunction>();

  of(power: number, decay: number, rest?: Expr): GaussianFunction {
    const key = textKey([power, decay, rest ?? null]);
    let known = this.#known.get(key);
    if (known === undefined) {
      const named = rest?.op === 'unary' && rest.arg.op === 'argument' ? { name: rest.name } : {};
      known = { id: this.#known.size, power, decay, ...(rest === undefined ? {} : { rest }), ...named };
      this.#known.set(key, known);
    }
    return known;
  }

  product(a: GaussianFunction, b: GaussianFunction): GaussianFunction {
    const rest = a.rest === undefined ? b.rest : b.rest === undefined ? a.rest : mul(a.rest, b.rest);
    return this.of(a.power + b.power, a.decay + b.decay, rest);
  }
}

/** Whether it is u itself. */
export function isLinear({ power, decay, rest }: GaussianFunction): boolean {
  return power === 1 && decay === 0 && rest === undefined;
}

/** Whether it is 1. */
export function isOne({ power, decay, rest }: GaussianFunction): boolean {
  return power === 0 && decay === 0 && rest === undefined;
}

/** The function as an expression of another argument. */
export function expressionOf({ power, decay, rest }: GaussianFunction, index = 0): Expr {
  const u = argument(index);
  const ofRest =
    rest === undefined ? constant(1) : substitute(rest, (leaf) => (leaf.op === 'argument' ? argument(index) : leaf));
  const ofPower = power === 0 ? constant(1) : power === 1 ? u : pow(u, power);
  const ofDecay = decay === 0 ? constant(1) : unary('exp', neg(mul(decay / 2, square(u))));
  return mul(ofPower, mul(ofDecay, ofRest));
}
