/** Means of products of jointly Gaussian variables of mean 0. */

/**
 * E x₁ x₂ … x_k = the sum over all pairings of the product of their covariances (Isserlis 1918, Wick 1950); 0 for odd k.
 *
 * `items` may repeat; equal sub-products are computed once, so that high powers of few variables stay cheap.
 */
export function gaussianMoment(items: readonly number[], covariance: (left: number, right: number) => number): number {
  if (items.length % 2 === 1) return 0;
  const known = new Map<string, number>();
  const moment = (rest: readonly number[]): number => {
    const [first, ...others] = rest;
    if (first === undefined) return 1;
    const key = rest.join();
    const before = known.get(key);
    if (before !== undefined) return before;
    let total = 0;
    for (let k = 0; k < others.length; ) {
      const partner = others[k] ?? first;
      let next = k + 1;
      while (next < others.length && others[next] === partner) next++;
      const pair = covariance(first, partner);
      if (pair !== 0) total += (next - k) * pair * moment([...others.slice(0, k), ...others.slice(k + 1)]);
      k = next;
    }
    known.set(key, total);
    return total;
  };
  return moment([...items].sort((a, b) => a - b));
}
