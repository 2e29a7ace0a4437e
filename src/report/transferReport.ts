/** The report of a transfer: verdicts in words, figures, tables, and how it was made. */

import {
  factorText as factorWords,
  type Optimum,
  type Sweep,
  type SweepPoint,
  showValue,
  type TransferResult,
  type TransferVerdict,
  transferLosses,
} from '../experiments/index.ts';
import { curvesFigure } from './curvesFigure.ts';
import type { Fact } from './data.ts';
import { capitalized, counted, digits, listed } from './format.ts';
import { type Html, html } from './html.ts';
import { optimaFigure } from './optimaFigure.ts';
import { drawn, page, warningBox } from './page.ts';
import { BAND } from './pathFigure.ts';
import { type Cell, foreign, madeSection, table } from './tables.ts';
import { lossesByValue } from './transferFigure.ts';
import { metricsSection } from './transferMetrics.ts';
import { INFINITE, infiniteOf, sweepColor, valueText } from './transferParts.ts';

/** What the report of a transfer shows. */
export interface TransferReportData {
  readonly result: TransferResult;
  /** How it was made besides: command, versions, machine. */
  readonly made: readonly Fact[];
}

/** With fewer seeds, intervals from drawing them anew are rough. */
const FEW_SEEDS = 5;

const VERDICTS: Readonly<Record<TransferVerdict, string>> = { stays: 'stays', moves: 'moves', unclear: 'unclear' };

/**
 * One HTML file that needs neither network nor scripts. Equal data give an equal file; every text of the data is escaped.
 */
export function transferReport({ result, made }: TransferReportData): string {
  const { net, optimizer, data, hyperparameter } = result;
  return page(
    `${net} with ${optimizer} on ${data}: transfer of the ${hyperparameter.words}`,
    html`${transferHead(result)}
${lossSection(result)}
${optimaSection(result)}
${metricsSection(result)}
${curveSection(result)}
${tableSection(result)}
${transferMade(result, made)}`,
  );
}

function transferHead(result: TransferResult): Html {
  const { net, optimizer, data, widths, sweeps, hyperparameter, baseWidth } = result;
  const { words, scale } = hyperparameter;
  const measure = scale === 'memory' ? ` in 1/(1 − ${words})` : '';
  return html`<header>
<p class="eyebrow">nexort transfer</p>
<h1>${foreign(net)} with ${foreign(optimizer)} on ${foreign(data)}: does the best ${words} stay as the network grows?</h1>
${sweeps.map(({ parametrization, text }) => html`<p class="lead"><strong>${foreign(parametrization)}</strong>: ${text}.</p>`)}
<p class="note">Widths ${listed(widths)}. At width ${baseWidth} all parametrizations are one and the same network.</p>
<ul class="cards">${sweeps.map(
    ({ parametrization, verdict, factor }, k) => html`
<li style="--tone: ${sweepColor(k)}"><span class="name">${foreign(parametrization)}</span> <span class="value">${VERDICTS[verdict]}</span> <span class="more">${factor === null ? 'diverged' : `${factorText(factor)}${measure}`} from width ${widths[0]} to ${widths.at(-1)}</span></li>`,
  )}
</ul>
${warningBox(warnings(result))}
</header>`;
}

function warnings({ sweeps, seeds, hyperparameter: { words } }: TransferResult): string[] {
  const atEnds = sweeps.flatMap(({ parametrization, widths }) => {
    const cut = widths.filter(({ optimum }) => optimum.edge !== null).map(({ width }) => width);
    return cut.length === 0
      ? []
      : [
          `Under ${parametrization}, the best ${words} at ${cut.length === 1 ? 'width' : 'the widths'} ${listed(cut)} lies at the end of the values tried; a better one may lie beyond.`,
        ];
  });
  const few =
    seeds >= FEW_SEEDS
      ? []
      : seeds === 1
        ? ['One seed a point: there are no intervals, and chance is not told from a difference.']
        : [
            `${capitalized(counted(seeds, 'seed'))} a point: intervals come from drawing seeds anew and are rough with so few.`,
          ];
  return [...few, ...atEnds];
}

