/** Losses by step: thinned while a network trains, and averaged over seeds. */

import { required } from '../../errors/index.ts';
import { at, mean } from '../../numeric/index.ts';
import type { Cell, Curve, InfiniteSweep, SweepPoint, WidthSweep } from './result.ts';

/** Points of a curve. */
const MOST_POINTS = 100;
/** Digits of a loss that are kept. */
const DIGITS = 6;

/** Steps that a point of a curve is the mean of. */
const blockOf = (steps: number): number => Math.ceil(steps / MOST_POINTS);

/** Where the blocks of a curve end. */
export function curveSteps(steps: number): number[] {
  const block = blockOf(steps);
  return Array.from({ length: Math.ceil(steps / block) }, (_, k) => Math.min(steps, (k + 1) * block));
}

/** Means over blocks of steps; of a run that ended early, over the whole blocks that it got through. */
export function thinned(losses: readonly number[], steps: number): number[] {
  const ends = curveSteps(steps).filter((end) => end <= losses.length);
  return ends.map((end, k) => Number(mean(losses.slice(k === 0 ? 0 : at(ends, k - 1), end)).toPrecision(DIGITS)));
}

/** The mean curve of networks that differ by their seed, as far as all of them got. */
export function averageCurve(cells: readonly Pick<Cell, 'curve'>[]): number[] {
  const length = Math.min(...cells.map(({ curve }) => curve.length));
  return Array.from({ length: Number.isFinite(length) ? length : 0 }, (_, k) =>
    Number(mean(cells.map(({ curve }) => at(curve, k))).toPrecision(DIGITS)),
  );
}

/** The cells of all seeds at a width and value. */
export type CellsAt = (width: number, value: number) => readonly Pick<Cell, 'curve'>[];

/** The curves of one sweep: at the value that is best at the smallest width, and at the best of each. */
export function curvesOf(
  widths: readonly WidthSweep[],
  cellsAt: CellsAt,
): { readonly transferred: readonly Curve[]; readonly own: readonly Curve[] } {
  const first = bestPoint(required(widths[0], 'width of a sweep').points)?.value;
  const curve = (width: number, value: number | undefined): Curve[] =>
    value === undefined ? [] : [{ width, value, losses: averageCurve(cellsAt(width, value)) }];
  return {
    transferred: widths.flatMap(({ width }) => curve(width, first)),
    own: widths.flatMap(({ width, points }) => curve(width, bestPoint(points)?.value)),
  };
}

/** The curves of the infinite network: at the value that is best at the smallest width, and at its own best. */
export function infiniteCurves(
  smallest: WidthSweep,
  own: readonly SweepPoint[],
  cellsAt: (value: number) => readonly Pick<Cell, 'curve'>[],
): Pick<InfiniteSweep, 'transferred' | 'own'> {
  const curve = (value: number | undefined): InfiniteSweep['own'] =>
    value === undefined ? null : { value, losses: averageCurve(cellsAt(value)) };
  return { transferred: curve(bestPoint(smallest.points)?.value), own: curve(bestPoint(own)?.value) };
}

/** The value tried that has the least loss. */
export function bestPoint(points: readonly SweepPoint[]): SweepPoint | undefined {
  return points.reduce<SweepPoint | undefined>(
    (best, point) => (point.loss !== null && point.loss < (best?.loss ?? Number.POSITIVE_INFINITY) ? point : best),
    undefined,
  );
}
