/**
 * Dual activations: E φ(u) φ(v) for jointly Gaussian u, v of mean 0, where a formula is known.
 *
 * Sources: relu and step are arc-cosine kernels of order 1 and 0 (Cho and Saul, NIPS 2009), erf the arcsine kernel
 * (Williams, NIPS 1996); the others are derived where they stand. u and v whose correlation is 1 to {@link NOISE} count
 * as equal.
 */

import type { UnaryName } from '../program/index.ts';
import { NOISE } from './covariance.ts';

/** E φ(u) φ(v) from Var u, Cov(u, v), Var v. */
type Dual = (uu: number, uv: number, vv: number) => number;

const TWO_PI = 2 * Math.PI;

const duals: Readonly<Record<UnaryName, Dual | undefined>> = {
  neg: (_, uv) => uv,
  exp: (uu, uv, vv) => Math.exp((uu + vv) / 2 + uv),
  log: undefined,
  sqrt: undefined,
  tanh: undefined,
  sigmoid: undefined,
  erf: (uu, uv, vv) => arcsine(1 + 2 * uu, 2 * uv, 1 + 2 * vv) / (Math.PI / 2),
  // cos(u − v) and cos(u + v) have the means e^(−Var/2).
  sin: (uu, uv, vv) => damped(-1, uu, uv, vv),
  cos: (uu, uv, vv) => damped(1, uu, uv, vv),
  // |u| = 2 relu(u) − u, and E u|v| = 0.
  abs: (uu, uv, vv) => 4 * orthantMoments(uu, uv, vv).uv - uv,
  sign: (uu, uv, vv) => (uu === 0 || vv === 0 ? 0 : arcsine(uu, uv, vv) / (Math.PI / 2)),
  step: (uu, uv, vv) => (uu === 0 || vv === 0 ? 0 : orthantMoments(uu, uv, vv).one),
  relu: (uu, uv, vv) => orthantMoments(uu, uv, vv).uv,
  // Φ(u) = P(a < u), a standard and independent: an orthant of u − a, v − b.
  normalCdf: (uu, uv, vv) => orthantMoments(1 + uu, uv, 1 + vv).one,
  // The density of a, b at u, v, that is of u − a, v − b at 0.
  normalDensity: (uu, uv, vv) => 1 / (TWO_PI * Math.sqrt((1 + uu) * (1 + vv) - uv * uv)),
  gelu: geluDual,
  geluTanh: undefined,
};

/** E φ(u) φ(v), or undefined for a φ without a formula here. */
export function dualActivation(name: UnaryName, uu: number, uv: number, vv: number): number | undefined {
  return duals[name]?.(uu, uv, vv);
}

/** From here on e^uv may not be finite while its product with what damps it is. */
const LARGE = 300;

/** e^(−(uu + vv)/2) times cosh uv for the sign 1, sinh uv for −1. */
function damped(sign: 1 | -1, uu: number, uv: number, vv: number): number {
  const half = (uu + vv) / 2;
  if (half < LARGE) return Math.exp(-half) * (sign === 1 ? Math.cosh(uv) : Math.sinh(uv));
  return (Math.exp(uv - half) + sign * Math.exp(-uv - half)) / 2;
}

/** The angle whose sine is the correlation. */
function arcsine(uu: number, uv: number, vv: number): number {
  const rest = uu * vv - uv * uv;
  return Math.atan2(uv, rest <= NOISE * uu * vv ? 0 : Math.sqrt(rest));
}

/** Means of 1, u², uv, v² over the quadrant u > 0, v > 0. */
function orthantMoments(uu: number, uv: number, vv: number): Record<'one' | 'uu' | 'uv' | 'vv', number> {
  const rest = uu * vv - uv * uv;
  const root = rest <= NOISE * uu * vv ? 0 : Math.sqrt(rest);
  const one = 0.25 + Math.atan2(uv, root) / TWO_PI;
  // By Stein's lemma, with the density of u at 0 times the half mean of v given u = 0 as the boundary's share.
  const edge = root / TWO_PI;
  const along = uu > 0 && vv > 0 ? uv / (uu * vv) : 0;
  return { one, uu: uu * (one + along * edge), uv: uv * one + edge, vv: vv * (one + along * edge) };
}

/**
 * uΦ(u) vΦ(v) is the mean over independent standard a, b of u v on the quadrant s = u − a > 0, t = v − b > 0; with
 * (u, v) regressed on (s, t) the moments of the quadrant are enough. Cov(s, t) = Cov(u, v) + 1 is never singular.
 */
function geluDual(uu: number, uv: number, vv: number): number {
  const [ss, tt] = [1 + uu, 1 + vv];
  const determinant = ss * tt - uv * uv;
  // u ≈ us·s + ut·t, v ≈ vs·s + vt·t.
  const [us, ut] = [(uu * tt - uv * uv) / determinant, uv / determinant];
  const [vs, vt] = [uv / determinant, (vv * ss - uv * uv) / determinant];
  const left = uv - (us * uv + ut * vv);
  const quadrant = orthantMoments(ss, uv, tt);
  return us * vs * quadrant.uu + (us * vt + ut * vs) * quadrant.uv + ut * vt * quadrant.vv + left * quadrant.one;
}
