/** What the figures of a transfer have in common: names, colors, places and labels of values, headings. */

import { required } from '../errors/index.ts';
import { type InfiniteSweep, placeOf, type Scale, type Sweep, type TransferResult } from '../experiments/index.ts';
import { linesAbove, Plot } from './figure.ts';
import { powerOfTen, shortened, superscript } from './format.ts';
import { ticksOf } from './logScale.ts';
import { LIMIT } from './pathFigure.ts';
import { textWidth } from './textLayout.ts';

/** Of all panels together, and of one at least, in pixels. */
const [ROW, LEAST_PANEL] = [880, 260];
/** Room for the label of a value. */
const LABEL = 60;
const TITLE_CHARACTERS = 80;
const NAME_CHARACTERS = 40;
const COLORS = 5;
const SYMBOLS = ['circle', 'square', 'triangle'] as const;
/** Between the names of the widths. */
const BETWEEN = 26;
/** Smaller numbers are written with a power of ten. */
const LEAST_PLAIN = 1e-4;

export const nameOf = ({ parametrization }: Pick<Sweep, 'parametrization'>): string =>
  shortened(parametrization, NAME_CHARACTERS);

/** Of the k-th of so many widths, which follow one another from one end of a scale to the other. */
export function widthColor(k: number, count: number): string {
  const share = Math.round((100 * k) / Math.max(1, count - 1));
  return `color-mix(in oklab, var(--widest) ${share}%, var(--narrowest))`;
}

/** Of a parametrization: none of those of the ends of the widths. */
export const sweepColor = (k: number): string => `var(--series-${((k + 2) % COLORS) + 1})`;

/** The infinite network: one color in all figures, and a symbol and name of its own. */
export const INFINITE = { name: '∞', color: LIMIT, symbol: 'diamond' } as const;

/** The infinite network's curve, where a parametrization has one. */
export const infiniteOf = ({ infinite }: Sweep): InfiniteSweep | undefined =>
  infinite === undefined || 'reason' in infinite ? undefined : infinite;

export const symbolOf = (k: number): (typeof SYMBOLS)[number] =>
  required(SYMBOLS[Math.floor(k / COLORS) % SYMBOLS.length], 'symbol of a line');

/** Where a value lies on a logarithmic axis. */
export const positionOf = (scale: Scale, value: number): number => Math.exp(placeOf(scale, value));

/** `2⁻⁷`, `10⁻⁸`; other numbers with three digits, or as many as tell 0.998 from 1. */
export function valueText(value: number): string {
  const [two, ten] = [Math.log2(value), Math.log10(value)];
  if (Number.isInteger(two) && Math.abs(two) > 1) return `2${superscript(two)}`;
  if (Math.abs(ten - Math.round(ten)) < 1e-9 && Math.abs(ten) > 2) return powerOfTen(Math.round(ten));
  if (value < LEAST_PLAIN) {
    const [mantissa = '', exponent = ''] = value.toExponential(2).split('e');
    return `${Number(mantissa)} × ${powerOfTen(Number(exponent))}`;
  }
  return String(Number(value.toPrecision(value > 0.9 && value < 1 ? 4 : 3)));
}

/** How wide each of some panels is. */
export const panelWidth = (panels: number): number => Math.max(LEAST_PANEL, Math.floor(ROW / Math.max(2, panels)));

/** Some of the values, whose labels have room in a panel. */
export function labeled(values: readonly number[], panel: number): number[] {
  const every = Math.ceil(values.length / Math.floor(panel / LABEL));
  return values.filter((_, k) => k % every === 0);
}

/** Where ticks of 1, 2, 5 would be too few, more of them. */
const FINE = [1, 1.2, 1.5, 2, 2.5, 3, 4, 5, 6, 7, 8, 9];
const FEW = 3;

/** Ticks of an axis of losses. */
export function lossTicks(domain: readonly [number, number]): number[] {
  const coarse = ticksOf(domain);
  if (coarse.length >= FEW) return coarse;
  const power = Math.floor(Math.log10(domain[0]));
  return [power, power + 1]
    .flatMap((exponent) => FINE.map((step) => Number(`${step}e${exponent}`)))
    .filter((value) => value >= domain[0] && value <= domain[1]);
}

/** Title, a line about what is shown, and the widths in their colors, above the first panel. */
export function headings(
  result: TransferResult,
  { title, about, left }: { readonly title: string; readonly about: string; readonly left: number },
): Plot.Markish[] {
  const [first] = result.sweeps;
  if (first === undefined) return [];
  const above = linesAbove(left);
  const at = (line: string, dx: number, dy: number, options: Plot.TextOptions): Plot.Markish =>
    above(line, dx, dy, { fx: () => nameOf(first), ...options });
  let place = textWidth('width ');
  const finite = result.widths.map((width, k) => ({
    words: `● ${width}`,
    fill: widthColor(k, result.widths.length),
  }));
  const infinite = result.sweeps.some((sweep) => infiniteOf(sweep) !== undefined);
  const all = infinite ? [...finite, { words: `◆ ${INFINITE.name}`, fill: INFINITE.color }] : finite;
  const names = all.map(({ words, fill }) => {
    const name = at(words, place, -46, { fill, fontWeight: 600, className: 'names' });
    place += textWidth(words) + BETWEEN;
    return name;
  });
  return [
    at(shortened(title, TITLE_CHARACTERS), 0, -98, { fontSize: 16, fontWeight: 650, fill: 'var(--ink)' }),
    at(about, 0, -74, { fill: 'var(--muted)' }),
    at('width', 0, -46, { fill: 'var(--muted)' }),
    ...names,
  ];
}

/** The name of a parametrization above its panel. */
export function panelName(name: string): Plot.Markish {
  return Plot.text([name], {
    fx: (one: string) => one,
    frameAnchor: 'top-left',
    textAnchor: 'start',
    dy: -14,
    fontWeight: 650,
    fill: 'var(--ink)',
    className: 'panel',
  });
}
