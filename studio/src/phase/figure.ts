/** The phase diagram: size of the trained readout against movement of features, with regions (IVb 2.8). */

import * as Plot from '@observablehq/plot';
import { sourceOf } from '../formulas/index.ts';
import type { MeasuredMovement } from './measurement.ts';
import type { PhasePlace } from './session.ts';

/** Of the axes. What lies beyond stands at their ends. */
export const [X, R] = [
  [0.25, 1.5],
  [-0.5, 1],
] as const;
const HALF = 0.5;
const INSET = 0.05;
const [UNSTABLE, OPERATOR, TRIVIAL, LEARNS] = ['var(--unstable)', 'var(--operator)', 'var(--trivial)', 'var(--learns)'];

const MARGIN = { marginLeft: 52, marginRight: 16, marginTop: 26, marginBottom: 44 } as const;
const [MOST_HEIGHT, RATIO] = [520, 0.82];

export function phaseFigure(
  given: PhasePlace | undefined,
  named: readonly PhasePlace[],
  moved: MeasuredMovement | undefined,
  width: number,
) {
  const height = Math.min(MOST_HEIGHT, Math.round(RATIO * width));
  const isNarrow = width < 480;
  return Plot.plot({
    ...{ className: 'plot', width, height, ...MARGIN },
    x: {
      domain: [...X],
      label: 'x: the trained readout has weights of size n^(−x)',
      ticks: 5,
      labelAnchor: 'center',
      labelArrow: 'none',
    },
    y: { domain: [...R], label: 'r: features move by n^(−r)', ticks: 6, labelArrow: 'none' },
    marks: [...regions(), ...lines(), ...names(isNarrow), ...places(given, named), ...measured(given, moved, isNarrow)],
  });
}

function regions(): Plot.Markish[] {
  const area = (corners: readonly (readonly [number, number, number])[], fill: string): Plot.Markish =>
    Plot.areaY(
      corners.map(([at, low, high]) => ({ at, low, high })),
      { x: 'at', y1: 'low', y2: 'high', fill, fillOpacity: 0.14 },
    );
  const [[left, right], [low, high]] = [X, R];
  return [
    area(
      [
        [left, low, high],
        [HALF, low, high],
      ],
      UNSTABLE,
    ),
    area(
      [
        [HALF, low, 0],
        [right, low, 0],
      ],
      UNSTABLE,
    ),
    area(
      [
        [HALF, 0, HALF],
        [1, 0, 0],
      ],
      UNSTABLE,
    ),
    area(
      [
        [HALF, HALF, high],
        [1, 0, high],
      ],
      OPERATOR,
    ),
    area(
      [
        [1, 0, high],
        [right, 0, high],
      ],
      TRIVIAL,
    ),
  ];
}

function lines(): Plot.Markish[] {
  const line = (points: [number, number][], stroke: string, options: Plot.LineOptions = {}): Plot.Markish =>
    Plot.line(points, { stroke, ...options });
  return [
    line(
      [
        [HALF, R[0]],
        [HALF, R[1]],
      ],
      'var(--muted)',
      { strokeOpacity: 0.5 },
    ),
    line(
      [
        [HALF, 0],
        [X[1], 0],
      ],
      'var(--muted)',
      { strokeOpacity: 0.5 },
    ),
    line(
      [
        [1, 0],
        [1, R[1]],
      ],
      'var(--muted)',
      { strokeOpacity: 0.5, strokeDasharray: '4 4' },
    ),
    line(
      [
        [HALF, HALF],
        [1, 0],
      ],
      OPERATOR,
      { strokeWidth: 3 },
    ),
    Plot.dot([[1, 0]], { r: 11, fill: LEARNS, fillOpacity: 0.25, stroke: LEARNS }),
  ];
}

