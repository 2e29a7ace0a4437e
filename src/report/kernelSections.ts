/** The parts of the report about the kernel itself: heat maps, alignment, spectrum, and the tables behind them. */

import { required } from '../errors/index.ts';
import { type ColorScale, colorScale, describeScale } from './colors.ts';
import type { KernelDraw, KernelReportData } from './data.ts';
import { capitalized, count, counted, decimal, digits, percent, shortened } from './format.ts';
import { coloredValues, groupSize, heatMap, legend } from './heatMap.ts';
import { type Html, html } from './html.ts';
import { FORMS, type Form, type KernelView } from './kernelView.ts';
import { type Spectrum, spectrumFigure } from './spectrum.ts';
import { foreign, table } from './tables.ts';

/** One draw as given and as shown. */
export interface ShownDraw {
  readonly draw: KernelDraw;
  readonly view: KernelView;
  readonly spectrum: Spectrum;
}

const TEXT_CHARACTERS = 400;

const TITLES: Readonly<Record<Form, string>> = { plain: 'Normalized', centered: 'Centered, then normalized' };
const SHORT: Readonly<Record<Form, string>> = { plain: 'normalized', centered: 'centered' };

/** What is wrong with the kernels, in words. */
export function kernelWarnings(shown: readonly ShownDraw[]): string[] {
  return shown.flatMap(({ draw, view }) => {
    const broken = Array.from(draw.kernel).filter((value) => !Number.isFinite(value)).length;
    const empty = view.diagonal.filter((value) => value === 0).length;
    return [
      ...(broken === 0
        ? []
        : [
            `In draw ${draw.seed}, ${counted(broken, 'kernel entry is not a finite number', 'kernel entries are not finite numbers')}.`,
          ]),
      ...(empty === 0
        ? []
        : [
            `In draw ${draw.seed}, ${counted(empty, 'training example has', 'training examples have')} K[i, i] = 0, so that their normalized kernel is not defined.`,
          ]),
    ];
  });
}

/** The heat maps. */
export function kernelSection(shown: readonly ShownDraw[], data: KernelReportData): Html {
  const { kernel } = data;
  const scales = {
    plain: colorScale(shown.flatMap(({ view }) => coloredValues(view.plain))),
    centered: colorScale(shown.flatMap(({ view }) => coloredValues(view.centered))),
  };
  const examples = Math.max(...shown.map(({ view }) => view.order.length));
  const grouped = Math.max(...shown.map(({ view }) => groupSize(view)));
  return html`<section aria-labelledby="kernel">
<h2 id="kernel">The kernel, ordered by class</h2>
<p>The ${kernel.name} K between the training examples of each draw.${
    kernel.outputs === 1
      ? undefined
      : ` Of its ${kernel.outputs} outputs the trace is shown: the mean over outputs c of K[i, c, j, c].`
  } Lines separate the classes; columns have the order of rows. The diagonal, 1 by construction, is left grey.${
    grouped > 1
      ? ` A cell is the mean over up to ${grouped} neighboring examples of a class in each direction.`
      : undefined
  } Point at a row to read its example; the tables below the maps hold all of them.</p>
<div class="draw keys">
<div><h3>Normalized</h3><p class="note">K[i, j] / √(K[i, i] K[j, j]): for inner products of gradients the cosine between them, whatever their lengths. ${capitalized(describeScale(scales.plain))}.</p>${legend(scales.plain)}</div>
<div><h3>Centered, then normalized</h3><p class="note">The same once K has lost the means of its rows and columns, as if the mean gradient of the draw were subtracted from each: what tells examples apart. ${capitalized(describeScale(scales.centered))}. A kernel that knows the classes is blue in the blocks on the diagonal and orange elsewhere; centering alone gives pairs a mean of about −1/(n − 1), here ${decimal(-1 / (examples - 1))}.</p>${legend(scales.centered)}</div>
</div>
${shown.map((one) => drawRow(one, scales, data))}
<div class="tables">${shown.map((one) => drawTables(one, data))}</div>
</section>`;
}

