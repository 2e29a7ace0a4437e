/** The report of runs over many tasks: the figure, the table, and what differences are more than chance. */

import { required } from '../errors/index.ts';
import { atChance, type TaskOverview } from '../lm/index.ts';
import type { Fact } from './data.ts';
import { counted, listed, percent, points } from './format.ts';
import { type Html, html } from './html.ts';
import { METRIC_NAMES } from './metrics.ts';
import { overviewFigure } from './overviewFigure.ts';
import { drawn, page, warningBox } from './page.ts';
import { scoreText } from './scoresFigure.ts';
import { facts, foreign, foreignFacts, table } from './tables.ts';

/** What the report of many tasks shows. */
export interface OverviewReportData {
  readonly title: string;
  readonly overview: TaskOverview;
  /** Where differences exceed what draws explain; the first sentence leads. */
  readonly sentences: readonly string[];
  readonly settings: readonly Fact[];
  readonly environment: readonly Fact[];
}

/** One HTML file that needs neither network nor scripts. Equal data give an equal file; every text of the data is escaped. */
export function overviewReport({ title, overview, sentences, settings, environment }: OverviewReportData): string {
  const { tasks, methods } = overview;
  const [lead, ...others] = sentences;
  const draws = Math.max(...tasks.map(({ seeds }) => seeds.length));
  return page(
    title,
    html`<header>
<p class="eyebrow">nexort tasks run</p>
<h1>${foreign(title)}</h1>
<p class="lead">${lead}</p>
${others.length === 0 ? undefined : html`<ul>${others.map((sentence) => html`<li>${sentence}</li>`)}</ul>`}
<p class="note">${counted(tasks.length, 'task')}, ${counted(draws, 'draw')} of training examples each.</p>
${warningBox(chanceWarnings(overview))}
</header>
<section aria-labelledby="scores">
<h2 id="scores">Scores by task</h2>
${drawn(
  overviewFigure(overview),
  html`Means over draws with one sample standard deviation to each side. The dashed line is chance: the best constant answer on the evaluated examples. The axis does not start at zero.`,
)}
${table({
  caption: 'Mean ± standard deviation over draws, in the metric of the task',
  head: ['task', 'metric', 'evaluated', 'chance', ...methods],
  rows: tasks.map((task) => [
    foreign(task.task),
    METRIC_NAMES[task.metric],
    task.evaluated,
    percent(task.chance),
    ...methods.map((name) => {
      const score = task.methods[name];
      return score === undefined ? '–' : scoreText({ name, ...score });
    }),
  ]),
})}
</section>
${differenceSection(overview)}
<section aria-labelledby="made">
<h2 id="made">How this was made</h2>
<div class="pair">
${facts('Settings', foreignFacts(settings))}
${facts('Environment', foreignFacts(environment))}
</div>
</section>`,
  );
}

/** Every pair of methods on every task, with its interval. */
function differenceSection({ tasks, differences, level, beyondDraws }: TaskOverview): Html | undefined {
  if (differences.every(({ interval }) => interval === undefined)) return undefined;
  const pairs = [...new Set(differences.map(({ first, second }) => `${first} − ${second}`))];
  const cell = (task: string, pair: string) => {
    const same = (one: { task: string; first: string; second: string }) =>
      one.task === task && `${one.first} − ${one.second}` === pair;
    const found = differences.find(same);
    if (found === undefined) return '–';
    const [low, high] = required(found.interval, 'interval of a difference');
    const content = `${points(found.mean)} [${(100 * low).toFixed(1)}, ${(100 * high).toFixed(1)}]`;
    return beyondDraws.some(same) ? ({ content, look: 'chosen' } as const) : content;
  };
  return html`<section aria-labelledby="differences">
<h2 id="differences">Differences between methods</h2>
<p>Paired over draws, each with Student's interval at ${percent(level)}. Marked are those that leave 0 out even when the intervals of all ${differences.length} are widened to hold together.</p>
${table({
  caption: 'First method less the second',
  head: ['task', ...pairs],
  rows: tasks.map(({ task }) => [foreign(task), ...pairs.map((pair) => cell(task, pair))]),
})}
</section>`;
}

function chanceWarnings(overview: TaskOverview): string[] {
  return overview.methods.flatMap((method) => {
    const tasks = atChance(overview, method);
    if (tasks.length === 0) return [];
    return [
      `${method} cannot be told from a constant answer on ${listed(tasks)} (within two standard errors, or below).`,
    ];
  });
}
