/** Every message about tasks, data files and draws: where, what was given, what was expected, how to fix it. */

import { UnsupportedError, UserError } from '../../errors/index.ts';
import { counted, type WideEncoding } from '../../errors/wording/index.ts';
import { alternatives, bullets, didYouMean, list, quoted } from '../wording.ts';
import { headerHint } from './tableErrors.ts';

// Tasks

/** No task has this name. */
export function unknownTask(name: string, near: readonly string[], known: readonly string[]): UserError {
  return new UserError(
    'lm.unknown-task',
    `There is no task '${name}'.${didYouMean(near)} Known tasks: ${known.join(', ')}. For a task of your own give the path of its JSON file.`,
    { name, near, known },
  );
}

/** A task's file breaks the rules; all problems are listed. */
export function badTask(file: string, problems: readonly string[]): UserError {
  return new UserError(
    'lm.bad-task',
    `${file} does not describe a task:${bullets(problems)}\nExample: {"prompt": "{a}_It was{m}.", "labels": [{"name": "bad", "word": "terrible"}, {"name": "good", "word": "great"}], "data": "reviews.csv"}`,
    { file, problems },
  );
}

// Finding data

/** A task needs data and none was named. */
export function missingData(task: string): UserError {
  return new UserError(
    'lm.missing-data',
    `Task '${task}' needs its data: give a folder that holds ${alternatives(fileNames(task))}, or such a file, with --data. Without data, try the embedded task: nexort kernel afinn.`,
    { task },
  );
}

/** A path leads nowhere. */
export function missingPath(path: string, expected: string): UserError {
  return new UserError(
    'lm.missing-file',
    `'${path}' does not exist: expected ${expected}. Check the path; a relative one starts at the current directory, in a task's JSON file at that file.`,
    { path, expected },
  );
}

/** A file of examples in the place of a task. */
export function dataAsTask(path: string): UserError {
  return new UserError(
    'lm.data-as-task',
    `'${path}' is a file of data, and a task is expected before it. Give a task's name and --data ${path}; or a JSON file that describes your own task, such as {"prompt": "{a}_It was{m}.", "labels": [{"name": "bad", "word": "terrible"}, {"name": "good", "word": "great"}], "data": "${path}"}.`,
    { path },
  );
}

/** A folder has no data of the task. */
export function missingTaskData(folder: string, task: string, found: readonly string[]): UserError {
  return new UserError(
    'lm.missing-file',
    `Folder '${folder}' has no data of task '${task}'; it holds ${list(found)}. Expected ${alternatives([...fileNames(task), 'a folder of LM-BFF draws named like the task'])}: give another folder, or the file itself.`,
    { folder, task, found },
  );
}

/** A file where tasks are looked for. */
export function notAFolder(path: string): UserError {
  return new UserError(
    'lm.not-a-folder',
    `'${path}' is a file: expected a folder with the data of tasks, a file or folder for each. For one task:  nexort kernel TASK --data ${path}`,
    { path },
  );
}

/** A folder without data of any task. */
export function noTasks(folder: string, tasks: readonly string[]): UserError {
  return new UserError(
    'lm.no-tasks',
    `Folder '${folder}' has data of none of ${list(tasks)}. Expected TASK.jsonl, TASK.csv or TASK.tsv (or .gz of these), or a folder of LM-BFF draws, for at least one (docs/data.md).`,
    { folder, tasks },
  );
}

/** A folder has several data of one task. */
export function ambiguousData(folder: string, task: string, found: readonly string[]): UserError {
  return new UserError(
    'lm.ambiguous-data',
    `Folder '${folder}' has ${counted(found.length, 'source')} for task '${task}': ${found.join(', ')}; expected one. Give the path of the one that is meant.`,
    { folder, task, found },
  );
}

