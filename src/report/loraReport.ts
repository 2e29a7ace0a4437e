/** The report of LoRA's kernel beside the full one: in words, as a figure and a table, and how it was made. */

import type { LoraDistance } from '../lm/index.ts';
import type { Fact } from './data.ts';
import { count, decimal, digits } from './format.ts';
import { type Html, html } from './html.ts';
import { rankFigure } from './loraFigure.ts';
import { drawn, page, warningBox } from './page.ts';
import { foreign, foreignFacts, madeSection, table } from './tables.ts';

/** What the report of LoRA's kernel shows. */
export interface LoraReportData {
  readonly task: string;
  readonly result: LoraDistance;
  /** What the result says, sentences without their periods. */
  readonly words: readonly string[];
  readonly warnings: readonly string[];
  /** What was asked for. */
  readonly settings: readonly Fact[];
  /** Command, versions, machine. */
  readonly made: readonly Fact[];
}

/** One HTML file that needs neither network nor scripts. Equal data give an equal file; every text of the data is escaped. */
export function loraReport(data: LoraReportData): string {
  return page(
    `${data.task}: the kernel of LoRA by rank`,
    html`${loraHead(data)}
${distanceSection(data.result)}
${loraMade(data)}`,
  );
}

function loraHead({ task, result, words, warnings }: LoraReportData): Html {
  const [lead, ...others] = words;
  const { slope } = result;
  return html`<header>
<p class="eyebrow">nexort lora</p>
<h1>The kernel of LoRA beside the full one, on ${foreign(task)}</h1>
<p class="lead">${lead}.</p>
${others.map((sentence) => html`<p>${sentence}.</p>`)}
<ul class="cards">
<li><span class="name">matrices</span> <span class="value">${count(result.matrices.length)}</span> <span class="more">${count(result.parameterCount)} numbers</span></li>
<li><span class="name">examples</span> <span class="value">${count(result.examples)}</span></li>
${slope === undefined ? undefined : html`<li><span class="name">distance</span> <span class="value">r^(${decimal(slope.value)})</span> <span class="more">95 %: ${decimal(slope.interval[0])} to ${decimal(slope.interval[1])}; predicted −0.5</span></li>`}
</ul>
${warningBox(warnings)}
</header>`;
}

function distanceSection(result: LoraDistance): Html {
  return html`<section aria-labelledby="distance">
<h2 id="distance">Distance by rank</h2>
${drawn(rankFigure(result), 'Relative distance in Frobenius norms: root mean square over draws of A, bars of one standard error, small dots single draws; dashed: the root of its exact mean square.')}
${table({
  caption: 'By rank',
  head: ['rank', 'draws', 'distance', 'standard error', 'predicted', 'measured / predicted'],
  rows: result.ranks.map(({ rank, distances, distance, standardError, predicted }) => [
    String(rank),
    String(distances.length),
    digits(distance),
    digits(standardError),
    digits(predicted),
    digits(distance / predicted),
  ]),
})}
<p class="note">LoRA's kernel is multiplied by 1/((α/r)² r Var A), so that its mean over A is the full kernel.</p>
</section>`;
}

function loraMade({ settings, made }: LoraReportData): Html {
  return html`${madeSection('The experiment', foreignFacts(settings), made)}`;
}
