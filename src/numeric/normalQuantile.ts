/**
 * Quantile of the standard normal law: algorithm AS 241, routine PPND16.
 *
 * Source: M. J. Wichura, "The percentage points of the normal distribution", Applied Statistics 37 (1988), 477–484. The
 * three rational functions there have a relative accuracy of about 1e-16; with coefficients rounded to f64, arithmetic
 * in f64 and {@link portableLog} for the tails, the result keeps about 1e-15. Only + − × ÷ √ occur, so that every
 * platform agrees on every bit.
 */

import { portableLog } from './portableLog.ts';
import { ratio, rational } from './rational.ts';

/** |p − ½| ≤ 0.425, in 0.180625 − (p − ½)². */
const CENTER = rational(
  [
    3.3871328727963665, 133.14166789178438, 1.9715909503065513e3, 1.373169376550946e4, 4.592195393154987e4,
    6.72657709270087e4, 3.343057558358813e4, 2.5090809287301227e3,
  ],
  [
    1, 42.31333070160091, 687.1870074920579, 5.394196021424751e3, 2.1213794301586597e4, 3.930789580009271e4,
    2.8729085735721943e4, 5.226495278852854e3,
  ],
);

/** r = √(−ln min(p, 1 − p)) ≤ 5, in r − 1.6. */
const SHOULDER = rational(
  [
    1.4234371107496835, 4.630337846156546, 5.769497221460691, 3.6478483247632045, 1.2704582524523684,
    0.2417807251774506, 2.2723844989269184e-2, 7.745450142783414e-4,
  ],
  [
    1, 2.053191626637759, 1.6763848301838038, 0.6897673349851, 0.14810397642748008, 1.5198666563616457e-2,
    5.475938084995345e-4, 1.0507500716444169e-9,
  ],
);

/** r > 5, in r − 5. */
const TAIL = rational(
  [
    6.657904643501103, 5.463784911164114, 1.7848265399172913, 0.29656057182850487, 2.6532189526576124e-2,
    1.2426609473880784e-3, 2.7115555687434876e-5, 2.0103343992922881e-7,
  ],
  [
    1, 0.599832206555888, 0.1369298809227358, 1.4875361290850615e-2, 7.868691311456133e-4, 1.8463183175100548e-5,
    1.421511758316446e-7, 2.0442631033899397e-15,
  ],
);

/**
 * The z with Φ(z) = `probability`, the same on every platform, to about 1e-15 relative.
 *
 * −∞ at 0, ∞ at 1, NaN outside [0, 1]. Near 1 the argument itself limits what can be told apart: for small upper tails
 * negate the quantile of the tail.
 */
export function normalQuantile(probability: number): number {
  if (!(probability >= 0 && probability <= 1)) return Number.NaN;
  const centered = probability - 0.5;
  if (Math.abs(centered) <= 0.425) return centered * ratio(CENTER, 0.180625 - centered * centered);
  const tail = centered < 0 ? probability : 1 - probability;
  if (tail === 0) return centered < 0 ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY;
  const r = Math.sqrt(-portableLog(tail));
  const magnitude = r <= 5 ? ratio(SHOULDER, r - 1.6) : ratio(TAIL, r - 5);
  return centered < 0 ? -magnitude : magnitude;
}
