/**
 * The random normals as they are defined, one operation after another: the oracle of the fast ones, which must agree with
 * it in every bit.
 */

import { at } from '../../src/numeric/arrays.ts';
import { ratio, rational } from '../../src/numeric/rational.ts';
import { threefry2x32 } from '../../src/numeric/threefry.ts';

/** The uniform number of a counter: 52 leading bits of its image and a half, over 2^52. */
export function plainUniform(key: readonly [number, number], counter: number): number {
  const block = new Uint32Array(2);
  threefry2x32(key[0], key[1], counter % 2 ** 32, Math.floor(counter / 2 ** 32), block);
  const bits = (BigInt(at(block, 0)) << 20n) | BigInt(at(block, 1) >>> 12);
  return Number(2n * bits + 1n) * 2 ** -53;
}

// AS 241, PPND16; its source is in src/numeric/normalQuantile.ts.
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

/** The normal quantile by the three rational functions. */
export function plainQuantile(probability: number): number {
  const centered = probability - 0.5;
  if (Math.abs(centered) <= 0.425) return centered * ratio(CENTER, 0.180625 - centered * centered);
  const r = Math.sqrt(-plainLog(centered < 0 ? probability : 1 - probability));
  const magnitude = r <= 5 ? ratio(SHOULDER, r - 1.6) : ratio(TAIL, r - 5);
  return centered < 0 ? -magnitude : magnitude;
}

/** The logarithm of a normal number, the exponent removed bit by bit, the series summed in a loop. */
export function plainLog(x: number): number {
  const bits = new DataView(new ArrayBuffer(8));
  bits.setFloat64(0, x);
  const high = bits.getUint32(0);
  const mantissa = high & 0xfffff;
  const carry = mantissa >= 0x6a09e ? 1 : 0;
  const exponent = (high >>> 20) - 1023 + carry;
  bits.setUint32(0, ((1023 - carry) << 20) | mantissa);
  const f = bits.getFloat64(0) - 1;
  const s = f / (2 + f);
  let remainder = 0;
  for (let odd = 21; odd >= 3; odd -= 2) remainder = (remainder + 2 / odd) * (s * s);
  const halfSquare = 0.5 * f * f;
  const logTwoHigh = 2977044471 / 2 ** 32;
  return exponent * logTwoHigh - (halfSquare - (s * (halfSquare + remainder) + exponent * 1.9082149292705877e-10) - f);
}
