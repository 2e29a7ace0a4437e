/** Functions of a line: outputs over x, at infinite width and of networks. */

import * as Plot from '@observablehq/plot';
import { INFINITY_COLOR, widthColor } from '../../figure/colors.ts';
import { gridOf, isPlane } from '../../problem/grid.ts';
import type { PageSpec, Point } from '../../problem/spec.ts';
import { ofWidth, type SideView } from '../view.ts';
import { digits, meanOf } from '../words.ts';
import { type At, BAND, byAt, COMMON, grid, hint, type PinnedSide, standing } from './common.ts';
import type { Sources } from './paths.ts';

/** What a figure of functions shows, and at which time. */
export interface FunctionsShown {
  readonly view: SideView;
  readonly spec: PageSpec;
  readonly points: readonly Point[];
  readonly time: number;
  readonly sources?: Sources;
}

/** Outputs over x at a time, with the points that are to be met; y spans all times, so that nothing jumps. */
export function functionFigure(
  { view, spec, points, time, sources, pins: allPins }: FunctionsShown & { readonly pins: readonly PinnedSide[] },
  width: number,
) {
  const limit = limitLine(view, points, time, '∞');
  // Of a plane there is no line over x.
  const pins = allPins.filter(({ side }) => !isPlane(side.points));
  const networks = Number.isFinite(spec.width) ? ofWidth(view, spec.width) : [];
  const color = widthColor(spec.width);
  const lines = networks.map(({ outputs, seed, width: n }) => along(outputs[time], points, `n = ${n}, seed ${seed}`));
  const reach = reachOf({ view, spec, points }, pins);
  const pinned = pins.flatMap((pin) => {
    const at = Math.min(time, pin.side.steps);
    const name = `pin ${pin.number}`;
    const middle = {
      line: along(meanAt(pin, at), pin.side.points, `${name}, n = ${pin.spec.width}, mean`),
      color: widthColor(pin.spec.width),
    };
    const infinite = { line: limitLine(pin.view, pin.side.points, at, `${name}, ∞`), color: INFINITY_COLOR };
    return [middle, infinite].map((one) => ({ ...one, dash: pin.dash }));
  });
  return Plot.plot({
    ...COMMON,
    width,
    x: { label: 'x' },
    y: { label: null, domain: reach, ticks: 5, tickSize: 0 },
    marks: [
      ...grid(),
      Plot.ruleY([0], { stroke: 'var(--muted)', strokeOpacity: 0.5 }),
      Plot.areaY(limit, {
        x: 'x',
        y1: 'low',
        y2: 'high',
        fill: INFINITY_COLOR,
        fillOpacity: 0.18,
        curve: 'natural',
        clip: true,
      }),
      ...lines.map((line) =>
        Plot.line(line, {
          ...byAt,
          stroke: color,
          strokeWidth: 1.4,
          strokeOpacity: 0.75,
          curve: 'natural',
          clip: true,
        }),
      ),
      Plot.line(limit, { ...byAt, stroke: INFINITY_COLOR, strokeWidth: 2.6, curve: 'natural', clip: true }),
      ...pinned.map(({ line, color: stroke, dash }) =>
        Plot.line(line, { ...byAt, stroke, strokeWidth: 1.8, strokeDasharray: dash, curve: 'natural', clip: true }),
      ),
      Plot.dot([...points], { x: 'x', y: 'y', r: 4.5, fill: 'var(--target)', stroke: 'var(--page)', strokeWidth: 1.5 }),
      hint(
        [...limit, ...lines.flat(), ...pinned.flatMap(({ line }) => line)],
        ({ name, x, value, high }) =>
          `${name}\nf(${digits(x)}) = ${digits(value)}${high > value ? ` ± ${digits((high - value) / BAND)}` : ''}${standing('f_t', sources?.output)}`,
      ),
    ],
  });
}

/** Room for the points and everything that functions reach at any time. */
function reachOf({ view, spec, points }: Omit<FunctionsShown, 'time'>, pins: readonly PinnedSide[]): [number, number] {
  const reached = [{ view, spec }, ...pins].flatMap((one) => [
    ...(one.view.limit?.outputs ?? []).flatMap((step) => step.map(({ value }) => value)),
    ...ofWidth(one.view, one.spec.width).flatMap(({ outputs }) => outputs.flat()),
  ]);
  const values = [...points.map(({ y }) => y), ...reached].filter(Number.isFinite);
  // What diverges would press all else flat.
  const far = 4 * Math.max(1, ...points.map(({ y }) => Math.abs(y)));
  const [least, most] = values.reduce(([a, b], value) => [Math.min(a, value), Math.max(b, value)], [0, 0]);
  const room = 0.06 * (most - least || 1);
  return [Math.max(-far, least - room), Math.min(far, most + room)];
}

/** Values on the grid of points. */
function along(values: readonly number[] | undefined, points: readonly Point[], name: string): At[] {
  if (values === undefined) return [];
  return gridOf(points).map((x, k) => {
    const value = values[points.length + k] ?? Number.NaN;
    return { x, value, low: value, high: value, name };
  });
}

function limitLine({ limit }: SideView, points: readonly Point[], time: number, name: string): At[] {
  const errors = limit?.outputs[time]?.slice(points.length) ?? [];
  return along(
    limit?.outputs[time]?.map(({ value }) => value),
    points,
    name,
  ).map((at, k) => {
    const error = BAND * (errors[k]?.standardError ?? Number.NaN);
    return { ...at, low: at.value - error, high: at.value + error };
  });
}

/** The mean output of the networks of a pin. */
function meanAt({ view, spec }: PinnedSide, time: number): readonly number[] | undefined {
  const outputs = ofWidth(view, spec.width).flatMap((one) =>
    one.outputs[time] === undefined ? [] : [one.outputs[time]],
  );
  return outputs[0]?.map((_, k) => meanOf(outputs.map((one) => one[k] ?? Number.NaN)).value);
}
