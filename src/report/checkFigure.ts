/** The figure of a check: distances from the limit by width, on log-log axes, beside the slope −1/2. */

import { required } from '../errors/index.ts';
import type { CheckedOutput, CheckResult, Distance } from '../experiments/index.ts';
import { figure, linesAbove, Plot } from './figure.ts';
import { counted, listed, shortened } from './format.ts';
import { type LogScale, logScale, reach, roomy, tick, ticksOf } from './logScale.ts';
import { standalone } from './standalone.ts';
import { spread, textWidth } from './textLayout.ts';

const WIDTH = 760;
const HEIGHT = 440;
const MARGIN = { top: 66, bottom: 46, left: 72 } as const;
/** Outputs that one figure can show apart. */
const MOST_DRAWN = 12;
const NAME_CHARACTERS = 26;
const TITLE_CHARACTERS = 64;
/** Between the lines' ends and their names. */
const LEADER = 26;
const SLOPE_COLUMN = 108;
/** Of names in bold letters to plain ones. */
const BOLD = 1.1;
const LABEL_HEIGHT = 17;
const NOTE_HEIGHT = 18;
/** How far the axis reaches at least, as a ratio: less would show noise. */
const LEAST_RATIO = 6;
/** The dashed line lies this factor above all points. */
const ABOVE = 1.35;
const COLORS = 5;
const SYMBOLS = ['circle', 'square', 'triangle'] as const;
const REFERENCE = 'n^(−1/2)';

/** A line of the figure with its label. */
interface Series {
  readonly name: string;
  readonly slope: string;
  readonly slower: boolean;
  readonly color: string;
  readonly symbol: (typeof SYMBOLS)[number];
  readonly points: readonly Distance[];
}

/**
 * Draws the figure as an SVG file; undefined where no output has a distance to draw, because all equal their limits or
 * the program has none.
 */
export function checkFigure(result: CheckResult): string | undefined {
  const able = result.outputs.filter(isDrawable);
  if (able.length === 0) return undefined;
  const series = mostInformative(able, MOST_DRAWN).map(seriesOf);
  const notes = notesOn(result, able.length, series.length);
  const points = series.flatMap((one) => one.points);
  const widths = [...new Set(points.map(({ width }) => width))].sort((a, b) => a - b);
  const [first, last] = [required(widths[0], 'width of a check'), required(widths.at(-1), 'width of a check')];
  const top = ABOVE * Math.max(...points.map(({ width, rms }) => rms * Math.sqrt(width)));
  const reference = [first, last].map((width): [number, number] => [width, top / Math.sqrt(width)]);
  const names = [REFERENCE, ...series.map(({ name }) => name)];
  const marginRight = LEADER + SLOPE_COLUMN + BOLD * Math.max(...names.map(textWidth));
  const marginBottom = MARGIN.bottom + NOTE_HEIGHT * notes.length;
  const height = HEIGHT + NOTE_HEIGHT * notes.length;
  const x = logScale([first, last], MARGIN.left + 10, WIDTH - marginRight - 10);
  const y = logScale(
    reach([...points.flatMap(barOf), ...reference.map(([, rms]) => rms)], LEAST_RATIO),
    height - marginBottom,
    MARGIN.top,
  );
  const labels = placed(series, required(reference[1], 'end of the reference line')[1], y, height - marginBottom);
  const labelX = x.value(x.range[1] + LEADER);
  const slopeX = x.value(WIDTH - 12);
  const yTicks = ticksOf(y.domain);
  return standalone(
    figure({
      label: describeCheck(result, able),
      width: WIDTH,
      height,
      plot: {
        marginTop: MARGIN.top,
        marginLeft: MARGIN.left,
        marginRight,
        marginBottom,
        insetLeft: 10,
        insetRight: 10,
        x: { type: 'log', domain: x.domain, axis: null },
        y: { type: 'log', domain: y.domain, axis: null },
        marks: [
          Plot.gridY(yTicks, { stroke: 'var(--line)', strokeOpacity: 1 }),
          tickLabels('y', yTicks, tick, { frameAnchor: 'left', textAnchor: 'end', dx: -8 }),
          Plot.ruleX(widths, { stroke: 'var(--line)' }),
          tickLabels('x', roomy(widths, x), String, { frameAnchor: 'bottom', dy: 14 }),
          Plot.text([`width${result.steps === 1 ? '' : `, after ${result.steps} steps`}`], {
            frameAnchor: 'bottom',
            dy: 34,
          }),
          ...checkHeadings(result),
          ...notes.map((note, k) =>
            Plot.text([note], {
              frameAnchor: 'bottom-left',
              dx: -MARGIN.left + 12,
              dy: MARGIN.bottom + NOTE_HEIGHT * (k + 0.5),
              textAnchor: 'start',
              fill: 'var(--muted)',
            }),
          ),
          Plot.line(reference, { stroke: 'var(--muted)', strokeDasharray: '6 5', className: 'reference' }),
          ...series.flatMap(marksOf),
          Plot.text(['slope'], {
            x: [slopeX],
            y: [y.value(MARGIN.top - 8)],
            textAnchor: 'end',
            fill: 'var(--muted)',
          }),
          ...labels.flatMap(({ name, slope, slower, color, from, to }) => [
            Plot.link([0], {
              x1: [x.value(x.range[1] + 7)],
              y1: [from],
              x2: [x.value(x.range[1] + LEADER - 5)],
              y2: [to],
              stroke: color,
              strokeOpacity: 0.55,
            }),
            Plot.text([name], { x: [labelX], y: [to], textAnchor: 'start', fill: color, fontWeight: 600 }),
            Plot.text([slope], {
              x: [slopeX],
              y: [to],
              textAnchor: 'end',
              fill: slower ? 'var(--warn-line)' : 'var(--muted)',
              fontWeight: slower ? 700 : 400,
            }),
          ]),
        ],
      },
    }),
  );
}

