/** Colors of figures: infinity has one, finite widths lie on a scale. Names are those of styles/colors.css. */

/** Of what is infinite, everywhere. */
export const INFINITY_COLOR = 'var(--infinity)';

const [NARROWEST, WIDEST] = [4, 9];

/** From the narrowest to the widest, by powers of two. */
export function widthColor(width: number): string {
  const share = Math.min(1, Math.max(0, (Math.log2(width) - NARROWEST) / (WIDEST - NARROWEST)));
  return `color-mix(in oklab, var(--widest) ${Math.round(100 * share)}%, var(--narrowest))`;
}

/** Rising with the value: colors that stand out are large values on both pages. */
export const SEQUENTIAL = {
  light: ['#f3f1dc', '#a5d2b8', '#3f9fb5', '#28629f', '#1b2463'],
  dark: ['#1f2340', '#2a5c97', '#3a97a8', '#92cba6', '#f5f2c4'],
} as const;
/** Centered at 0. */
export const DIVERGING = {
  light: ['#7a3a06', '#d9822b', '#f4f2ee', '#4b8fc9', '#0b3a6e'],
  dark: ['#ffc07a', '#b8651b', '#1e2328', '#2f78b8', '#b4dcff'],
} as const;

export const isDark = (): boolean => matchMedia('(prefers-color-scheme: dark)').matches;
