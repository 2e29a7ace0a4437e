/** E v^power · f(v) for v ~ N(0, variance): closed forms where there are, quadrature elsewhere. */

import { gaussianExpectation, isNotClosed } from '../../expectations/index.ts';
import {
  exponential,
  type Formula,
  formula,
  plus,
  productOf,
  quotientOf,
  root,
  two,
  where,
} from '../../numeric/wasm/formulas/index.ts';
import { argument, type Expr, mul, pow, type UnaryName } from '../../program/index.ts';
import { notClosed } from '../errors.ts';
import type { MomentRule } from './rules.ts';
import { smoothFunction } from './smooth.ts';
import { meanOnLine } from './trapezoid.ts';

/** E v^power f(v) by the variance of v. */
type Moment = (variance: Formula) => Formula;

/** E v^power, that is (power − 1)!! variance^(power/2). */
export function gaussianMoment(power: number, variance: Formula): Formula {
  if (power % 2 === 1) return formula(0);
  let value = formula(1);
  for (let k = power - 1; k > 0; k -= 2) value = productOf(value, productOf(k, variance));
  return value;
}

/** E |v|^power over v > 0: half of E |v|^power = σ^power 2^(power/2) Γ((power + 1)/2) / √π. */
function halfMoment(power: number, variance: Formula): Formula {
  if (power % 2 === 0) return productOf(gaussianMoment(power, variance), 0.5);
  // E v 1[v > 0] = σ/√(2π), and each further factor v² brings (power − 1) σ².
  let value = root(quotientOf(variance, 2 * Math.PI));
  for (let k = power - 1; k > 0; k -= 2) value = productOf(value, productOf(k, variance));
  return value;
}

const none: Moment = () => formula(0);

/** e^(−variance/2), the mean of cos v. */
const cosine: Moment = (v) => exponential(productOf(v, -0.5));

/** By name, and by the parity of the power where that decides. */
const closed: Partial<Record<UnaryName, (power: number) => Moment | undefined>> = {
  relu: (power) => (v) => halfMoment(power + 1, v),
  abs: (power) => (power % 2 === 1 ? none : (v) => productOf(2, halfMoment(power + 1, v))),
  // At v = 0 both functions are 0.
  step: (power) => (v) => where(two('atMost', v, formula(0)), 0, halfMoment(power, v)),
  sign: (power) => (power % 2 === 0 ? none : (v) => productOf(2, halfMoment(power, v))),
  sin: (power) => (power % 2 === 0 ? none : power === 1 ? (v) => productOf(v, cosine(v)) : undefined),
  cos: (power) => (power % 2 === 1 ? none : power === 0 ? cosine : undefined),
  // Against e^v a Gaussian of mean `variance` is left.
  exp: (power) => (v) => productOf(exponential(productOf(v, 0.5)), shiftedMoment(power, v)),
  tanh: (power) => (power % 2 === 0 ? none : undefined),
  // By Stein's lemma v brings the variance times the mean of the derivative.
  erf: (power) =>
    power % 2 === 0
      ? none
      : power === 1
        ? (v) => quotientOf(productOf(2, v), root(productOf(Math.PI, plus(1, productOf(2, v)))))
        : undefined,
  normalCdf: (power) => (power === 0 ? () => formula(0.5) : power === 1 ? ofCdf : undefined),
  gelu: (power) => (power === 0 ? ofCdf : undefined),
};

/** E v Φ(v). */
function ofCdf(v: Formula): Formula {
  return quotientOf(v, root(productOf(2 * Math.PI, plus(1, v))));
}

/** E (v + variance)^power. */
function shiftedMoment(power: number, variance: Formula): Formula {
  let [total, own, choose] = [formula(0), formula(1), 1];
  const powers = [own];
  for (let k = 1; k <= power; k++) {
    own = productOf(own, variance);
    powers.push(own);
  }
  powers.toReversed().forEach((rest, k) => {
    total = plus(total, productOf(productOf(choose, gaussianMoment(k, variance)), rest));
    choose = (choose * (power - k)) / (k + 1);
  });
  return total;
}

/** E v^power rest(v). Quadratures throw {@link UnsupportedError} `kernels.not-closed`. */
export function moment(power: number, rest: Expr | undefined, name: UnaryName | undefined): MomentRule {
  if (rest === undefined) return { kind: 'formula', of: (variance) => gaussianMoment(power, variance) };
  const known = name === undefined ? undefined : closed[name]?.(power);
  if (known !== undefined) return { kind: 'formula', of: known };
  const expr = power === 0 ? rest : mul(pow(argument(0), power), rest);
  const smooth = smoothFunction(expr);
  const of = (variance: number): number => (smooth && meanOnLine(smooth, variance)) ?? quadrature(expr, [variance]);
  return { kind: 'function', of: withMemory(of) };
}

/** E expr of Gaussian arguments of covariance [arguments, arguments], which may be singular; NaN where that is. */
export function quadrature(expr: Expr, covariance: ArrayLike<number>): number {
  const data = Float64Array.from(covariance);
  if (data.some(Number.isNaN)) return Number.NaN;
  const size = Math.sqrt(data.length);
  const value = gaussianExpectation(expr, { rows: size, columns: size, data });
  if (isNotClosed(value)) throw notClosed(value.reason);
  return value;
}

/** Most numbers remembered of one function: kernels ask for few variances very often. */
const MOST_REMEMBERED = 100_000;

/** A function that remembers its values. */
function withMemory(compute: (variance: number) => number): (variance: number) => number {
  const known = new Map<number, number>();
  return (variance) => {
    const value = known.get(variance) ?? compute(variance);
    if (known.size < MOST_REMEMBERED) known.set(variance, value);
    return value;
  };
}
