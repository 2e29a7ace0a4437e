/** The figure of a training: its loss by step, and that of the examples held out. */

import type { TrainResult } from '../training/index.ts';
import { levels, margins } from './axes.ts';
import { figure, linesAbove, Plot } from './figure.ts';
import { counted, digits, shortened } from './format.ts';
import { reach, tick, ticksOf } from './logScale.ts';
import { standalone } from './standalone.ts';
import { type StepMean, stepMeans } from './stepMeans.ts';
import { textWidth } from './textLayout.ts';

const [WIDTH, HEIGHT] = [720, 430];
const MARGIN = { top: 112, right: 24, bottom: 56, left: 66 } as const;
const TITLE_CHARACTERS = 80;
/** Steps that are drawn together have their mean drawn: no more points than a line shows. */
const POINTS = 300;
const LEAST_RATIO = 2;
const TICKS = 12;
const BETWEEN = 26;
const [TRAINING, HELD_OUT] = ['var(--series-1)', 'var(--series-2)'];

/** A training with what it was of. */
export interface LossFigureData extends Pick<TrainResult, 'losses' | 'evaluations' | 'best' | 'divergence'> {
  readonly net: string;
  readonly width: number;
  readonly data: string;
  readonly loss: string;
  readonly optimizer: string;
  readonly batch: number;
}

/** Draws the figure as an SVG file. Losses of 0, which a logarithmic axis cannot hold, are left out. */
export function lossFigure(data: LossFigureData): string {
  const training = stepMeans(data.losses, POINTS);
  const heldOut = data.evaluations.flatMap(({ step, loss }) =>
    loss !== null && loss > 0 ? [{ step, value: loss }] : [],
  );
  const all = [...training, ...heldOut];
  const y =
    all.length === 0
      ? ([0.1, 1] as const)
      : reach(
          all.map(({ value }) => value),
          LEAST_RATIO,
        );
  const last = Math.max(1, data.losses.length, data.divergence?.step ?? 0, ...heldOut.map(({ step }) => step));
  const ticks = sparse(ticksOf(y));
  return standalone(
    figure({
      label: describeLosses(data),
      width: WIDTH,
      height: HEIGHT,
      plot: {
        ...margins(MARGIN),
        x: { domain: [0, last], label: null, tickSize: 0 },
        y: { type: 'log', domain: [...y], axis: null },
        marks: [
          ...levels(ticks, tick, { className: 'y-ticks' }),
          Plot.text(['steps'], { frameAnchor: 'bottom', dy: 42, className: 'x-name' }),
          ...lossHeadings(data),
          Plot.line(training, { x: 'step', y: 'value', stroke: TRAINING, strokeWidth: 1.5, className: 'training' }),
          Plot.line(heldOut, { x: 'step', y: 'value', stroke: HELD_OUT, strokeWidth: 1.75, className: 'held-out' }),
          Plot.dot(heldOut, {
            x: 'step',
            y: 'value',
            r: 3.5,
            fill: HELD_OUT,
            stroke: 'var(--page)',
            className: 'held-out',
            title: ({ step, value }: StepMean) => `after ${counted(step, 'step')}: ${digits(value)}`,
          }),
          ...end(data),
        ],
      },
    }),
  );
}

/** Every so many of them, where there are more than have room. */
function sparse(ticks: readonly number[]): readonly number[] {
  const every = Math.ceil(ticks.length / TICKS);
  return ticks.filter((_, k) => k % every === 0);
}

/** A rule where training diverged. */
function end({ divergence }: LossFigureData): Plot.Markish[] {
  if (divergence === null) return [];
  return [
    Plot.ruleX([divergence.step], { stroke: 'var(--ink)', strokeDasharray: '3 4', className: 'diverged' }),
    Plot.text([divergence.step], {
      x: (step: number) => step,
      frameAnchor: 'top',
      textAnchor: 'end',
      dx: -6,
      dy: 10,
      fill: 'var(--ink)',
      text: () => 'diverged',
    }),
  ];
}

function lossHeadings(data: LossFigureData): Plot.Markish[] {
  const { net, width, optimizer, loss, losses, batch } = data;
  const at = linesAbove(MARGIN.left);
  const title = shortened(`${net} of width ${width} with ${optimizer} on ${data.data}`, TITLE_CHARACTERS);
  const how = `${loss} over ${counted(losses.length, 'step')} of ${counted(batch, 'example')}`;
  const first = textWidth('● training') + BETWEEN;
  return [
    at(title, 0, -92, { fontSize: 16, fontWeight: 650, fill: 'var(--ink)' }),
    at(how, 0, -68, { fill: 'var(--muted)' }),
    at('● training', 0, -38, { fill: TRAINING, fontWeight: 600, className: 'names' }),
    at('● held out', first, -38, { fill: HELD_OUT, fontWeight: 600, className: 'names' }),
  ];
}

function describeLosses({ net, width, optimizer, data, loss, losses, best, divergence }: LossFigureData): string {
  const parts = [
    `${loss} of ${net} of width ${width} with ${optimizer} on ${data} over ${counted(losses.length, 'step')}`,
    ...(best === null
      ? []
      : [`The least on examples held out is ${digits(best.loss ?? undefined)} after ${counted(best.step, 'step')}`]),
    ...(divergence === null ? [] : [divergence.text]),
  ];
  return `${parts.join('. ')}.`;
}