/** A file's name says nothing that is read. */
export function unknownFormat(file: string): UnsupportedError {
  return new UnsupportedError(
    'lm.unknown-format',
    `'${file}' is of no known format: expected a name that ends in .jsonl, .csv or .tsv, or in one of these and .gz. Convert the file, or rename it.`,
    { file },
  );
}

/** LM-BFF's files have columns of their own for each task. */
export function unknownLayout(folder: string, task: string, known: readonly string[]): UnsupportedError {
  return new UnsupportedError(
    'lm.unknown-layout',
    `'${folder}' looks like a folder of LM-BFF draws, whose columns are not known for task '${task}'; they are for ${list(known)}. Give the data as one .jsonl or .csv file.`,
    { folder, task, known },
  );
}

// Reading files

/** A data file cannot be read at all. */
export function unreadableData(file: string, reason: string): UserError {
  return new UserError('lm.unreadable-data', `${file} cannot be read: ${reason}. Save or download it again.`, {
    file,
    reason,
  });
}

/** A data file is in another encoding. */
export function notUtf8(file: string, line: number, wide?: WideEncoding): UserError {
  const command = wide?.command;
  return new UserError(
    'lm.not-utf8',
    `${file} line ${line} is not UTF-8 text${wide === undefined ? '' : ` but ${wide.words}`}. Save the file as UTF-8, which a spreadsheet calls "CSV UTF-8"${command === undefined ? '' : `, or convert it (${command})`}.`,
    { file, line },
  );
}

/** A data file has no rows. */
export function emptyData(file: string): UserError {
  return new UserError('lm.empty-data', `${file} is empty: expected examples, one a line. Get the file again.`, {
    file,
  });
}

/** The CSV parser stumbled over a quotation mark. */
export function badQuotes(where: string): UserError {
  return new UserError(
    'lm.bad-quotes',
    `${where}: the row that starts here has a quotation mark out of place. A field with ", a separator or a line break stands in quotation marks, and each " in it is doubled: "she said ""yes""". Correct the row, or save the file again from a spreadsheet.`,
    { where },
  );
}

/** A row of a table has more or fewer fields than the header. */
export function raggedRow(where: string, fields: number, expected: number, format: 'csv' | 'tsv' = 'csv'): UserError {
  const advice =
    format === 'csv'
      ? 'A text with a separator in it stands in quotation marks: correct the row.'
      : 'Fields of a .tsv are read as they stand, quotation marks too, and hold neither tabs nor line breaks: correct the row, or save the table as .csv.';
  return new UserError(
    'lm.ragged-row',
    `${where} has ${counted(fields, 'field')}, the header ${expected}; expected as many. ${advice}`,
    { where, fields, expected },
  );
}

/** The header of a table lacks columns that are needed. */
export function missingColumns(
  where: string,
  missing: readonly { readonly part: string; readonly name: string }[],
  found: readonly string[],
): UserError {
  const names = missing.map(({ name }) => `'${name}'`).join(' and ');
  const naming = missing.map(({ part }) => `${part}=NAME`).join(',');
  return new UserError(
    'lm.missing-column',
    `${where}, the header, has no column ${names}; it has ${found.map((name) => `'${name}'`).join(', ')}.${headerHint(found)} Rename the columns, or name yours: --columns ${naming}, or "columns" in the task's JSON file.`,
    { where, missing, found },
  );
}

/** Two columns have one name. */
export function repeatedColumn(where: string, name: string): UserError {
  return new UserError('lm.repeated-column', `${where}, the header, has column '${name}' twice. Rename one of them.`, {
    where,
    name,
  });
}

/** The names of columns given by the user make no sense. */
export function badColumns(given: string, reason: string): UserError {
  return new UserError(
    'lm.bad-columns',
    `The column names '${given}' are not usable: ${reason}. Give label=NAME,text=NAME and, where needed, text2=NAME and split=NAME.`,
    { given, reason },
  );
}

