/** Sizes of memory in messages: what suffices is rounded up and what does not is rounded down, so that they never read the same. */

/** A size that suffices. */
export const enough = (bytes: number): string => `${(Math.ceil((bytes / 2 ** 30) * 10) / 10).toFixed(1)}GB`;

/** A size that does not. */
export function tooLittle(bytes: number): string {
  if (bytes >= 2 ** 30 / 100) return `${(Math.floor((bytes / 2 ** 30) * 100) / 100).toFixed(2)}GB`;
  return bytes >= 2 ** 20 ? `${Math.floor(bytes / 2 ** 20)}MB` : `${bytes}B`;
}
