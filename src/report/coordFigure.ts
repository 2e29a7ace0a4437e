/** The figure of a coordinate check: sizes by width, beside their predicted slopes. */

import { required } from '../errors/index.ts';
import type { CoordResult, Measured, Quantity } from '../experiments/index.ts';
import { type Block, blocksOf, COLORS } from './coordBlocks.ts';
import { figure, Plot } from './figure.ts';
import { counted, listed } from './format.ts';
import type { Html } from './html.ts';
import { reach, tick, ticksOf } from './logScale.ts';
import { standalone } from './standalone.ts';
import { textWidth } from './textLayout.ts';

const [WIDTH, HEIGHT] = [860, 400];
/** Of one of several rows of panels; a line of its legend; the least between rows. */
const [ROW, LINE, GAP] = [150, 18, 26];
const MARGIN = { top: 84, bottom: 62, left: 62 } as const;
const LEADER = 12;
const BOLD = 1.1;
const LEAST_RATIO = 6;

const PANELS = {
  preactivation: 'preactivations',
  change: 'change since the start',
  'update input': 'what updates see',
} as const satisfies Partial<Record<Quantity, string>>;

/** Measured quantities that have a panel; products stay in the table. */
type Drawn = Measured & { readonly quantity: keyof typeof PANELS };

const isDrawn = (one: Measured): one is Drawn => Object.hasOwn(PANELS, one.quantity);

/** One layer's sizes in one panel. */
interface Point {
  readonly panel: string;
  readonly block: string;
  readonly layer: string;
  readonly width: number;
  readonly size: number;
  readonly predicted: number | undefined;
  readonly bound: boolean;
}

const isBound = ({ bound }: Point): boolean => bound;
const isExact = ({ bound }: Point): boolean => !bound;

/** Draws the figure as an SVG file. */
export function coordFigure(result: CoordResult): string {
  return standalone(sizesByWidth(result, tellingStep(result)));
}

/** Where something goes wrong, the step that shows it first, else the last; a change needs one update. */
export function tellingStep({ findings, steps }: CoordResult): number {
  return Math.max(1, findings[0]?.step ?? steps);
}

/** On logarithmic axes 0 has no place, nor what is not finite. */
const isShown = (sizes: readonly number[]): boolean => sizes.every((size) => size > 0 && Number.isFinite(size));

