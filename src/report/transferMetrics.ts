/** How well a hyperparameter transfers, as a table of numbers with their formulas. */

import { METRICS, metricText, type Sweep, type TransferMetrics, type TransferResult } from '../experiments/index.ts';
import { type Html, html } from './html.ts';
import { foreign, type TableOptions, table } from './tables.ts';

/** The section. */
export function metricsSection({ sweeps, hyperparameter: { words } }: TransferResult): Html {
  const names = Object.keys(METRICS) as (keyof TransferMetrics)[]; // of a total table
  const row = (name: keyof TransferMetrics): TableOptions['rows'][number] => [
    METRICS[name].words,
    ...sweeps.map(({ metrics }) => metricText(name, metrics[name])),
    METRICS[name].formula,
  ];
  return html`<section aria-labelledby="metrics">
<h2 id="metrics">How well it transfers</h2>
${table({
  caption: `Metrics of the transfer of the ${words}, with 95 % intervals by bootstrap over seeds`,
  head: ['', ...sweeps.map(({ parametrization }) => parametrization), 'is'],
  rows: names.map(row),
  textColumns: [sweeps.length + 1],
})}
<p class="note">n is the width, p the logarithm of the best value (of a β that of 1/(1 − β)), L its loss, h what the parabola of losses over p adds a distance of 1 away. – has no number: an optimum lies at the end of the values tried, or training diverged beside it.</p>
${sweeps.filter(({ causes }) => causes.length > 0).map(settingList)}
</section>`;
}

/** Why the best value moves, by theory. */
function settingList({ parametrization, causes }: Sweep): Html {
  return html`<h3>${foreign(parametrization)}: settings whose power of the width is not what maximal updates ask for</h3>
<ul>${causes.map(({ likely, text }) => html`<li>${likely ? html`<strong>likely</strong>: ` : undefined}${text}</li>`)}</ul>`;
}
