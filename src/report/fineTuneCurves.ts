/** Curves of fine-tunings: training loss and the dev examples' loss and score by step, a line for each draw. */

import { levels, margins } from './axes.ts';
import { figure, linesAbove, Plot } from './figure.ts';
import { capitalized, counted, digits, percent } from './format.ts';
import type { Html } from './html.ts';
import { reach, tick, ticksOf } from './logScale.ts';
import { METRIC_NAMES } from './metrics.ts';
import { type StepMean, stepMeans } from './stepMeans.ts';

const [WIDTH, HEIGHT] = [720, 380];
const MARGIN = { top: 92, right: 24, bottom: 56, left: 66 } as const;
/** Losses that are drawn together as their mean: no more points than a line shows. */
const POINTS = 150;
const LEAST_RATIO = 2;
/** Colors of draws, which come again where there are more draws. */
const COLORS = 5;

/** A draw's chosen training. */
export interface DrawCurve {
  readonly seed: number;
  readonly losses: readonly number[];
  readonly evaluations: readonly {
    readonly step: number;
    readonly loss: number | null;
    readonly score: number | null;
  }[];
  /** The step whose state is kept. */
  readonly kept: number;
}

interface Point extends StepMean {
  readonly seed: number;
}

export const drawColor = (place: number): string => `var(--series-${(place % COLORS) + 1})`;

/** Losses on a logarithmic axis: of training as thin lines, on dev as lines with dots. */
export function lossCurves(draws: readonly DrawCurve[]): Html {
  const training = draws.map(({ seed, losses }) => stepMeans(losses, POINTS).map((point) => ({ seed, ...point })));
  const dev = draws.map(({ seed, evaluations }) =>
    evaluations.flatMap(({ step, loss }): Point[] => (loss === null || loss <= 0 ? [] : [{ seed, step, value: loss }])),
  );
  const values = [...training.flat(), ...dev.flat()].map(({ value }) => value);
  const y = values.length === 0 ? ([0.1, 1] as const) : reach(values, LEAST_RATIO);
  return curves(draws, {
    title: 'Loss by step',
    about: 'cross-entropy: thin lines in training, lines with dots on the dev examples, one color for each draw',
    y: { type: 'log', domain: [...y], axis: null },
    ticks: ticksOf(y),
    text: tick,
    marks: [
      ...training.map((points, k) =>
        Plot.line(points, { x: 'step', y: 'value', stroke: drawColor(k), strokeWidth: 1, strokeOpacity: 0.55 }),
      ),
      ...dev.flatMap((points, k) => lineWithDots(points, k, digits)),
    ],
  });
}

/** Scores on the dev examples; the state that is kept is a ring. */
export function scoreCurves(draws: readonly DrawCurve[], metric: keyof typeof METRIC_NAMES): Html {
  const dev = draws.map(({ seed, evaluations }) =>
    evaluations.flatMap(({ step, score }): Point[] => (score === null ? [] : [{ seed, step, value: score }])),
  );
  const least = Math.min(metric === 'matthews' ? -1 : 0, ...dev.flat().map(({ value }) => value));
  return curves(draws, {
    title: `${capitalized(METRIC_NAMES[metric])} on the dev examples by step`,
    about: 'one color for each draw; a ring is the state that is kept',
    y: { domain: [least, 1], axis: null },
    ticks: [0, 0.25, 0.5, 0.75, 1],
    text: percent,
    marks: [
      ...dev.flatMap((points, k) => lineWithDots(points, k, percent)),
      ...dev.map((points, k) =>
        Plot.dot(
          points.filter(({ step }) => step === draws[k]?.kept),
          { x: 'step', y: 'value', r: 6.5, stroke: drawColor(k), strokeWidth: 1.5, className: 'kept' },
        ),
      ),
    ],
  });
}

function lineWithDots(points: readonly Point[], place: number, text: (value: number) => string): Plot.Markish[] {
  const stroke = drawColor(place);
  return [
    Plot.line(points, { x: 'step', y: 'value', stroke, strokeWidth: 1.75 }),
    Plot.dot(points, {
      x: 'step',
      y: 'value',
      r: 3,
      fill: stroke,
      stroke: 'var(--page)',
      title: ({ seed, step, value }: Point) => `draw ${seed} after ${counted(step, 'step')}: ${text(value)}`,
    }),
  ];
}

interface Curves {
  readonly title: string;
  readonly about: string;
  readonly y: Plot.ScaleOptions;
  readonly ticks: readonly number[];
  readonly text: (value: number) => string;
  readonly marks: readonly Plot.Markish[];
}

function curves(draws: readonly DrawCurve[], { title, about, y, ticks, text, marks }: Curves): Html {
  const at = linesAbove(MARGIN.left);
  const last = Math.max(1, ...draws.map(({ losses }) => losses.length));
  return figure({
    label: `${title}, of ${counted(draws.length, 'draw')}: ${draws.map(({ seed }) => seed).join(', ')}.`,
    width: WIDTH,
    height: HEIGHT,
    plot: {
      ...margins(MARGIN),
      x: { domain: [0, last], label: null, tickSize: 0 },
      y,
      marks: [
        ...levels(ticks, text),
        Plot.text(['steps'], { frameAnchor: 'bottom', dy: 42 }),
        at(title, 0, -70, { fontSize: 16, fontWeight: 650, fill: 'var(--ink)' }),
        at(about, 0, -46, { fill: 'var(--muted)' }),
        ...marks,
      ],
    },
  });
}