function isDrawable({ verdict, distances }: CheckedOutput): boolean {
  return verdict !== 'equal' && distances.some(({ rms }) => rms > 0) && distances.every(({ rms }) => rms < Infinity);
}

/**
 * The outputs worth a line, in the result's order: slower ones first, then every output's first entry, every second …,
 * so that no output of many entries hides the others; last those whose line lies on another one's, as those of
 * symmetric matrices do.
 */
export function mostInformative(outputs: readonly CheckedOutput[], most: number): CheckedOutput[] {
  const turns = new Map<string, number>();
  const lines = new Set<string>();
  const ranked = outputs.map((output, place) => {
    const { name, verdict, distances } = output;
    const of = name.replace(/\[[^[]*\]$/, '');
    const turn = turns.get(of) ?? 0;
    turns.set(of, turn + 1);
    const line = distances.map(({ rms }) => rms.toPrecision(5)).join();
    const hidden = lines.has(line) ? outputs.length : 0;
    lines.add(line);
    return { output, place, rank: verdict === 'slower' ? -1 : turn + hidden };
  });
  return ranked
    .sort((a, b) => a.rank - b.rank || a.place - b.place)
    .slice(0, most)
    .sort((a, b) => a.place - b.place)
    .map(({ output }) => output);
}

function seriesOf({ name, exponent, verdict, distances }: CheckedOutput, place: number): Series {
  const slower = verdict === 'slower';
  return {
    name: shortened(name, NAME_CHARACTERS),
    slope: `${slower ? 'slower ' : ''}${decimals(exponent ?? Number.NaN)}`,
    slower,
    color: `var(--series-${(place % COLORS) + 1})`,
    symbol: required(SYMBOLS[Math.floor(place / COLORS) % SYMBOLS.length], 'symbol of a line'),
    points: distances.filter(({ rms }) => rms > 0).sort((a, b) => a.width - b.width),
  };
}

function marksOf({ name, color, symbol, points }: Series): Plot.Markish[] {
  const data = [...points];
  return [
    Plot.line(data, { x: 'width', y: 'rms', stroke: color, strokeWidth: 1.75, className: 'lines' }),
    Plot.ruleX(data, {
      x: 'width',
      y1: (d: Distance) => barOf(d)[0],
      y2: (d: Distance) => barOf(d)[1],
      stroke: color,
      strokeWidth: 1.5,
      className: 'bars',
    }),
    Plot.dot(data, {
      x: 'width',
      y: 'rms',
      symbol,
      r: 3.5,
      fill: color,
      stroke: 'var(--page)',
      className: 'dots',
      title: (d: Distance) =>
        `${name} at width ${d.width}: ${d.rms.toPrecision(3)} ± ${d.standardError.toPrecision(2)}`,
    }),
  ];
}

/** Plot would leave out labels of logarithmic axes as it sees fit. */
function tickLabels(
  axis: 'x' | 'y',
  values: number[],
  text: (value: number) => string,
  options: Plot.TextOptions,
): Plot.Markish {
  return Plot.text(values, {
    [axis]: values,
    text: values.map(text),
    className: `${axis}-ticks`,
    ...options,
  });
}

/** One standard error of the logarithm, so that bars of any length stay above 0. */
function barOf({ rms, standardError }: Distance): [number, number] {
  const factor = Math.exp(standardError / rms);
  return [rms / factor, rms * factor];
}

function checkHeadings({ program, seeds }: CheckResult): Plot.Markish[] {
  const at = linesAbove(MARGIN.left);
  return [
    at(shortened(program, TITLE_CHARACTERS), 0, -52, { fontSize: 16, fontWeight: 650, fill: 'var(--ink)' }),
    at(
      `root-mean-square distance from the infinite-width limit; ${counted(seeds, 'seed')} a width, bars ± one standard error`,
      0,
      -30,
      { fill: 'var(--muted)' },
    ),
  ];
}

/** Labels at the height of their lines' ends, moved apart; the reference has one too. */
function placed(series: readonly Series[], reference: number, y: LogScale, bottom: number) {
  const rows = [
    { name: REFERENCE, slope: '−0.50', slower: false, color: 'var(--muted)', from: reference },
    ...series.map((one) => ({ ...one, from: one.points.at(-1)?.rms ?? reference })),
  ].sort((a, b) => b.from - a.from);
  const wanted = rows.map(({ from }) => y.place(from) - MARGIN.top + LABEL_HEIGHT / 2);
  const places = spread(wanted, LABEL_HEIGHT, bottom - MARGIN.top + LABEL_HEIGHT);
  return rows.map((row, k) => ({
    ...row,
    to: y.value(required(places[k], 'place of a label') + MARGIN.top - LABEL_HEIGHT / 2),
  }));
}

function notesOn({ outputs }: CheckResult, able: number, drawn: number): string[] {
  const equal = outputs.filter(({ verdict }) => verdict === 'equal').length;
  const none = outputs.filter(({ verdict }) => verdict === 'singular').length;
  return [
    ...(drawn < able
      ? [`${drawn} of ${able} outputs are drawn: slower ones first, then entries of every output.`]
      : []),
    ...(equal > 0 ? [`${counted(equal, 'output')} not drawn: equal to the limit at every width.`] : []),
    ...(none > 0 ? [`${counted(none, 'output')} not drawn: without a limit.`] : []),
  ];
}

const decimals = (value: number): string => (Number.isFinite(value) ? value.toFixed(2).replace('-', '−') : '–');

function describeCheck({ program, seeds, widths }: CheckResult, drawable: readonly CheckedOutput[]): string {
  const slopes = drawable.map(({ name, exponent, verdict }) => {
    const slope = `${name} ${decimals(exponent ?? Number.NaN)}`;
    return verdict === 'slower' ? `${slope} (slower)` : slope;
  });
  return (
    `Root-mean-square distance of ${program} from its infinite-width limit at the widths ${listed([...widths])}, ` +
    `${counted(seeds, 'seed')} each, on logarithmic axes with the slope −1/2 for comparison. ` +
    `Fitted slopes: ${slopes.slice(0, MOST_DRAWN).join('; ')}${slopes.length > MOST_DRAWN ? '; and others' : ''}.`
  );
}
