/** What is likely not meant in a table that can be trained on. */

import { required } from '../../errors/index.ts';
import { alikeLabels } from '../../lm/index.ts';

/** What programs call a column that counts rows; pandas writes one without a name. */
const INDEX_NAMES: readonly string[] = ['', 'id', 'idx', 'index', 'row', 'no', 'nr', 'unnamed: 0'];
/** Fewer rows than this may go up by one and measure something. */
const FEW_ROWS = 5;

export interface NotedTable {
  /** Of inputs. */
  readonly columns: readonly string[];
  /** Row by row. */
  readonly inputs: readonly number[];
  readonly classes: readonly string[] | undefined;
}

/** Notes on classes that may be one, and on columns that count rows. */
export function tableNotes({ columns, inputs, classes = [] }: NotedTable): readonly string[] {
  const rows = inputs.length / columns.length;
  const ofColumn = (k: number): readonly number[] =>
    Array.from({ length: rows }, (_, row) => required(inputs[row * columns.length + k], 'number of a table'));
  return [
    ...alikeLabels(classes).map(
      ({ first, other, only }) => `labels "${first}" and "${other}" differ only ${only}, and are two classes`,
    ),
    ...columns.flatMap((name, k) =>
      rows >= FEW_ROWS && countsRows(name, ofColumn(k))
        ? [`column "${name}" seems to count the rows; if it says nothing else, leave it out with --ignore '${name}'`]
        : [],
    ),
  ];
}

/** Whether each value is one more than that above, or the column is called so and no whole number stands twice. */
function countsRows(name: string, values: readonly number[]): boolean {
  if (!values.every(Number.isInteger)) return false;
  const [first] = values;
  if (first !== undefined && values.every((value, row) => value === first + row)) return true;
  return INDEX_NAMES.includes(name.toLowerCase()) && new Set(values).size === values.length;
}
