/**
 * The scalar functions of one variable, each with its value in f64 and how it is written.
 *
 * Conventions at kinks, fixed for every interpreter: sign(0) = step(0) = 0, hence relu′(0) = |x|′(0) = 0. Derivatives
 * are expressions and live in derivatives.ts; engines map the names to their own operators.
 */

/** The names of the scalar functions of one variable. */
export type UnaryName =
  | 'neg'
  | 'exp'
  | 'log'
  | 'sqrt'
  | 'tanh'
  | 'sigmoid'
  | 'erf'
  | 'sin'
  | 'cos'
  | 'abs'
  | 'sign'
  | 'step'
  | 'relu'
  | 'normalCdf'
  | 'normalDensity'
  | 'gelu'
  | 'geluTanh';

/** One scalar function. */
export interface UnaryFunction {
  /** Its value in f64. */
  readonly value: (x: number) => number;
  /** Its definition, for people. */
  readonly formula: string;
}

const SQRT_HALF = Math.SQRT1_2;
const INVERSE_SQRT_2PI = 1 / Math.sqrt(2 * Math.PI);
/** The constants of the tanh form of gelu (Hendrycks & Gimpel 2016, section 2). */
export const GELU_TANH_SCALE = Math.sqrt(2 / Math.PI);

/** The coefficient of x³ in the approximation of gelu by tanh (Hendrycks and Gimpel 2016). */
export const GELU_TANH_CUBIC = 0.044715;

/**
 * The error function to about 1e-15 relative: its Maclaurin series with e^(-x²) drawn out below 2 (all terms positive),
 * the continued fraction of erfc beyond.
 */
export function erf(x: number): number {
  const a = Math.abs(x);
  if (a > 6) return Math.sign(x);
  if (a < 2) {
    let term = a;
    let sum = a;
    for (let k = 1; term > sum * 1e-17; k++) {
      term *= (2 * a * a) / (2 * k + 1);
      sum += term;
    }
    return Math.sign(x) * ((2 / Math.sqrt(Math.PI)) * Math.exp(-a * a) * sum);
  }
  return Math.sign(x) * (1 - erfcTail(a));
}

/** erfc for x ≥ 2 by its continued fraction, evaluated from the inside; 60 levels give full precision there. */
function erfcTail(x: number): number {
  let fraction = 0;
  for (let k = 60; k >= 1; k--) fraction = k / 2 / (x + fraction);
  return Math.exp(-x * x) / Math.sqrt(Math.PI) / (x + fraction);
}

const normalCdf = (x: number): number =>
  x < -2 * Math.SQRT2 ? 0.5 * erfcTail(-x * SQRT_HALF) : 0.5 * (1 + erf(x * SQRT_HALF));
const normalDensity = (x: number): number => INVERSE_SQRT_2PI * Math.exp(-0.5 * x * x);
const sigmoid = (x: number): number => (x >= 0 ? 1 / (1 + Math.exp(-x)) : Math.exp(x) / (1 + Math.exp(x)));
const sign = (x: number): number => (x > 0 ? 1 : x < 0 ? -1 : x === 0 ? 0 : Number.NaN);

/** Every scalar function by name. */
export const unaryFunctions: Readonly<Record<UnaryName, UnaryFunction>> = {
  neg: { value: (x) => -x, formula: '-x' },
  exp: { value: Math.exp, formula: 'e^x' },
  log: { value: Math.log, formula: 'ln x' },
  sqrt: { value: Math.sqrt, formula: '√x' },
  tanh: { value: Math.tanh, formula: 'tanh x' },
  sigmoid: { value: sigmoid, formula: '1/(1 + e^-x)' },
  erf: { value: erf, formula: '2/√π ∫₀ˣ e^(-t²) dt' },
  sin: { value: Math.sin, formula: 'sin x' },
  cos: { value: Math.cos, formula: 'cos x' },
  abs: { value: Math.abs, formula: '|x|' },
  sign: { value: sign, formula: '1 if x > 0, -1 if x < 0, 0 at 0' },
  step: { value: (x) => (x > 0 ? 1 : x <= 0 ? 0 : Number.NaN), formula: '1 if x > 0, else 0' },
  relu: { value: (x) => (x > 0 ? x : x <= 0 ? 0 : Number.NaN), formula: 'max(x, 0)' },
  normalCdf: { value: normalCdf, formula: 'Φ(x), the standard normal distribution function' },
  normalDensity: { value: normalDensity, formula: 'e^(-x²/2)/√(2π)' },
  gelu: { value: (x) => x * normalCdf(x), formula: 'x Φ(x)' },
  geluTanh: {
    value: (x) => 0.5 * x * (1 + Math.tanh(GELU_TANH_SCALE * (x + GELU_TANH_CUBIC * x * x * x))),
    formula: 'x/2 (1 + tanh(√(2/π) (x + 0.044715 x³)))',
  },
};

/** Whether a word names a scalar function. */
export function isUnaryName(name: string): name is UnaryName {
  return Object.hasOwn(unaryFunctions, name);
}
