/**
 * Functions that SIMD lacks, as formulas: to 2 units in the last place of f64.
 *
 * Arguments are reduced to a short interval around 0, where a polynomial is enough. Coefficients are those of the
 * polynomials, and of the quotient of two, that interpolate at Chebyshev's nodes, computed with 50 digits; what they leave out is stated with them.
 */

import {
  type Formula,
  type FormulaLike,
  formula,
  minus,
  one,
  plus,
  polynomialOf,
  productOf,
  quotientOf,
  two,
  where,
} from './formula.ts';

/** (atan t − t) / t³ as a quotient of polynomials in t², |t| ≤ 1: relative error of the arc tangent 1.69e-17. */
const [ABOVE, BELOW] = [
  [
    -0.3333333333333331, -0.7461767542256099, -0.5845648938491989, -0.1903649673215301, -0.02359952285804301,
    -0.0007437701561416881,
  ],
  [
    1.0, 2.838530262676615, 3.0282414105929605, 1.5048601117112086, 0.3493463722235927, 0.032937485298916706,
    0.0008241653549828576,
  ],
] as const;

/** atan t for |t| ≤ 1. */
export function arcTangent(t: Formula): Formula {
  const square = productOf(t, t);
  const rest = quotientOf(polynomialOf(square, ABOVE), polynomialOf(square, BELOW));
  return plus(t, productOf(productOf(t, square), rest));
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

/** x = k ln 2 + r with k whole, and e^r − 1. */
function reduced(x: Formula): { readonly k: Formula; readonly rest: Formula } {
  const k = one('nearest', productOf(x, Math.LOG2E));
  const [high, low] = [minus(x, productOf(k, LN2_HIGH)), productOf(k, LN2_LOW)];
  const r = minus(high, low);
  return { k, rest: plus(r, productOf(productOf(r, r), polynomialOf(r, EXPONENTIAL))) };
}

/** e^x = 2^k e^r, 2^k in two factors, either of which is normal. */
export function exponential(given: FormulaLike): Formula {
  const { k, rest } = reduced(two('max', two('min', formula(given), MOST), LEAST));
  const half = one('nearest', productOf(k, 0.5));
  return productOf(productOf(plus(1, rest), one('powerOfTwo', half)), one('powerOfTwo', minus(k, half)));
}

/** From 20 on tanh x is 1. */
const SATURATED = 20;

/** tanh |x| = −m/(2 + m) with m = e^(−2|x|) − 1, which keeps its digits where x is small. */
export function hyperbolicTangent(given: FormulaLike): Formula {
  const x = formula(given);
  const { k, rest } = reduced(productOf(two('min', one('abs', x), SATURATED), -2));
  const scale = one('powerOfTwo', k);
  const m = plus(productOf(scale, rest), minus(scale, 1));
  const size = quotientOf(one('neg', m), plus(2, m));
  return where(two('less', x, 0), one('neg', size), size);
}
