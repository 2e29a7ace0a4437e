/** Estimates with their errors, for people. */

const MOST_DECIMALS = 12;

/** Two digits of the error, and as many decimals of the value. */
export function withError(value: number, error: number): string {
  if (!Number.isFinite(value) || !(error > 0)) return `${short(value)} ± ${short(error)}`;
  const digits = 1 - Math.floor(Math.log10(error));
  if (digits < -3) return `${value.toExponential(2)} ± ${error.toExponential(1)}`;
  if (digits > MOST_DECIMALS) return `${Number(value.toPrecision(MOST_DECIMALS))} ± ${error.toExponential(1)}`;
  const decimals = Math.max(0, digits);
  return `${value.toFixed(decimals).replace(/^-(?=[0.]+$)/, '')} ± ${error.toFixed(decimals)}`;
}

/** Two digits. */
export function short(value: number): string {
  if (Number.isNaN(value)) return '–';
  if (!Number.isFinite(value) || value === 0) return String(value);
  const size = Math.abs(value);
  if (size < 1e-3 || size >= 1e4) return value.toExponential(1);
  return size < 99.5 ? value.toPrecision(2) : value.toFixed(0);
}
