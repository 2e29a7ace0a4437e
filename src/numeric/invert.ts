/**
 * The positive zero of a rising function that is negative near 0, to the last bit that its rounding allows.
 *
 * By bisection: slow, but no starting value, no derivative and no case in which it fails. Infinity if the function is
 * negative at all f64.
 *
 * @param start A guess of the zero's size.
 */
export function invertRising(f: (x: number) => number, start: number): number {
  let low = 0;
  let high = start;
  while (f(high) < 0) {
    if (high === Number.POSITIVE_INFINITY) return high;
    low = high;
    high *= 2;
  }
  for (;;) {
    const middle = low + (high - low) / 2;
    if (middle <= low || middle >= high) return high;
    if (f(middle) < 0) low = middle;
    else high = middle;
  }
}
