/** Words of the errors of `nexort train`: data, networks and checkpoints that do not fit. */

import { UserError } from '../../errors/index.ts';
import { gigabytes, likely } from '../../errors/wording/index.ts';
import { headerHint } from '../../lm/index.ts';

/** A cell of a table that cannot be read, or a line where it has no column. */
export interface BadCell {
  readonly line: number;
  readonly column: string | undefined;
  readonly problem: string;
}

const MOST_CELLS = 10;

/** Data of `nexort train` that are neither known by name nor a file that it reads. */
export function unknownTrainingData(given: string, known: readonly string[]): UserError {
  const near = likely(given, known);
  const hint = near === undefined ? '' : ` Did you mean "${near}"?`;
  return new UserError(
    'cli.unknown-training-data',
    `there are no data "${given}" to train on; expected ${known.join(', ')}, a table (.csv, .tsv) or a text (.txt).${hint}`,
    { given, known },
  );
}

/** A training whose weights alone are more than memory holds. */
export function tooManyWeights(width: number, numbers: number, bytes: number, free: number): UserError {
  return new UserError(
    'cli.too-many-weights',
    `at width ${width} the weights and what the optimizer keeps of them are ${numbers.toLocaleString('en-US')} numbers, which take ${gigabytes(bytes)} at least, more than the ${gigabytes(free)} of memory that are free. Give a smaller --width or --depth.`,
    { width, numbers, bytes, free },
  );
}

/** Heads that do not share the width evenly. */
export function headsApart(heads: number, width: number): UserError {
  return new UserError(
    'cli.heads-apart',
    `--heads ${heads} do not share --width ${width} evenly; expected a number of heads that divides the width.`,
    { heads, width },
  );
}

export function noRows(path: string): UserError {
  return new UserError(
    'cli.no-rows',
    `'${path}' has no rows; expected a header with the names of the columns, and a line for each example below it.`,
    { path },
  );
}

/** Names of columns that stand more than once in a header. */
export function repeatedColumns(path: string, names: readonly string[]): UserError {
  const text = names.map((name) => `"${name}"`).join(', ');
  return new UserError(
    'cli.repeated-columns',
    `'${path}' has more than one column ${text}; expected a name of its own for each. Rename or remove the others.`,
    { path, names },
  );
}

/** A table of labels alone. */
export function noInputColumns(path: string, label: string): UserError {
  return new UserError(
    'cli.no-input-columns',
    `'${path}' has no column besides that of the labels, "${label}"; expected at least one column of numbers to tell them from.`,
    { path, label },
  );
}

/** Columns to leave out that are not there. */
export function noSuchColumns(path: string, names: readonly string[], columns: readonly string[]): UserError {
  const text = names.map((name) => `"${name}"`).join(', ');
  const [only, ...others] = names;
  const near = only === undefined || others.length > 0 ? undefined : likely(only, columns);
  const hint = near === undefined ? '' : ` Did you mean "${near}"?`;
  return new UserError(
    'cli.no-such-columns',
    `--ignore names ${text}, and '${path}' has no such column; its columns are ${columns.join(', ')}.${hint}`,
    { path, names, columns },
  );
}

/** The column of labels among those to leave out. */
export function ignoredLabel(label: string): UserError {
  return new UserError(
    'cli.ignored-label',
    `--ignore names "${label}", the column of the labels; expected others. Name the column of the labels with --label.`,
    { label },
  );
}

/** Columns to leave out of what has none. */
export function ignoreWithoutTable(data: string): UserError {
  return new UserError(
    'cli.ignore-without-table',
    `--ignore is given with --data ${data}, which has no columns; expected a table (.csv, .tsv). Leave it out.`,
    { data },
  );
}

/** A column whose numbers are too large to be scaled. */
export function columnTooLarge(column: string): UserError {
  return new UserError(
    'cli.column-too-large',
    `--standardize cannot scale column "${column}": its deviation is not finite, for it holds numbers that are too large. Give it in another unit.`,
    { column },
  );
}

