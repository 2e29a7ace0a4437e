/**
 * The phase diagram of parametrizations of a multilayer perceptron: the size n^(-x) of its trained readout against the
 * change n^(-r) of its features, with the regions of the classification (IVb 2.8) and where parametrizations lie.
 */

import { margins } from './axes.ts';
import { figure, linesAbove, Plot } from './figure.ts';
import { listed, shortened } from './format.ts';
import { standalone } from './standalone.ts';

/** A parametrization's place. */
export interface PhasePoint {
  readonly name: string;
  /** x: its trained readout's weights are of size n^(-x). */
  readonly readout: number;
  /** Its features change by n^(-r). */
  readonly r: number;
}

/** What a phase diagram shows. */
export interface PhaseData {
  readonly title: string;
  /** Of the given parametrization, in words. */
  readonly verdict: string;
  /** Absent where it has no finite place. */
  readonly given: PhasePoint | undefined;
  readonly named: readonly PhasePoint[];
}

type Domain = readonly [number, number];

const WIDTH = 760;
const HEIGHT = 560;
const MARGIN = { top: 66, right: 20, bottom: 58, left: 76 } as const;
const TITLE_CHARACTERS = 64;
const NAME_CHARACTERS = 40;
/** Of the axes. Points beyond them stand at their ends. */
const X: Domain = [0.25, 1.5];
const Y: Domain = [-0.5, 1];
/** Between such a point and the end of the axis. */
const INSET = 0.07;
const TICK = 0.25;
/** The least x that is stable at initialization. */
const HALF = 0.5;
const UNSTABLE = 'var(--series-2)';
const OPERATOR = 'var(--series-1)';
const TRIVIAL = 'var(--series-0)';
const FEATURES = 'var(--series-3)';

/** Draws the diagram as an SVG file. */
export function phaseDiagram(data: PhaseData): string {
  return standalone(
    figure({
      label: describePhases(data),
      width: WIDTH,
      height: HEIGHT,
      plot: {
        ...margins(MARGIN),
        x: { domain: [...X], axis: null },
        y: { domain: [...Y], axis: null },
        marks: [
          ...regions(),
          ...boundaries(),
          ...regionNames(),
          ...phaseAxes(),
          ...phaseHeadings(data),
          ...namedMarks(data.named),
          ...givenMarks(data.given, data.named),
        ],
      },
    }),
  );
}

function regions(): Plot.Markish[] {
  const area = (corners: readonly (readonly [number, number, number])[], fill: string, name: string): Plot.Markish =>
    Plot.areaY(
      corners.map(([at, y1, y2]) => ({ at, y1, y2 })),
      { x: 'at', y1: 'y1', y2: 'y2', fill, fillOpacity: 0.13, className: `region ${name}` },
    );
  const [[left, right], [low, high]] = [X, Y];
  return [
    area(
      [
        [left, low, high],
        [HALF, low, high],
      ],
      UNSTABLE,
      'start',
    ),
    area(
      [
        [HALF, low, 0],
        [right, low, 0],
      ],
      UNSTABLE,
      'features',
    ),
    area(
      [
        [HALF, 0, HALF],
        [1, 0, 0],
      ],
      UNSTABLE,
      'output',
    ),
    area(
      [
        [HALF, HALF, high],
        [1, 0, high],
      ],
      OPERATOR,
      'operator',
    ),
    area(
      [
        [1, 0, high],
        [right, 0, high],
      ],
      TRIVIAL,
      'trivial',
    ),
  ];
}

function boundaries(): Plot.Markish[] {
  const [[, right], [low, high]] = [X, Y];
  const line = (points: [number, number][], stroke: string, options: Plot.LineOptions = {}): Plot.Markish =>
    Plot.line(points, { stroke, strokeWidth: 1, ...options });
  const thin = { strokeOpacity: 0.6 };
  return [
    line(
      [
        [HALF, low],
        [HALF, high],
      ],
      'var(--muted)',
      thin,
    ),
    line(
      [
        [HALF, 0],
        [right, 0],
      ],
      'var(--muted)',
      thin,
    ),
    line(
      [
        [1, 0],
        [1, high],
      ],
      'var(--muted)',
      { ...thin, strokeDasharray: '4 4' },
    ),
    line(
      [
        [HALF, HALF],
        [1, 0],
      ],
      OPERATOR,
      { strokeWidth: 3, className: 'uniform' },
    ),
    Plot.dot([[1, 0]], { r: 9, fill: FEATURES, fillOpacity: 0.25, stroke: FEATURES, className: 'features-learn' }),
  ];
}

function regionNames(): Plot.Markish[] {
  const name = (text: string, at: [number, number], fill: string, options: Plot.TextOptions = {}): Plot.Markish =>
    Plot.text([text], { x: [at[0]], y: [at[1]], fill, lineHeight: 1.35, className: 'region-name', ...options });
  const [[left, right], [low, high]] = [X, Y];
  const unit = {
    x: (WIDTH - MARGIN.left - MARGIN.right) / (right - left),
    y: (HEIGHT - MARGIN.top - MARGIN.bottom) / (high - low),
  };
  const slope = (Math.atan2(unit.y, unit.x) * 180) / Math.PI;
  return [
    name('unstable: the readout is too large', [(left + HALF) / 2, (low + high) / 2], UNSTABLE, { rotate: -90 }),
    name('unstable: features grow', [(HALF + right) / 2, low / 2], UNSTABLE),
    name('unstable:\nf grows with the\nchange of features', [HALF, 0.2], UNSTABLE, { textAnchor: 'start', dx: 14 }),
    name(
      'operator regime\nif the readout learns (a + c = 1),\ntrivial if it does not',
      [(HALF + 1) / 2, (1 + high) / 2 - 0.3],
      OPERATOR,
    ),
    name('operator regime', [0.625, 0.375], OPERATOR, { rotate: slope, dy: -10, dx: 6, fontWeight: 650 }),
    name('trivial:\nf does not change', [(1 + right) / 2, (0 + high) / 2], 'var(--muted)'),
    name('feature learning', [1, 0], FEATURES, { textAnchor: 'start', dx: 14, dy: -28, fontWeight: 650 }),
  ];
}

