/** The report of fine-tunings: scores, curves, the grid, and how they were made. */

import { required } from '../errors/index.ts';
import type { Fact } from './data.ts';
import { type DrawCurve, drawColor, lossCurves, scoreCurves } from './fineTuneCurves.ts';
import { capitalized, count, counted, digits, percent } from './format.ts';
import { type Html, html } from './html.ts';
import { METRIC_NAMES } from './metrics.ts';
import { drawn, page, warningBox } from './page.ts';
import { type Cell, foreign, foreignFacts, madeSection, table } from './tables.ts';

/** What the report of fine-tunings shows. */
export interface FineTuneReportData {
  readonly task: string;
  readonly model: string;
  readonly metric: 'accuracy' | 'f1' | 'matthews';
  readonly shots: number;
  readonly evaluated: number;
  readonly chance: number;
  /** The model before it was trained, where that means something, then the fine-tuned one. */
  readonly scores: readonly {
    readonly name: string;
    readonly mean: number;
    readonly std: number;
    readonly values: readonly number[];
  }[];
  /** Each draw's chosen training. */
  readonly draws: readonly (DrawCurve & {
    readonly rate: number;
    readonly batch: number;
    readonly dev: number | null;
    readonly test: number;
  })[];
  /** Points of the grid, with the mean dev score over draws. */
  readonly grid: readonly {
    readonly rate: number;
    readonly batch: number;
    readonly score: number | null;
    readonly finished: number;
  }[];
  readonly best: { readonly rate: number; readonly batch: number };
  /** Where the best rate lies in the grid, a sentence without its period. */
  readonly optimum: string;
  readonly warnings: readonly string[];
  /** What was asked for. */
  readonly settings: readonly Fact[];
  /** Command, versions, machine. */
  readonly made: readonly Fact[];
}

/** One HTML file that needs neither network nor scripts. Equal data give an equal file; every text of the data is escaped. */
export function fineTuneReport(data: FineTuneReportData): string {
  return page(
    `${data.task}: fine-tuning run of nexort`,
    html`${fineTuneHead(data)}
${scoreTable(data)}
${trainingCurveSection(data)}
${gridSection(data)}
${madeSection('The run', foreignFacts(data.settings), data.made)}`,
  );
}

function fineTuneHead({
  task,
  model,
  metric,
  shots,
  evaluated,
  scores,
  chance,
  draws,
  warnings,
}: FineTuneReportData): Html {
  return html`<header>
<p class="eyebrow">nexort finetune run</p>
<h1>${foreign(task)}: fine-tuned on ${counted(shots, 'example')} per class</h1>
<p class="lead">${capitalized(METRIC_NAMES[metric])} on ${counted(evaluated, 'test example')}, ${counted(draws.length, 'draw')} of training examples. Model ${foreign(model)}.</p>
<ul class="cards">
${scores.map(({ name, mean, std, values }) => html`<li><span class="name">${name}</span> <span class="value">${percent(mean)}</span> <span class="more">${values.length > 1 ? `± ${percent(std)} over draws` : ''}</span></li>`)}
<li><span class="name">chance</span> <span class="value">${percent(chance)}</span> <span class="more">best constant answer</span></li>
</ul>
${warningBox(warnings)}
</header>`;
}

function scoreTable({ scores, draws, metric }: FineTuneReportData): Html {
  const first = draws.map(({ seed }, k) => html`<span style="color: ${drawColor(k)}">●</span> ${seed}`);
  return html`<section aria-labelledby="scores">
<h2 id="scores">Scores</h2>
${table({
  caption: `${capitalized(METRIC_NAMES[metric])} on the test examples by draw`,
  head: ['', ...first],
  rows: scores.map(({ name, values }) => [
    name,
    // A single value is that of all draws.
    ...draws.map((_, k) => percent(required(values[values.length === 1 ? 0 : k], `score of draw ${k}`))),
  ]),
})}
${table({
  caption: 'The training chosen for each draw on its dev examples',
  head: ['draw', 'rate', 'batch', 'step kept', 'dev', 'test'],
  rows: draws.map(({ seed, rate, batch, kept, dev, test }) => [
    String(seed),
    digits(rate),
    String(batch),
    count(kept),
    dev === null ? '–' : percent(dev),
    percent(test),
  ]),
})}
</section>`;
}

function trainingCurveSection({ draws, metric }: FineTuneReportData): Html {
  return html`<section aria-labelledby="curves">
<h2 id="curves">Curves</h2>
${drawn(lossCurves(draws), 'Of each draw at its chosen rate and batch size. Training losses are those before each update, averaged over neighboring steps.')}
${drawn(scoreCurves(draws, metric), 'The state with the best score is kept, of equal ones that of the least dev loss.')}
</section>`;
}

function gridSection({ grid, best, metric, optimum, draws }: FineTuneReportData): Html {
  const batches = [...new Set(grid.map(({ batch }) => batch))];
  const rates = [...new Set(grid.map(({ rate }) => rate))];
  const entry = (rate: number, batch: number): string | Cell => {
    const point = grid.find((one) => one.rate === rate && one.batch === batch);
    if (point === undefined || point.score === null) return '–';
    const given = point.finished < draws.length ? ` (${point.finished} of ${draws.length} to the end)` : '';
    const content = `${percent(point.score)}${given}`;
    return rate === best.rate && batch === best.batch ? { content: `✓ ${content}`, look: 'chosen' } : content;
  };
  return html`<section aria-labelledby="grid">
<h2 id="grid">The grid</h2>
<p>The best point by the mean over draws is rate ${digits(best.rate)} with batches of ${best.batch}; ${optimum}.</p>
${table({
  caption: `Mean ${METRIC_NAMES[metric]} on the dev examples by rate and batch size; ✓ marks the best`,
  head: ['rate', ...batches.map((batch) => `batch ${batch}`)],
  rows: rates.map((rate) => [digits(rate), ...batches.map((batch) => entry(rate, batch))]),
})}
</section>`;
}
