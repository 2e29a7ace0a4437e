/** A size in memory as messages give it. */
export function gigabytes(bytes: number): string {
  if (bytes >= 1e6 * 2 ** 30) return `${(bytes / 2 ** 30).toExponential(1)} GB`;
  if (bytes >= 2 ** 30) return `${(bytes / 2 ** 30).toFixed(1)} GB`;
  if (bytes >= 2 ** 30 / 100) return `${(bytes / 2 ** 30).toFixed(2)} GB`;
  return bytes >= 2 ** 20 ? `${(bytes / 2 ** 20).toFixed(1)} MB` : `${Math.ceil(bytes)} bytes`;
}
