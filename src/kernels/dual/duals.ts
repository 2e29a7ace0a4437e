/**
 * Dual activations as formulas: E φ(u) φ(v) for jointly Gaussian u, v of mean 0 from Var u, Cov(u, v), Var v.
 *
 * The same as those of `nexort/expectations`, which says where they come from, in operations that compiled loops have.
 */

import { NOISE } from '../../expectations/index.ts';
import {
  arcTangent,
  exponential,
  type Formula,
  formula,
  less,
  minus,
  one,
  plus,
  polynomialOf,
  productOf,
  quotientOf,
  root,
  two,
  where,
} from '../../numeric/wasm/formulas/index.ts';
import type { UnaryName } from '../../program/index.ts';
import type { PairFormula } from './rules.ts';

type Side = PairFormula['side'];

const TWO_PI = 2 * Math.PI;

const AS_IT_IS: Side = { kind: 'formula', of: (v) => v };
const HALF: Side = { kind: 'formula', of: (v) => productOf(v, 0.5) };
const ROOT: Side = { kind: 'formula', of: root };
/** Of u plus an independent standard variable. */
const ROOT_WITH_ONE: Side = { kind: 'formula', of: (v) => root(plus(1, v)) };

const byName: Partial<Record<UnaryName, PairFormula>> = {
  exp: { side: HALF, of: (s, uv, t) => exponential(plus(plus(s, t), uv)) },
  erf: {
    side: AS_IT_IS,
    of: (uu, uv, vv) => quotientOf(productOf(2, halfAngle(uv, widened(0.5, uu, uv, vv))), Math.PI / 2),
  },
  sin: { side: HALF, of: (s, uv, t) => damped(uv, plus(s, t)) },
  cos: {
    side: HALF,
    of: (s, uv, t) => {
      const half = plus(s, t);
      return productOf(plus(exponential(minus(uv, half)), exponential(one('neg', plus(uv, half)))), 0.5);
    },
  },
  abs: { side: ROOT, of: (s, uv, t) => minus(productOf(4, orthant(s, uv, t).uv), uv) },
  sign: { side: ROOT, of: (s, uv, t) => whereBoth(s, t, quotientOf(arcsine(s, uv, t), Math.PI / 2)) },
  step: { side: ROOT, of: (s, uv, t) => whereBoth(s, t, orthant(s, uv, t).one) },
  relu: { side: ROOT, of: (s, uv, t) => orthant(s, uv, t).uv },
  normalCdf: { side: ROOT_WITH_ONE, of: (s, uv, t) => orthant(s, uv, t).one },
  normalDensity: {
    side: ROOT_WITH_ONE,
    of: (s, uv, t) => quotientOf(1 / TWO_PI, root(squaredRest(productOf(s, t), uv))),
  },
  gelu: { side: AS_IT_IS, of: gelu },
};

/** A pair whose mean is made of the variances as they are. */
export function ofVariances(of: PairFormula['of']): PairFormula {
  return { side: AS_IT_IS, of };
}

/**
 * E e^(−decay u²/2) e^(−decay v²/2) = det(1 + decay Σ)^(−1/2), decay > 0: of derivatives of erf and the like, whose own dual has
 * the same root.
 */
export function densities(decay: number): PairFormula {
  const own = 1 / decay;
  return ofVariances((uu, uv, vv) => quotientOf(own, widened(own, uu, uv, vv).height));
}

/** The dual activation of a function that has one. */
export function dualFormula(name: UnaryName): PairFormula | undefined {
  return byName[name];
}

/** 0 where a deviation is 0. */
function whereBoth(s: Formula, t: Formula, value: Formula): Formula {
  return where(less(formula(0), two('min', s, t)), value, 0);
}

/** s² t² − uv² from s t. */
function squaredRest(both: Formula, uv: Formula): Formula {
  return productOf(minus(both, uv), plus(both, uv));
}

