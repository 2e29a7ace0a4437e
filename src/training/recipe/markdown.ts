/** A recipe as a table for people. */

import { required } from '../../errors/index.ts';
import { FORM_WORDS } from './forms.ts';
import type { Recipe, RecipeParameter } from './recipe.ts';
import { shapeFactor } from './shapeFactor.ts';

/** A recipe as a Markdown table, one row for each parameter. */
export function recipeMarkdown(recipe: Recipe): string {
  const { net, parametrization, optimizer, form, width, baseWidth, outputMultiplier, parameters } = recipe;
  const columns = COLUMNS.filter(({ needed = () => true }) => parameters.some(needed));
  const rows = [columns.map(({ title }) => title), ...parameters.map((one) => columns.map(({ cell }) => cell(one)))];
  const widths = columns.map((_, k) => Math.max(...rows.map((row) => required(row[k], 'cell of a table').length), 3));
  const line = (row: readonly string[]): string =>
    `| ${row.map((cell, k) => cell.padEnd(required(widths[k], 'width of a column'))).join(' | ')} |`;
  const [head = [], ...body] = rows;
  return [
    `# ${net}, width ${width}`,
    '',
    `${parametrization} with ${optimizer}, base width ${baseWidth}; ${FORM_WORDS[form]}.`,
    outputMultiplier === 1 ? 'The output is used as it is.' : `The output is multiplied by ${shown(outputMultiplier)}.`,
    '',
    line(head),
    line(widths.map((length) => '-'.repeat(length))),
    ...body.map(line),
    '',
  ].join('\n');
}

interface ColumnOfTable {
  readonly title: string;
  readonly cell: (parameter: RecipeParameter) => string;
  /** Whether a parameter has something to say in it; a column that none has is left out. */
  readonly needed?: (parameter: RecipeParameter) => boolean;
}

const COLUMNS: readonly ColumnOfTable[] = [
  { title: 'parameter', cell: ({ name }) => name },
  { title: 'shape', cell: ({ shape }) => shape.join(' × ') || '1' },
  { title: 'starts', cell: ({ deviation, start }) => (deviation > 0 ? `N(0, ${shown(deviation)}²)` : shown(start)) },
  { title: 'multiplier', cell: ({ multiplier }) => shown(multiplier) },
  { title: 'optimizer', cell: ({ optimizer }) => optimizer },
  { title: 'learning rate', cell: ({ rate }) => shown(rate) },
  { title: 'times for its shape', cell: (one) => shown(shapeFactor(one)), needed: (one) => shapeFactor(one) !== 1 },
  {
    title: 'gradient times',
    cell: ({ gradient }) => shown(gradient),
    needed: ({ gradient }) => gradient !== 1,
  },
  {
    title: 'ε',
    cell: ({ epsilon }) => (epsilon === undefined ? '–' : shown(epsilon)),
    needed: ({ epsilon }) => epsilon !== undefined,
  },
  {
    title: 'decoupled decay',
    cell: ({ decoupledDecay }) => shown(decoupledDecay),
    needed: ({ decoupledDecay }) => decoupledDecay !== 0,
  },
  {
    title: 'L2 decay',
    cell: ({ coupledDecay }) => shown(coupledDecay),
    needed: ({ coupledDecay }) => coupledDecay !== 0,
  },
];

/** Six digits, which is more than anybody tunes. */
const shown = (value: number): string => String(Number(value.toPrecision(6)));
