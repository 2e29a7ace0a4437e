/** Eigenvalues of the kernels: a figure of their decay, and what the table beside it says. */

import { required } from '../errors/index.ts';
import type { KernelDraw, KernelReportData } from './data.ts';
import { figure, Plot } from './figure.ts';
import { counted, digits, powerOfTen } from './format.ts';
import type { Html } from './html.ts';

const WIDTH = 460;
const HEIGHT = 300;
const MARGIN_TOP = 24;
const MARGIN_BOTTOM = 40;
const MARGIN_LEFT = 56;
const MARGIN_RIGHT = 10;
const MOST_DECADES = 8;
/** With more eigenvalues a line alone is clearer. */
const MOST_DOTS = 100;

/** The spectrum of one draw. */
export interface Spectrum {
  readonly seed: number;
  /** How many there are. */
  readonly size: number;
  /** The finite ones in falling order. */
  readonly values: readonly number[];
  readonly largest: number;
  /** Share of the largest in the sum of all; undefined for a sum of 0. */
  readonly firstShare: number | undefined;
  /** How many stand above rounding: size · 2^-52 · largest. */
  readonly rank: number;
  /** The chosen ridge as a multiple of the largest; undefined without one. */
  readonly ridge: number | undefined;
  /** How many are at least the ridge; undefined without one. */
  readonly aboveRidge: number | undefined;
}

/** Describes the eigenvalues of a draw. */
export function spectrum({ seed, eigenvalues, solver }: KernelDraw): Spectrum {
  const values = Array.from(eigenvalues)
    .filter(Number.isFinite)
    .sort((a, b) => b - a);
  const largest = required(values[0], `eigenvalue of draw ${seed}`);
  const sum = values.reduce((total, value) => total + value, 0);
  const ridge = solver?.ridge === undefined || solver.ridge === 0 ? undefined : solver.ridge;
  return {
    seed,
    size: eigenvalues.length,
    values,
    largest,
    firstShare: sum > 0 ? largest / sum : undefined,
    rank: values.filter((value) => value > values.length * Number.EPSILON * largest).length,
    ridge,
    aboveRidge: ridge === undefined ? undefined : values.filter((value) => value >= ridge * largest).length,
  };
}

/** Draws the eigenvalues of all draws, each relative to the draw's largest, and the ridges chosen. */
export function spectrumFigure(spectra: readonly Spectrum[], { kernel }: KernelReportData): Html {
  const points = spectra.flatMap(({ seed, values, largest, rank }) =>
    values.slice(0, rank).map((value, k) => ({ seed, rank: k + 1, relative: value / largest })),
  );
  const ridges = chosenRidges(spectra);
  const lowest = Math.min(0.5, ...points.map(({ relative }) => relative), ...ridges.map(({ ridge }) => ridge));
  // A ridge on the axis itself would be hard to see.
  const bottom = 10 ** Math.floor(Math.log10(lowest / 1.5));
  const top = Math.max(1, ...ridges.map(({ ridge }) => ridge));
  const longest = Math.max(2, ...spectra.map(({ rank }) => rank));
  return figure({
    label: describeSpectra(spectra, kernel.name),
    width: WIDTH,
    height: HEIGHT,
    plot: {
      marginTop: MARGIN_TOP,
      marginBottom: MARGIN_BOTTOM,
      marginLeft: MARGIN_LEFT,
      marginRight: MARGIN_RIGHT,
      x: { domain: [1, longest] },
      y: { type: 'log', domain: [bottom, top * 1.25] },
      marks: [
        Plot.gridY(decades(bottom, top), { stroke: 'var(--line)', strokeOpacity: 1 }),
        Plot.axisY(decades(bottom, top), { label: null, tickSize: 0, tickFormat: decadeText }),
        Plot.axisX(ranks(longest), { label: null, tickSize: 4, tickFormat: String }),
        Plot.text(['rank'], {
          frameAnchor: 'bottom-right',
          text: ['rank →'],
          textAnchor: 'end',
          dy: 34,
          fill: 'var(--muted)',
        }),
        Plot.text(['eigenvalue'], {
          frameAnchor: 'top-left',
          text: ['eigenvalue ÷ largest, log scale'],
          textAnchor: 'start',
          dx: -MARGIN_LEFT + 4,
          dy: -18,
          fill: 'var(--muted)',
        }),
        Plot.ruleY(ridges, { y: 'ridge', stroke: 'var(--series-2)', strokeWidth: 1.5, strokeDasharray: '6 4' }),
        Plot.line(points, {
          x: 'rank',
          y: 'relative',
          z: 'seed',
          stroke: 'var(--series-1)',
          strokeWidth: 1.5,
          strokeOpacity: spectra.length > 1 ? 0.55 : 1,
          title: seedTitle,
          className: 'spectra',
        }),
        ...(longest > MOST_DOTS
          ? []
          : [
              Plot.dot(points, {
                x: 'rank',
                y: 'relative',
                r: 2.25,
                fill: 'var(--series-1)',
                fillOpacity: 0.8,
                title: ({ seed, rank, relative }: (typeof points)[number]) =>
                  `seed ${seed}, rank ${rank}: ${digits(relative)} of the largest`,
              }),
            ]),
        Plot.text(ridges, {
          x: longest,
          y: 'ridge',
          text: ({ ridge, seeds }: (typeof ridges)[number]) => ridgeText(ridge, seeds, spectra.length),
          textAnchor: 'end',
          dy: -8,
          fill: 'var(--series-2)',
          stroke: 'var(--page)',
          strokeWidth: 4,
          className: 'ridges',
        }),
      ],
    },
  });
}

