/** E v^power · f(v) for v ~ N(0, variance): closed forms where there are, quadrature elsewhere. */

import { gaussianExpectation, isNotClosed } from '../../expectations/index.ts';
import { argument, type Expr, mul, pow, type UnaryName } from '../../program/index.ts';
import { notClosed } from '../errors.ts';

/** E v^power f(v) by the variance of v. */
type Moment = (variance: number) => number;

/** E v^power, that is (power − 1)!! variance^(power/2). */
export function gaussianMoment(power: number, variance: number): number {
  if (power % 2 === 1) return 0;
  let value = 1;
  for (let k = power - 1; k > 0; k -= 2) value *= k * variance;
  return value;
}

/** E |v|^power over v > 0: half of E |v|^power = σ^power 2^(power/2) Γ((power + 1)/2) / √π. */
function halfMoment(power: number, variance: number): number {
  if (power % 2 === 0) return gaussianMoment(power, variance) / 2;
  // E v 1[v > 0] = σ/√(2π), and each further factor v² brings (power − 1) σ².
  let value = Math.sqrt(variance / (2 * Math.PI));
  for (let k = power - 1; k > 0; k -= 2) value *= k * variance;
  return value;
}

/** By name, and by the parity of the power where that decides. */
const closed: Partial<Record<UnaryName, (power: number) => Moment | undefined>> = {
  relu: (power) => (v) => halfMoment(power + 1, v),
  abs: (power) => (power % 2 === 1 ? () => 0 : (v) => 2 * halfMoment(power + 1, v)),
  // At v = 0 both functions are 0.
  step: (power) => (v) => (v === 0 ? 0 : halfMoment(power, v)),
  sign: (power) => (power % 2 === 0 ? () => 0 : (v) => 2 * halfMoment(power, v)),
  sin: (power) => (power % 2 === 0 ? () => 0 : power === 1 ? (v) => v * Math.exp(-v / 2) : undefined),
  cos: (power) => (power % 2 === 1 ? () => 0 : power === 0 ? (v) => Math.exp(-v / 2) : undefined),
  // Against e^v a Gaussian of mean `variance` is left.
  exp: (power) => (v) => Math.exp(v / 2) * shiftedMoment(power, v),
  tanh: (power) => (power % 2 === 0 ? () => 0 : undefined),
  // By Stein's lemma v brings the variance times the mean of the derivative.
  erf: (power) =>
    power % 2 === 0 ? () => 0 : power === 1 ? (v) => (2 * v) / Math.sqrt(Math.PI * (1 + 2 * v)) : undefined,
  normalCdf: (power) =>
    power === 0 ? () => 0.5 : power === 1 ? (v) => v / Math.sqrt(2 * Math.PI * (1 + v)) : undefined,
  gelu: (power) => (power === 0 ? (v) => v / Math.sqrt(2 * Math.PI * (1 + v)) : undefined),
};

/** E (v + variance)^power. */
function shiftedMoment(power: number, variance: number): number {
  let [total, choose] = [0, 1];
  for (let k = 0; k <= power; k++) {
    total += choose * gaussianMoment(k, variance) * variance ** (power - k);
    choose = (choose * (power - k)) / (k + 1);
  }
  return total;
}

/** E v^power rest(v) as a function of the variance. Quadratures throw {@link UnsupportedError} `kernels.not-closed`. */
export function moment(power: number, rest: Expr | undefined, name: UnaryName | undefined): Moment {
  if (rest === undefined) return (variance) => gaussianMoment(power, variance);
  const known = name === undefined ? undefined : closed[name]?.(power);
  if (known !== undefined) return known;
  const expr = power === 0 ? rest : mul(pow(argument(0), power), rest);
  return withMemory((variance) => quadrature(expr, [variance]));
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
function withMemory(compute: Moment): Moment {
  const known = new Map<number, number>();
  return (variance) => {
    const value = known.get(variance) ?? compute(variance);
    if (known.size < MOST_REMEMBERED) known.set(variance, value);
    return value;
  };
}
