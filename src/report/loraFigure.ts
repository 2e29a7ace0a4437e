/** The figure of LoRA's kernel beside the full one: their distance by rank, on log-log axes, and the predicted one. */

import { required } from '../errors/index.ts';
import type { LoraDistance, RankDistance } from '../lm/index.ts';
import { levels, margins } from './axes.ts';
import { distanceMarks } from './distanceMarks.ts';
import { figure, Plot } from './figure.ts';
import { decimal, digits } from './format.ts';
import type { Html } from './html.ts';
import { logScale, reach, roomy, tick, ticksOf } from './logScale.ts';
import { standalone } from './standalone.ts';

const [WIDTH, HEIGHT] = [560, 340];
const MARGIN = { top: 28, right: 120, bottom: 56, left: 72 } as const;
const LEAST_RATIO = 4;

/** What the figure of LoRA's kernel by rank shows. */
export type LoraFigureData = Pick<LoraDistance, 'ranks' | 'slope'>;

/** The figure as an SVG file. */
export function loraFigure(data: LoraFigureData): string {
  return standalone(rankFigure(data));
}

/** Draws the figure, of one rank at least. */
export function rankFigure({ ranks, slope }: LoraFigureData): Html {
  const [least, greatest] = [required(ranks[0], 'rank'), required(ranks.at(-1), 'rank')];
  const domain = [least.rank / 1.15, greatest.rank * 1.15] as const;
  const seeds = ranks.flatMap(({ rank, distances }) => distances.map((distance) => ({ rank, distance })));
  const values = [...seeds.map(({ distance }) => distance), ...ranks.flatMap((one) => [one.predicted, one.distance])];
  const y = reach(values, LEAST_RATIO);
  const ticks = ticksOf(y);
  const names = roomy(
    ranks.map(({ rank }) => rank),
    logScale(domain, MARGIN.left, WIDTH - MARGIN.right),
  );
  const exponent = slope === undefined ? '' : `, with the exponent ${decimal(slope.value)}`;
  const end = { textAnchor: 'start', dx: 10, x: 'rank', fontWeight: 600 } as const;
  return figure({
    label: `Distance of LoRA's kernel from the full one by rank${exponent}: ${ranks.map((one) => `${one.rank}: ${digits(one.distance)}, predicted ${digits(one.predicted)}`).join('; ')}.`,
    width: WIDTH,
    height: HEIGHT,
    plot: {
      ...margins(MARGIN),
      x: { type: 'log', domain: [...domain], axis: null },
      y: { type: 'log', domain: [...y], axis: null },
      marks: [
        ...levels(ticks, tick),
        Plot.text(names, { x: names, text: names.map(String), frameAnchor: 'bottom', dy: 16 }),
        Plot.text(['rank'], { frameAnchor: 'bottom', dy: 38 }),
        Plot.dot(seeds, { x: 'rank', y: 'distance', r: 1.75, fill: 'var(--muted)', fillOpacity: 0.5 }),
        Plot.line(ranks, {
          x: 'rank',
          y: 'predicted',
          stroke: 'var(--ink)',
          strokeDasharray: '6 5',
          className: 'reference',
        }),
        ...distanceMarks(
          ranks,
          'rank',
          (one: RankDistance) => `rank ${one.rank}: ${digits(one.distance)}, predicted ${digits(one.predicted)}`,
        ),
        Plot.text([greatest], {
          ...end,
          y: 'distance',
          dy: greatest.distance > greatest.predicted ? -8 : 8,
          text: () => (slope === undefined ? 'measured' : `r^(${decimal(slope.value)})`),
          fill: 'var(--series-1)',
        }),
        Plot.text([greatest], {
          ...end,
          y: 'predicted',
          dy: greatest.distance > greatest.predicted ? 8 : -8,
          text: () => 'predicted',
          fill: 'var(--ink)',
        }),
      ],
    },
  });
}
