/** The parts of the report about scores: its head, the comparison of methods, and the predictions. */

import { required } from '../errors/index.ts';
import { wilsonInterval } from '../numeric/index.ts';
import { scoreWarnings } from './chance.ts';
import type { KernelReportData, MethodScore } from './data.ts';
import { capitalized, count, counted, percent, points } from './format.ts';
import { type Html, html } from './html.ts';
import { METRIC_NAMES } from './metrics.ts';
import { warningBox } from './page.ts';
import { scoreAxis, scoresFigure, seriesColor } from './scoresFigure.ts';
import { foreign, table } from './tables.ts';

/** Strength of the background of a cell that holds a whole row. */
const FULL_SHARE = 0.45;

/** What dots and bars are. */
const BARS =
  'Each dot is one draw of training examples, the draws in the order of the table from top to bottom. The upright line is ' +
  'the mean over draws, the shaded error bar one sample standard deviation to each side: the spread between draws, not ' +
  'the uncertainty of the mean. ';

/** Title, the result in a sentence, the main numbers, and what to beware of. */
export function head(data: KernelReportData, warnings: readonly string[]): Html {
  const { task, kernel, model, shots, scores, evaluated, created } = data;
  const draws = counted(kernel.draws.length, 'draw');
  const cards = [
    ...scores.map((score, place) => ({
      name: score.name,
      value: percent(score.mean),
      more: cardNote(score, data),
      tone: seriesColor(place),
    })),
    { name: 'chance', value: percent(data.chance), more: 'best constant answer', tone: 'var(--line)' },
  ];
  return html`<header>
<p class="eyebrow">nexort kernel run${created === undefined ? undefined : html` · ${created}`}</p>
<h1>${foreign(task)}: ${METRIC_NAMES[data.metric]} from ${counted(shots, 'example')} per class</h1>
<p class="lead">${sentence(data)}</p>
<p class="note">Model ${foreign(model)}, ${draws} of training examples, ${counted(evaluated, 'evaluated example')}.</p>
<ul class="cards">${cards.map(
    ({ name, value, more, tone }) => html`
<li style="--tone: ${tone}"><span class="name">${name}</span> <span class="value">${value}</span> <span class="more">${more}</span></li>`,
  )}
</ul>
${warningBox([...warnings, ...scoreWarnings(data)])}
</header>`;
}

function cardNote({ values, std }: MethodScore, { seeds }: KernelReportData): string {
  if (values.length > 1) return `± ${points(std)} over ${values.length} draws`;
  return seeds.length > 1 ? 'the same for all draws' : 'one draw';
}

/** The kernel's score beside that of the first method; the cards have the other methods. */
function sentence({ scores, metric, kernel }: KernelReportData): string | undefined {
  const [base] = scores;
  const score = scores.find(({ name }) => name === kernel.name);
  if (base === undefined || score === undefined) return undefined;
  const { mean, std, values } = score;
  const spread = values.length > 1 ? `, with a standard deviation of ${points(std)} over ${values.length} draws` : '';
  const start = `The ${kernel.name} reaches ${percent(mean)} ${METRIC_NAMES[metric]}${spread}`;
  if (score === base) return `${start}.`;
  const gain = mean - base.mean;
  const comparison = gain === 0 ? 'as much as' : `${points(Math.abs(gain))} ${gain > 0 ? 'above' : 'below'}`;
  return `${start}: ${comparison} ${base.name} (${percent(base.mean)}).`;
}

/** The methods side by side. */
export function scoreSection(data: KernelReportData): Html {
  const { scores, seeds, metric, evaluated } = data;
  const metricName = METRIC_NAMES[metric];
  const shared = scores.filter(({ values }) => values.length === 1 && seeds.length > 1).map(({ name }) => name);
  const note = shared.length === 0 ? undefined : ` One value for ${shared.join(', ')}: all draws share it.`;
  return html`<section aria-labelledby="scores">
<h2 id="scores">${capitalized(metricName)} by method</h2>
<div class="pair">
<figure>${scoresFigure(data)}
<figcaption>${seeds.length > 1 ? BARS : undefined}The dashed line is chance: ${chanceMeaning(data)}. ${scoreAxis(data)[0] === 0 ? undefined : 'The axis does not start at zero.'}</figcaption></figure>
<div>${table({
    caption: `${capitalized(metricName)} on ${counted(evaluated, 'example')}.${note ?? ''}${metric === 'accuracy' ? ' The interval (Wilson) is for the choice of these examples, not of the draws.' : ''}`,
    head: ['seed', ...scores.map(({ name }) => name)],
    rows: seeds.map((seed, k) => [
      seed,
      ...scores.map(({ values }) => percent(required(values[values.length === 1 ? 0 : k], `score of draw ${seed}`))),
    ]),
    foot: [
      ['mean', ...scores.map(({ mean }) => percent(mean))],
      [
        'standard deviation, points',
        ...scores.map(({ values, std }) => (values.length > 1 ? (100 * std).toFixed(1) : '–')),
      ],
      ...(metric === 'accuracy'
        ? [['95 % interval of the mean', ...scores.map((score) => testSetInterval(score, data))]]
        : []),
    ],
  })}</div>
</div>
</section>`;
}

/** What the choice of the evaluated examples, which all draws share, leaves open. */
function testSetInterval({ mean }: MethodScore, { evaluated }: KernelReportData): string {
  const [low, high] = wilsonInterval(mean, evaluated);
  return `${percent(low)} to ${percent(high)}`;
}

function chanceMeaning({ metric, labels, labelCounts }: KernelReportData): string {
  switch (metric) {
    case 'accuracy': {
      const most = Math.max(...labelCounts);
      const [first = '', ...others] = labels.flatMap(({ name }, k) => (labelCounts[k] === most ? [name] : []));
      const frequent = others.length === 0 ? 'the most frequent label' : 'as frequent a label as any';
      return `the accuracy of always answering “${first}”, ${frequent}`;
    }
    case 'f1':
      return `the F1 of always answering “${required(labels.at(-1), 'label').name}”`;
    case 'matthews':
      return 'the correlation 0 of every constant answer';
  }
}

/** Which labels are taken for which, by method. */
export function confusionSection(data: KernelReportData): Html | undefined {
  const tables = data.scores.flatMap((score) => (score.confusion === undefined ? [] : [confusionTable(score, data)]));
  if (tables.length === 0) return undefined;
  return html`<section aria-labelledby="predictions">
<h2 id="predictions">Predictions</h2>
<p>Evaluated examples by their label (rows) and the label predicted (columns), added over draws. Shading is the share of the row.</p>
<div class="flow">${tables}</div>
</section>`;
}

function confusionTable({ name, values, confusion = [] }: MethodScore, { labels, seeds }: KernelReportData): Html {
  const draws = values.length === 1 && seeds.length > 1 ? 'the same for all draws' : counted(seeds.length, 'draw');
  return table({
    caption: `${name}, ${draws}`,
    head: ['label', ...labels.map((label) => foreign(label.name)), 'right'],
    rows: confusion.map((row, actual) => {
      const total = row.reduce((sum, entry) => sum + entry, 0);
      const shares = row.map((entry) => (total === 0 ? 0 : entry / total));
      return [
        foreign(required(labels[actual], `label ${actual}`).name),
        ...row.map((entry, k) => ({
          content: count(entry),
          look: 'share' as const,
          share: FULL_SHARE * required(shares[k], 'share of a label'),
        })),
        percent(total === 0 ? Number.NaN : required(shares[actual], 'share of a label')),
      ];
    }),
  });
}
