/** The report of a choice at infinite width: what was chosen, the curves it rests on, and what finite widths did with it. */

import { showValue, type TuneResult } from '../experiments/index.ts';
import type { Fact } from './data.ts';
import { listed } from './format.ts';
import { type Html, html } from './html.ts';
import { optimaFigure } from './optimaFigure.ts';
import { drawn, page, warningBox } from './page.ts';
import { foreign, table } from './tables.ts';
import { lossesByValue } from './transferFigure.ts';
import { INFINITE } from './transferParts.ts';
import { transferMade } from './transferReport.ts';

/** What the report of a tuning shows. */
export interface TuneReportData {
  readonly result: TuneResult;
  /** How it was made besides: command, versions, machine. */
  readonly made: readonly Fact[];
}

/**
 * One HTML file that needs neither network nor scripts. Equal data give an equal file; every text of the data is escaped.
 */
export function tuneReport({ result, made }: TuneReportData): string {
  const { measured } = result;
  const { net, optimizer, data, hyperparameter } = measured;
  const optima = optimaFigure(measured);
  return page(
    `${net} with ${optimizer} on ${data}: ${hyperparameter.words} tuned at infinite width`,
    html`${tuneHead(result)}
<section aria-labelledby="losses">
<h2 id="losses">Loss by ${hyperparameter.words}</h2>
${drawn(
  lossesByValue(measured),
  `${INFINITE.name} is the infinite network, its widths sampled, on which the choice was made; its band is two standard errors, the light bar the 95 % interval of its best value. Finite networks stand beside it.`,
)}
${optima === undefined ? undefined : drawn(optima, 'Bars are 95 % intervals by bootstrap over seeds. A hollow point lies at the end of the values tried.')}
</section>
${checksSection(result)}
${transferMade(measured, made)}`,
  );
}

function tuneHead({ measured, best, tried, loss, flat, warnings, holds }: TuneResult): Html {
  const { net, optimizer, data, hyperparameter } = measured;
  const { words, scale } = hyperparameter;
  const show = (value: number): string => showValue(scale, value);
  const range = best.interval === null ? '' : ` (95 %: ${best.interval.map(show).join(' to ')})`;
  return html`<header>
<p class="eyebrow">nexort tune</p>
<h1>${foreign(net)} with ${foreign(optimizer)} on ${foreign(data)}: the ${words} of the infinite network</h1>
<p class="lead"><strong>${best.value === null ? 'none' : show(best.value)}</strong>${range} is best at infinite width; of the values tried ${show(tried)}, with a loss of ${loss.toPrecision(4)}. From ${show(flat[0])} to ${show(flat[1])} it is within 2 % of that.</p>
<p class="lead">${holds ? 'It holds: the choice costs no width checked more than 2 % of its least loss.' : 'It does not hold: at a width checked the choice costs more than 2 % of the least loss.'}</p>
${warningBox(warnings)}
</header>`;
}

function checksSection({ checks, tried, correction, measured: { hyperparameter } }: TuneResult): Html {
  const { words, scale } = hyperparameter;
  const show = (value: number | null): string => (value === null ? '–' : showValue(scale, value));
  const moved =
    correction === null
      ? ''
      : ` Narrow widths tell that the best value of width n is that of the limit times e^(${correction.toPrecision(3)}/n)${scale === 'memory' ? ` in 1/(1 − ${words})` : ''}.`;
  return html`<section aria-labelledby="checks">
<h2 id="checks">At widths that had no part in it</h2>
${table({
  caption: `What the limit and its correction of order 1/n say, and what came of ${show(tried)}`,
  head: ['width', 'best, predicted', 'best, found', 'loss, predicted', 'loss', 'above its least'],
  rows: checks.map(({ width, predicted, found, predictedLoss, loss, cost }) => [
    width,
    show(predicted),
    show(found.value),
    predictedLoss.toPrecision(4),
    loss === null ? 'diverges' : loss.toPrecision(4),
    cost === null ? '–' : `${((cost - 1) * 100).toFixed(1)} %`,
  ]),
})}
<p class="note">Checked at ${checks.length === 1 ? 'width' : 'the widths'} ${listed(checks.map(({ width }) => width))}.${moved}</p>
</section>`;
}
