/**
 * Step sizes of parameters over a common one, which weigh their shares of a tangent kernel. In an abcd-parametrization
 * trained by SGD they are n^(d − c) (IVb 2.2).
 */

import { required } from '../errors/index.ts';
import {
  constant,
  type Expr,
  exponent,
  mul,
  nodesOf,
  type Program,
  raised,
  type SizePowerLike,
  sizeProduct,
} from '../program/index.ts';
import * as errors from './errors.ts';

/** A step size over a common one, scale · Π size^exponent where it has powers. */
export type Rate = number | { readonly scale: number; readonly powers: readonly SizePowerLike[] };

/** Step sizes over a common one, by parameter. */
export type Rates = Readonly<Record<string, Rate>>;

/** The rate of a parameter at the sizes of spaces, 1 where none is given. */
export function rateOf(name: string, rates: Rates, size: (space: string) => number): number {
  if (!Object.hasOwn(rates, name)) return 1;
  const rate = required(rates[name], `rate of "${name}"`);
  if (typeof rate === 'number') return rate;
  const where = `the rate of "${name}"`;
  return rate.powers.reduce(
    (total, { space, exponent: given }) => total * raised(size(space), exponent(given, where)),
    rate.scale,
  );
}

/** The rate of a parameter as an expression of sizes. */
export function rateFormula(name: string, rates: Rates): Expr {
  if (!Object.hasOwn(rates, name)) return constant(1);
  const rate = required(rates[name], `rate of "${name}"`);
  return typeof rate === 'number' ? constant(rate) : mul(rate.scale, sizeProduct(rate.powers));
}

/** Throws {@link UserError} `kernels.unknown-rate` for a rate of what is not trained. */
export function checkRates(program: Program, rates: Rates): void {
  const known = nodesOf(program, 'parameter').map(({ name }) => name);
  for (const name of Object.keys(rates)) if (!known.includes(name)) throw errors.unknownRate(program.name, name, known);
}