function drawRow({ draw, view }: ShownDraw, scales: Readonly<Record<Form, ColorScale>>, data: KernelReportData): Html {
  const maps = FORMS.map(
    (form) => html`<figure>${heatMap({ view, form, draw, data, scale: scales[form] })}
<figcaption>${TITLES[form]}: mean within classes ${decimal(view[form].within)}, between ${decimal(view[form].between)}.</figcaption></figure>`,
  );
  const means = table({
    caption: `Draw ${draw.seed}: mean kernel of an example with others of its own class, and with other classes`,
    groups: [{ name: '', span: 1 }, ...FORMS.map((form) => ({ name: SHORT[form], span: 2 }))],
    head: ['class', ...FORMS.flatMap(() => ['own', 'other'])],
    rows: view.classes.map(({ label }, place) => [
      foreign(required(data.labels[label], `label ${label}`).name),
      ...FORMS.flatMap((form) => [decimal(view[form].byClass[place]?.[place]), decimal(view[form].withOthers[place])]),
    ]),
  });
  return html`<h3>Draw ${draw.seed}</h3>
<div class="draw">
${maps}
<div>${means}
<p class="note">K[i, i] from ${digits(Math.min(...view.diagonal))} to ${digits(Math.max(...view.diagonal))}. Alignment with the labels ${decimal(view.alignment)}.</p></div>
</div>`;
}

function drawTables({ draw, view }: ShownDraw, data: KernelReportData): Html {
  const names = view.classes.map(({ label }) => foreign(required(data.labels[label], `label ${label}`).name));
  const byClass = FORMS.map((form) =>
    table({
      caption: `${TITLES[form]}: mean by two classes, the diagonal left out`,
      head: ['class', ...names],
      rows: names.map((name, from) => [
        name,
        ...required(view[form].byClass[from], `means of class ${from}`).map(decimal),
      ]),
    }),
  );
  return html`<details>
<summary>Draw ${draw.seed}: means by class, and its ${counted(view.order.length, 'training example')}</summary>
<div class="stack">
${byClass}
${table({
  caption: 'Training examples in the order of rows, with K[i, i] and the mean centered kernel with each class',
  head: ['example', 'label', 'text', 'K[i, i]', ...names],
  rows: view.order.map((example, row) => [
    row + 1,
    foreign(required(data.labels[required(draw.labels[example], 'label')], 'label of an example').name),
    foreign(shortened(required(draw.texts[example], `text of example ${example}`), TEXT_CHARACTERS)),
    digits(view.diagonal[row]),
    ...required(view.centered.byExample[row], `means of example ${row}`).map(decimal),
  ]),
  textColumns: [1, 2],
})}
</div>
</details>`;
}

/** Alignment and eigenvalues. */
export function spectrumSection(shown: readonly ShownDraw[], data: KernelReportData): Html {
  const spectra = shown.map(({ spectrum }) => spectrum);
  const withRidge = spectra.some(({ ridge }) => ridge !== undefined);
  return html`<section aria-labelledby="spectrum">
<h2 id="spectrum">Spectrum and alignment</h2>
<p>${alignmentSentence(shown)}</p>
<div class="pair">
<figure>${spectrumFigure(spectra, data)}
<figcaption>Eigenvalues of the kernel on the training examples, one line a draw, relative to the largest of the draw, as far as they stand above rounding.${
    data.kernel.outputs === 1 ? undefined : ` All ${data.kernel.outputs} outputs are jointly in the matrix.`
  }${withRidge ? ' Dashed: the ridges chosen. A ridge damps what lies below it.' : undefined}</figcaption></figure>
<div>${table({
    caption: `By draw. Rank: eigenvalues above rounding (size · 2⁻⁵² · largest).${withRidge ? ' Above ridge: eigenvalues of at least the ridge.' : ''}`,
    head: ['seed', 'alignment', 'largest', 'its share', 'rank', ...(withRidge ? ['above ridge'] : [])],
    rows: shown.map(({ draw, view, spectrum: { largest, firstShare, rank, size, aboveRidge } }) => [
      draw.seed,
      decimal(view.alignment),
      digits(largest),
      percent(firstShare ?? Number.NaN),
      `${count(rank)} of ${count(size)}`,
      ...(withRidge ? [aboveRidge === undefined ? '–' : count(aboveRidge)] : []),
    ]),
  })}</div>
</div>
</section>`;
}

function alignmentSentence(shown: readonly ShownDraw[]): Html {
  const values = shown.flatMap(({ view }) => view.alignment ?? []);
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const range =
    values.length < 2
      ? undefined
      : ` on average (${decimal(Math.min(...values))} to ${decimal(Math.max(...values))} over draws)`;
  return html`Alignment with the labels: <strong>${decimal(mean)}</strong>${range}. This is the centered kernel alignment ⟨K̃, Ỹ⟩ / (‖K̃‖ ‖Ỹ‖) with
Y[i, j] = 1 for two training examples of one class and 0 otherwise, where ~ subtracts the means of rows and columns: 1 for a
kernel that knows the classes and nothing else, about 0 for one that does not know them.${
    shown.every(({ view }) => view.plain.within === undefined)
      ? ' With one example per class it says little.'
      : undefined
  }`;
}