/** Sizes after so many updates, as a figure of a page. */
export function sizesByWidth(result: CoordResult, shownStep: number): Html {
  const drawn = result.measured.filter(isDrawn);
  const last = drawn.filter(({ step, sizes }) => step === shownStep && isShown(sizes));
  const leftOut = drawn.some(({ step, sizes }) => step === shownStep && sizes.some((size) => !Number.isFinite(size)));
  const layers = [...new Set(drawn.map(({ layer }) => layer))];
  const blocks = blocksOf(layers, result.findings.find(({ begins }) => begins)?.layer);
  const points = last.flatMap((one) => sizePoints(one, blocks, result.widths));
  const color = (place: number): string => `var(--series-${(place % COLORS) + 1})`;
  // A second round of colors has hollow marks.
  const fill = (place: number): string => (place < COLORS ? color(place) : 'var(--page)');
  const shown = points.flatMap(({ size, predicted }) => (predicted === undefined ? [size] : [size, predicted]));
  const domain = reach(shown.length === 0 ? [1] : shown, LEAST_RATIO);
  const yTicks = ticksOf(domain);
  const marginRight = 2 * LEADER + BOLD * Math.max(...layers.map((layer) => textWidth(`○ ${layer}`)));
  const least = required(result.widths[0], 'width of a check');
  const greatest = required(result.widths.at(-1), 'width of a check');
  const legend = blocks.flatMap((block) => block.layers.map((layer, k) => ({ layer, k, block })));
  const [top = '', bottom = top] = [blocks[0]?.name, blocks.at(-1)?.name];
  const row = Math.max(ROW, ...blocks.map((block) => LINE * (block.layers.length + 1) + GAP));
  return figure({
    label: describeSizes(result, layers),
    width: WIDTH,
    height: blocks.length === 1 ? HEIGHT : MARGIN.top + MARGIN.bottom + row * blocks.length,
    plot: {
      marginTop: MARGIN.top,
      marginLeft: MARGIN.left,
      marginRight,
      marginBottom: MARGIN.bottom,
      x: { type: 'log', domain: [least / 1.1, greatest * 1.1], axis: null },
      y: { type: 'log', domain, axis: null },
      fx: { domain: Object.values(PANELS), axis: null, padding: 0.08 },
      fy: { domain: blocks.map(({ name }) => name), axis: null, padding: blocks.length === 1 ? 0 : GAP / row },
      marks: [
        Plot.gridY(yTicks, { stroke: 'var(--line)', strokeOpacity: 1 }),
        Plot.text(yTicks, {
          y: yTicks,
          text: yTicks.map(tick),
          fx: () => PANELS.preactivation,
          frameAnchor: 'left',
          textAnchor: 'end',
          dx: -8,
        }),
        Plot.text([least, greatest], {
          fy: () => bottom,
          x: (width: number) => width,
          text: String,
          frameAnchor: 'bottom',
          dy: 14,
        }),
        Plot.text(Object.values(PANELS), {
          fy: () => top,
          fx: (name: string) => name,
          text: (name: string) => name,
          frameAnchor: 'top',
          dy: -14,
          fontWeight: 600,
        }),
        ...blocks
          .filter(isTitled)
          .map(({ name }) => Plot.text([name], { ...beside(name), dy: 8, fill: 'var(--muted)', fontWeight: 600 })),
        Plot.text(['width'], {
          fx: () => PANELS.change,
          fy: () => bottom,
          frameAnchor: 'bottom',
          dy: 34,
          fill: 'var(--muted)',
        }),
        Plot.text([`${result.parametrization} with ${result.optimizer}: ${result.verdict}`], {
          fx: () => PANELS.preactivation,
          fy: () => top,
          frameAnchor: 'top-left',
          dx: -MARGIN.left + 12,
          dy: -70,
          textAnchor: 'start',
          fontSize: 16,
          fontWeight: 650,
        }),
        Plot.text(
          [
            `sizes after ${counted(shownStep, 'update')}, ${counted(result.seeds, 'seed')} a width; dashed: the predicted slope, dotted: one not to be exceeded${leftOut ? '; lines with sizes that are not finite are left out' : ''}`,
          ],
          {
            fx: () => PANELS.preactivation,
            fy: () => top,
            frameAnchor: 'top-left',
            dx: -MARGIN.left + 12,
            dy: -48,
            textAnchor: 'start',
            fill: 'var(--muted)',
          },
        ),
        ...legend.flatMap(({ layer, k }) => {
          const own = points.filter((point) => point.layer === layer);
          const known = own.filter(({ predicted }) => predicted !== undefined);
          const line = { fx: 'panel', fy: 'block', x: 'width', stroke: color(k) } as const;
          return [
            Plot.line(known.filter(isExact), { ...line, y: 'predicted', strokeDasharray: '5 4', strokeOpacity: 0.6 }),
            Plot.line(known.filter(isBound), { ...line, y: 'predicted', strokeDasharray: '1 5', strokeOpacity: 0.6 }),
            Plot.line(own, { ...line, y: 'size', strokeWidth: 1.75 }),
            Plot.dot(own, {
              fx: 'panel',
              fy: 'block',
              x: 'width',
              y: 'size',
              r: 3.5,
              fill: fill(k),
              stroke: k < COLORS ? 'var(--page)' : color(k),
            }),
          ];
        }),
        ...legend.map(({ layer, k, block }) =>
          Plot.text([k < COLORS ? layer : `○ ${layer}`], {
            ...beside(block.name),
            dy: 8 + LINE * (isTitled(block) ? k + 1 : k),
            fill: color(k),
            fontWeight: 600,
          }),
        ),
      ],
    },
  });
}

/** A block of several layers has its name above theirs. */
const isTitled = ({ name, layers }: Block): boolean => name !== '' && layers.length > 1 && name !== layers.join(', ');

/** To the right of a row of panels. */
const beside = (block: string) =>
  ({
    fx: () => PANELS['update input'],
    fy: () => block,
    frameAnchor: 'top-right',
    textAnchor: 'start',
    dx: LEADER,
  }) as const;

/** The measured sizes, and the predicted power of the width through their middle. */
function sizePoints(
  { layer, quantity, sizes, predicted, bound }: Drawn,
  blocks: readonly Block[],
  widths: readonly number[],
): Point[] {
  const block = blocks.find(({ layers }) => layers.includes(layer))?.name ?? '';
  const logs = sizes.map(Math.log);
  const middle = logs.reduce((sum, value) => sum + value, 0) / logs.length;
  const center = widths.reduce((sum, width) => sum + Math.log(width), 0) / widths.length;
  return sizes.map((size, k) => {
    const width = required(widths[k], `width ${k}`);
    const line = predicted === undefined ? undefined : Math.exp(middle + predicted * (Math.log(width) - center));
    return { panel: PANELS[quantity], block, layer, width, size, predicted: line, bound };
  });
}

function describeSizes(
  { parametrization, optimizer, widths, verdict }: CoordResult,
  layers: readonly string[],
): string {
  return `Sizes of ${listed([...layers])} of a network in ${parametrization} trained by ${optimizer}, at the widths ${listed([...widths])}, on logarithmic axes beside the predicted slopes: ${verdict}.`;
}
