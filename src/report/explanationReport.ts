/** Why texts have their labels: tokens colored by what they add, layers as bars, and the training examples. */

import type { Fact } from './data.ts';
import { figure, Plot } from './figure.ts';
import { counted, digits, percent, shortened } from './format.ts';
import { type Html, html } from './html.ts';
import { drawn, page, warningBox } from './page.ts';
import { foreign, foreignFacts, madeSection, table } from './tables.ts';

/** What the report of explained texts shows. */
export interface ExplanationReportData {
  readonly task: string;
  readonly texts: readonly ExplainedText[];
  readonly warnings: readonly string[];
  /** The run, the model, the draw. */
  readonly settings: readonly Fact[];
  /** Command, versions, machine. */
  readonly made: readonly Fact[];
}

/** A text with its label; weights are added to the label's logit. */
export interface ExplainedText {
  readonly text: string;
  readonly label: string;
  readonly probability: number;
  readonly logit: number;
  readonly intercept: number;
  readonly initial: number;
  /** The largest first. */
  readonly contributions: readonly { readonly text: string; readonly label: string; readonly weight: number }[];
  readonly layers: readonly { readonly layer: string; readonly weight: number; readonly byToken?: readonly number[] }[];
  /** Absent where the kernel has no split by tokens. */
  readonly tokens?: readonly { readonly token: string; readonly weight: number }[];
}

/** Training examples that are shown before the others, which fold. */
const SHOWN = 8;
const TEXT_CHARACTERS = 400;
const [WIDTH, ROW, MARGIN_LEFT, MARGIN_RIGHT, MARGIN_Y] = [520, 26, 96, 64, 8];

/** One HTML file that needs neither network nor scripts. Equal data give an equal file; every text of the data is escaped. */
export function explanationReport(data: ExplanationReportData): string {
  const { task, texts, warnings, settings, made } = data;
  return page(
    `${task}: why these labels`,
    html`<header>
<p class="eyebrow">nexort predict</p>
<h1>Why these labels, ${foreign(task)}</h1>
<p class="lead">${counted(texts.length, 'text')}. A label's logit is the sum of what training examples add to it; the same sum by layer of the
model, and by token of the text. <span class="token for" style="--share: 70%">Blue</span> speaks for the label,
<span class="token against" style="--share: 70%">orange</span> against it.</p>
${warningBox(warnings)}
</header>
${texts.map((one, k) => textSection(one, k + 1))}
${madeSection('The classification', foreignFacts(settings), made)}`,
  );
}

function textSection(one: ExplainedText, number: number): Html {
  const { text, label, probability, logit, layers, tokens } = one;
  return html`<section aria-labelledby="text-${number}">
<h2 id="text-${number}">${foreign(shortened(text, TEXT_CHARACTERS))}</h2>
<p><strong>${foreign(label)}</strong>, probability ${percent(probability)}, logit ${digits(logit)}.</p>
${tokens === undefined ? undefined : tokenLine(tokens)}
${layers.length === 0 ? undefined : drawn(layerFigure(layers), 'What the parameters of each layer add to the logit, by way of all training examples.')}
${exampleTables(one)}
${tokens === undefined ? undefined : tokenTable(tokens, layers)}
</section>`;
}

/** The text in its prompt, each token as strong in color as it weighs. */
function tokenLine(tokens: NonNullable<ExplainedText['tokens']>): Html {
  const most = Math.max(...tokens.map(({ weight }) => Math.abs(weight)));
  return html`<p class="tokens">${tokens.map(({ token, weight }) => {
    const share = most === 0 ? 0 : (100 * Math.abs(weight)) / most;
    const look = weight < 0 ? 'against' : 'for';
    const style = `--share: ${(0.85 * share).toFixed(0)}%`;
    return html`<span class="token ${look}" style="${style}" title="${digits(weight)}">${foreign(token)}</span> `;
  })}</p>
<p class="note">The text in its prompt, token by token: the strongest color is ${digits(most)} of the logit.</p>`;
}

function layerFigure(layers: ExplainedText['layers']): Html {
  const bars = layers.map(({ layer, weight }) => ({ layer, weight, shown: digits(weight) }));
  const weights = layers.map(({ weight }) => weight);
  const [least, most] = [Math.min(0, ...weights), Math.max(0, ...weights)];
  const label = `What layers add: ${bars.map(({ layer, shown }) => `${layer} ${shown}`).join(', ')}`;
  const end = (side: 1 | -1) => ({
    x: 'weight',
    y: 'layer',
    text: 'shown',
    textAnchor: side > 0 ? ('start' as const) : ('end' as const),
    dx: 5 * side,
    fill: 'var(--ink)',
  });
  return figure({
    label,
    width: WIDTH,
    height: 2 * MARGIN_Y + ROW * layers.length,
    plot: {
      marginLeft: MARGIN_LEFT,
      marginRight: MARGIN_RIGHT,
      marginTop: MARGIN_Y,
      marginBottom: MARGIN_Y,
      x: { domain: least === most ? [0, 1] : [least, most], axis: null, inset: least < 0 ? MARGIN_RIGHT : 0 },
      y: { domain: layers.map(({ layer }) => layer), padding: 0.25 },
      marks: [
        Plot.axisY({ label: null, tickSize: 0 }),
        Plot.barX(bars, {
          x: 'weight',
          y: 'layer',
          fill: ({ weight }: { readonly weight: number }) => (weight < 0 ? 'var(--series-2)' : 'var(--series-1)'),
        }),
        Plot.ruleX([0], { stroke: 'var(--muted)' }),
        Plot.text(
          bars.filter(({ weight }) => weight >= 0),
          end(1),
        ),
        Plot.text(
          bars.filter(({ weight }) => weight < 0),
          end(-1),
        ),
      ],
    },
  });
}

function exampleTables({ contributions, intercept, initial, logit }: ExplainedText): Html {
  const rows = contributions.map(({ text, label, weight }, k) => [
    k + 1,
    digits(weight),
    foreign(label),
    foreign(shortened(text, TEXT_CHARACTERS)),
  ]);
  const shape = { head: ['rank', 'weight', 'label', 'text'], textColumns: [2, 3] };
  const others = rows.slice(SHOWN);
  const rest = contributions.slice(SHOWN).reduce((sum, { weight }) => sum + weight, 0);
  const foot = [
    ...(others.length === 0 ? [] : [['', digits(rest), '', counted(others.length, 'other training example')]]),
    ...(intercept === 0 ? [] : [['', digits(intercept), '', 'intercept, the same for every text']]),
    ...(initial === 0 ? [] : [['', digits(initial), '', "the model's own answer, before it sees training examples"]]),
    ['sum', digits(logit), '', 'the logit'],
  ];
  return html`${table({ ...shape, caption: 'Training examples by how much they add', rows: rows.slice(0, SHOWN), foot })}
${
  others.length === 0
    ? undefined
    : html`<details>
<summary>${counted(others.length, 'other training example')}</summary>
<div>${table({ ...shape, caption: 'Training examples that add less', rows: others })}</div>
</details>`
}`;
}

function tokenTable(tokens: NonNullable<ExplainedText['tokens']>, layers: ExplainedText['layers']): Html {
  return html`<details>
<summary>All tokens by layer</summary>
<div>${table({
    caption: 'What each token adds by way of each layer; rows add up to the token, columns to the layer',
    head: ['token', ...layers.map(({ layer }) => layer), 'sum'],
    rows: tokens.map(({ token, weight }, p) => [
      foreign(token),
      ...layers.map(({ byToken }) => digits(byToken?.[p])),
      digits(weight),
    ]),
  })}</div>
</details>`;
}
