/** The part of the report about training labels that do not fit what the other examples say. */

import { required } from '../errors/index.ts';
import type { KernelDraw, KernelReportData, LabelDoubts } from './data.ts';
import { counted, decimal, shortened } from './format.ts';
import { type Html, html } from './html.ts';
import { foreign, table } from './tables.ts';

/** Rows of a draw that are shown before the others, which fold. */
const SHOWN = 5;
const TEXT_CHARACTERS = 400;

/** Training examples by how badly their labels fit; nothing where no draw has been measured. */
export function doubtSection({ labels, kernel }: KernelReportData): Html | undefined {
  const measured = kernel.draws.flatMap((draw) => (draw.doubts === undefined ? [] : [{ draw, doubts: draw.doubts }]));
  if (measured.length === 0) return undefined;
  const seen = measured.filter(({ doubts }) => doubts.source === 'fit');
  return html`<section aria-labelledby="doubts">
<h2 id="doubts">Training labels in doubt</h2>
<p>How badly the label of a training example fits what the others say, the worst first: the score of the likeliest other
label less that of its own, by a fit without the example. Look here for labels that are wrong. A large doubt may also mean an
unusual text; a sign says little, for what is left out makes its own label the rarer one.${
    seen.length === 0
      ? undefined
      : html` In ${counted(seen.length, 'draw')} (${seen.map(({ draw }) => draw.seed).join(', ')}) the solver gives no such fit, and the
doubt is that of the fit itself, which has seen the label.`
  }</p>
<div class="stack">${measured.map(({ draw, doubts }) => doubtTable(draw, doubts, labels))}</div>
</section>`;
}

function doubtTable(draw: KernelDraw, { doubts }: LabelDoubts, labels: KernelReportData['labels']): Html {
  const doubt = (example: number): number => required(doubts[example], `doubt of example ${example}`);
  const ranked = [...doubts.keys()].sort((a, b) => doubt(b) - doubt(a) || a - b);
  const rows = ranked.map((example, rank) => [
    rank + 1,
    decimal(doubt(example)),
    foreign(required(labels[required(draw.labels[example], 'label')], 'label of an example').name),
    foreign(shortened(required(draw.texts[example], `text of example ${example}`), TEXT_CHARACTERS)),
  ]);
  const shape = { head: ['rank', 'doubt', 'label', 'text'], textColumns: [2, 3] };
  const [first, others] = [rows.slice(0, SHOWN), rows.slice(SHOWN)];
  return html`<div>${table({ ...shape, caption: `Draw ${draw.seed}: the most doubtful labels`, rows: first })}
${
  others.length === 0
    ? undefined
    : html`<details>
<summary>Draw ${draw.seed}: ${counted(others.length, 'other training example')}</summary>
<div>${table({ ...shape, caption: `Draw ${draw.seed}: labels that fit better`, rows: others })}</div>
</details>`
}</div>`;
}
