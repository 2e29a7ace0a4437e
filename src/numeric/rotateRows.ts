/** The rotation that decompositions are made of. */

import { entry } from './arrays.ts';

/** Rotates two rows of `length` numbers, which begin at `p` and `q`, in place: cosine · x_p − sine · x_q, sine · x_p + cosine · x_q. */
export function rotateRows(x: Float64Array, p: number, q: number, length: number, cosine: number, sine: number): void {
  for (let k = 0; k < length; k++) {
    const a = entry(x, p + k);
    const b = entry(x, q + k);
    x[p + k] = cosine * a - sine * b;
    x[q + k] = sine * a + cosine * b;
  }
}
