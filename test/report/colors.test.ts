import { decode } from 'fast-png';
import { describe, expect, it } from 'vitest';
import { type ColorScale, colorScale, describeScale, picture, THEMES, type Theme } from '../../src/report/colors.ts';

/** Red, green and blue of each pixel. */
function pixels(rows: readonly (readonly number[])[], scale: ColorScale, theme: Theme): number[][] {
  const url = picture(rows, scale, theme);
  const {
    data,
    palette = [],
    width,
    height,
  } = decode(Buffer.from(url.slice('data:image/png;base64,'.length), 'base64'));
  expect([width, height]).toEqual([rows[0]?.length, rows.length]);
  return [...data].map((index) => (palette[index] ?? []).slice(0, 3));
}

/** Relative luminance of sRGB (WCAG 2). */
function luminance(color: readonly number[]): number {
  const [red = 0, green = 0, blue = 0] = color.map((value) =>
    value <= 0.04045 * 255 ? value / 255 / 12.92 : ((value / 255 + 0.055) / 1.055) ** 2.4,
  );
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

const steps = (from: number, to: number) => Array.from({ length: 21 }, (_, k) => from + ((to - from) * k) / 20);

describe('colorScale', () => {
  it('is centered at 0 when values have both signs, and reaches as far to both sides', () => {
    expect(colorScale([-0.2, 0.9, Number.NaN])).toEqual({ kind: 'diverging', least: -0.9, most: 0.9 });
    expect(colorScale([-0.2, -0.1])).toEqual({ kind: 'diverging', least: -0.2, most: 0.2 });
  });

  it('spans the values when none is negative, and says that it does not start at 0', () => {
    const scale = colorScale([0.4, 0.9]);
    expect(scale).toEqual({ kind: 'sequential', least: 0.4, most: 0.9 });
    expect(describeScale(scale)).toBe(
      'colors run from the smallest value, 0.4, to the largest, 0.9, so they do not start at 0',
    );
  });

  it('has a length for equal values and for none', () => {
    expect(colorScale([0.5, 0.5])).toEqual({ kind: 'sequential', least: 0, most: 0.5 });
    expect(colorScale([0, 0])).toEqual({ kind: 'sequential', least: 0, most: 1 });
    expect(colorScale([Number.NaN])).toEqual({ kind: 'sequential', least: 0, most: 1 });
  });
});

describe('picture', () => {
  it('gives 0 the neutral color and equal values of two signs different ones', () => {
    const [negative = [], zero = [], positive = []] = pixels([[-1, 0, 1]], colorScale([-1, 1]), 'light');
    expect(Math.max(...zero) - Math.min(...zero)).toBeLessThan(10);
    expect((negative[0] ?? 0) - (negative[2] ?? 0)).toBeGreaterThan(50);
    expect((positive[2] ?? 0) - (positive[0] ?? 0)).toBeGreaterThan(50);
  });

  it.each(THEMES)('moves away from the page the larger a value is, in the %s theme', (theme) => {
    const sign = theme === 'light' ? -1 : 1;
    for (const [scale, from, to] of [
      [colorScale([0.4, 0.9]), 0.4, 0.9],
      [colorScale([-1, 1]), 0, 1],
      [colorScale([-1, 1]), 0, -1],
    ] as const) {
      const brightness = pixels([steps(from, to)], scale, theme).map(luminance);
      brightness.slice(1).forEach((value, k) => {
        expect(sign * (value - (brightness[k] ?? 0))).toBeGreaterThan(0);
      });
    }
  });

  it.each(THEMES)('sets missing values apart from every color, in the %s theme', (theme) => {
    const scale = colorScale([-1, 1]);
    const [missing, ...others] = pixels([[Number.NaN, ...steps(-1, 1)]], scale, theme);
    expect(others).not.toContainEqual(missing);
  });

  it('clamps what lies outside the scale', () => {
    const scale = { kind: 'sequential', least: 0, most: 1 } as const;
    const [below, least, most, above] = pixels(
      [
        [-5, 0],
        [1, 7],
      ],
      scale,
      'light',
    );
    expect([below, above]).toEqual([least, most]);
  });
});
