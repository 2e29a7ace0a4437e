/**
 * Functions that SIMD lacks, as formulas: to 2 units in the last place of f64.
 *
 * Arguments are reduced to a short interval around 0, where a polynomial is enough. Coefficients are those of the
 * polynomials that interpolate at Chebyshev's nodes, computed with 50 digits; what they leave out is stated with them.
 */

import {
  type Formula,
  type FormulaLike,
  formula,
  less,
  minus,
  one,
  plus,
  polynomial,
  product,
  quotient,
  two,
  where,
} from './formula.ts';

/** (atan z − z) / z³ in z², |z| ≤ tan(π/8): relative error of the arc tangent 5e-18. */
const ARC_TANGENT = [
  -0.3333333333333333, 0.19999999999995516, -0.14285714284665682, 0.11111111015187018, -0.0909090457530649,
  0.07692183125376892, -0.06664510525508936, 0.05858140904866328, -0.050854078345894844, 0.03923044778479309,
  -0.019175404711104935,
];

const TANGENT_OF_EIGHTH = Math.SQRT2 - 1;
/** π/4 and π/2 − their nearest f64. */
const [QUARTER_REST, HALF_REST] = [3.061616997868383e-17, 6.123233995736766e-17];

/**
 * atan2(y, x) for x ≥ 0, the angle of (x, y) in [−π/2, π/2]; 0 at the origin.
 *
 * With the smaller over the larger of x and |y| the angle is within [0, π/4], and (t − 1)/(t + 1) is that angle turned by
 * −π/4; both quotients are one, so that one division is enough.
 */
export function angle(y: Formula, x: Formula): Formula {
  const height = one('abs', y);
  const [low, high] = [two('min', height, x), two('max', height, x)];
  const turned = less(product(high, TANGENT_OF_EIGHTH), low);
  const above = where(turned, minus(low, high), low);
  // At the origin both are 0, and the quotient has to be.
  const below = two('max', where(turned, plus(low, high), high), Number.MIN_VALUE);
  const z = quotient(above, below);
  const square = product(z, z);
  const small = plus(z, product(product(z, square), polynomial(square, ARC_TANGENT)));
  const eighth = where(turned, plus(Math.PI / 4, plus(small, QUARTER_REST)), small);
  const steep = less(x, height);
  const found = where(steep, plus(minus(Math.PI / 2, eighth), HALF_REST), eighth);
  return where(less(y, 0), one('neg', found), found);
}

/** (e^r − 1 − r) / r², |r| ≤ ln 2/2: error of e^r 2e-17. */
const EXPONENTIAL = [
  0.5000000000000001, 0.16666666666666669, 0.041666666666623824, 0.008333333333330039, 0.0013888888917367081,
  0.00019841269863171557, 2.4801521057868204e-5, 2.7557268276905696e-6, 2.7620201591031547e-7, 2.5100472505694996e-8,
];

/** ln 2 as a number with 21 zero bits at its end and the rest: k times the first is exact. */
const [LN2_HIGH, LN2_LOW] = [0.6931471803691238, 1.9082149292705877e-10];

/** From 710 on e^x is ∞, and below −745.2 it is 0. */
const [MOST, LEAST] = [710, -746];

/** e^x = 2^k e^r, 2^k in two factors, either of which is normal. */
export function exponential(given: FormulaLike): Formula {
  const x = two('max', two('min', formula(given), MOST), LEAST);
  const k = one('nearest', product(x, Math.LOG2E));
  const [high, low] = [minus(x, product(k, LN2_HIGH)), product(k, LN2_LOW)];
  const r = minus(high, low);
  const value = plus(1, plus(r, product(product(r, r), polynomial(r, EXPONENTIAL))));
  const half = one('nearest', product(k, 0.5));
  return product(product(value, one('powerOfTwo', half)), one('powerOfTwo', minus(k, half)));
}
