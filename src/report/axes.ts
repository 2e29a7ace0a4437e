/** What figures of lines over levels have in common: margins by name, and the levels of their y axis. */

import { Plot } from './figure.ts';

/** Room about a frame, in pixels. */
export interface Margin {
  readonly top: number;
  readonly right: number;
  readonly bottom: number;
  readonly left: number;
}

/** Margins as Plot takes them. */
export function margins({ top, right, bottom, left }: Margin) {
  return { marginTop: top, marginRight: right, marginBottom: bottom, marginLeft: left };
}

/** A line across at every tick, the frame, and the ticks' words at its left; `options` are those of the words. */
export function levels(
  ticks: readonly number[],
  text: (value: number) => string,
  options: Plot.TextOptions = {},
): Plot.Markish[] {
  return [
    Plot.gridY(ticks, { stroke: 'var(--line)', strokeOpacity: 1 }),
    Plot.frame({ stroke: 'var(--line)' }),
    Plot.text(ticks, { y: ticks, text: ticks.map(text), frameAnchor: 'left', textAnchor: 'end', dx: -8, ...options }),
  ];
}
