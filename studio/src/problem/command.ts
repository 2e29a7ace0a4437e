/** The same on the command line, for what a page should not do or a paper needs. */

import { isPlane, rowsOf } from './grid.ts';
import { shellWord } from './quoting.ts';
import { GRID, type LimitSpec, PLANE_GRID, SUBSAMPLE } from './spec.ts';

/** The table that the command reads. */
export function dataFile({ points }: LimitSpec): string {
  const header = isPlane(points) ? 'x,y,one,class' : 'x,one,y';
  return `${[header, ...rowsOf(points).map(({ inputs, target }) => [...inputs, target].join(','))].join('\n')}\n`;
}

/** `nexort limit …` with the numbers that the page shows. */
export function limitCommand(spec: LimitSpec, widths: readonly number[], seeds: number): string {
  return ['nexort', 'limit', ...limitArguments(spec, widths, seeds, 'points.csv').map(shellWord)].join(' ');
}

export function limitArguments(
  { depth, activation, optimizer, rate, parametrization, steps, seed, samples, scramblings, points }: LimitSpec,
  widths: readonly number[],
  seeds: number,
  file: string,
): readonly string[] {
  const [label, evaluated] = isPlane(points) ? ['class', PLANE_GRID ** 2] : ['y', GRID];
  return [
    ...['--data', file, '--label', label, '--evaluate', String(evaluated)],
    ...['--depth', String(depth), '--activation', activation],
    ...['--optimizer', optimizer, '--learning-rate', String(rate)],
    ...['--parametrization', parametrization, '--steps', String(steps)],
    ...['--widths', widths.length === 0 ? 'none' : widths.join(','), '--seeds', String(seeds), '--seed', String(seed)],
    ...['--samples', String(samples), '--subsample', String(Math.min(SUBSAMPLE, samples))],
    // What is looked at besides asks infinite matrices for more, in another order: other samples of the same law.
    ...['--scramblings', String(scramblings), '--looks', '0'],
  ];
}
