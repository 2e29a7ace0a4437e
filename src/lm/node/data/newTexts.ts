/** Texts that have no label yet. */

import type { Columns } from '../../data/columns.ts';
import { emptyData } from '../../data/dataErrors.ts';
import type { Example } from '../../data/example.ts';
import type { Task } from '../../data/tasks.ts';
import * as errors from '../../run/predictErrors.ts';
import { readDataFile } from './dataFile.ts';
import { linesOf } from './lines.ts';
import { formatOf, readTextRows } from './rows.ts';

/** One text, or pair of texts, to classify. */
export interface NewText extends Omit<Example, 'label'> {
  /** Where it comes from, for messages. */
  readonly where?: string;
}

/** One text a line, plain or compressed. */
const LINES = /\.txt(\.gz)?$/i;

/**
 * Reads the texts of a file: `.txt` with one a line, or `.jsonl`, `.csv`, `.tsv` with `text` and, in tasks of two texts,
 * `text2`; each may be compressed (`.gz`). Blank lines, labels and other columns are ignored.
 * @throws UserError with file and line for whatever is wrong; UnsupportedError `lm.unknown-format`.
 */
export async function readTexts(path: string, task: Task, columns?: Columns): Promise<readonly NewText[]> {
  if (!LINES.test(path)) {
    if (formatOf(path) === undefined) throw errors.unknownTextFormat(path);
    return readTextRows(path, task, columns);
  }
  if (task.pair) throw errors.linesOfPairs(path, task.name);
  const { text: content } = await readDataFile(path, 'texts to classify');
  const texts = linesOf(content, path).flatMap(({ content: text, line }) =>
    text.trim() === '' ? [] : [{ text, where: `${path} line ${line}` }],
  );
  if (texts.length === 0) throw emptyData(path);
  return texts;
}
