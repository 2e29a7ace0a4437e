/** Figures of what was looked at besides outputs: sharpness, spectrum of the tangent kernel, change of weights. */

import { required } from '../errors/index.ts';
import type { LimitResult } from '../experiments/index.ts';
import { digits } from './format.ts';
import type { Html } from './html.ts';
import { seedsText } from './limitFigures.ts';
import { BAND, banded, LIMIT, type PathLine, type PathPoint, paths, spreadPlaces } from './pathFigure.ts';
import { widthColor } from './transferParts.ts';

/** The tangent kernel before a step. */
export interface KernelRow {
  readonly step: number;
  readonly sharpness: number | null;
  readonly standardError: number | null;
  /** From the largest on. */
  readonly eigenvalues: readonly number[];
  readonly alignment?: number;
}

/** How far the weights of a parameter are from where they started, before a step. */
export interface WeightRow {
  readonly step: number;
  readonly parameter: string;
  readonly change: number;
  readonly standardError: number | null;
}

/** What networks of a width show, means over seeds. */
export interface BesideRow {
  readonly width: number;
  readonly features: readonly { readonly layer: string; readonly movement: number }[];
  readonly tangentKernel: readonly {
    readonly step: number;
    readonly sharpness: number;
    readonly deviation: number | null;
    readonly eigenvalues: readonly number[];
  }[];
  readonly weights: readonly {
    readonly step: number;
    readonly parameter: string;
    readonly change: number;
    readonly deviation: number | null;
  }[];
}

export interface LookFigureData {
  readonly result: LimitResult;
  readonly title: string;
  readonly kernels: readonly KernelRow[];
  /** The sharpness from which on descent diverges; null of other rules. */
  readonly edge: number | null;
  readonly weights: readonly WeightRow[];
  readonly beside: readonly BesideRow[];
}

/** An edge further above all sharpnesses than this would leave no room to see them. */
const NEAR = 4;

/** Sharpness by update, beside the edge where it is near; undefined where nothing was looked at twice. */
export function sharpnessPaths({ result, title, kernels, edge, beside }: LookFigureData): Html | undefined {
  const panel = 'sharpness';
  const own = standing(result, kernels, beside).flatMap(({ step, sharpness, standardError }) =>
    sharpness === null ? [] : [banded(panel, step, sharpness, standardError ?? 0)],
  );
  const lines = withLimit(
    own,
    beside.map(({ tangentKernel }, k) =>
      tangentKernel.map(({ step, sharpness, deviation }) =>
        banded(panel, step, sharpness, k === beside.length - 1 ? (deviation ?? 0) : 0),
      ),
    ),
    beside,
  );
  if (stepsIn(lines).length < 2) return undefined;
  const most = Math.max(...lines.flatMap(({ points }) => points.map(({ value }) => value)));
  const isNear = edge !== null && edge < NEAR * most;
  const bound =
    edge === null
      ? ''
      : isNear
        ? '; dashed: 2 (1 + momentum) / η'
        : `; 2 (1 + momentum) / η = ${digits(edge)} lies far above`;
  return paths({
    title: `Sharpness of ${title}`,
    about: `${aboutLines(result)}${bound}`,
    panels: [panel],
    lines,
    rules: isNear ? [{ panel, target: edge }] : [],
  });
}

/** Eigenvalues smaller than the largest by more are rounding of the f32 that networks are run in, or errors of samples. */
const DEPTH = 1e-6;

/** Eigenvalues of the tangent kernel by rank, a panel for each look, as many as there is room for. */
export function spectrumPaths({ result, title, kernels, beside }: LookFigureData): Html | undefined {
  const own = standing(result, kernels, beside);
  const steps = [...new Set([...own, ...beside.flatMap((one) => one.tangentKernel)].map(({ step }) => step))];
  const shown = spreadPlaces(steps.length).map((place) => required(steps.toSorted((a, b) => a - b)[place], 'look'));
  const panelOf = (step: number): string => (step === 0 ? 'at the start' : `after ${step}`);
  const points = (looks: readonly { readonly step: number; readonly eigenvalues: readonly number[] }[]): PathPoint[] =>
    looks
      .filter(({ step }) => shown.includes(step))
      .flatMap(({ step, eigenvalues }) =>
        eigenvalues.flatMap((value, k) =>
          value > DEPTH * required(eigenvalues[0], 'largest eigenvalue')
            ? [banded(panelOf(step), k + 1, value, 0)]
            : [],
        ),
      );
  const lines = withLimit(
    points(own),
    beside.map((one) => points(one.tangentKernel)),
    beside,
  );
  if (lines.every((line) => line.points.length === 0)) return undefined;
  return paths({
    title: `Spectrum of the tangent kernel of ${title}`,
    about: `black: the limit; ${seedsText(result.widths)}, means of each eigenvalue`,
    panels: shown.map(panelOf),
    lines,
    along: 'eigenvalue, from the largest on',
    from: 1,
    log: true,
  });
}

/** Change of weights by update, a panel a parameter, as many as there is room for. */
export function weightPaths({ result, title, weights, beside }: LookFigureData): Html | undefined {
  const names = [...new Set([...weights, ...beside.flatMap((one) => one.weights)].map(({ parameter }) => parameter))];
  const shown = spreadPlaces(names.length).map((place) => required(names[place], 'parameter'));
  const isShown = ({ parameter }: { readonly parameter: string }): boolean => shown.includes(parameter);
  const lines = withLimit(
    weights
      .filter(isShown)
      .map(({ step, parameter, change, standardError }) => banded(parameter, step, change, standardError ?? 0)),
    beside.map((one, k) =>
      one.weights
        .filter(isShown)
        .map(({ step, parameter, change, deviation }) =>
          banded(parameter, step, change, k === beside.length - 1 ? (deviation ?? 0) : 0),
        ),
    ),
    beside,
  );
  if (stepsIn(lines).length < 2) return undefined;
  const left = names.length === shown.length ? '' : `; ${shown.length} of ${names.length} parameters`;
  return paths({
    title: `Change of the weights of ${title}`,
    about: `${aboutLines(result)}${left}`,
    panels: shown,
    lines,
  });
}

/** The one kernel of a neural tangent limit is that of all steps. */
function standing(
  { limit }: LimitResult,
  kernels: readonly KernelRow[],
  beside: readonly BesideRow[],
): readonly KernelRow[] {
  const [only] = kernels;
  if (limit.kind !== 'neural tangent' || only === undefined) return kernels;
  const steps = beside.flatMap(({ tangentKernel }) => tangentKernel.map(({ step }) => step));
  return [...new Set([only.step, ...steps])].map((step) => ({ ...only, step }));
}

const stepsIn = (lines: readonly PathLine[]): readonly number[] => [
  ...new Set(lines.flatMap(({ points }) => points.map(({ step }) => step))),
];

/** Lines of networks, and over them that of the limit. */
function withLimit(
  own: readonly PathPoint[],
  others: readonly (readonly PathPoint[])[],
  beside: readonly BesideRow[],
): readonly PathLine[] {
  return [
    ...others.map((points, k) => ({
      name: String(required(beside[k], 'width').width),
      color: widthColor(k, beside.length),
      points,
    })),
    { name: 'limit', color: LIMIT, points: own },
  ];
}

const aboutLines = ({ widths }: LimitResult): string =>
  `black: the limit with ${BAND} standard errors${widths.length === 0 ? '' : `; means over ${seedsText(widths)}, the widest with ${BAND} deviations`}`;
