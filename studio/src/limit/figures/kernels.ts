/** Feature kernels as pictures. */

import * as Plot from '@observablehq/plot';
import { DIVERGING, isDark, SEQUENTIAL } from '../../figure/colors.ts';
import { gridOf, isPlane, kernelRows } from '../../problem/grid.ts';
import type { Point } from '../../problem/spec.ts';
import { digits } from '../words.ts';
import { standing, TIP } from './common.ts';

/** One feature kernel over the grid of a line, or the points of a plane by class: a cell for each pair of inputs. */
export function kernelFigure(
  entries: readonly number[],
  points: readonly Point[],
  largest: number,
  width: number,
  source?: string,
) {
  const names = kernelNames(points);
  const [from, all] = isPlane(points) ? [0, names.length] : [points.length, points.length + names.length];
  const cells = names.flatMap((first, a) =>
    names.map((second, b) => ({
      ...{ a, b, first, second },
      value: entries[(from + a) * all + from + b] ?? Number.NaN,
    })),
  );
  const isSigned = cells.some(({ value }) => value < 0);
  const theme = isDark() ? 'dark' : 'light';
  return Plot.plot({
    className: 'plot',
    ...{ width, height: width, margin: 1, axis: null, padding: 0 },
    x: { type: 'band' },
    y: { type: 'band', reverse: true },
    color: {
      type: 'linear',
      domain: isSigned
        ? [-largest, -largest / 2, 0, largest / 2, largest]
        : [0, 0.25 * largest, 0.5 * largest, 0.75 * largest, largest],
      range: [...(isSigned ? DIVERGING : SEQUENTIAL)[theme]],
      interpolate: 'lab',
      clamp: true,
    },
    marks: [
      Plot.cell(cells, { x: 'b', y: 'a', fill: 'value' }),
      Plot.tip(
        cells,
        Plot.pointer({
          x: 'b',
          y: 'a',
          title: ({ first, second, value }: { first: string; second: string; value: number }) =>
            `⟨x(${first}) | x(${second})⟩ = ${digits(value)}${standing('⟨x|y⟩ = E |x⟩|y⟩', source)}`,
          ...TIP,
        }),
      ),
    ],
  });
}

/** Inputs of a kernel that is shown, as a hint names them. */
function kernelNames(points: readonly Point[]): readonly string[] {
  if (!isPlane(points)) return gridOf(points).map(digits);
  return kernelRows(points).flatMap((row) => {
    const point = points[row];
    return point === undefined ? [] : [`${digits(point.x)}, ${digits(point.y)}, class ${point.class}`];
  });
}
