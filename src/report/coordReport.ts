/** The report of a coordinate check: the verdict in words, sizes by width, exponents, and how it was made. */

import { required } from '../errors/index.ts';
import type { CoordFinding, CoordResult, Measured } from '../experiments/index.ts';
import { alignmentSection } from './alignmentFigure.ts';
import { sizesByWidth, tellingStep } from './coordFigure.ts';
import type { Fact } from './data.ts';
import { capitalized, counted, decimal, listed } from './format.ts';
import { type Html, html } from './html.ts';
import { drawn, page } from './page.ts';
import { type Cell, foreign, foreignFacts, madeSection, table } from './tables.ts';

/** What the report of a coordinate check shows. */
export interface CoordReportData {
  readonly result: CoordResult;
  /** The name of the network. */
  readonly net: string;
  /** What was asked for besides. */
  readonly settings: readonly Fact[];
  /** Command, versions, machine. */
  readonly made: readonly Fact[];
}

/** Quantities whose names are longer than what they are called. */
const NAMES: Readonly<Record<string, string>> = { change: 'its change', 'update input': 'what updates see' };

/**
 * One HTML file that needs neither network nor scripts. Equal data give an equal file; every text of the data is escaped.
 */
export function coordReport({ result, net, settings, made }: CoordReportData): string {
  const { parametrization, optimizer } = result;
  return page(
    `${net} in ${parametrization} with ${optimizer}: coordinate check`,
    html`${coordHead(result, net)}
${result.findings.length === 0 ? undefined : findingsSection(result)}
${sizesSection(result)}
${exponentSection(result)}
${alignmentSection(result)}
${coordMade(result, net, settings, made)}`,
  );
}

function coordHead(result: CoordResult, net: string): Html {
  const { parametrization, optimizer, widths, seeds, steps, verdict } = result;
  return html`<header>
<p class="eyebrow">nexort coord</p>
<h1>${foreign(net)} in ${foreign(parametrization)} with ${foreign(optimizer)}: do its coordinates scale as predicted?</h1>
<p class="lead"><strong>${capitalized(verdict)}.</strong> ${leadOf(result)}</p>
<p class="note">Sizes are root-mean-square entries, measured at the widths ${listed(widths)} before the first of ${counted(steps, 'update')} and after each, and averaged geometrically over ${counted(seeds, 'seed')}.</p>
</header>`;
}

/** What the verdict rests on, in a sentence. */
function leadOf({ verdict, findings, doubts }: CoordResult): string {
  if (verdict === 'pass') return 'Every size is as predicted, and none grows with the width.';
  if (verdict === 'fail') {
    const first = required(findings.find(({ begins }) => begins) ?? findings[0], 'finding of a failed check');
    return `${capitalized(first.text)}.`;
  }
  const { text } = required(doubts[0], 'doubt of an unclear check');
  return `Nothing contradicts the prediction, but of ${counted(doubts.length, 'exponent')} too little has been seen to rule out a mistake: ${text}. More seeds say more, and more widths, further apart.`;
}

function findingsSection({ findings, causes, settings = [] }: CoordResult): Html {
  return html`<section aria-labelledby="findings">
<h2 id="findings">What goes wrong first</h2>
${findingList('It begins here', findings, true)}
${findingList('Then', findings, false)}
${causes === undefined ? undefined : causesOf(causes)}
${
  settings.length === 0
    ? undefined
    : html`<h3>Settings whose power of the width is not what maximal updates ask for</h3>
<ul>${settings.map(({ text }) => html`<li>${text}</li>`)}</ul>
<p class="note">By theory, and by the sizes that were measured.</p>`
}
</section>`;
}

/** Where it begins, or what lies downstream. */
function findingList(title: string, findings: readonly CoordFinding[], begins: boolean): Html | undefined {
  const own = findings.filter((one) => one.begins === begins);
  if (own.length === 0) return undefined;
  return html`<h3>${title}</h3>
<ul>${own.map((one) => html`<li>${findingText(one)}</li>`)}</ul>`;
}

function findingText({ text, interval, cause }: CoordFinding): Html {
  const range =
    interval === undefined ? '' : ` (the exponent lies between ${decimal(interval[0])} and ${decimal(interval[1])})`;
  return html`${text}${range}${cause === undefined ? undefined : html`<br><small>${cause}</small>`}`;
}

function causesOf(causes: readonly (readonly string[])[]): Html {
  if (causes.flat().length === 0) return html`<p>No single mistake explains this.</p>`;
  return html`<h3>Any one of these mistakes would explain it</h3>
<ul>${causes.map((group) => html`<li>${group.join('; or ')}</li>`)}</ul>
<p class="note">No measurement tells mistakes on one line apart.</p>`;
}

function sizesSection(result: CoordResult): Html {
  const telling = tellingStep(result);
  const shown = telling === result.steps ? [telling] : [telling, result.steps];
  return html`<section aria-labelledby="sizes">
<h2 id="sizes">Sizes by width</h2>
${shown.map((step) =>
  drawn(
    sizesByWidth(result, step),
    `After ${counted(step, 'update')}${step === telling && result.findings.length > 0 ? ', where something goes wrong first' : ''}. Dashed lines have the predicted slope, dotted ones that which is not to be exceeded, and go through the middle of what was measured; lines with a size that is 0 or not finite are left out.`,
  ),
)}
</section>`;
}

function exponentSection({ measured, steps }: CoordResult): Html {
  const rows = new Map<string, Measured[]>();
  for (const one of measured) {
    const key = `${one.layer}, ${NAMES[one.quantity] ?? one.quantity}`;
    rows.set(key, [...(rows.get(key) ?? []), one]);
  }
  const columns = Array.from({ length: steps + 1 }, (_, step) => step);
  return html`<section aria-labelledby="exponents">
<h2 id="exponents">Exponents of the width</h2>
${table({
  caption:
    'Measured ± one standard error (predicted; ≤ where that is a bound), by the number of updates; bold: not as predicted; ?: too little has been seen to say',
  head: ['', ...columns.map((step) => (step === 0 ? 'start' : counted(step, 'update')))],
  rows: [...rows].map(([name, all]) => [
    name,
    ...columns.map((step) => exponentCell(all.find((one) => one.step === step))),
  ]),
})}
</section>`;
}

function exponentCell(one: Measured | undefined): Cell | string {
  if (one === undefined || (one.exponent === undefined && one.predicted === undefined)) return '–';
  const { exponent, standardError, predicted, bound, judgement } = one;
  const found =
    exponent === undefined
      ? 'zero'
      : `${decimal(exponent)}${standardError === undefined ? '' : ` ± ${decimal(standardError)}`}`;
  const power = predicted === undefined ? 'zero' : String(Number(predicted.toFixed(2))).replace('-', '−');
  const content = `${found} (${bound ? '≤ ' : ''}${power})${judgement === 'unclear' ? ' ?' : ''}`;
  return judgement === 'differs' ? { content, look: 'chosen' } : content;
}

function coordMade(result: CoordResult, net: string, settings: readonly Fact[], made: readonly Fact[]): Html {
  const { parametrization, optimizer, widths, seeds, steps } = result;
  return html`${madeSection(
    'The experiment',
    [
      { name: 'network', value: foreign(net) },
      { name: 'parametrization', value: foreign(parametrization) },
      { name: 'optimizer', value: foreign(optimizer) },
      { name: 'widths', value: widths.join(', ') },
      { name: 'seeds', value: `${seeds} at each width` },
      { name: 'updates', value: String(steps) },
      ...foreignFacts(settings),
    ],
    made,
  )}`;
}
