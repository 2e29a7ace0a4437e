/**
 * The error function and the standard normal law in f64.
 *
 * Source of the rational functions: W. J. Cody, "Rational Chebyshev approximations for the error function", Mathematics
 * of Computation 23 (1969), 631–637, those of the highest degree (about 18 digits), here rounded to f64. Everything but
 * the exponential is + − × ÷; `Math.exp` may differ between engines in the last bit, so seeded random numbers must not
 * come from here.
 */

import { ratio, rational } from './rational.ts';

/** erf x / x in x², |x| ≤ 0.46875. */
const CENTER = rational(
  [3.2093775891384694e3, 377.485237685302, 113.86415415105016, 3.1611237438705655, 0.18577770618460315],
  [2.844236833439171e3, 1.2826165260773723e3, 244.02463793444417, 23.601290952344122, 1],
);

/** erfc x · exp x² in x, 0.46875 ≤ x ≤ 4. */
const SHOULDER = rational(
  [
    1.2303393547979972e3, 2.0510783778260716e3, 1.7120476126340707e3, 881.952221241769, 298.6351381974001,
    66.11919063714163, 8.883149794388377, 0.5641884969886701, 2.1531153547440383e-8,
  ],
  [
    1.2303393548037495e3, 3.4393676741437216e3, 4.362619090143247e3, 3.2907992357334597e3, 1.6213895745666903e3,
    537.1811018620099, 117.6939508913125, 15.744926110709835, 1,
  ],
);

/** (1/√π − x erfc x · exp x²)·x² in 1/x², x ≥ 4. */
const TAIL = rational(
  [
    6.587491615298378e-4, 1.6083785148742275e-2, 0.12578172611122926, 0.36034489994980445, 0.30532663496123236,
    1.6315387137302097e-2,
  ],
  [2.3352049762686918e-3, 6.051834131244132e-2, 0.5279051029514285, 1.8729528499234673, 2.568520192289822, 1],
);

const CENTER_LIMIT = 0.46875;
const TAIL_START = 4;
const ONE_OVER_ROOT_PI = 1 / Math.sqrt(Math.PI);
const ONE_OVER_ROOT_TWO_PI = 1 / Math.sqrt(2 * Math.PI);

/** (2/√π) ∫₀ˣ exp(−t²) dt, to about 1e-15 relative. */
export function erf(x: number): number {
  const magnitude = Math.abs(x);
  if (magnitude <= CENTER_LIMIT) return x * ratio(CENTER, x * x);
  const rest = 1 - decay(magnitude, 1) * scaledErfc(magnitude);
  return x < 0 ? -rest : rest;
}

/** 1 − erf x, to about 1e-15 relative also where it is tiny; denormal beyond 26.5, zero beyond 27.3. */
export function erfc(x: number): number {
  if (Math.abs(x) <= CENTER_LIMIT) return 1 - x * ratio(CENTER, x * x);
  const tail = decay(Math.abs(x), 1) * scaledErfc(Math.abs(x));
  return x < 0 ? 2 - tail : tail;
}

/** Φ(x), the probability that a standard normal number is at most x, to about 1e-15 relative in both tails. */
export function normalCdf(x: number): number {
  const scaled = Math.abs(x) * Math.SQRT1_2;
  if (scaled <= CENTER_LIMIT) return 0.5 + 0.5 * erf(x * Math.SQRT1_2);
  // The exponential takes x itself: at x/√2 the rounding of the argument would grow by x².
  const tail = 0.5 * decay(Math.abs(x), 0.5) * scaledErfc(scaled);
  return x < 0 ? tail : 1 - tail;
}

/** exp(−x²/2)/√(2π), to about 1e-15 relative. */
export function normalDensity(x: number): number {
  return decay(Math.abs(x), 0.5) * ONE_OVER_ROOT_TWO_PI;
}

/** erfc x · exp x² for x ≥ 0.46875, a function of size 1/x. */
function scaledErfc(x: number): number {
  if (x <= TAIL_START) return ratio(SHOULDER, x);
  const inverseSquare = 1 / (x * x);
  return (ONE_OVER_ROOT_PI - inverseSquare * ratio(TAIL, inverseSquare)) / x;
}

/**
 * exp(−factor·x²) without the rounding of x², which the exponential would multiply by x²: the square of x cut to
 * sixteenths is exact, and the remainder is small (Cody 1969, section 5).
 */
function decay(x: number, factor: 1 | 0.5): number {
  // Far beyond underflow, where infinity would give NaN.
  if (x > 64) return 0;
  const coarse = Math.floor(x * 16) / 16;
  return Math.exp(-factor * coarse * coarse) * Math.exp(-factor * (x - coarse) * (x + coarse));
}
