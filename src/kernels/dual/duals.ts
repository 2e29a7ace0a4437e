/**
 * Dual activations as formulas: E φ(u) φ(v) for jointly Gaussian u, v of mean 0 from Var u, Cov(u, v), Var v.
 *
 * The same as those of `nexort/expectations`, which says where they come from, in operations that compiled loops have.
 */

import { NOISE } from '../../expectations/index.ts';
import {
  angle,
  exponential,
  type Formula,
  formula,
  less,
  minus,
  one,
  plus,
  polynomial,
  product,
  quotient,
  root,
  two,
  where,
} from '../../numeric/wasm/formulas/index.ts';
import type { UnaryName } from '../../program/index.ts';

/** From Var u, Cov(u, v), Var v. */
export type PairFormula = (uu: Formula, uv: Formula, vv: Formula) => Formula;

const TWO_PI = 2 * Math.PI;

const byName: Partial<Record<UnaryName, PairFormula>> = {
  exp: (uu, uv, vv) => exponential(plus(product(plus(uu, vv), 0.5), uv)),
  erf: (uu, uv, vv) => {
    const [ss, tt] = [plus(1, product(2, uu)), plus(1, product(2, vv))];
    return quotient(arcsine(ss, product(2, uv), tt), Math.PI / 2);
  },
  sin: (uu, uv, vv) => damped(uv, product(plus(uu, vv), 0.5)),
  cos: (uu, uv, vv) => {
    const half = product(plus(uu, vv), 0.5);
    return product(plus(exponential(minus(uv, half)), exponential(one('neg', plus(uv, half)))), 0.5);
  },
  abs: (uu, uv, vv) => minus(product(4, orthant(uu, uv, vv).uv), uv),
  sign: (uu, uv, vv) => whereBoth(uu, vv, quotient(arcsine(uu, uv, vv), Math.PI / 2)),
  step: (uu, uv, vv) => whereBoth(uu, vv, orthant(uu, uv, vv).one),
  relu: (uu, uv, vv) => orthant(uu, uv, vv).uv,
  normalCdf: (uu, uv, vv) => orthant(plus(1, uu), uv, plus(1, vv)).one,
  normalDensity: (uu, uv, vv) => quotient(1 / TWO_PI, root(minus(product(plus(1, uu), plus(1, vv)), product(uv, uv)))),
  gelu,
};

/** The dual activation of a function that has one. */
export function dualFormula(name: UnaryName): PairFormula | undefined {
  return byName[name];
}

/** 0 where a variance is 0. */
function whereBoth(uu: Formula, vv: Formula, value: Formula): Formula {
  return where(two('atMost', two('min', uu, vv), formula(0)), 0, value);
}

/** √(uu vv − uv²), 0 where u and v are one but for their sizes. */
function rest(uu: Formula, uv: Formula, vv: Formula): Formula {
  const square = product(uu, vv);
  const left = minus(square, product(uv, uv));
  return where(two('atMost', left, product(square, NOISE)), 0, root(left));
}

/** The angle whose sine is the correlation. */
function arcsine(uu: Formula, uv: Formula, vv: Formula): Formula {
  return angle(uv, rest(uu, uv, vv));
}

/** Means of 1, u², uv, v² over the quadrant u > 0, v > 0. */
function orthant(uu: Formula, uv: Formula, vv: Formula): Readonly<Record<'one' | 'uu' | 'uv' | 'vv', Formula>> {
  const height = rest(uu, uv, vv);
  const share = plus(0.25, product(angle(uv, height), 1 / TWO_PI));
  const edge = product(height, 1 / TWO_PI);
  const along = product(quotient(uv, product(uu, vv)), edge);
  return {
    one: share,
    uu: product(uu, plus(share, along)),
    uv: plus(product(uv, share), edge),
    vv: product(vv, plus(share, along)),
  };
}

/** sinh x / x in x², |x| ≤ 1: what is left out is below 1/21!. */
const SINH = [1, 6, 120, 5040, 362880, 39916800, 6227020800, 1307674368000, 355687428096000, 121645100408832000].map(
  (factorial) => 1 / factorial,
);

/** e^(−half) sinh x, |x| ≤ half. */
function damped(x: Formula, half: Formula): Formula {
  const small = product(product(x, polynomial(product(x, x), SINH)), exponential(one('neg', half)));
  const large = minus(exponential(minus(x, half)), exponential(one('neg', plus(x, half))));
  return where(less(one('abs', x), formula(1)), small, product(large, 0.5));
}

/**
 * uΦ(u) vΦ(v) is the mean over independent standard a, b of u v on the quadrant s = u − a > 0, t = v − b > 0; with
 * (u, v) regressed on (s, t) the moments of the quadrant are enough. Cov(s, t) = Cov(u, v), and neither is determined by
 * the other.
 */
function gelu(uu: Formula, uv: Formula, vv: Formula): Formula {
  const [ss, tt] = [plus(1, uu), plus(1, vv)];
  const square = product(uv, uv);
  const determinant = minus(product(ss, tt), square);
  // u ≈ us·s + ut·t, v ≈ vs·s + vt·t, and us·ut and the like are over the square of the determinant.
  const us = quotient(minus(product(uu, tt), square), determinant);
  const cross = quotient(uv, determinant);
  const vt = quotient(minus(product(vv, ss), square), determinant);
  const left = minus(uv, plus(product(us, uv), product(cross, vv)));
  const quadrant = orthant(ss, uv, tt);
  const both = plus(product(us, vt), product(cross, cross));
  return plus(
    plus(product(product(us, cross), quadrant.uu), product(both, quadrant.uv)),
    plus(product(product(cross, vt), quadrant.vv), product(left, quadrant.one)),
  );
}
