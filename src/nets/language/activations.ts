/** The activations that encoders have, as expressions in `argument(0)`. */

import { add, argument, div, type Expr, maximum, minimum, mul, neg, square, sub, unary } from '../../program/index.ts';

const x = argument(0);

/** μ = √(1/2) and σ = √(1/(4π)) of the Laplace activation, to the digits of its source (Ma et al. 2022, equation 9). */
const LAPLACE = { mean: 707107e-6, deviation: 282095e-6 };
/** The factor by which a logistic function comes nearest to Φ (Hendrycks & Gimpel 2016, section 2). */
const QUICK_GELU = 1.702;
/** The slope at negative numbers that PyTorch's LeakyReLU has by default. */
const LEAK = 0.01;
/** Where gelu_10 is cut, on both sides. */
const CLIPPED_AT = 10;

/** x Φ(x). */
const gelu = unary('gelu', x);
const relu = unary('relu', x);

export const ENCODER_ACTIVATIONS = {
  gelu,
  /** Its tanh approximation. */
  gelu_tanh: unary('geluTanh', x),
  gelu_10: minimum(maximum(gelu, -CLIPPED_AT), CLIPPED_AT),
  quick_gelu: mul(x, unary('sigmoid', mul(QUICK_GELU, x))),
  relu,
  relu2: square(relu),
  relu6: minimum(relu, 6),
  leaky_relu: maximum(x, mul(LEAK, x)),
  silu: mul(x, unary('sigmoid', x)),
  hardswish: div(mul(x, minimum(unary('relu', add(x, 3)), 6)), 6),
  mish: mish(),
  tanh: unary('tanh', x),
  sigmoid: unary('sigmoid', x),
  laplace: unary('normalCdf', div(sub(x, LAPLACE.mean), LAPLACE.deviation)),
  linear: x,
} as const satisfies Readonly<Record<string, Expr>>;

/** Names of the activations that encoders have. */
export type EncoderActivation = keyof typeof ENCODER_ACTIVATIONS;

/**
 * x tanh(ln(1 + e^x)) (Misra 2019) without powers that overflow: with s = σ(x) and q = σ(−x) = 1 − s, e^(ln(1 + e^x)) is
 * 1/q, and the tanh is (1 − q²)/(1 + q²) = s (1 + q)/(1 + q²).
 */
function mish(): Expr {
  const s = unary('sigmoid', x);
  const q = unary('sigmoid', neg(x));
  return mul(x, div(mul(s, add(1, q)), add(1, square(q))));
}
