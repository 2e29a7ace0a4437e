/** The figure of an approach to a limit: the distance of networks from it by width, on log-log axes. */

import { required } from '../errors/index.ts';
import type { LimitResult, WidthPaths } from '../experiments/index.ts';
import { levels, margins } from './axes.ts';
import { distanceBar, distanceMarks } from './distanceMarks.ts';
import { figure, Plot } from './figure.ts';
import { decimal, digits } from './format.ts';
import type { Html } from './html.ts';
import { distanceText } from './limitFigures.ts';
import { reach, tick, ticksOf } from './logScale.ts';

const [WIDTH, HEIGHT] = [560, 340];
const MARGIN = { top: 28, right: 120, bottom: 56, left: 72 } as const;
const LEAST_RATIO = 4;
/** Above all points lies a line of the usual slope. */
const [ABOVE, USUAL] = [1.3, -0.5];

/** Draws the figure; undefined where fewer than two widths have a distance. */
export function approachFigure({ widths, approach }: LimitResult): Html | undefined {
  const points = widths.filter(({ distance, standardError }) => distance > 0 && standardError > 0);
  if (points.length < 2) return undefined;
  const [least, greatest] = [
    required(points[0], 'width of an approach').width,
    required(points.at(-1), 'width of an approach').width,
  ];
  const top = ABOVE * Math.max(...points.map(({ width, distance }) => distance * width ** -USUAL));
  const reference = [least, greatest].map((width) => ({ width, distance: top * width ** USUAL }));
  const y = reach([...points.flatMap(distanceBar), ...reference.map(({ distance }) => distance)], LEAST_RATIO);
  const ticks = ticksOf(y);
  const slope = approach === undefined ? '' : `, with the exponent ${decimal(approach.exponent)}`;
  const end = { textAnchor: 'start', dx: 10, x: 'width', y: 'distance', fontWeight: 600 } as const;
  return figure({
    label: `Distance from the limit by width${slope}: ${points.map((one) => `${one.width}: ${digits(one.distance)}`).join(', ')}.`,
    width: WIDTH,
    height: HEIGHT,
    plot: {
      ...margins(MARGIN),
      x: { type: 'log', domain: [least / 1.1, greatest * 1.1], axis: null },
      y: { type: 'log', domain: [...y], axis: null },
      marks: [
        ...levels(ticks, tick),
        Plot.text(points, {
          x: 'width',
          text: ({ width }: WidthPaths) => String(width),
          frameAnchor: 'bottom',
          dy: 16,
        }),
        Plot.text(['width'], { frameAnchor: 'bottom', dy: 38 }),
        Plot.line(reference, {
          x: 'width',
          y: 'distance',
          stroke: 'var(--muted)',
          strokeDasharray: '6 5',
          className: 'reference',
        }),
        Plot.text(reference.slice(-1), { ...end, text: () => 'n^(−1/2)', fill: 'var(--muted)' }),
        ...distanceMarks(points, 'width', (one: WidthPaths) => `width ${one.width}: ${distanceText(one)}`),
        Plot.text(points.slice(-1), {
          ...end,
          text: () => (approach === undefined ? 'distance' : `n^(${decimal(approach.exponent)})`),
          fill: 'var(--series-1)',
        }),
      ],
    },
  });
}
