/**
 * Numbers of twice the precision of f64, about 32 digits: unevaluated sums of a number and a correction below half a unit
 * in its last place.
 *
 * Source: T. J. Dekker, "A floating-point technique for extending the available precision", Numerische Mathematik 18
 * (1971), 224–242, whose exact products need magnitudes below 2^996. For tables that are computed once, not for speed.
 */

/** The sum of its entries, the first of which is the nearest f64. */
export type DoubleDouble = readonly [high: number, low: number];

/** a + b. */
export function sum(a: DoubleDouble, b: DoubleDouble): DoubleDouble {
  const total = a[0] + b[0];
  const second = total - a[0];
  const error = a[0] - (total - second) + (b[0] - second);
  return normalized(total, error + (a[1] + b[1]));
}

/** −a. */
export function negative(a: DoubleDouble): DoubleDouble {
  return [-a[0], -a[1]];
}

/** a · b. */
export function product(a: DoubleDouble, b: DoubleDouble): DoubleDouble {
  const [high, error] = exactProduct(a[0], b[0]);
  return normalized(high, error + (a[0] * b[1] + a[1] * b[0]));
}

/** a / b. */
export function quotient(a: DoubleDouble, b: DoubleDouble): DoubleDouble {
  const first = a[0] / b[0];
  const remainder = sum(a, negative(product([first, 0], b)));
  return normalized(first, remainder[0] / b[0]);
}

/** √a for a positive a. */
export function squareRoot(a: DoubleDouble): DoubleDouble {
  const first = Math.sqrt(a[0]);
  const remainder = sum(a, negative(product([first, 0], [first, 0])));
  return normalized(first, remainder[0] / (2 * first));
}

function normalized(high: number, low: number): DoubleDouble {
  const total = high + low;
  return [total, low - (total - high)];
}

/** Both halves of a product have 26 bits or less, so that products of halves are exact. */
function exactProduct(a: number, b: number): DoubleDouble {
  const high = a * b;
  const [a1, a2] = halves(a);
  const [b1, b2] = halves(b);
  return [high, a2 * b2 - (high - a1 * b1 - a2 * b1 - a1 * b2)];
}

function halves(a: number): DoubleDouble {
  const scaled = (2 ** 27 + 1) * a;
  const first = scaled - (scaled - a);
  return [first, a - first];
}