function lossSection(result: TransferResult): Html {
  const { words } = result.hyperparameter;
  return html`<section aria-labelledby="losses">
<h2 id="losses">Loss by ${words}</h2>
${drawn(
  lossesByValue(result),
  html`Training loss averaged over ${lastSteps(result)}, mean over seeds. Triangles and dashed lines mark the best ${words} of each width: the least of the parabola through the least loss and its neighbors. Points that diverged, or lie far above the least loss, are left out.${infiniteWords(result)}`,
)}
</section>`;
}

/** What the infinite network's marks are, and why a parametrization has none. */
function infiniteWords({ sweeps }: TransferResult): string {
  const drawn = sweeps.some((sweep) => infiniteOf(sweep) !== undefined)
    ? ` ${INFINITE.name} is the infinite network itself, its widths sampled, with ${BAND} standard errors; the light bar is the 95 % interval of its best value.`
    : '';
  const none = sweeps.flatMap(({ parametrization, infinite }) =>
    infinite !== undefined && 'reason' in infinite
      ? [` ${parametrization} at infinite width: ${infinite.reason}.`]
      : [],
  );
  return `${drawn}${none.join('')}`;
}

const lastSteps = ({ averaged }: TransferResult): string =>
  averaged === 1 ? 'the last step' : `the last ${averaged} steps`;

function optimaSection(result: TransferResult): Html {
  const { sweeps, widths, hyperparameter } = result;
  const figure = optimaFigure(result);
  return html`<section aria-labelledby="optima">
<h2 id="optima">The best ${hyperparameter.words} by width</h2>
${
  figure === undefined
    ? undefined
    : drawn(
        figure,
        `Bars are 95 % intervals by bootstrap over seeds. The shaded band is a factor of 2 to either side of the best of the smallest width. A hollow point lies at the end of the values tried.${sweeps.some((sweep) => infiniteOf(sweep) !== undefined) ? ` ${INFINITE.name} is the infinite network.` : ''}`,
      )
}
${table({
  caption: `Best ${hyperparameter.words} with its 95 % interval; ≤ and ≥ where it is the least or greatest that was tried`,
  groups: [{ name: '', span: 1 }, ...sweeps.map(({ parametrization }) => ({ name: parametrization, span: 3 }))],
  head: ['width', ...sweeps.flatMap(() => ['best', 'from', 'to'])],
  rows: [
    ...widths.map((width, k) => [width, ...sweeps.flatMap((sweep) => optimumCells(result, sweep.widths[k]?.optimum))]),
    ...(sweeps.some((sweep) => infiniteOf(sweep) !== undefined)
      ? [[INFINITE.name, ...sweeps.flatMap((sweep) => optimumCells(result, infiniteOf(sweep)?.optimum))]]
      : []),
  ],
  foot: [
    [
      'largest / smallest',
      ...sweeps.flatMap(({ factor, interval }) => [factor, ...(interval ?? [null, null])].map(factorText)),
    ],
    ['cost of transfer', ...sweeps.flatMap((sweep) => [costText(sweep), '', ''])],
  ],
})}
<p class="note">Cost of transfer: the loss at width ${widths.at(-1)} with the value found at width ${widths[0]}, over the least loss at width ${widths.at(-1)} of the values tried.</p>
</section>`;
}

function optimumCells({ hyperparameter: { scale } }: TransferResult, optimum: Optimum | undefined): string[] {
  if (optimum === undefined || optimum.value === null) return ['–', '–', '–'];
  const { value, interval, edge } = optimum;
  const sign = edge === null ? '' : edge === 'least' ? '≤ ' : '≥ ';
  const words = (one: number): string => (scale === 'memory' ? showValue(scale, one) : precise(one, 3));
  return [`${sign}${words(value)}`, ...(interval === null ? ['–', '–'] : interval.map(words))];
}

