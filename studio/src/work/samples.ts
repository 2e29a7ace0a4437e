/** From samples at several widths and scramblings to values in the limit with their errors. */

export interface Estimated {
  readonly value: number;
  readonly standardError: number;
}

/**
 * Means over scramblings of numbers without their bias of order 1/n: those at the first width, less what those at the last
 * two widths say of it (as `estimateLimit` of nexort/kets). By scrambling, width, number; widths as shares of the first.
 */
export function estimates(all: readonly (readonly (readonly number[])[])[], shares: readonly number[]): Estimated[] {
  const [numbers = []] = all[0] ?? [];
  const [high = 1, low = 1] = shares.slice(-2);
  const factor = 1 / (1 / low - 1 / high);
  return numbers.map((_, entry) => {
    const values = all.map((byWidth) => {
      const found = byWidth.map((one) => one[entry] ?? Number.NaN);
      const [above = Number.NaN, below = Number.NaN] = found.slice(-2);
      return (found[0] ?? Number.NaN) + factor * (above - below);
    });
    const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
    const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0);
    return { value: mean, standardError: Math.sqrt(squares / (values.length - 1) / values.length) };
  });
}

/** Relative: below it a direction is none, and above it something is left over. */
const [LEAST_PIVOT, MOST_LEFT] = [1e-9, 1e-6] as const;

/** The coefficients of a column in others; undefined where they are not unique, or something is left over. */
export function solved(columns: readonly ArrayLike<number>[], target: ArrayLike<number>): number[] | undefined {
  const dot = (x: ArrayLike<number>, y: ArrayLike<number>): number => {
    let sum = 0;
    for (let k = 0; k < x.length; k++) sum += (x[k] as number) * (y[k] as number); // of one length
    return sum;
  };
  const size = dot(target, target);
  const count = columns.length;
  // Gaussian elimination with the largest pivot of a positive semidefinite matrix, the target in the last column.
  const rows = columns.map((x) => [...columns.map((y) => dot(x, y)), dot(x, target)]);
  const largest = Math.max(0, ...rows.map((row, k) => row[k] ?? Number.NaN));
  for (let k = 0; k < count; k++) {
    const best = Array.from({ length: count - k }, (_, i) => k + i).reduce((p, q) =>
      Math.abs(rows[q]?.[k] ?? 0) > Math.abs(rows[p]?.[k] ?? 0) ? q : p,
    );
    const [pivot, other] = [rows[best], rows[k]];
    if (pivot === undefined || other === undefined) return undefined;
    [rows[k], rows[best]] = [pivot, other];
    const head = pivot[k] ?? 0;
    if (!(Math.abs(head) > LEAST_PIVOT * largest)) return undefined;
    for (const [i, row] of rows.entries()) {
      if (i === k) continue;
      const factor = (row[k] ?? 0) / head;
      for (let j = k; j <= count; j++) row[j] = (row[j] ?? 0) - factor * (pivot[j] ?? 0);
    }
  }
  const coefficients = rows.map((row, k) => (row[count] ?? Number.NaN) / (row[k] ?? Number.NaN));
  const left = Array.from(target, (value, i) =>
    columns.reduce((rest, column, k) => rest - (coefficients[k] ?? 0) * (column[i] as number), value),
  );
  return dot(left, left) <= MOST_LEFT ** 2 * size || size === 0 ? coefficients : undefined;
}