/** A row of an LM-BFF file lacks columns. */
export function shortRow(where: string, columns: number, expected: number, layout: string): UserError {
  return new UserError(
    'lm.short-row',
    `${where} has ${counted(columns, 'column')}; expected at least ${expected}, as LM-BFF's files of ${layout} have. Correct or remove the line.`,
    { where, columns, expected, layout },
  );
}

/** The header of a GLUE file is not there. */
export function missingHeader(where: string, layout: string): UserError {
  return new UserError(
    'lm.missing-header',
    `${where} is an example; expected the header that LM-BFF's files of ${layout} start with. Put the header back, or the first example would be lost.`,
    { where, layout },
  );
}

// Examples

/** A line of a data file is not an example. */
export function malformedExample(where: string, reason: string, labeled = true): UserError {
  const expected = labeled ? '{"label": ..., "text": ..., "split": "train" or "test"}' : '{"text": ...}';
  return new UserError(
    'lm.malformed-example',
    `${where}: ${reason}; expected ${expected}, with "text2" in tasks of two texts. Correct the line or remove it.`,
    { where, reason },
  );
}

/** An example belongs to neither part of the data. */
export function badSplit(where: string, given: unknown, expected: readonly string[], isDraw: boolean): UserError {
  const advice = isDraw
    ? 'The file seems to hold ready-made draws: give it with --splits, and the test examples with --data.'
    : 'Correct the line or remove it.';
  return new UserError(
    'lm.bad-split',
    `${where}: the split is ${given === undefined ? 'missing' : JSON.stringify(given)}; expected ${alternatives(expected)}. ${advice}`,
    { where, given, expected },
  );
}

/** A data file has no examples of a split that is needed. */
export function emptySplit(file: string, split: string, unlabeled = 0): UserError {
  const without = unlabeled === 0 ? '' : ` that have a label, ${unlabeled} with -1 or null, which stand for none`;
  return new UserError(
    'lm.empty-split',
    `${file} has no examples with split "${split}"${without}; expected train and test examples. Add some, or leave the split out everywhere to have a part held out for test.`,
    { file, split, unlabeled },
  );
}

/** Examples to be predicted are among those that are fitted. */
export function leakedExamples(test: string, train: string, text: string, total: number): UserError {
  return new UserError(
    'lm.leaked-examples',
    `${test}: ${quoted(text)} is a test example and stands among the train examples too (${train})${total > 1 ? `; ${total} test examples do` : ''}. Remove it from one of them, or predictions would be scored on what they were fitted on.`,
    { test, train, total },
  );
}

// Draws

/** The pool has too few examples of a label for the draw. */
export function tooFewShots(label: string, available: number, k: number, copies = 0): UserError {
  const advice = available < 2 ? 'Add examples.' : `Use k = ${Math.floor(available / 2)} or less, or add examples.`;
  const examples =
    copies === 0
      ? counted(available, 'example')
      : `${counted(available, 'different example')} (${available + copies} with copies)`;
  return new UserError(
    'lm.too-few-shots',
    `Label '${label}' has ${examples} in the train pool; a draw of k = ${k} takes ${k} for train and ${k} for dev, ${2 * k} in all. ${advice}`,
    { label, available, asked: 2 * k, k },
  );
}

/** A file without a split is too small to hold out a part of it. */
export function tooFewToHoldOut(file: string, label: string, available: number, k: number): UserError {
  const most = Math.floor((available - 1) / 2);
  const advice = most < 1 ? 'Add examples.' : `Use k = ${most} or less, or add examples.`;
  return new UserError(
    'lm.too-few-shots',
    `${file} has ${counted(available, 'different example')} of label '${label}' and no split; a draw of k = ${k} takes ${2 * k}, and at least one more is held out for test. ${advice}`,
    { file, label, available, asked: 2 * k + 1, k },
  );
}

/** The number of shots is not a positive integer. */
export function badShotCount(k: number): UserError {
  return new UserError(
    'lm.bad-shot-count',
    `k is ${k}; expected a positive whole number of examples per label, such as 16.`,
    { k },
  );
}

