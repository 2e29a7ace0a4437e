/** The figures of a limit of training: loss and outputs by update, at infinite width and at finite widths. */

import { required } from '../errors/index.ts';
import type { LimitResult, WidthPaths } from '../experiments/index.ts';
import { counted, digits } from './format.ts';
import type { Html } from './html.ts';
import { BAND, banded, LIMIT, paths, spreadPlaces } from './pathFigure.ts';
import { standalone } from './standalone.ts';
import { widthColor } from './transferParts.ts';

/** A limit with what it is of. */
export interface LimitFigureData {
  readonly result: LimitResult;
  /** Of the figure: network, parametrization, optimizer. */
  readonly title: string;
  /** The target by output, row-major, where outputs are to meet numbers; null for one that is in no batch. */
  readonly targets?: readonly (number | null)[];
}

/** Draws outputs by update as an SVG file. */
export function limitFigure(data: LimitFigureData): string {
  return standalone(outputPaths(data));
}

/** Loss by update. */
export function lossPaths({ result, title }: LimitFigureData): Html | undefined {
  const { limit, widths } = result;
  if (limit.losses === undefined) return undefined;
  const panel = 'loss of each step’s batch';
  const points = limit.losses.map(({ value, standardError }, step) => banded(panel, step, value, standardError));
  const beside = widths.map((one, k) => ({
    name: String(one.width),
    color: widthColor(k, widths.length),
    points: one.losses.map((value, step) => banded(panel, step, value, 0)),
  }));
  return paths({
    title: `Loss of ${title}`,
    about: `black: the limit with ${BAND} standard errors; means over ${seedsText(widths)}`,
    panels: [panel],
    lines: [...beside, { name: 'limit', color: LIMIT, points }],
  });
}

/** Outputs by update, a panel each, as many as there is room for. */
export function outputPaths({ result, title, targets }: LimitFigureData): Html {
  const { limit, widths } = result;
  const shown = spreadPlaces(required(limit.outputs[0], 'outputs of a limit').length);
  const panelOf = (place: number): string => outputName(limit.shape, place);
  const points = limit.outputs.flatMap((entries, step) =>
    shown.map((place) => {
      const { value, standardError } = required(entries[place], 'output of a limit');
      return banded(panelOf(place), step, value, standardError);
    }),
  );
  const beside = widths.map((one, k) => ({
    name: String(one.width),
    color: widthColor(k, widths.length),
    points: one.means.flatMap((values, step) =>
      shown.map((place) => {
        // Of the widest alone: bands of all would hide each other.
        const deviation = k === widths.length - 1 ? required(one.deviations[step]?.[place], 'deviation') : 0;
        return banded(panelOf(place), step, required(values[place], 'mean'), deviation);
      }),
    ),
  }));
  const all = limit.outputs[0]?.length;
  const left = all === shown.length ? '' : `; ${shown.length} of ${all} outputs`;
  return paths({
    title: `Outputs of ${title}`,
    about: `black: the limit with ${BAND} standard errors; ${widths.length === 0 ? '' : `means over ${seedsText(widths)}, the widest with ${BAND} deviations; `}dashed: targets${left}`,
    panels: shown.map(panelOf),
    lines: [...beside, { name: 'limit', color: LIMIT, points }],
    rules: shown.flatMap((place) => {
      const target = targets?.[place];
      return target === undefined || target === null ? [] : [{ panel: panelOf(place), target }];
    }),
  });
}

export const seedsText = (widths: readonly WidthPaths[]): string =>
  widths.length === 0 ? 'no networks' : `${counted(required(widths[0], 'width').seeds, 'network')} a width`;

/** `f[3]`, `f[3, 1]`: a row-major place among the outputs. */
export function outputName(shape: readonly number[], place: number): string {
  const indices: number[] = [];
  let rest = place;
  for (const size of shape.toReversed()) {
    indices.unshift(rest % size);
    rest = Math.floor(rest / size);
  }
  return `f[${indices.join(', ')}]`;
}

/** `0.0207 ± 0.0045`. */
export const distanceText = ({ distance, standardError }: WidthPaths): string =>
  `${digits(distance)} ± ${digits(standardError)}`;