export function noLabelColumn(path: string, label: string, columns: readonly string[]): UserError {
  const near = likely(label, columns);
  const hint = near === undefined ? '' : ` Did you mean "${near}"?`;
  return new UserError(
    'cli.no-label-column',
    `'${path}' has no column "${label}" for the labels; its columns are ${columns.join(', ')}.${headerHint(columns)}${hint} Name it with --label.`,
    { path, label, columns },
  );
}

export function badCells(path: string, found: readonly BadCell[]): UserError {
  const shown = found.slice(0, MOST_CELLS).map(({ line, column, problem }) => {
    const where = column === undefined ? `line ${line}` : `line ${line}, column "${column}"`;
    return `\n  ${where} ${problem}`;
  });
  const rest = found.length > shown.length ? `\n  and ${found.length - shown.length} more` : '';
  return new UserError(
    'cli.bad-cells',
    `'${path}' cannot be trained on: ${found.length === 1 ? 'a cell is' : `${found.length} cells are`} not as expected:${shown.join('')}${rest}\nCorrect or remove these lines.`,
    { path, found },
  );
}

export function tooManyClasses(path: string, label: string, classes: number, rows: number): UserError {
  return new UserError(
    'cli.too-many-classes',
    `column "${label}" of '${path}' has ${classes} different labels in ${rows} rows, too many for classes. If they are numbers to be met, give --loss squared; if they are classes, give their number with --classes.`,
    { path, label, classes, rows },
  );
}

/** A network that does not read such data. */
export function otherData(net: string, data: string, kind: string, textNet: string): UserError {
  const message =
    kind === 'text'
      ? `"${net}" reads vectors of numbers, and "${data}" is a text; expected a table (.csv), or --net ${textNet}.`
      : `"${net}" reads texts, and "${data}" are vectors of numbers; expected a text (.txt), or another --net.`;
  return new UserError('cli.other-data', message, { net, data, kind });
}

export function noClassesFor(loss: string, data: string): UserError {
  return new UserError(
    'cli.no-classes',
    `--loss ${loss} tells classes apart, at least 2, and "${data}" has not as many; expected --loss squared, or other labels.`,
    { loss, data },
  );
}

export function lossOfText(loss: string): UserError {
  return new UserError(
    'cli.loss-of-text',
    `--loss is ${loss}; a text is trained on with cross-entropy, of the character that follows. Leave it out.`,
    { loss },
  );
}

export function shortText(name: string, characters: number, different: number, context: number): UserError {
  return new UserError(
    'cli.short-text',
    `"${name}" has ${characters} characters, ${different} different ones; expected at least ${2 * context + 1} for two examples of ${context}, and 2 different ones. Give a longer text, or a smaller --context.`,
    { name, characters, different, context },
  );
}

export function unknownLoss(given: string, known: readonly string[]): UserError {
  const near = likely(given, known);
  const hint = near === undefined ? '' : ` Did you mean "${near}"?`;
  return new UserError(
    'cli.unknown-loss',
    `there is no loss "${given}"; expected one of: ${known.join(', ')}.${hint}`,
    {
      given,
      known,
    },
  );
}

/** A schedule that is not written as `name` or `name:setting=value`. */
export function badSchedule(given: string): UserError {
  return new UserError(
    'cli.bad-schedule',
    `--schedule is given '${given}'; expected a name with its settings, such as cosine, or step:every=100,gamma=0.5.`,
    { given },
  );
}

export function noCheckpointFile(path: string): UserError {
  return new UserError(
    'cli.no-checkpoint-file',
    `--from names '${path}', and there is no such file; expected the checkpoint.safetensors of a training.`,
    { path },
  );
}

/** A folder in the place of a checkpoint; `inside` is the one that it holds. */
export function checkpointFolder(path: string, inside: string | undefined): UserError {
  const hint = inside === undefined ? 'It holds none.' : `Give '${inside}'.`;
  return new UserError(
    'cli.checkpoint-folder',
    `--from names '${path}', a folder; expected the checkpoint.safetensors of a training. ${hint}`,
    { path, inside },
  );
}

/** A file that is not ours, or damaged. */
export function notACheckpoint(path: string, problem: string): UserError {
  return new UserError(
    'cli.not-a-checkpoint',
    `--from names '${path}', which is no checkpoint that this version reads: ${problem}; expected the checkpoint.safetensors of a training.`,
    { path, problem },
  );
}
