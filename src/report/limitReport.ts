/** The report of a limit of training: what it says in words, loss and outputs, the approach of networks, how it was made. */

import { required } from '../errors/index.ts';
import type { LimitResult } from '../experiments/index.ts';
import { approachFigure } from './approachFigure.ts';
import type { Fact } from './data.ts';
import { counted, decimal, digits } from './format.ts';
import { type Html, html } from './html.ts';
import { distanceText, type LimitFigureData, lossPaths, outputName, outputPaths } from './limitFigures.ts';
import { type LookFigureData, sharpnessPaths, spectrumPaths, weightPaths } from './lookFigures.ts';
import { drawn, page, warningBox } from './page.ts';
import { foreign, foreignFacts, madeSection, table } from './tables.ts';

/** What the report of a limit of training shows. */
export interface LimitReportData extends LimitFigureData, LookFigureData {
  readonly features: readonly { readonly layer: string; readonly movement: number }[];
  /** What the limit says, sentences without their periods. */
  readonly words: readonly string[];
  readonly warnings: readonly string[];
  /** What was asked for. */
  readonly settings: readonly Fact[];
  /** Command, versions, machine. */
  readonly made: readonly Fact[];
}

/** Lines of the table of outputs. */
const MOST_OUTPUTS = 40;

/**
 * One HTML file that needs neither network nor scripts. Equal data give an equal file; every text of the data is escaped.
 */
export function limitReport(data: LimitReportData): string {
  return page(
    `${data.title}: the limit of its training`,
    html`${limitHead(data)}
${pathSection(data)}
${approachSection(data.result)}
${looksSection(data)}
${weightSection(data)}
${outputSection(data)}
${limitMade(data)}`,
  );
}

function limitHead({ title, words, warnings, result }: LimitReportData): Html {
  const [lead, ...rest] = words;
  const { limit, widths, approach } = result;
  const last = limit.losses?.at(-1);
  const first = limit.losses?.[0];
  return html`<header>
<p class="eyebrow">nexort limit</p>
<h1>${foreign(title)} as the width grows without end</h1>
<p class="lead">${lead}.</p>
${rest.map((sentence) => html`<p>${sentence}.</p>`)}
<ul class="cards">
<li><span class="name">limit</span> <span class="value">${limit.kind}</span></li>
${first === undefined || last === undefined ? undefined : html`<li><span class="name">loss</span> <span class="value">${digits(last.value)}</span> <span class="more">± ${digits(last.standardError)}, from ${digits(first.value)}</span></li>`}
${approach === undefined ? undefined : html`<li><span class="name">distance of networks</span> <span class="value">n^(${decimal(approach.exponent)})</span> <span class="more">95 %: ${decimal(approach.interval[0])} to ${decimal(approach.interval[1])}, widths ${widths[0]?.width} to ${widths.at(-1)?.width}</span></li>`}
</ul>
${warningBox(warnings)}
</header>`;
}

function pathSection(data: LimitReportData): Html {
  const losses = lossPaths(data);
  return html`<section aria-labelledby="paths">
<h2 id="paths">Loss and outputs by update</h2>
${losses === undefined ? undefined : drawn(losses, 'The loss of each step’s batch before its update.')}
${drawn(outputPaths(data), 'Outputs before each update and after the last.')}
</section>`;
}

function approachSection(result: LimitResult): Html | undefined {
  const { widths, approach } = result;
  if (widths.length === 0) return undefined;
  const figure = approachFigure(result);
  return html`<section aria-labelledby="approach">
<h2 id="approach">Networks beside the limit</h2>
${figure === undefined ? undefined : drawn(figure, 'Root-mean-square distance of the outputs after the last update from the limit, over outputs and networks; bars: one standard error.')}
${table({
  caption: 'After the last update',
  head: ['width', 'networks', 'diverged', 'loss', 'distance from the limit'],
  rows: widths.map((one) => [
    String(one.width),
    String(one.seeds),
    String(one.diverged),
    digits(one.losses.at(-1)),
    distanceText(one),
  ]),
})}
${approach === undefined ? undefined : html`<p class="note">The interval of the exponent is one of 95 %, from the errors of the distances, widened where they scatter more about a line.</p>`}
</section>`;
}

/** Eigenvalues that a line has room for. */
const EIGENVALUES = 5;

