import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import * as errors from './errors.ts';
import { type JsonObject, listFolder, parseJsonObject } from './files.ts';
import type { Task } from './tasks.ts';

/** One labeled text, or pair of texts. */
export interface Example {
  readonly label: string;
  readonly text: string;
  readonly text2?: string;
}

/** The pool that few-shot draws come from, and the examples that predictions are scored on. */
export interface TaskData {
  readonly train: readonly Example[];
  readonly test: readonly Example[];
}

/**
 * Reads `<task>.jsonl` or `<task>.jsonl.gz` from a folder: one object a line with `label`, `text`, `text2` in pair
 * tasks, and `split` (train or test); other keys and blank lines are ignored.
 * @throws UserError `lm.missing-folder`, `lm.missing-file`, `lm.unreadable-data`, `lm.malformed-json`,
 *   `lm.malformed-example`, `lm.unknown-label`, `lm.empty-text`, `lm.missing-second-text` (each with file and line) or
 *   `lm.empty-split`.
 */
export async function readTask(task: Task, dataFolder: string): Promise<TaskData> {
  const found = await listFolder(dataFolder, `task data (${task.name}.jsonl or ${task.name}.jsonl.gz)`);
  const name = [`${task.name}.jsonl`, `${task.name}.jsonl.gz`].find((candidate) => found.includes(candidate));
  if (name === undefined) {
    throw errors.missingFile(
      dataFolder,
      `${task.name}.jsonl or ${task.name}.jsonl.gz`,
      found,
      'Put the task data there, one JSON object a line with "label", "text" and "split", or give another folder.',
    );
  }
  const file = join(dataFolder, name);
  const data: Record<keyof TaskData, Example[]> = { train: [], test: [] };
  (await readLines(file)).forEach((line, index) => {
    if (line.trim() === '') return;
    const where = `${file} line ${index + 1}`;
    const { split, example } = parseLine(parseJsonObject(line, where), task, where);
    data[split].push(example);
  });
  for (const split of ['train', 'test'] as const) {
    if (data[split].length === 0) throw errors.emptySplit(file, split);
  }
  return data;
}

async function readLines(file: string): Promise<readonly string[]> {
  try {
    const bytes = await readFile(file);
    // Also drops a byte order mark, and refuses bytes that are not UTF-8 instead of replacing them.
    const decoder = new TextDecoder('utf-8', { fatal: true });
    return decoder.decode(file.endsWith('.gz') ? gunzipSync(bytes) : bytes).split(/\r?\n/);
  } catch (cause) {
    throw errors.unreadableData(file, cause instanceof Error ? cause.message : String(cause));
  }
}

function parseLine(json: JsonObject, task: Task, where: string): { split: keyof TaskData; example: Example } {
  const { label, text, text2, split } = json;
  if (typeof label !== 'string') throw errors.malformedExample(where, '"label" is not a text');
  if (typeof text !== 'string') throw errors.malformedExample(where, '"text" is not a text');
  if (split !== 'train' && split !== 'test') throw errors.malformedExample(where, '"split" is neither train nor test');
  const known = task.labels.map(({ name }) => name);
  if (!known.includes(label)) throw errors.unknownLabel(where, label, known);
  if (text.trim() === '') throw errors.emptyText(where, 'text');
  if (!task.pair) return { split, example: { label, text } };
  if (text2 === undefined) throw errors.missingSecondText(where);
  if (typeof text2 !== 'string') throw errors.malformedExample(where, '"text2" is not a text');
  if (text2.trim() === '') throw errors.emptyText(where, 'text2');
  return { split, example: { label, text, text2 } };
}