/** √(s² t² − uv²), 0 where u and v are one but for their sizes, with s t. */
function rest(s: Formula, uv: Formula, t: Formula): { readonly both: Formula; readonly height: Formula } {
  const both = productOf(s, t);
  const height = root(squaredRest(both, uv));
  return { both, height: where(less(productOf(both, Math.sqrt(NOISE)), height), height, 0) };
}

/**
 * The same of u and v after independent variables of variance `own` > 0 are added, from variances: both² = rest² + uv², and
 * rest² = own (own + uu + vv) + (uu vv − uv²), of which nothing cancels where u and v are nearly one.
 */
function widened(own: number, uu: Formula, uv: Formula, vv: Formula): ReturnType<typeof rest> {
  const square = productOf(uv, uv);
  const least = productOf(own, plus(own, plus(uu, vv)));
  const squared = plus(least, two('max', 0, minus(productOf(uu, vv), square)));
  return { both: root(plus(squared, square)), height: root(squared) };
}

/** The angle whose sine is uv/(s t), twice that whose tangent is uv/(s t + rest). */
function arcsine(s: Formula, uv: Formula, t: Formula): Formula {
  return productOf(2, halfAngle(uv, rest(s, uv, t)));
}

function halfAngle(uv: Formula, { both, height }: ReturnType<typeof rest>): Formula {
  // Where both are 0 the quotient has to be.
  return arcTangent(quotientOf(uv, two('max', plus(both, height), Number.MIN_VALUE)));
}

/** Means of 1, u², uv, v² over the quadrant u > 0, v > 0; those of squares over the variances. */
function orthant(s: Formula, uv: Formula, t: Formula): Readonly<Record<'one' | 'square' | 'uv', Formula>> {
  const own = rest(s, uv, t);
  const share = plus(0.25, productOf(halfAngle(uv, own), 1 / Math.PI));
  const edge = productOf(own.height, 1 / TWO_PI);
  return {
    one: share,
    square: plus(share, quotientOf(productOf(uv, edge), productOf(own.both, own.both))),
    uv: plus(productOf(uv, share), edge),
  };
}

/** sinh x / x in x², |x| ≤ 1: what is left out is below 1/21!. */
const SINH = [1, 6, 120, 5040, 362880, 39916800, 6227020800, 1307674368000, 355687428096000, 121645100408832000].map(
  (factorial) => 1 / factorial,
);

/** e^(−half) sinh x, |x| ≤ half. */
function damped(x: Formula, half: Formula): Formula {
  const small = productOf(productOf(x, polynomialOf(productOf(x, x), SINH)), exponential(one('neg', half)));
  const large = minus(exponential(minus(x, half)), exponential(one('neg', plus(x, half))));
  return where(less(one('abs', x), formula(1)), small, productOf(large, 0.5));
}

/**
 * uΦ(u) vΦ(v) is the mean over independent standard a, b of u v on the quadrant s = u − a > 0, t = v − b > 0; with
 * (u, v) regressed on (s, t) the moments of the quadrant are enough. Cov(s, t) = Cov(u, v), and neither is determined by
 * the other.
 */
function gelu(uu: Formula, uv: Formula, vv: Formula): Formula {
  const [ss, tt] = [plus(1, uu), plus(1, vv)];
  const square = productOf(uv, uv);
  const determinant = minus(productOf(ss, tt), square);
  // u ≈ us·s + ut·t, v ≈ vs·s + vt·t, and us·ut and the like are over the square of the determinant.
  const us = quotientOf(minus(productOf(uu, tt), square), determinant);
  const cross = quotientOf(uv, determinant);
  const vt = quotientOf(minus(productOf(vv, ss), square), determinant);
  const left = minus(uv, plus(productOf(us, uv), productOf(cross, vv)));
  const quadrant = orthant(root(ss), uv, root(tt));
  const both = plus(productOf(us, vt), productOf(cross, cross));
  return plus(
    plus(productOf(productOf(us, cross), productOf(ss, quadrant.square)), productOf(both, quadrant.uv)),
    plus(productOf(productOf(cross, vt), productOf(tt, quadrant.square)), productOf(left, quadrant.one)),
  );
}
