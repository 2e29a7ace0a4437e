/** What a task cannot be made from. */

import { UserError } from '../../errors/index.ts';
import { counted } from '../../errors/wording/index.ts';
import { list, quoted } from '../wording.ts';

/** Most labels of a task that is made for data: the size of the kernel grows with the square of their number. */
export const MOST_CLASSES = 50;

/** A column that does not tell a few classes apart; `found` are its different labels. */
export function noClasses(path: string, column: string, found: readonly string[], rows: number): UserError {
  const labels = `${counted(found.length, 'label')} (${list(found.map(quoted))})`;
  return new UserError(
    'lm.no-classes',
    `'${path}' has ${labels} in the column '${column}' of its ${counted(rows, 'row')}; expected 2 to ${MOST_CLASSES}, which tell classes apart. Name the column that holds them: --label NAME.`,
    { path, column, found, rows },
  );
}
