/** The report of pre-training and fine-tuning: the verdict in words, the figure, exponents, how it was made. */

import type { JunctionLine } from '../experiments/index.ts';
import type { Fact } from './data.ts';
import { decimal } from './format.ts';
import { html } from './html.ts';
import { type JunctionFigureData, junctionLines } from './junctionFigure.ts';
import { drawn, page, warningBox } from './page.ts';
import { foreign, foreignFacts, madeSection, table } from './tables.ts';

/** What the report of pre-training and fine-tuning shows. */
export interface JunctionReportData extends JunctionFigureData {
  /** The verdict, sentences without their periods. */
  readonly words: readonly string[];
  readonly warnings: readonly string[];
  /** What was asked for. */
  readonly settings: readonly Fact[];
  /** Command, versions, machine. */
  readonly made: readonly Fact[];
}

/** One HTML file that needs neither network nor scripts. Equal data give an equal file; every text of the data is escaped. */
export function junctionReport(data: JunctionReportData): string {
  const { title, words, warnings, rules, settings, made } = data;
  return page(
    `${title}: pre-training, then fine-tuning`,
    html`<header>
<p class="eyebrow">nexort limit</p>
<h1>${foreign(title)}: does fine-tuning follow the kernel?</h1>
${words.map((sentence, k) => (k === 0 ? html`<p class="lead">${sentence}.</p>` : html`<p>${sentence}.</p>`))}
${warningBox(warnings)}
</header>
<section aria-labelledby="widths">
<h2 id="widths">Against the width</h2>
${drawn(junctionLines(data), 'Relative drift of the kernel of the rule, and how far outputs are off their linearization, after fine-tuning.')}
${rules.map(({ rule, fits }) =>
  table({
    caption: `Exponents in the width, ${rule}`,
    head: ['q', 'expected', 'drift of the kernel', '95 %', 'linearization error', '95 %'],
    rows: fits.map(({ exponent, drift, linearization }) => [
      String(exponent),
      decimal(-exponent),
      ...fallCells(drift),
      ...fallCells(linearization),
    ]),
  }),
)}
</section>
${madeSection('The experiment', foreignFacts(settings), made)}`,
  );
}

const fallCells = ({ fall }: JunctionLine): readonly string[] =>
  fall === undefined
    ? ['–', '–']
    : [decimal(fall.exponent), `${decimal(fall.interval[0])} to ${decimal(fall.interval[1])}`];
