import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { findTask } from '../../../../src/lm/data/tasks.ts';
import { findData } from '../../../../src/lm/node/data/findData.ts';
import { failureOf } from '../../../support/failure.ts';
import { temporaryFolder } from '../../../support/folders.ts';

const SST2 = findTask('sst-2');

describe('findData', () => {
  it.each(['sst-2.jsonl', 'sst-2.jsonl.gz', 'sst-2.csv', 'sst-2.tsv.gz', 'SST-2.JSONL', 'Sst-2.csv.GZ'])(
    'finds %s in a folder',
    async (name) => {
      const folder = await temporaryFolder({ [name]: '', 'sst-5.jsonl': '', 'README.md': '', 'sst-2.txt': '' });
      expect(await findData(folder, SST2)).toEqual({ kind: 'file', path: join(folder, name) });
      expect(await findData(join(folder, name), SST2)).toEqual({ kind: 'file', path: join(folder, name) });
    },
  );

  it('finds a folder of draws by name without case and punctuation, or the folder itself', async () => {
    const folder = await temporaryFolder({ 'SST-2/16-13/train.tsv': '', 'sst-5/16-13/train.csv': '', 'AG_News/x': '' });
    const path = join(folder, 'SST-2');
    expect(await findData(folder, SST2)).toEqual({ kind: 'draws', path });
    expect(await findData(path, SST2)).toEqual({ kind: 'draws', path });
    expect(await findData(folder, findTask('ag_news'))).toEqual({ kind: 'draws', path: join(folder, 'AG_News') });
  });

  it('says what a folder holds instead', async () => {
    const folder = await temporaryFolder({ 'mr.jsonl.gz': '', 'sst2/x': '' });
    expect(await failureOf(() => findData(folder, findTask('cr')))).toMatchObject({
      code: 'lm.missing-file',
      message: `Folder '${folder}' has no data of task 'cr'; it holds mr.jsonl.gz, sst2. Expected cr.jsonl, cr.csv, cr.tsv (each also .gz) or a folder of LM-BFF draws named like the task: give another folder, or the file itself.`,
    });
  });

  it('refuses to choose between two', async () => {
    const folder = await temporaryFolder({ 'sst-2.csv': '', 'sst-2.jsonl.gz': '', 'SST-2/16-13/train.tsv': '' });
    expect(await failureOf(() => findData(folder, SST2))).toMatchObject({
      code: 'lm.ambiguous-data',
      message: `Folder '${folder}' has 3 sources for task 'sst-2': ${join(folder, 'sst-2.csv')}, ${join(folder, 'sst-2.jsonl.gz')}, ${join(folder, 'SST-2')}; expected one. Give the path of the one that is meant.`,
    });
  });

  it('refuses a path to nothing, and a file of no known format', async () => {
    const folder = await temporaryFolder({ 'sst-2.txt': '' });
    expect((await failureOf(() => findData(join(folder, 'no'), SST2))).message).toBe(
      `'${join(folder, 'no')}' does not exist: expected a file or folder with the data of task 'sst-2'. Check the path; a relative one starts at the current directory, in a task's JSON file at that file.`,
    );
    expect((await failureOf(() => findData(join(folder, 'sst-2.txt/x.csv'), SST2))).code).toBe('lm.missing-file');
    expect((await failureOf(() => findData(join(folder, 'sst-2.txt'), SST2))).code).toBe('lm.unknown-format');
  });
});
