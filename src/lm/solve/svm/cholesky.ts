import { entry, type Matrix } from '../../../numeric/index.ts';

/**
 * The map from b to x with (a + diagonal) x = b for a symmetric a and what makes it positive definite; nothing where it
 * is not, to rounding. Only the lower triangle of `a` is read.
 */
export function cholesky(
  { rows: n, data }: Matrix,
  diagonal: Float64Array,
): ((b: Float64Array) => Float64Array) | undefined {
  const factor = new Float64Array(n * n);
  for (let i = 0; i < n; i++) {
    const own = i * n;
    for (let j = 0; j < i; j += 2) {
      // Two columns at once read row i once.
      const [first, second] = [j * n, j * n + n];
      let one = entry(data, own + j);
      let two = entry(data, own + j + 1);
      for (let k = 0; k < j; k++) {
        const value = entry(factor, own + k);
        one -= value * entry(factor, first + k);
        two -= value * entry(factor, second + k);
      }
      factor[own + j] = one / entry(factor, first + j);
      if (j + 1 < i) {
        factor[own + j + 1] =
          (two - entry(factor, own + j) * entry(factor, second + j)) / entry(factor, second + j + 1);
      }
    }
    let value = entry(data, own + i) + entry(diagonal, i);
    for (let k = 0; k < i; k++) value -= entry(factor, own + k) ** 2;
    if (!(value > 0 && Number.isFinite(value))) return undefined;
    factor[own + i] = Math.sqrt(value);
  }
  return (b) => {
    const x = b.slice();
    for (let i = 0; i < n; i++) {
      let value = entry(x, i);
      for (let k = 0; k < i; k++) value -= entry(factor, i * n + k) * entry(x, k);
      x[i] = value / entry(factor, i * (n + 1));
    }
    for (let i = n - 1; i >= 0; i--) {
      const value = entry(x, i) / entry(factor, i * (n + 1));
      x[i] = value;
      for (let k = 0; k < i; k++) x[k] = entry(x, k) - entry(factor, i * n + k) * value;
    }
    return x;
  };
}