function phaseAxes(): Plot.Markish[] {
  const [xTicks, yTicks] = [ticks(X), ticks(Y)];
  const label = (values: number[], options: Plot.TextOptions): Plot.Markish =>
    Plot.text(values, { text: values.map(fraction), fill: 'var(--ink)', ...options });
  return [
    label(xTicks, { x: xTicks, frameAnchor: 'bottom', dy: 16, className: 'x-ticks' }),
    label(yTicks, { y: yTicks, frameAnchor: 'left', textAnchor: 'end', dx: -8, className: 'y-ticks' }),
    Plot.text(['x: the weights of the trained readout are of size n^(−x)'], { frameAnchor: 'bottom', dy: 40 }),
    Plot.text(['r: features change by n^(−r)'], { frameAnchor: 'left', dx: -58, rotate: -90 }),
  ];
}

function ticks([low, high]: Domain): number[] {
  return Array.from({ length: Math.round((high - low) / TICK) + 1 }, (_, k) => low + TICK * k);
}

/** `1/4`, `−1/2`, `1`. */
function fraction(value: number): string {
  const quarters = Math.abs(value) / TICK;
  const sign = value < 0 ? '−' : '';
  if (!Number.isInteger(quarters)) return `${sign}${Number(Math.abs(value).toPrecision(3))}`;
  if (quarters % 4 === 0) return `${sign}${quarters / 4}`;
  return `${sign}${quarters % 2 === 0 ? `${quarters / 2}/2` : `${quarters}/4`}`;
}

function phaseHeadings({ title, verdict }: PhaseData): Plot.Markish[] {
  const at = linesAbove(MARGIN.left);
  return [
    at(shortened(title, TITLE_CHARACTERS), 0, -52, { fontSize: 16, fontWeight: 650, fill: 'var(--ink)' }),
    at(shortened(verdict, 2 * TITLE_CHARACTERS), 0, -30, { fill: 'var(--muted)' }),
  ];
}

/** Names of one place stand on one line. */
function namedMarks(points: readonly PhasePoint[]): Plot.Markish[] {
  const places = new Map<string, PhasePoint[]>();
  for (const point of points) {
    const key = `${point.readout} ${point.r}`;
    places.set(key, [...(places.get(key) ?? []), point]);
  }
  return [...places.values()].flatMap((group): Plot.Markish[] => {
    const [first] = group;
    if (first === undefined) return [];
    const at = within(first);
    return [
      Plot.dot([0], { ...at, r: 4.5, fill: 'var(--ink)', stroke: 'var(--page)', className: 'named' }),
      label(`${group.map(({ name }) => name).join(', ')}${beyond(first)}`, at, { dy: -12, fill: 'var(--ink)' }),
    ];
  });
}

function givenMarks(given: PhasePoint | undefined, named: readonly PhasePoint[]): Plot.Markish[] {
  if (given === undefined) return [];
  const at = within(given);
  const taken = named.some(({ readout, r }) => readout === given.readout && r === given.r);
  const name = shortened(given.name, NAME_CHARACTERS);
  const beside: Plot.TextOptions = taken ? { dy: 18, dx: -10, textAnchor: 'end' } : { dy: -14 };
  return [
    Plot.dot([0], { ...at, r: 9, stroke: 'var(--accent)', strokeWidth: 2.5, className: 'given' }),
    label(`${name}${beyond(given)}`, at, { ...beside, fill: 'var(--accent)', fontWeight: 700 }),
  ];
}

/** The place in the figure: beyond an axis, at its end. */
function within({ readout, r }: PhasePoint): { x: number[]; y: number[] } {
  const clamped = (value: number, [low, high]: Domain): number =>
    value < low ? low + INSET : value > high ? high - INSET : value;
  return { x: [clamped(readout, X)], y: [clamped(r, Y)] };
}

/** The coordinates of what lies beyond the axes. */
function beyond({ readout, r }: PhasePoint): string {
  const inside = (value: number, [low, high]: Domain): boolean => value >= low && value <= high;
  return inside(readout, X) && inside(r, Y) ? '' : ` (beyond: x = ${fraction(readout)}, r = ${fraction(r)})`;
}

function label(name: string, at: { x: number[]; y: number[] }, options: Plot.TextOptions): Plot.Markish {
  const halo = { stroke: 'var(--page)', strokeWidth: 4 };
  return Plot.text([name], { ...at, textAnchor: 'start', dx: 12, className: 'point-name', ...halo, ...options });
}

function describePhases({ title, verdict, given, named }: PhaseData): string {
  const place = ({ name, readout, r }: PhasePoint): string => `${name} at x = ${readout}, r = ${r}`;
  return (
    `Phase diagram of ${title}: ${verdict}. The size n^(−x) of the trained readout against the change n^(−r) of ` +
    `features. Unstable where x is below 1/2, r below 0 or x + r below 1; the line x + r = 1 is the operator regime, ` +
    `its end at x = 1, r = 0 feature learning; beyond x = 1 training is trivial. ` +
    `Marked: ${listed([...(given === undefined ? [] : [place(given)]), ...named.map(place)])}.`
  );
}
