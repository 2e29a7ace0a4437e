/** `nexort kernel` with a data file in place of a task. */

import { existsSync } from 'node:fs';
import { copyFile, readdir, readFile, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { describe, expect, test } from 'vitest';
import { temporaryFolder } from '../support/folders.ts';
import { nexort } from './nexort.ts';
import { writeTinyModel } from './tinyModel.ts';

const TICKETS = resolve(import.meta.dirname, '../../examples/own-task/tickets.csv');
const NAMED = ['--label', 'topic', '--text', 'message'];

async function folderWithData() {
  const folder = await temporaryFolder({});
  await writeTinyModel(join(folder, 'model'), 1, 1);
  await copyFile(TICKETS, join(folder, 'my.csv'));
  const small = ['--model', join(folder, 'model'), '--k', '2', '--seeds', '13', '--threads', '1'];
  return { folder, data: join(folder, 'my.csv'), small };
}

async function refused(message: RegExp, ...args: readonly string[]): Promise<void> {
  const { code, stdout, stderr } = await nexort('kernel', ...args);
  expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
  expect(stderr).toMatch(message);
}

describe('a data file in place of a task', () => {
  test('runs at once, and the task file that is written runs the same', async () => {
    const { folder, data, small } = await folderWithData();
    const out = join(folder, 'run');
    const { code, stdout, stderr } = await nexort('kernel', data, ...NAMED, ...small, '--out', out, '--json');
    expect(code).toBe(0);
    const file = join(folder, 'run.task.json');
    expect(JSON.parse(stdout)).toMatchObject({ task: 'my', evaluated: 45, taskFile: file });
    expect(stderr).toContain(
      `task 'my' with prompt {m}:_{a} and words billing: bill, delivery, technical\n` +
        `it is written to '${file}': edit it, and give it in place of the data:  nexort kernel ${file}\n`,
    );
    expect(JSON.parse(await readFile(file, 'utf8'))).toEqual({
      name: 'my',
      prompt: '{m}:_{a}',
      labels: [
        { name: 'billing', word: 'bill' },
        { name: 'delivery', word: 'delivery' },
        { name: 'technical', word: 'technical' },
      ],
      columns: { label: 'topic', text: 'message' },
      data: 'my.csv',
    });
    const again = await nexort('kernel', file, ...small, '--out', out);
    expect(again).toMatchObject({ code: 0, stdout: expect.stringContaining('this run was done before') });
  });

  test('keeps a task file that has been edited', async () => {
    const { folder, data, small } = await folderWithData();
    const file = join(folder, 'run.task.json');
    await writeFile(file, '{"mine": true}');
    const { code, stderr } = await nexort('kernel', data, ...NAMED, ...small, '--out', join(folder, 'run'));
    expect(code).toBe(0);
    expect(stderr).toContain(`'${file}' is there and has been changed: it is not this run's task.`);
    expect(await readFile(file, 'utf8')).toBe('{"mine": true}');
  });

  test('with columns called label, text and text2 needs no names, and takes pairs', async () => {
    const { folder, small } = await folderWithData();
    const lines = Array.from({ length: 12 }, (_, k) =>
      JSON.stringify({ label: k % 2 === 0 ? 'same' : 'other', text: `a text ${k}`, text2: `another ${k}` }),
    );
    const data = join(folder, 'pairs.jsonl');
    await writeFile(data, lines.join('\n'));
    const out = join(folder, 'run');
    const { code, stdout } = await nexort('kernel', data, '--text2', 'text2', ...small, '--out', out, '--json');
    expect({ code, task: JSON.parse(stdout).task }).toEqual({ code: 0, task: 'pairs' });
    expect(await readFile(`${out}.task.json`, 'utf8')).toContain('"prompt": "{a}{m},_{b}"');
  });

  test('is refused where the column does not tell classes apart, and nothing is written', async () => {
    const { folder, data, small } = await folderWithData();
    const out = join(folder, 'run');
    await refused(
      /has 90 labels \(.*\) in the column 'message' of its 90 rows; expected 2 to 50.*--label NAME/,
      data,
      '--label',
      'message',
      '--text',
      'topic',
      ...small,
      '--out',
      out,
    );
    expect(await readdir(folder)).not.toContain('run');
    expect(existsSync(`${out}.task.json`)).toBe(false);
  });

  test('is refused beside --data, and names of columns beside a task', async () => {
    const { data } = await folderWithData();
    await refused(/'.*my\.csv' is a data file and stands for the task, and --data names 'x'/, data, '--data', 'x');
    await refused(/--label and --text are for a data file.*by --columns label=topic,text=message\./, 'sst-2', ...NAMED);
  });
});
