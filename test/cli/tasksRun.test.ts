/** `nexort tasks run`: many tasks into one folder, one of them broken, and a second start that finds all of them done. */

import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { stream } from '../../src/numeric/index.ts';
import { type Ended, nexort } from './nexort.ts';
import { writeTinyModel } from './tinyModel.ts';

const WORDS = { good: ['great', 'lovely', 'fine'], bad: ['awful', 'poor', 'sad'] };

let root: string;
let first: Ended;

const args = (...more: readonly string[]): readonly string[] => [
  ...['tasks', 'run', '--data', join(root, 'data'), '--model', join(root, 'model'), '--k', '2', '--seeds', '1,2'],
  ...['--params', 'biases', '--kernels', 'sgd,signgd', '--threads', '1', '--out', join(root, 'table')],
  ...more,
];

/** Rows of a task with two labels, of which the first is of bad words. */
const rows = (labels: readonly [string, string]): string =>
  labels
    .flatMap((label, k) =>
      ['train', 'test'].flatMap((split) =>
        Array.from({ length: 6 }, (_, place) => {
          const words = k === 0 ? WORDS.bad : WORDS.good;
          const u = stream(place, `${label} ${split}`).uniforms(2);
          const word = (at: number): string => words[Math.floor((u[at] ?? Number.NaN) * words.length)] ?? '';
          return `${JSON.stringify({ label, text: `a ${word(0)} and ${word(1)} film number ${place} of ${split}`, split })}\n`;
        }),
      ),
    )
    .join('');

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'nexort-tasks-'));
  await writeTinyModel(join(root, 'model'), 1, 1);
  const files = {
    'sst-2.jsonl': rows(['negative', 'positive']),
    'subj.jsonl': rows(['subjective', 'objective']),
    'cr.jsonl': '{"label": "positive", "text": "only one", "split": "train"}\n',
  };
  await mkdir(join(root, 'data'));
  for (const [name, text] of Object.entries(files)) await writeFile(join(root, 'data', name), text);
  first = await nexort(...args());
});

afterAll(() => rm(root, { recursive: true }));

describe('nexort tasks run', () => {
  it('runs every task that has data, tells of the one that cannot be run, and ends with an error for it', () => {
    expect(first.code).toBe(1);
    expect(first.stdout).toMatch(/│ sst-2 .*│ accuracy .*│ 12 .*│ 50\.0 .*\n/);
    expect(first.stdout).toMatch(/│ subj /);
    expect(first.stdout).toMatch(/SGD kernel .*SignGD kernel/);
    expect(first.stdout).toMatch(/not run {5}cr: .*train/);
    expect(first.stderr).toMatch(/forecast: .* of memory, about/);
  });

  it('has a folder for each task and the table in four forms', async () => {
    expect((await readdir(join(root, 'table'))).sort()).toEqual([
      ...['overview.csv', 'overview.html', 'overview.json', 'overview.md', 'sst-2', 'subj'],
    ]);
    const csv = await readFile(join(root, 'table', 'overview.csv'), 'utf8');
    expect(csv.split('\n')[0]).toBe('task,method,metric,seed,score');
    expect(csv).toMatch(/^sst-2,SignGD kernel,accuracy,2,[\d.]+$/m);
    expect(await readFile(join(root, 'table', 'overview.html'), 'utf8')).toContain('Scores by task');
  });

  it('shows what is there at a second start', async () => {
    const before = await readFile(join(root, 'table', 'sst-2', 'kernels.npz'));
    const again = await nexort(...args('--tasks', 'sst-2', '--json'));
    expect(again.code).toBe(0);
    const { overview, results } = JSON.parse(again.stdout);
    expect(results[0]).toMatchObject({ task: 'sst-2', stored: true });
    expect(overview.methods).toEqual(['zero-shot', 'sgd', 'signgd']);
    expect(await readFile(join(root, 'table', 'sst-2', 'kernels.npz'))).toEqual(before);
  });

  it('refuses a file, a folder without tasks, and a task of no such name', async () => {
    const file = await nexort(...args('--data', join(root, 'data', 'cr.jsonl')));
    expect(file).toMatchObject({ code: 2, stderr: expect.stringContaining('nexort kernel TASK --data') });
    const none = await nexort(...args('--data', join(root, 'model')));
    expect(none).toMatchObject({ code: 2, stderr: expect.stringContaining('has data of none of') });
    const unknown = await nexort(...args('--tasks', 'sst2'));
    expect(unknown).toMatchObject({ code: 2, stderr: expect.stringContaining('sst-2') });
  });
});