/** A seed is asked for twice. */
export function repeatedSeed(seed: number): UserError {
  return new UserError(
    'lm.repeated-seed',
    `Seed ${seed} is given twice; expected different seeds, for the same draw would count twice in means and deviations. Leave it out once.`,
    { seed },
  );
}

/** Ready-made draws lack a seed that was asked for. */
export function missingDraw(where: string, k: number, seed: number, found: readonly number[]): UserError {
  return new UserError(
    'lm.missing-draw',
    `${where} has no draw of k = ${k} with seed ${seed}; it has seeds ${list(found.map(String))}. Choose among these with --seeds.`,
    { where, k, seed, found },
  );
}

/** A folder named like a task holds no draws. */
export function noDraws(folder: string, found: readonly string[]): UserError {
  return new UserError(
    'lm.missing-file',
    `Folder '${folder}' has no LM-BFF draws; it holds ${list(found)}. Expected folders named <k>-<seed>, such as 16-13: give another folder, or a file.`,
    { folder, found },
  );
}

/** Ready-made draws are of other sizes. */
export function missingShots(where: string, k: number, found: readonly number[]): UserError {
  return new UserError(
    'lm.wrong-shots',
    `${where} has no draws of k = ${k}; it has k = ${list(found.map(String))}. Ask for what is there with --k.`,
    { where, k, found },
  );
}

/** A ready-made draw does not have k examples of each label. */
export function wrongShots(where: string, k: number, counts: readonly (readonly [string, number])[]): UserError {
  const sizes = new Set(counts.map(([, size]) => size));
  const [only, ...others] = sizes;
  const advice =
    only !== undefined && others.length === 0 && only > 0
      ? `Ask for what is there with --k ${only}.`
      : 'Get the draw again, or give another.';
  return new UserError(
    'lm.wrong-shots',
    `${where} has ${counts.map(([label, size]) => `${size} of ${label}`).join(', ')}; expected k = ${k} of each label. ${advice}`,
    { where, k, counts },
  );
}

/** A ready-made draw has nothing to choose hyperparameters on. */
export function emptyDev(where: string, label: string): UserError {
  return new UserError(
    'lm.empty-dev',
    `${where} has no example of label '${label}' in its dev part; expected at least one, to choose the solver on. Get the draw again, or leave --splits out to have draws made.`,
    { where, label },
  );
}

/** A line of a file of ready-made draws has no seed. */
export function missingSeed(where: string, given: unknown): UserError {
  return new UserError(
    'lm.missing-seed',
    `${where}: "seed" is ${given === undefined ? 'missing' : JSON.stringify(given)}; expected the whole number of the draw that the example belongs to. A file without seeds is a pool to draw from: give it with --data and leave --splits out.`,
    { where, given },
  );
}

/** Ready-made draws are read from some formats only. */
export function unsupportedSplits(file: string): UnsupportedError {
  return new UnsupportedError(
    'lm.unknown-format',
    `'${file}' is no file of draws: expected JSON lines (.jsonl or .jsonl.gz) with "seed" and "split", or a folder of LM-BFF draws. Convert the file, or leave --splits out to have draws made from --data.`,
    { file },
  );
}

/** Ready-made draws come without test examples and none were given. */
export function missingTest(splits: string): UserError {
  return new UserError(
    'lm.missing-test',
    `The draws of '${splits}' come without test examples: give the data that holds them with --data.`,
    { splits },
  );
}

/** Draws come with different test examples, so that their scores have no common mean. */
export function differentTests(first: string, second: string): UserError {
  return new UserError(
    'lm.different-tests',
    `${first} and ${second} differ; expected the same test examples in every draw, for scores are averaged over draws. Give the test examples to use with --data and the draws with --splits.`,
    { first, second },
  );
}

function fileNames(task: string): readonly string[] {
  return [`${task}.jsonl`, `${task}.csv`, `${task}.tsv (each also .gz)`];
}