function names(isNarrow: boolean): Plot.Markish[] {
  const name = (text: string, at: [number, number], fill: string, options: Plot.TextOptions = {}): Plot.Markish =>
    Plot.text([text], { x: [at[0]], y: [at[1]], fill, lineHeight: 1.3, fontWeight: 600, ...options });
  return [
    isNarrow
      ? name('unstable', [0.375, -0.1], UNSTABLE, { rotate: -90 })
      : name('unstable:\nreadout too large', [0.375, -0.25], UNSTABLE),
    name('unstable: features grow', [1, -0.25], UNSTABLE),
    name(isNarrow ? '' : 'unstable:\nf grows', [0.62, 0.12], UNSTABLE),
    name(isNarrow ? 'operator\nregime' : 'operator regime\nif the readout learns,\na + c = 1', [0.78, 0.7], OPERATOR),
    name('trivial', [1.25, 0.5], TRIVIAL),
    // Above the line of r = 0, however many lines it takes.
    name(isNarrow ? 'features\nlearn' : 'features learn', [1, 0], LEARNS, {
      ...{ textAnchor: 'start', lineAnchor: 'bottom', dx: 16, dy: -5 },
    }),
  ];
}

function places(given: PhasePlace | undefined, named: readonly PhasePlace[]): Plot.Markish[] {
  const all = named.map(within);
  const own = given === undefined ? [] : [within(given)];
  const halo = { stroke: 'var(--page)', strokeWidth: 4 };
  return [
    Plot.dot(all, { x: 'x', y: 'r', r: 4, fill: 'var(--ink)' }),
    Plot.text(all, { x: 'x', y: 'r', text: 'name', textAnchor: 'end', dx: -12, dy: 12, fill: 'var(--ink)', ...halo }),
    Plot.dot(own, {
      x: 'x',
      y: 'r',
      r: 9,
      stroke: 'var(--accent)',
      strokeWidth: 3,
      fill: 'var(--accent)',
      fillOpacity: 0.25,
    }),
    Plot.tip(
      [...all.map((one, k) => ({ ...one, of: named[k] })), ...own.map((one) => ({ ...one, of: given }))],
      Plot.pointer({
        x: 'x',
        y: 'r',
        maxRadius: 16,
        fill: 'var(--card)',
        stroke: 'var(--line)',
        title: ({ of }) => placeText(of),
      }),
    ),
  ];
}

/** A place with its own numbers, which may lie beyond the axes. */
const placeText = (place: PhasePlace | undefined): string =>
  place === undefined
    ? ''
    : `${place.name === 'given' ? 'these exponents' : place.name}\nx = ${place.x} (${sourceOf('readout')}), r = ${place.r} (${sourceOf('features')})`;

/** The interval of r that networks have, at the x that is predicted. */
function measured(
  given: PhasePlace | undefined,
  moved: MeasuredMovement | undefined,
  isNarrow: boolean,
): Plot.Markish[] {
  if (given === undefined || moved === undefined) return [];
  const { x } = within(given);
  const clamped = (value: number): number => Math.min(R[1], Math.max(R[0], value));
  const line = { x, low: clamped(moved.low), high: clamped(moved.high), r: clamped(moved.r) };
  const color = 'var(--accent)';
  return [
    Plot.ruleX([line], { x: 'x', y1: 'low', y2: 'high', stroke: color, strokeWidth: 3 }),
    Plot.dot([line], { x: 'x', y: 'r', symbol: 'diamond2', r: 5, fill: color, stroke: 'var(--page)' }),
    Plot.text([line], {
      ...{
        x: 'x',
        y: 'r',
        text: () => (isNarrow ? 'measured' : `measured r = ${moved.r.toFixed(2).replace(/^-(?=0\.00$)/, '')}`),
      },
      ...{ textAnchor: 'start', dx: 12, dy: 14, fill: color, fontWeight: 600, stroke: 'var(--page)', strokeWidth: 4 },
    }),
  ];
}

function within({ name, x, r }: PhasePlace): PhasePlace {
  const clamped = (value: number, [low, high]: readonly [number, number]): number =>
    value < low ? low + INSET : value > high ? high - INSET : value;
  return { name, x: clamped(x, X), r: clamped(r, R) };
}