/** A number with so many digits, zeros at its end included. */
const precise = (value: number, many: number): string =>
  Math.abs(value) >= 1e-4 && Math.abs(value) < 1e5 ? value.toPrecision(many) : digits(value);

function curveSection(result: TransferResult): Html {
  const { words } = result.hyperparameter;
  const small = result.widths[0];
  return html`<section aria-labelledby="curves">
<h2 id="curves">Loss by step</h2>
${drawn(
  curvesFigure(result, 'transferred'),
  `What tuning the small network gives: every width trains at the ${words} that is best, of those tried, at width ${small}. Where a parametrization transfers, wider is better from the first steps on.`,
)}
${drawn(
  curvesFigure(result, 'own'),
  `What tuning each network gives: every width trains at the ${words} that is best for it, of those tried.`,
)}
</section>`;
}

function tableSection(result: TransferResult): Html {
  return html`<section aria-labelledby="numbers">
<h2 id="numbers">All losses</h2>
${result.sweeps.map((sweep, k) => lossTable(result, sweep, k === 0))}
</section>`;
}

function lossTable({ values, widths, seeds, hyperparameter }: TransferResult, sweep: Sweep, open: boolean): Html {
  const entry = (points: readonly SweepPoint[], k: number): Cell | string => {
    const point = points[k];
    if (point === undefined) return '–';
    if (point.loss === null) return `diverged, ${point.diverged} of ${seeds}`;
    const content = `${precise(point.loss, 3)}${point.standardError === null ? '' : ` ± ${precise(point.standardError, 2)}`}`;
    const least = Math.min(...points.map(({ loss }) => loss ?? Number.POSITIVE_INFINITY));
    return point.loss === least ? { content, look: 'chosen' } : content;
  };
  const infinite = infiniteOf(sweep);
  return html`<details${open ? html` open` : undefined}>
<summary>${foreign(sweep.parametrization)}</summary>
<div>${table({
    caption: 'Mean training loss over seeds ± one standard error; the least of each width is bold',
    head: [
      hyperparameter.words,
      ...widths.map((width) => `width ${width}`),
      ...(infinite === undefined ? [] : [INFINITE.name]),
    ],
    rows: values.map((value, k) => [
      valueText(value),
      ...[...sweep.widths, ...(infinite === undefined ? [] : [infinite])].map(({ points }) => entry(points, k)),
    ]),
  })}</div>
</details>`;
}

/** How it was made. */
export function transferMade(result: TransferResult, made: readonly Fact[]): Html {
  const { net, optimizer, hyperparameter, learningRate, data, source, baseWidth, sweeps } = result;
  const { widths, values, seeds, seed, steps, batch } = result;
  const [first, last] = [seed, seed + seeds - 1];
  return html`${madeSection(
    'The experiment',
    [
      { name: 'network', value: foreign(net) },
      { name: 'optimizer', value: foreign(optimizer) },
      { name: 'swept', value: `${hyperparameter.name}: ${values.map(valueText).join(', ')}` },
      ...(learningRate === null ? [] : [{ name: 'learning rate', value: digits(learningRate) }]),
      { name: 'parametrizations', value: foreign(sweeps.map(({ parametrization }) => parametrization).join(', ')) },
      { name: 'widths', value: `${widths.join(', ')}; base width ${baseWidth}` },
      { name: 'data', value: foreign(data) },
      { name: 'where from', value: foreign(`${source}.`) },
      {
        name: 'training',
        value: `${counted(steps, 'step')} of ${counted(batch, 'example')}, cross-entropy; the same mini-batches at all widths and values`,
      },
      { name: 'seeds', value: first === last ? String(first) : `${first} to ${last}` },
    ],
    made,
  )}`;
}

/** No ratio to a least loss of 0. */
function costText({ cost, widths }: Sweep): string {
  if (cost !== null) return cost.toFixed(3);
  return transferLosses(widths) === null ? 'diverges' : '–';
}

const factorText = (factor: number | null): string => (factor === null ? '–' : factorWords(factor));