const seedTitle = ({ seed }: { readonly seed: number }): string => `seed ${seed}`;

/** The ridges chosen, each with the seeds of its draws, in falling order. */
function chosenRidges(spectra: readonly Spectrum[]): { readonly ridge: number; readonly seeds: number[] }[] {
  const ridges = [...new Set(spectra.flatMap(({ ridge }) => ridge ?? []))].sort((a, b) => b - a);
  return ridges.map((ridge) => ({
    ridge,
    seeds: spectra.filter((one) => one.ridge === ridge).map(({ seed }) => seed),
  }));
}

function ridgeText(ridge: number, seeds: readonly number[], draws: number): string {
  if (draws === 1) return `ridge ${digits(ridge)}`;
  return `ridge ${digits(ridge)}: ${seeds.length === draws ? 'all draws' : `${counted(seeds.length, 'draw')}`}`;
}

/** The first rank and then about six more at even distances. */
function ranks(longest: number): number[] {
  const step = [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000].find((size) => longest / size <= 7) ?? Math.ceil(longest / 7);
  return [
    1,
    ...Array.from({ length: Math.floor(longest / step) }, (_, k) => (k + 1) * step).filter((rank) => rank > 1),
  ];
}

/** Powers of ten from one to another, thinned where they are many. */
function decades(bottom: number, top: number): number[] {
  const first = Math.round(Math.log10(bottom));
  const last = Math.floor(Math.log10(top));
  const step = Math.ceil((last - first + 1) / MOST_DECADES);
  return Array.from({ length: Math.floor((last - first) / step) + 1 }, (_, k) => 10 ** (last - k * step));
}

function decadeText(value: number): string {
  return value >= 1e-3 && value <= 100 ? String(value) : powerOfTen(Math.round(Math.log10(value)));
}

function describeSpectra(spectra: readonly Spectrum[], kernel: string): string {
  const parts = spectra.map(({ seed, rank, values, ridge }) => {
    // A kernel of zeros has rank 0, and no share of anything.
    const last =
      rank === 0
        ? Number.NaN
        : required(values[rank - 1], `eigenvalue ${rank}`) / required(values[0], 'largest eigenvalue');
    return `draw ${seed} falls to ${digits(last)} at rank ${rank}${ridge === undefined ? '' : `, ridge ${digits(ridge)}`}`;
  });
  return `Eigenvalues of the ${kernel} against rank on a log scale, relative to the largest: ${parts.join('; ')}.`;
}
