/** Messages about labels in data files. */

import { UserError } from '../../errors/index.ts';
import { counted } from '../../errors/wording/index.ts';

/** A line's label is not one of the task's; `only` says in what alone it differs from the nearest. */
export function unknownLabel(
  where: string,
  label: string,
  known: readonly string[],
  {
    near,
    only,
    byNumber = false,
  }: { readonly near?: string; readonly only?: string; readonly byNumber?: boolean } = {},
): UserError {
  const hint = near === undefined ? '' : ` It differs from '${near}' only ${only}.`;
  const numbers = byNumber
    ? ' Where numbers stand for labels, say for which: --labels 0=NAME,1=NAME, or "value" beside each name in the task\'s JSON file.'
    : '';
  return new UserError(
    'lm.unknown-label',
    `${where}: label '${label}' is not one of the task's labels: ${known.join(', ')}.${hint} Correct the line, or check that the file belongs to this task.${numbers}`,
    { where, label, known },
  );
}

/** What should stand for labels in the data makes no sense. */
export function badLabels(given: string, reason: string, known?: readonly string[]): UserError {
  const names = known === undefined ? '' : `, the names being ${known.join(', ')}`;
  return new UserError(
    'lm.bad-labels',
    `The values of labels '${given}' are not usable: ${reason}. Give VALUE=NAME for each label, such as 0=negative,1=positive${names}.`,
    { given, reason, known },
  );
}

/** No example of a file has a label. */
export function unlabeledData(file: string, count: number): UserError {
  return new UserError(
    'lm.unlabeled',
    `${file} has ${counted(count, 'example')}, all with -1 or null in place of a label, which stand for none; expected labels. Give a file with labels; the test files of public data sets often have none.`,
    { file, count },
  );
}

/** An example of a draw that was made elsewhere has no label. */
export function unlabeledDraw(where: string): UserError {
  return new UserError(
    'lm.unlabeled',
    `${where}: -1 or null stands in place of a label, for none; expected a label, as examples of a draw have. Get the draw again.`,
    { where },
  );
}
