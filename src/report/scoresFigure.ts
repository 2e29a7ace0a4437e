/** Scores of the methods: each draw as a dot, their mean, an error bar, and the chance level. */

import type { KernelReportData, MethodScore } from './data.ts';
import { figure, Plot } from './figure.ts';
import { percent, shortened } from './format.ts';
import type { Html } from './html.ts';
import { METRIC_NAMES } from './metrics.ts';
import { textWidth } from './textLayout.ts';

const WIDTH = 460;
const MARGIN = 12;
const ROW_HEIGHT = 64;
const MARGIN_TOP = 22;
const MARGIN_BOTTOM = 28;
/** Where in a row, from 0 to 1, the name stands and the dots are centered. */
const NAME_PLACE = 0.24;
const DOTS_PLACE = 0.66;
/** Pixels that the dots of all draws spread over; each seed keeps its height in every row. */
const DOTS_SPREAD = 22;
/** Smallest length of the axis, as a share: differences below that are not worth a figure. */
const LEAST_RANGE = 0.1;
const NAME_CHARACTERS = 30;
/** Keeps text apart from the lines behind it. */
const HALO = { fill: 'var(--ink)', stroke: 'var(--page)', strokeWidth: 5 };

/** Draws the figure. */
export function scoresFigure(data: KernelReportData): Html {
  const { scores, seeds, chance } = data;
  const [from, to] = scoreAxis(data);
  const place = MARGIN + ((chance - from) / (to - from)) * (WIDTH - 2 * MARGIN);
  const chanceText = `chance ${percent(chance)}`;
  const half = textWidth(chanceText) / 2;
  const dots = scores.flatMap((score, row) =>
    score.values.map((value, k) => ({
      value,
      row,
      name: score.values.length === 1 ? 'all draws' : `seed ${seeds[k]}`,
      shift: (k - (score.values.length - 1) / 2) * (DOTS_SPREAD / Math.max(4, score.values.length - 1)),
    })),
  );
  const several = scores.map((score, row) => ({ ...score, row })).filter(({ values }) => values.length > 1);
  const spreads = several.map(({ mean, std, row }) => ({ from: mean - std, to: mean + std, mean, row }));
  const center = ({ row }: { readonly row: number }) => row + DOTS_PLACE;
  return figure({
    label: describeScores(data, chance),
    width: WIDTH,
    height: MARGIN_TOP + scores.length * ROW_HEIGHT + MARGIN_BOTTOM,
    plot: {
      marginLeft: MARGIN,
      marginRight: MARGIN,
      marginTop: MARGIN_TOP,
      marginBottom: MARGIN_BOTTOM,
      x: { domain: [from, to] },
      y: { domain: [scores.length, 0], axis: null },
      marks: [
        Plot.gridX({ stroke: 'var(--line)', strokeOpacity: 1, ticks: 6 }),
        Plot.axisX({ label: null, ticks: 6, tickSize: 0, tickFormat: (share: number) => shareTick(share, to - from) }),
        Plot.ruleX([chance], { stroke: 'var(--muted)', strokeDasharray: '5 4', strokeWidth: 1.5 }),
        Plot.text([chanceText], {
          x: [chance],
          y: [0],
          text: [chanceText],
          dx: Math.max(half + 4 - place, 0) - Math.max(place + half + 4 - WIDTH, 0),
          dy: -11,
          fill: 'var(--muted)',
        }),
        Plot.link(spreads, {
          x1: 'from',
          x2: 'to',
          y1: center,
          y2: center,
          stroke: ({ row }: { readonly row: number }) => seriesColor(row),
          strokeWidth: DOTS_SPREAD + 8,
          strokeOpacity: 0.16,
          strokeLinecap: 'butt',
          className: 'bars',
        }),
        Plot.ruleX(spreads, {
          x: 'mean',
          y1: (row: { readonly row: number }) => center(row) - (DOTS_SPREAD + 8) / 2 / ROW_HEIGHT,
          y2: (row: { readonly row: number }) => center(row) + (DOTS_SPREAD + 8) / 2 / ROW_HEIGHT,
          stroke: ({ row }: { readonly row: number }) => seriesColor(row),
          strokeWidth: 2.5,
          className: 'means',
        }),
        Plot.dot(dots, {
          x: 'value',
          y: (dot: (typeof dots)[number]) => center(dot) + dot.shift / ROW_HEIGHT,
          r: 4,
          fill: ({ row }: { readonly row: number }) => seriesColor(row),
          stroke: 'var(--page)',
          className: 'dots',
          title: ({ name, value }: (typeof dots)[number]) => `${name}: ${percent(value)}`,
        }),
        Plot.text(scores, {
          frameAnchor: 'left',
          y: scores.map((_, row) => row + NAME_PLACE),
          text: ({ name }: MethodScore) => shortened(name, NAME_CHARACTERS),
          ...HALO,
          className: 'names',
        }),
        Plot.text(scores, {
          frameAnchor: 'right',
          y: scores.map((_, row) => row + NAME_PLACE),
          text: scoreText,
          ...HALO,
          className: 'names',
        }),
      ],
    },
  });
}

/** `84.3% ± 1.2`, or the score alone where draws do not differ by construction. */
export function scoreText({ mean, std, values }: MethodScore): string {
  return values.length > 1 ? `${percent(mean)} ± ${(100 * std).toFixed(1)}` : percent(mean);
}

/** Where the axis of scores begins and ends. */
export function scoreAxis(data: KernelReportData): readonly [number, number] {
  const { chance } = data;
  const values = data.scores.flatMap(({ values: own, mean, std }) => [...own, mean - std, mean + std]);
  const least = Math.min(chance, ...values);
  const most = Math.max(chance, ...values);
  const padding = Math.max(0.06 * (most - least), (LEAST_RANGE - (most - least)) / 2);
  return [Math.max(data.metric === 'matthews' ? -1 : 0, least - padding), Math.min(1, most + padding)];
}

/** The color of a method: neutral for the first, then distinct ones. */
export function seriesColor(place: number): string {
  return `var(--series-${place === 0 ? 0 : ((place - 1) % 5) + 1})`;
}

function shareTick(share: number, range: number): string {
  return `${(100 * share).toFixed(range < 0.06 ? 1 : 0).replace('-', '−')}%`;
}

function describeScores({ scores, metric }: KernelReportData, chance: number): string {
  const parts = scores.map((score) => `${score.name} ${scoreText(score)}`);
  return (
    `${METRIC_NAMES[metric]} of each method, one dot a draw, with mean and standard deviation over draws: ` +
    `${parts.join('; ')}. Chance is ${percent(chance)}. The table beside the figure holds the numbers.`
  );
}