function looksSection(data: LimitReportData): Html | undefined {
  const { kernels, features, beside } = data;
  const layers = beside[0]?.features ?? features;
  if (kernels.length === 0 && layers.length === 0) return undefined;
  const steps = [...new Set([...kernels, ...beside.flatMap((one) => one.tangentKernel)].map(({ step }) => step))];
  const moved = (of: readonly { readonly layer: string; readonly movement: number }[], layer: string): string =>
    digits(of.find((one) => one.layer === layer)?.movement);
  return html`<section aria-labelledby="looks">
<h2 id="looks">The tangent kernel and the features</h2>
${figureOf(sharpnessPaths(data), 'The largest eigenvalue of the tangent kernel on what is trained on, over the number of examples of a mean.')}
${figureOf(spectrumPaths(data), 'Eigenvalues of the tangent kernel on what is trained on, on a logarithmic axis.')}
${
  kernels.length === 0
    ? undefined
    : table({
        caption:
          'The tangent kernel on what is trained on: sharpness (largest eigenvalue over the examples of a mean), its largest eigenvalues and alignment with the targets; sharpness of networks, means over seeds',
        head: ['updates', 'sharpness', 'eigenvalues', 'alignment', ...beside.map(({ width }) => `width ${width}`)],
        rows: steps
          .sort((a, b) => a - b)
          .map((step) => {
            const own = kernels.find((look) => look.step === step);
            return [
              String(step),
              digits(own?.sharpness ?? undefined),
              own?.eigenvalues
                .slice(0, EIGENVALUES)
                .map((value) => digits(value))
                .join(', ') ?? '–',
              digits(own?.alignment),
              ...beside.map((one) => digits(one.tangentKernel.find((look) => look.step === step)?.sharpness)),
            ];
          }),
      })
}
${
  layers.length === 0
    ? undefined
    : table({
        caption: 'How far the feature kernel of a layer moves in training, relative to its norm',
        head: ['layer', 'limit', ...beside.map(({ width }) => `width ${width}`)],
        rows: layers.map(({ layer }) => [
          layer,
          features.length === 0 ? '0' : moved(features, layer),
          ...beside.map((one) => moved(one.features, layer)),
        ]),
      })
}
</section>`;
}

const figureOf = (figure: Html | undefined, caption: string): Html | undefined =>
  figure === undefined ? undefined : drawn(figure, caption);

/** What the numbers of this section are. */
const CHANGE =
  'Root mean square of (W − W at the start) x over that of x, over the width, all examples and places: of order 1 where a layer moves, in every width';

function weightSection(data: LimitReportData): Html | undefined {
  const { weights, beside } = data;
  const all = [...weights, ...beside.flatMap((one) => one.weights)];
  const last = Math.max(...all.map(({ step }) => step));
  const names = [...new Set(all.map(({ parameter }) => parameter))];
  if (!(last > 0)) return undefined;
  const of = <Row extends { readonly step: number; readonly parameter: string }>(rows: readonly Row[], name: string) =>
    rows.find(({ step, parameter }) => step === last && parameter === name);
  return html`<section aria-labelledby="weights">
<h2 id="weights">The change of weights by layer</h2>
${figureOf(weightPaths(data), `${CHANGE}.`)}
${table({
  caption: `${CHANGE}, after ${counted(last, 'update')}; networks: means over seeds`,
  head: ['weights', 'limit', ...beside.map(({ width }) => `width ${width}`)],
  rows: names.map((name) => {
    const own = of(weights, name);
    return [
      name,
      own === undefined
        ? '–'
        : own.standardError === null || own.standardError === 0
          ? digits(own.change)
          : `${digits(own.change)} ± ${digits(own.standardError)}`,
      ...beside.map((one) => digits(of(one.weights, name)?.change)),
    ];
  }),
})}
</section>`;
}

function outputSection({ result, targets }: LimitReportData): Html {
  const { limit, widths } = result;
  const first = required(limit.outputs[0], 'outputs of a limit');
  const last = required(limit.outputs.at(-1), 'outputs of a limit');
  const widest = widths.at(-1);
  const shown = last.slice(0, MOST_OUTPUTS);
  const more = shown.length < last.length ? `, the first ${shown.length} of ${last.length}` : '';
  return html`<section aria-labelledby="outputs">
<h2 id="outputs">Outputs after the last update</h2>
${table({
  caption: `Limit ± standard error${widest === undefined ? '' : `, and networks of width ${widest.width}: mean, and deviation over seeds`}${more}`,
  head: [
    '',
    'target',
    'at the start',
    'limit',
    ...(widest === undefined ? [] : [`width ${widest.width}`, 'deviation']),
  ],
  rows: shown.map((estimate, k) => [
    outputName(limit.shape, k),
    targetText(targets?.[k]),
    estimated(required(first[k], 'output at the start')),
    estimated(estimate),
    ...(widest === undefined ? [] : [digits(widest.means.at(-1)?.[k]), digits(widest.deviations.at(-1)?.[k])]),
  ]),
})}
</section>`;
}

const targetText = (target: number | null | undefined): string =>
  target === null || target === undefined ? '–' : digits(target);

const estimated = ({ value, standardError }: LimitResult['limit']['outputs'][number][number]): string =>
  `${digits(value)} ± ${digits(standardError)}`;

function limitMade({ settings, made, result }: LimitReportData): Html {
  return html`${madeSection(
    'The experiment',
    [...foreignFacts(settings), { name: 'updates', value: counted(result.limit.outputs.length - 1, 'update') }],
    made,
  )}`;
}
