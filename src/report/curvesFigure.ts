/** Loss curves of a transfer: training loss by step, one line a width, a panel a parametrization. */

import { required } from '../errors/index.ts';
import type { Curve, Sweep, TransferResult } from '../experiments/index.ts';
import { margins } from './axes.ts';
import { figure, Plot } from './figure.ts';
import { counted, listed } from './format.ts';
import type { Html } from './html.ts';
import { reach, tick } from './logScale.ts';
import {
  headings,
  INFINITE,
  infiniteOf,
  lossTicks,
  nameOf,
  panelName,
  panelWidth,
  valueText,
  widthColor,
} from './transferParts.ts';

const HEIGHT = 380;
const MARGIN = { top: 118, right: 20, bottom: 58, left: 64 } as const;
const LEAST_RATIO = 2;
/** Higher losses than so many times the highest one at the start are cut. */
const ABOVE_START = 2;

/** Which curves: at the value that is best at the smallest width, or at each width's own best. */
export type CurveChoice = 'transferred' | 'own';

interface Point {
  readonly panel: string;
  readonly width: number;
  readonly step: number;
  readonly loss: number;
}

/** Draws one choice of curves. */
export function curvesFigure(result: TransferResult, choice: CurveChoice): Html {
  const { sweeps, widths, curveSteps, hyperparameter, seeds } = result;
  const points = sweeps.flatMap((sweep) =>
    [...sweep[choice], ...infiniteCurve(sweep, choice)].flatMap((curve) => curvePoints(sweep, curve, curveSteps)),
  );
  const start = Math.max(...sweeps.flatMap((sweep) => sweep[choice].flatMap(({ losses }) => losses.slice(0, 1))));
  const shown = points.filter(({ loss }) => loss > 0 && loss <= ABOVE_START * start);
  const y =
    shown.length === 0
      ? ([0.1, 1] as const)
      : reach(
          shown.map(({ loss }) => loss),
          LEAST_RATIO,
        );
  const yTicks = lossTicks(y);
  const last = required(curveSteps.at(-1), 'step of a curve');
  const { right, left } = MARGIN;
  const [first] = sweeps;
  const title =
    choice === 'transferred'
      ? `Loss by step at the best ${hyperparameter.words} of width ${widths[0]}`
      : `Loss by step at each width’s own best ${hyperparameter.words}`;
  const block = required(curveSteps[0], 'step of a curve');
  const about = `means over ${counted(seeds, 'seed')}${block === 1 ? '' : ` and blocks of ${block} steps`}; a line that ends early diverged`;
  return figure({
    label: `${title}, of ${result.net} with ${result.optimizer} on ${result.data}, at the widths ${listed(widths.map(String))}.`,
    width: left + right + panelWidth(sweeps.length) * sweeps.length,
    height: HEIGHT,
    plot: {
      ...margins(MARGIN),
      fx: { domain: sweeps.map(nameOf), axis: null, padding: 0.08 },
      x: { domain: [0, last], axis: null },
      y: { type: 'log', domain: [...y], axis: null },
      marks: [
        Plot.gridY(yTicks, { stroke: 'var(--line)', strokeOpacity: 1 }),
        Plot.frame({ stroke: 'var(--line)' }),
        Plot.text(first === undefined ? [] : yTicks, {
          fx: () => (first === undefined ? '' : nameOf(first)),
          y: (value: number) => value,
          text: tick,
          frameAnchor: 'left',
          textAnchor: 'end',
          dx: -8,
        }),
        Plot.text(
          sweeps.flatMap((sweep) => stepTicks(last).map((step) => ({ panel: nameOf(sweep), step }))),
          { fx: 'panel', x: 'step', text: ({ step }: { step: number }) => String(step), frameAnchor: 'bottom', dy: 16 },
        ),
        Plot.text(sweeps, { fx: nameOf, frameAnchor: 'bottom', dy: 36, text: () => 'step' }),
        ...headings(result, { title, about, left }),
        ...sweeps.map((sweep) => panelName(`${nameOf(sweep)}`)),
        ...sweeps.flatMap((sweep) => atValue(sweep, choice)),
        ...[
          ...widths.map((width, k) => ({ width, stroke: widthColor(k, widths.length), strokeWidth: 1.5 })),
          { width: Number.POSITIVE_INFINITY, stroke: INFINITE.color, strokeWidth: 2.25 },
        ].map(({ width, ...look }) =>
          Plot.line(
            shown.filter((point) => point.width === width),
            { fx: 'panel', x: 'step', y: 'loss', z: 'panel', className: 'curves', ...look },
          ),
        ),
      ],
    },
  });
}

/** That of the infinite network as one of a width, where there is one. */
function infiniteCurve(sweep: Sweep, choice: CurveChoice): Curve[] {
  const curve = infiniteOf(sweep)?.[choice];
  return curve === undefined || curve === null ? [] : [{ ...curve, width: Number.POSITIVE_INFINITY }];
}

function curvePoints(sweep: Sweep, { width, losses }: Curve, steps: readonly number[]): Point[] {
  return losses.map((loss, k) => ({
    panel: nameOf(sweep),
    width,
    step: required(steps[k], `step of block ${k}`),
    loss,
  }));
}

/** The value beside the name of a panel that has one for all widths. */
function atValue(sweep: Sweep, choice: CurveChoice): Plot.Markish[] {
  const value = sweep.transferred[0]?.value;
  if (choice === 'own' || value === undefined) return [];
  return [
    Plot.text([`at ${valueText(value)}`], {
      fx: () => nameOf(sweep),
      frameAnchor: 'top-right',
      textAnchor: 'end',
      dy: -14,
      fill: 'var(--muted)',
    }),
  ];
}

/** Round numbers of steps: five or fewer. */
function stepTicks(last: number): number[] {
  const raw = last / 4;
  const power = 10 ** Math.floor(Math.log10(Math.max(1, raw)));
  const by = [1, 2, 5, 10].map((k) => k * power).find((size) => size >= raw) ?? last;
  return Array.from({ length: Math.floor(last / by) + 1 }, (_, k) => k * by);
}
