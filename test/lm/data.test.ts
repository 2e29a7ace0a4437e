import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { readTask } from '../../src/lm/data.ts';
import { findTask, TASKS } from '../../src/lm/tasks.ts';
import { failureOf } from '../support/failure.ts';
import { temporaryFolder } from '../support/folders.ts';
import { describeWithShared } from '../support/shared.ts';

const TRAIN = { label: 'negative', text: 'dull', split: 'train' };
const TEST = { label: 'positive', text: 'bright é', split: 'test' };

function lines(...objects: readonly (object | string)[]): string {
  return objects.map((line) => (typeof line === 'string' ? line : JSON.stringify(line))).join('\n');
}

/** Reads a bad file of two good lines and these, and gives its path and the error. */
async function failure(task: string, ...objects: readonly (object | string)[]) {
  const folder = await temporaryFolder({ [`${task}.jsonl`]: lines(TRAIN, TEST, ...objects) });
  return {
    file: join(folder, `${task}.jsonl`),
    error: await failureOf(() => readTask(findTask(task), folder)),
  };
}

describe('readTask', () => {
  it('reads plain and compressed lines, blank ones and other keys apart', async () => {
    const text = `\uFEFF${lines(TRAIN, '', { ...TEST, title: 'x', text2: 'not used' }, '')}\r\n`;
    const expected = {
      train: [{ label: 'negative', text: 'dull' }],
      test: [{ label: 'positive', text: 'bright é' }],
    };
    expect(await readTask(findTask('sst-2'), await temporaryFolder({ 'sst-2.jsonl': text }))).toEqual(expected);
    expect(await readTask(findTask('sst-2'), await temporaryFolder({ 'sst-2.jsonl.gz': gzipSync(text) }))).toEqual(
      expected,
    );
  });

  it('reads both texts of a pair', async () => {
    const pair = { label: 'entailment', text: 'a', text2: 'b' };
    const folder = await temporaryFolder({
      'rte.jsonl': lines({ ...pair, split: 'train' }, { ...pair, split: 'test' }),
    });
    expect(await readTask(findTask('rte'), folder)).toEqual({ train: [pair], test: [pair] });
  });

  it('says what is in a folder without the task', async () => {
    const folder = await temporaryFolder({ 'mr.jsonl.gz': '' });
    expect(await failureOf(() => readTask(findTask('sst-2'), folder))).toMatchObject({
      code: 'lm.missing-file',
      message: `Folder '${folder}' has no sst-2.jsonl or sst-2.jsonl.gz; it holds mr.jsonl.gz. Put the task data there, one JSON object a line with "label", "text" and "split", or give another folder.`,
    });
    expect(await failureOf(() => readTask(findTask('sst-2'), join(folder, 'absent')))).toMatchObject({
      code: 'lm.missing-folder',
    });
  });

  it('names file and line of malformed JSON', async () => {
    const { file, error } = await failure('sst-2', '{"label": "negative", ');
    expect(error.code).toBe('lm.malformed-json');
    expect(error.message).toBe(
      // The parser's own words differ between versions of Node.
      `${file} line 3 is not valid JSON: ${String(error.data.reason)}. Repair it or get it again.`,
    );
  });

  it('names file, line and known labels of an unknown label', async () => {
    const { file, error } = await failure('sst-2', '', { ...TRAIN, label: 'meh' });
    expect(error.code).toBe('lm.unknown-label');
    expect(error.message).toBe(
      `${file} line 4: label 'meh' is not one of the task's labels: negative, positive. Correct the line, or check that the file belongs to this task.`,
    );
  });

  it('names file and line of an empty text', async () => {
    const { file, error } = await failure('sst-2', { ...TRAIN, text: ' ' });
    expect(error.code).toBe('lm.empty-text');
    expect(error.message).toBe(
      `${file} line 3: "text" is empty; expected at least one character that is not a space. Fill it in or remove the example.`,
    );
  });

  it.each([
    [{ ...TRAIN, label: 1 }, '"label" is not a text'],
    [{ ...TRAIN, text: null }, '"text" is not a text'],
    [{ ...TRAIN, split: 'dev' }, '"split" is neither train nor test'],
  ])('refuses %j', async (line, reason) => {
    const { file, error } = await failure('sst-2', line);
    expect(error.code).toBe('lm.malformed-example');
    expect(error.message).toBe(
      `${file} line 3: ${reason}; expected one JSON object a line, {"label": ..., "text": ..., "split": "train" or "test"}. Correct the line or remove it.`,
    );
  });

  it('wants two texts in a pair task', async () => {
    const pair = { label: 'entailment', text: 'a', split: 'train' };
    const read = async (line: object) => {
      const folder = await temporaryFolder({ 'rte.jsonl': lines(line) });
      return (await failureOf(() => readTask(findTask('rte'), folder))).code;
    };
    expect(await read(pair)).toBe('lm.missing-second-text');
    expect(await read({ ...pair, text2: '' })).toBe('lm.empty-text');
    expect(await read({ ...pair, text2: 3 })).toBe('lm.malformed-example');
  });

  it('wants train and test examples', async () => {
    const folder = await temporaryFolder({ 'sst-2.jsonl': lines(TRAIN) });
    expect(await failureOf(() => readTask(findTask('sst-2'), folder))).toMatchObject({
      code: 'lm.empty-split',
      message: `${join(folder, 'sst-2.jsonl')} has no examples with "split": "test"; expected train and test examples. Add some.`,
    });
  });

  it('refuses what is not compressed, or not UTF-8', async () => {
    const torn = await temporaryFolder({ 'sst-2.jsonl.gz': gzipSync(lines(TRAIN, TEST)).subarray(0, 30) });
    expect(await failureOf(() => readTask(findTask('sst-2'), torn))).toMatchObject({ code: 'lm.unreadable-data' });
    const latin1 = await temporaryFolder({ 'sst-2.jsonl': Buffer.from(lines(TEST), 'latin1') });
    expect(await failureOf(() => readTask(findTask('sst-2'), latin1))).toMatchObject({ code: 'lm.unreadable-data' });
  });
});

describeWithShared('the tasks of the paper', 'data/tasks', (folder) => {
  it.each(TASKS.filter(({ name }) => !['afinn', 'cola'].includes(name)).map(({ name }) => name))(
    '%s is read',
    async (name) => {
      const task = findTask(name);
      const { train, test } = await readTask(task, folder);
      expect(train.length).toBeGreaterThan(1700);
      expect(test.length).toBeGreaterThan(250);
      expect(new Set(train.map(({ label }) => label))).toEqual(new Set(task.labels.map((label) => label.name)));
    },
  );
});
