/** Alignment of weights with what they multiply: exponents by update, a panel a term, a line a product; and a table. */

import { required } from '../errors/index.ts';
import { ALIGNMENT_TERMS, type Alignment, type CoordResult } from '../experiments/index.ts';
import { blocksOf, COLORS } from './coordBlocks.ts';
import { counted, decimal } from './format.ts';
import { type Html, html } from './html.ts';
import { drawn } from './page.ts';
import { type PathPoint, paths } from './pathFigure.ts';
import { type TableOptions, table } from './tables.ts';

/** Exponents of independent and of aligned terms. */
const RULES = [0.5, 1];

const productName = ({ layer, parameter }: Alignment): string =>
  layer === parameter ? layer : `${layer} (${parameter})`;

/** The section of a report; nothing where alignment was not asked for. */
export function alignmentSection({ alignment, steps }: CoordResult): Html | undefined {
  if (alignment === undefined) return undefined;
  const products = [...new Set(alignment.map(productName))];
  return html`<section aria-labelledby="alignment">
<h2 id="alignment">Alignment</h2>
${blocksOf(products).map(({ name, layers }) => {
  const figure = alignmentFigure(alignment, name, layers);
  return figure === undefined
    ? undefined
    : drawn(
        figure,
        'The power of the number of summed terms that a product follows, beside the sizes of its factors, with its 95 % interval. Dashed: 1/2, of independent terms, and 1, of aligned ones.',
      );
})}
${alignmentTable(alignment, steps)}
<p class="note">In brackets ln (|W x| / (|W| |x|)) / ln n at the largest width, |·| being root-mean-square entries and n the terms summed (Everett et al. 2024). W₀ and x₀ are weight and input before the first update, ΔW and Δx what training has changed; W x = W₀ x₀ + ΔW x₀ + W₀ Δx + ΔW Δx. Where the number of terms is the same at all widths, there is no exponent.</p>
</section>`;
}

/** A panel a term; undefined where no product of the block has an exponent. */
export function alignmentFigure(
  all: readonly Alignment[],
  block: string,
  products: readonly string[],
): Html | undefined {
  const lines = products.map((name, k) => ({
    name,
    color: `var(--series-${(k % COLORS) + 1})`,
    points: all.filter((one) => productName(one) === name).flatMap(pointOf),
  }));
  const shown = lines.filter(({ points }) => points.length > 0);
  const panels = ALIGNMENT_TERMS.filter((term) =>
    shown.some(({ points }) => points.some(({ panel }) => panel === term)),
  );
  if (panels.length === 0) return undefined;
  return paths({
    title: `Alignment by update${block === '' ? '' : `, ${block}`}`,
    about: 'exponents of products in the number of terms, bands 95 %; dashed: 1/2 independent, 1 aligned',
    panels,
    lines: shown,
    named: '',
    rules: panels.flatMap((panel) => RULES.map((target) => ({ panel, target }))),
  });
}

function pointOf({ term, step, exponent, interval }: Alignment): PathPoint[] {
  if (exponent === undefined || interval === undefined) return [];
  return [{ panel: term, step, value: exponent, low: interval[0], high: interval[1] }];
}

function alignmentTable(all: readonly Alignment[], steps: number): Html {
  const columns = Array.from({ length: steps + 1 }, (_, step) => step);
  const keyOf = (one: Alignment): string => `${productName(one)}: ${one.term}`;
  const rows = [...new Set(all.map(keyOf))].map((key): TableOptions['rows'][number] => [
    key,
    ...columns.map((step) => entry(all.find((one) => keyOf(one) === key && one.step === step))),
  ]);
  return table({
    caption: 'Exponent (ratio at the largest width), by the number of updates; ?: cannot be told from 1/2 or from 1',
    head: ['', ...columns.map((step) => (step === 0 ? 'start' : counted(step, 'update')))],
    rows,
  });
}

function entry(one: Alignment | undefined): string {
  if (one === undefined) return '–';
  const ratio = `(${decimal(required(one.ratios.at(-1), 'ratio of the largest width'))})`;
  return one.exponent === undefined
    ? ratio
    : `${decimal(one.exponent)} ${ratio}${one.aligned === 'unclear' ? ' ?' : ''}`;
}
