/**
 * E f(u) g(v) for jointly Gaussian u, v of mean 0, as a function of Var u, Cov(u, v), Var v.
 *
 * Factors e^(−decay u²/2) change the Gaussian law and leave a constant (below, `tilted`); powers of u without a function
 * are regressed on v; what is left is a dual activation with a formula, or a quadrature in two variables.
 */

import { dualActivation } from '../../expectations/index.ts';
import { mul, type UnaryName } from '../../program/index.ts';
import { expressionOf, type GaussianFunction } from './functions.ts';
import { gaussianMoment, moment, quadrature } from './moments.ts';

/** By Var u, Cov(u, v), Var v. */
export type PairMean = (uu: number, uv: number, vv: number) => number;

/** Pairs whose mean is 0, or the other way round the derivative of one another: E sin u cos v = 0. */
const orthogonal: ReadonlySet<string> = new Set(['sin,cos', 'cos,sin']);

/** The mean of a product. Quadratures throw {@link UnsupportedError} `kernels.not-closed`. */
export function pairMean(f: GaussianFunction, g: GaussianFunction): PairMean {
  if (f.decay !== 0 || g.decay !== 0) return tilted(f, g);
  if (f.rest === undefined) return ofPower(f.power, g);
  if (g.rest === undefined) {
    const swapped = ofPower(g.power, f);
    return (uu, uv, vv) => swapped(vv, uv, uu);
  }
  if (f.power === 0 && g.power === 0) {
    if (f.name !== undefined && f.name === g.name && hasDual(f.name)) return dual(f.name);
    if (orthogonal.has(`${f.name},${g.name}`)) return () => 0;
  }
  return byQuadrature(f, g);
}

function hasDual(name: UnaryName): boolean {
  return dualActivation(name, 1, 0, 1) !== undefined;
}

function dual(name: UnaryName): PairMean {
  return (uu, uv, vv) => dualActivation(name, uu, uv, vv) ?? Number.NaN;
}

/** E u^power g(v): u = β v + (what is independent of v), β = Cov(u, v)/Var v. */
function ofPower(power: number, { power: other, rest, name }: GaussianFunction): PairMean {
  if (power === 1 && other === 1 && rest === undefined) return (_, uv) => uv;
  const moments = Array.from({ length: power + 1 }, (_, k) => moment(other + k, rest, name));
  const [first, second] = moments;
  if (first === undefined) return () => Number.NaN;
  if (power === 0) return (_uu, _uv, vv) => first(vv);
  if (power === 1 && second !== undefined) return (_, uv, vv) => (vv === 0 ? 0 : (uv / vv) * second(vv));
  return (uu, uv, vv) => {
    const slope = vv === 0 ? 0 : uv / vv;
    const left = Math.max(0, uu - slope * uv);
    let [total, choose] = [0, 1];
    moments.forEach((own, k) => {
      total += choose * slope ** k * own(vv) * gaussianMoment(power - k, left);
      choose = (choose * (power - k)) / (k + 1);
    });
    return total;
  };
}

/**
 * The density of (u, v) times e^(−(p u² + q v²)/2) is that of a Gaussian law of precision Σ⁻¹ + diag(p, q), times
 * det(1 + diag(p, q) Σ)^(−1/2). Where that is not positive the mean does not exist, and the result is ∞.
 */
function tilted(f: GaussianFunction, g: GaussianFunction): PairMean {
  const [p, q] = [f.decay, g.decay];
  const inner = pairMean({ ...f, decay: 0 }, { ...g, decay: 0 });
  return (uu, uv, vv) => {
    const rest = Math.max(0, uu * vv - uv * uv);
    const determinant = 1 + p * uu + q * vv + p * q * rest;
    if (1 + p * uu <= 0 || 1 + q * vv <= 0 || determinant <= 0) return Number.POSITIVE_INFINITY;
    const mean = inner((uu + q * rest) / determinant, uv / determinant, (vv + p * rest) / determinant);
    return mean / Math.sqrt(determinant);
  };
}

/** Most values remembered of one pair of functions: inputs of equal norms ask for the same ones often. */
const MOST_REMEMBERED = 100_000;

function byQuadrature(f: GaussianFunction, g: GaussianFunction): PairMean {
  const expr = mul(expressionOf(f, 0), expressionOf(g, 1));
  const known = new Map<string, number>();
  return (uu, uv, vv) => {
    const key = `${uu},${uv},${vv}`;
    const value = known.get(key) ?? quadrature(expr, [uu, uv, uv, vv]);
    if (known.size < MOST_REMEMBERED) known.set(key, value);
    return value;
  };
}
