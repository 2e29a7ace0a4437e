/** Work that takes a while: forecast, asked about where it is long, and told of as it goes. */

export type Work =
  | { readonly kind: 'idle' }
  /** Told by its words, where it is more than measuring. */
  | { readonly kind: 'planning'; readonly words?: string }
  /** Longer than a person waits without being asked. */
  | { readonly kind: 'asked'; readonly seconds: number }
  | { readonly kind: 'working'; readonly share: number; readonly secondsLeft?: number }
  | { readonly kind: 'failed'; readonly message: string };

/** Seconds of what begins without being asked about. */
export const UNASKED = 60;

export const timeOf = (seconds: number): string =>
  seconds < 90
    ? `about ${Math.max(1, Math.round(seconds))} s`
    : seconds < 5400
      ? `about ${Math.round(seconds / 60)} min`
      : `about ${Math.round(seconds / 3600)} h`;
