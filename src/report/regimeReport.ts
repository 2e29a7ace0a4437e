/** The report of the kernel regime: verdicts with their bounds, figures for each optimizer, and how it was made. */

import type { Criterion, MeanScore, OptimizerRegime, PairedDifference } from '../lm/index.ts';
import type { Fact } from './data.ts';
import { digits, percent, points } from './format.ts';
import { type Html, html } from './html.ts';
import { drawn, page, warningBox } from './page.ts';
import {
  kernelPair,
  layersFigure,
  logitsFigure,
  movementFigure,
  type ShownLogits,
  watchedFigure,
} from './regimeFigures.ts';
import { foreign, foreignFacts, madeSection, table } from './tables.ts';

/** What is shown of an optimizer. */
export interface ShownOptimizer {
  readonly regime: OptimizerRegime;
  /** Of the first draw; absent where its training diverged. */
  readonly shown?: ShownLogits & {
    readonly seed: number;
    readonly before: readonly (readonly number[])[];
    readonly after: readonly (readonly number[])[];
  };
}

/** What the report of the kernel regime shows. */
export interface RegimeReportData {
  readonly task: string;
  readonly setting: string;
  readonly metric: string;
  readonly optimizers: readonly ShownOptimizer[];
  /** What criteria are of, by their names. */
  readonly criteria: Readonly<Record<Criterion['name'], string>>;
  /** What the outputs in the figures are, `difference of the logits` or `logits less their mean`. */
  readonly outputs: string;
  readonly warnings: readonly string[];
  /** What was asked for. */
  readonly settings: readonly Fact[];
  /** Command, versions, machine. */
  readonly made: readonly Fact[];
}

/** One HTML file that needs neither network nor scripts. Equal data give an equal file; every text of the data is escaped. */
export function regimeReport(data: RegimeReportData): string {
  return page(
    `${data.task}: does fine-tuning behave like a kernel?`,
    html`${regimeHead(data)}
${data.optimizers.map((one) => optimizerSection(one, data))}
${madeSection('The experiment', foreignFacts(data.settings), data.made)}`,
  );
}

function regimeHead({ task, setting, optimizers, warnings }: RegimeReportData): Html {
  return html`<header>
<p class="eyebrow">nexort regime</p>
<h1>Does fine-tuning on ${foreign(task)} behave like a kernel?</h1>
<p class="lead">${setting}.</p>
<ul class="cards">
${optimizers.map(({ regime: { optimizer, learningRate, verdict, failed } }) => html`<li><span class="name">${foreign(optimizer)}, rate ${digits(learningRate)}</span> <span class="value">${verdict}</span> <span class="more">${failed.length === 0 ? '' : `fails: ${failed.join(', ')}`}</span></li>`)}
</ul>
${warningBox(warnings)}
</header>`;
}

/** Criteria of what is watched on the way. */
const WATCHED: readonly Criterion['name'][] = ['logitError', 'kernelChange'];

function optimizerSection({ regime, shown }: ShownOptimizer, data: RegimeReportData): Html {
  const { optimizer, learningRate, words, fixedFeatures, movement, watched, criteria } = regime;
  const bounds = criteria.flatMap(({ name, bound }) => (WATCHED.includes(name) ? [bound] : []));
  return html`<section>
<h2>${foreign(optimizer)}, rate ${digits(learningRate)}</h2>
${words.map((sentence) => html`<p>${sentence.charAt(0).toUpperCase()}${sentence.slice(1)}.</p>`)}
${criteria.length === 0 ? undefined : criteriaTable(criteria, data)}
${solutionTable(regime, data.metric)}
${
  shown === undefined
    ? undefined
    : html`${drawn(logitsFigure(shown, data.outputs), `Draw ${String(shown.seed)}, ${data.outputs}: the linear model's across, the fine-tuned model's up; gray: against the model as it was.`)}
<div class="pair">${kernelPair(shown.before, shown.after)}</div>
<p class="note">The kernel ${fixedFeatures?.kernel ?? ''} of draw ${String(shown.seed)} on training (across) and evaluated (down) examples, mean over outputs, before and after, in the same colors.</p>`
}
${
  fixedFeatures === null
    ? undefined
    : drawn(
        layersFigure(fixedFeatures.layers),
        'Change of the kernel by layer, ‖K_T − K_0‖ / ‖K_0‖ of its part, mean over draws.',
      )
}
${movement.length === 0 ? undefined : drawn(movementFigure(movement), 'Distance moved, ‖θ_T − θ_0‖ / ‖θ_0‖ by group of parameters.')}
${
  watched.length === 0
    ? undefined
    : drawn(
        watchedFigure(watched, bounds),
        'On the way: error of the linear model and change of the kernel, means over draws; dashed: what is asked at most.',
      )
}
</section>`;
}

function criteriaTable(criteria: readonly Criterion[], { criteria: names }: RegimeReportData): Html {
  return table({
    caption: 'What is asked',
    head: ['measured', 'test', 'mean over draws', '95 % interval', 'asked', 'passes', 'source of the bound'],
    textColumns: [0, 1, 6],
    rows: criteria.map(({ name, test, value, interval, asked, bound, passes, source }) => [
      names[name],
      test,
      value === null ? 'not measured' : digits(value),
      interval === null ? '' : `${digits(interval[0])} to ${digits(interval[1])}`,
      `${asked} ${String(bound)}`,
      passes === null ? '–' : passes ? 'yes' : 'no',
      source,
    ]),
  });
}

function solutionTable({ solution }: OptimizerRegime, metric: string): Html | undefined {
  if (solution === null) return undefined;
  const { zeroShot, fineTuned, linearModel, linearTraining, kernel, differences } = solution;
  const row = (name: string, score: MeanScore | null, difference?: PairedDifference): string[] => [
    name,
    score === null ? '–' : percent(score.mean),
    score === null || score.values.length < 2 ? '' : percent(score.std),
    difference === undefined ? '' : points(difference.mean),
    difference?.interval === undefined ? '' : difference.interval.map(points).join(' to '),
  ];
  return table({
    caption: `Not judged: ${metric}`,
    head: ['', metric, 'deviation', 'less fine-tuning', '95 % interval, paired'],
    rows: [
      row('as it was', zeroShot),
      row('fine-tuned', fineTuned),
      row('linear model', linearModel, differences.linearModel),
      row('linearized training', linearTraining, differences.linearTraining),
      row('kernel', kernel, differences.kernel),
    ],
  });
}
