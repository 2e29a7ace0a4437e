/** Color scales of heat maps, and images made with them. */

import { encode } from 'fast-png';
import { required } from '../errors/index.ts';
import { Plot } from './figure.ts';
import { digits } from './format.ts';

/** From values to colors, in a light and a dark form of equal meaning. */
export interface ColorScale {
  /** `diverging` is centered at 0; `sequential` begins at the smallest value. */
  readonly kind: 'diverging' | 'sequential';
  readonly least: number;
  readonly most: number;
}

export type Theme = 'light' | 'dark';
export const THEMES: readonly Theme[] = ['light', 'dark'];

/**
 * Safe for color-blind readers: orange against blue around a neutral middle, and a scale of rising lightness contrast
 * with the page. The end that stands out most is the largest value in both themes.
 */
const COLORS: Readonly<Record<ColorScale['kind'], Readonly<Record<Theme, readonly string[]>>>> = {
  diverging: {
    light: ['#7a3a06', '#d9822b', '#f4f2ee', '#4b8fc9', '#0b3a6e'],
    dark: ['#ffc07a', '#b8651b', '#1e2328', '#2f78b8', '#b4dcff'],
  },
  sequential: {
    light: ['#f3f1dc', '#a5d2b8', '#3f9fb5', '#28629f', '#1b2463'],
    dark: ['#1f2340', '#2a5c97', '#3a97a8', '#92cba6', '#f5f2c4'],
  },
};
/** Of cells without a value. */
const MISSING: Readonly<Record<Theme, string>> = { light: '#c9cdd2', dark: '#454c54' };

/** Colors of a palette besides the one for missing values. */
const LEVELS = 255;

/** The scale for values: centered at 0 if some are negative, from the smallest to the largest otherwise. */
export function colorScale(values: readonly number[]): ColorScale {
  const finite = values.filter(Number.isFinite);
  const least = finite.reduce((a, b) => Math.min(a, b), Number.POSITIVE_INFINITY);
  const most = finite.reduce((a, b) => Math.max(a, b), Number.NEGATIVE_INFINITY);
  if (finite.length === 0) return { kind: 'sequential', least: 0, most: 1 };
  if (least < 0) {
    const reach = Math.max(-least, most);
    return { kind: 'diverging', least: -reach, most: reach };
  }
  // One value only: the scale must still have a length.
  return least === most ? { kind: 'sequential', least: 0, most: most || 1 } : { kind: 'sequential', least, most };
}

/** What the scale is, in words. */
export function describeScale({ kind, least, most }: ColorScale): string {
  if (kind === 'diverging') return `colors are centered at 0 and reach from ${digits(least)} to ${digits(most)}`;
  if (least === 0) return `colors run from 0 to ${digits(most)}`;
  return `colors run from the smallest value, ${digits(least)}, to the largest, ${digits(most)}, so they do not start at 0`;
}

/** A picture of rows of values as a PNG in a `data:` URL, one pixel a value. */
export function picture(rows: readonly (readonly number[])[], scale: ColorScale, theme: Theme): string {
  const width = required(rows[0]?.length, 'row of a picture');
  const data = Uint8Array.from(rows.flat(), (value) => level(value, scale));
  const png = encode(
    { width, height: rows.length, data, depth: 8, channels: 1, palette: palette(scale.kind, theme) },
    { zlib: { level: 9 } },
  );
  return `data:image/png;base64,${base64(png)}`;
}

function base64(bytes: Uint8Array): string {
  return btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(''));
}

function level(value: number, { least, most }: ColorScale): number {
  if (!Number.isFinite(value)) return LEVELS;
  const share = (value - least) / (most - least);
  return Math.round(Math.min(1, Math.max(0, share)) * (LEVELS - 1));
}

function palette(kind: ColorScale['kind'], theme: Theme): number[][] {
  const range = [...COLORS[kind][theme]];
  const stops = range.map((_, k) => k / (range.length - 1));
  const scale = Plot.scale({ color: { type: 'linear', domain: stops, range, interpolate: 'lab' } });
  const colors = Array.from({ length: LEVELS }, (_, k) => channels(String(scale?.apply(k / (LEVELS - 1)))));
  return [...colors, channels(MISSING[theme])];
}

/** Red, green and blue of `rgb(1, 2, 3)` or `#010203`. */
function channels(color: string): number[] {
  return color.startsWith('#')
    ? [1, 3, 5].map((start) => Number.parseInt(color.slice(start, start + 2), 16))
    : (color.match(/\d+/g) ?? []).map(Number);
}
