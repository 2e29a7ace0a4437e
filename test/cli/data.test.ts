/** What data files are found to be, alike by every command that reads them; and samples that people met. */

import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { TrainReport } from '../../src/cli/train/summary.ts';
import { describeWithShared } from '../support/shared.ts';
import { type Ended, nexort } from './nexort.ts';
import { writeTinyModel } from './tinyModel.ts';

const ROWS = Array.from({ length: 12 }, (_, k) => [k % 2 ? 'positive' : 'negative', `text number ${k}`] as const);

let folder = '';
let model = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'nexort-'));
  model = join(folder, 'model');
  await writeTinyModel(model, 1);
});
afterAll(async () => {
  await rm(folder, { recursive: true, force: true });
});

/** Into a folder of its own, which goes with the command. */
const kernel = (...args: readonly string[]): Promise<Ended> => nexort('kernel', '--model', model, '--k', '2', ...args);

/** Every command on one file. */
async function everywhere(name: string, content: string | Uint8Array): Promise<readonly Ended[]> {
  const path = join(folder, name);
  await writeFile(path, content);
  return [
    await kernel('sst-2', '--data', path),
    await nexort('predict', join(folder, 'done'), '--file', path),
    await nexort('train', '--data', path, '--width', '8', '--steps', '1'),
  ];
}

describe('kernel, predict and train', () => {
  beforeAll(async () => {
    const lines = ROWS.map(([label, text]) => JSON.stringify({ label, text })).join('\n');
    await writeFile(join(folder, 'sst-2.jsonl'), lines);
    const made = ['--seeds', '13', '--k', '2', '--model', model, '--out', join(folder, 'done')];
    const { code, stderr } = await nexort('kernel', 'sst-2', '--data', join(folder, 'sst-2.jsonl'), ...made);
    if (code !== 0) throw new Error(stderr);
  });

  const table = ['label,text', ...ROWS.map((row) => row.join(','))].join('\n');
  it.each([
    [
      'old line ends',
      table.replaceAll('\n', '\r'),
      /x\.csv end in carriage returns alone, as on old Macintosh computers/,
    ],
    [
      'UTF-16',
      Buffer.from(`\uFEFF${table}`, 'utf16le'),
      /x\.csv line 1 is not UTF-8 text but UTF-16, as its byte order mark says\./,
    ],
    [
      'UTF-16 without a mark',
      Buffer.from(table, 'utf16le'),
      /x\.csv line 1 is not UTF-8 text but what seems to be UTF-16\./,
    ],
    ['Latin letters', Buffer.from(table.replace('5', 'é'), 'latin1'), /x\.csv line 7 is not UTF-8 text\./],
    [
      'semicolons',
      table.replaceAll(',', ';').replace('label', 'kind'),
      /seems to be separated by ";": a \.csv is separated/,
    ],
  ])('tell %s alike', async (_, content, message) => {
    for (const { code, stdout, stderr } of await everywhere('x.csv', content)) {
      expect(stderr).toMatch(message);
      expect(stderr.match(/^error: /gm)).toHaveLength(1);
      expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    }
  });
});

describe('nexort kernel', () => {
  it('takes numbers for labels, shows classes and leaves out what has none', async () => {
    const all = [
      ...ROWS.map(([label, text]) => ({ label: Number(label === 'positive'), text })),
      { label: -1, text: 'x' },
    ];
    await writeFile(join(folder, 'NUMBERS.jsonl'), all.map((row) => JSON.stringify(row)).join('\n'));
    const data = ['--data', join(folder, 'NUMBERS.jsonl'), '--seeds', '13'];
    const { stdout, code } = await kernel('sst-2', ...data, '--labels', '0=negative,1=positive', '--json');
    expect(code).toBe(0);
    const found = JSON.parse(stdout) as { readonly data: Record<string, unknown> }; // our own output
    expect(found.data.classes).toEqual(['negative', 'positive'].map((name) => ({ name, train: 4, test: 2 })));
    expect(found.data.notes).toEqual([expect.stringMatching(/^1 example with -1 or null in place of a label,/)]);
    const text = await kernel('sst-2', ...data, '--labels', '0=negative,1=positive');
    expect(text.stdout).toMatch(/^classes {5}negative 4 \+ 2, positive 4 \+ 2 \(to draw from \+ to test on\)$/m);
    const without = await kernel('sst-2', ...data);
    expect(without.stderr).toMatch(/label '0' is not one of .* --labels 0=NAME,1=NAME, or "value" beside each name/);
  });

  it.each([
    [['sst-2', '--data', 'x.csv', '--labels', '0=bad,1=positive'], /'bad' is not one of the task's labels\./],
    [['sst-2', '--data', 'x.csv', '--labels', '0'], /'--labels <values>' argument '0' is invalid\..*VALUE=NAME/],
    [['afinn', '--labels', '0=negative,1=positive'], /^error: --labels is given without --data,/],
    [
      ['afinn', '--seeds', '13,21,13'],
      /argument '13,21,13' is invalid\. Give each seed once; 13 stands more than once/,
    ],
  ])('refuses %j', async (args, message) => {
    const { code, stderr } = await kernel(...args);
    expect(stderr).toMatch(message);
    expect(code).toBe(2);
  });
});

describeWithShared('samples from the field', 'field', (field) => {
  it('read every row of a .tsv with quotation marks', async () => {
    const { stdout } = await kernel('sst-2', '--data', join(field, 'tsv-quotes'), '--seeds', '13', '--json');
    const classes = ['negative', 'positive'].map((name) => ({ name, train: 8, test: 2 }));
    expect(JSON.parse(stdout)).toMatchObject({ data: { classes, notes: [] } });
  });

  it('draw each text once', async () => {
    const args = ['sst-2', '--data', join(field, 'same-text-twice'), '--seeds', '13,21,42'];
    const { code, stderr } = await kernel(...args, '--k', '4');
    expect(stderr).toMatch(/Label 'negative' has 6 different examples \(12 with copies\) .* Use k = 3 or less/);
    expect(code).toBe(2);
  });

  it('tell labels that are one number', async () => {
    const args = ['--data', join(field, 'labels-apart/mixed.csv'), '--width', '8', '--steps', '2', '--json'];
    const report = JSON.parse((await nexort('train', ...args)).stdout) as TrainReport; // our own output
    expect(report.classes).toEqual(['0', '1', '1.0'].map((name) => ({ name, examples: 10 })));
    expect(report.notes).toEqual(['labels "1" and "1.0" differ only as numbers are written, and are two classes']);
  });
});
