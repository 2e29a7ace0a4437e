/** Figures: Observable Plot drawing SVG into a document of linkedom, the only file that sees either. */

import * as Plot from '@observablehq/plot';
import { parseHTML } from 'linkedom';
import { Html, printable } from './html.ts';

export { Plot };

export interface FigureOptions {
  /** What the figure shows, in words, for those who do not see it. */
  readonly label: string;
  readonly width: number;
  readonly height: number;
  readonly plot: Plot.PlotOptions;
}

/** Attributes that hold coordinates, which are rounded: two decimals of a pixel are enough, and the same everywhere. */
const COORDINATES: ReadonlySet<string> = new Set('x y x1 y1 x2 y2 cx cy r width height d transform points'.split(' '));

/** How far the lines above a figure stand from its left edge. */
const EDGE = 12;

/** Writes lines above a figure whose frame starts at `left`: `dx` from the common edge, `dy` from the frame's top. */
export function linesAbove(left: number) {
  return (line: string, dx: number, dy: number, options: Plot.TextOptions): Plot.Markish =>
    Plot.text([line], { frameAnchor: 'top-left', textAnchor: 'start', dx: dx - left + EDGE, dy, ...options });
}

/** Draws a figure. Colors and fonts come from the page's style sheet (style.ts). */
export function figure({ label, width, height, plot }: FigureOptions): Html {
  const { document } = parseHTML('<!doctype html><html></html>');
  const svg = Plot.plot({ ...plot, document, width, height, className: 'plot', ariaLabel: label });
  svg.setAttribute('role', 'img');
  // The page has the rules; Plot's own would be repeated in every figure.
  svg.querySelector('style')?.remove();
  for (const element of [svg, ...svg.querySelectorAll('*')]) {
    for (const { name, value } of [...element.attributes]) {
      element.setAttribute(name, COORDINATES.has(name) ? rounded(value) : escaped(value));
    }
  }
  return new Html(printable(svg.outerHTML));
}

/** What linkedom leaves as it is when it writes an attribute: everything but quotes. */
function escaped(attribute: string): string {
  return attribute.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}

function rounded(coordinates: string): string {
  return coordinates.replace(/-?\d+\.\d+(e-?\d+)?/g, (number) => String(Math.round(100 * Number(number)) / 100));
}
