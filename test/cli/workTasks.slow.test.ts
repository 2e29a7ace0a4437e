/** Runs of training that several processes compute: the bytes of one process, also where a worker has left amid its work. */

import { cp, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ownMark } from '../../src/runs/processes.ts';
import { type Ended, nexortIn } from './nexort.ts';
import { outcome, trainingOutcome } from './runFolders.ts';
import { writeTinyModel } from './tinyModel.ts';

let root: string;
const nexort = (...args: readonly string[]): Promise<Ended> => nexortIn(root, ...args);

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'nexort-work-tasks-'));
  await writeTinyModel(join(root, 'model'), 1, 1);
});
afterAll(() => rm(root, { recursive: true }));

/** What a worker of this machine leaves that was killed with a unit in hand. */
async function killedWith(run: string, unit: string): Promise<void> {
  const card = { mark: { ...ownMark(), started: 'never' }, beatSeconds: 1, since: new Date().toISOString() };
  const work = join(run, 'work');
  await writeFile(join(work, 'workers', 'killed~3'), JSON.stringify(card));
  await mkdir(join(work, 'claims', `${unit}~0`));
  await writeFile(join(work, 'claims', `${unit}~0`, 'killed'), '');
  await mkdir(join(work, 'scratch', 'killed', 'blocks'), { recursive: true });
  await writeFile(join(work, 'scratch', 'killed', 'blocks', 'half.block'), 'half');
}

const common = (): readonly string[] => ['--model', join(root, 'model'), '--threads', '1', '--memory', '2GB'];

describe.each([
  {
    name: 'finetune',
    args: ['--k', '2', '--limit', '8', '--steps', '2', '--evaluate-every', '2', '--batch', '4', '--save', 'none'],
    rates: ['--learning-rate', '1e-3,2e-3'],
    units: ['draw-13', 'draw-21'],
  },
  {
    name: 'regime',
    args: [
      '--k',
      '2',
      '--limit',
      '4',
      '--compare',
      '2',
      '--steps',
      '2',
      '--batch',
      '4',
      '--no-kernel',
      '--no-linear-training',
    ],
    rates: ['--optimizer', 'sgd', '--learning-rate', '1e-3'],
    units: ['draw-13-optimizer-1', 'draw-21-optimizer-1'],
  },
])('nexort $name', ({ name, args, rates, units }) => {
  const given = (out: string): readonly string[] => [
    ...[name, ...common(), ...args, ...rates, '--seeds', '13,21', '--out', out],
  ];

  it('has its draws computed by workers, one of which goes, to the bytes of one process', async () => {
    const [own, run] = [join(root, `${name}-own`), join(root, `${name}-run`)];
    const planned = await nexort(...given(run), '--plan-only', '--json');
    expect(planned, planned.stderr).toMatchObject({ code: 0 });
    expect(JSON.parse(planned.stdout)).toMatchObject({ run, units: 2, threads: 1 });
    // One process follows the same plan.
    await cp(run, own, { recursive: true });
    const alone = await nexort(...given(own));
    await killedWith(run, units[1] ?? '');
    expect(JSON.parse((await nexort('status', run, '--json')).stdout)).toMatchObject({ job: name, stale: 1, free: 1 });
    const worked = await nexort('work', run, '--json');
    expect(worked, worked.stderr).toMatchObject({ code: 0, stderr: expect.stringContaining(`Took over ${units[1]}`) });
    expect(JSON.parse(worked.stdout).runs).toMatchObject([{ end: 'done', computed: 2, takenOver: 1 }]);
    const ended = await nexort(...given(run));
    expect(ended.code, ended.stderr).toBe(alone.code);
    expect(await trainingOutcome(run)).toEqual(await trainingOutcome(own));
    expect(await readdir(run)).not.toContain('work');
    expect((await nexort('work', run)).stdout).toContain('is complete');
  });
});

/** Rows of a task with two labels. */
const rows = (labels: readonly string[]): string =>
  labels
    .flatMap((label, k) =>
      ['train', 'test'].flatMap((split) =>
        Array.from({ length: 6 }, (_, place) => {
          const text = `a ${k === 0 ? 'poor' : 'fine'} film number ${place} of ${split}`;
          return `${JSON.stringify({ label, text, split })}\n`;
        }),
      ),
    )
    .join('');

describe('nexort tasks run', () => {
  const table = (out: string): readonly string[] => [
    ...['tasks', 'run', '--data', join(root, 'data'), ...common(), '--k', '2', '--seeds', '1', '--params', 'biases'],
    ...['--out', out],
  ];

  it('is a folder of runs that workers take together, to the bytes of one process', async () => {
    await mkdir(join(root, 'data'));
    const files = { 'sst-2': ['negative', 'positive'], subj: ['subjective', 'objective'] };
    for (const [name, labels] of Object.entries(files)) {
      await writeFile(join(root, 'data', `${name}.jsonl`), rows(labels));
    }
    await writeFile(join(root, 'data', 'cr.jsonl'), '{"label": "positive", "text": "only one", "split": "train"}\n');
    const [own, run] = [join(root, 'table-own'), join(root, 'table')];
    const planned = await nexort(...table(run), '--plan-only', '--workers', '2', '--json');
    expect(planned.code).toBe(1);
    const { units, runs, failures } = JSON.parse(planned.stdout);
    expect({ runs, failures }).toMatchObject({ runs: [{ threads: 1 }, { threads: 1 }], failures: [{ task: 'cr' }] });
    await cp(run, own, { recursive: true });
    await nexort(...table(own));
    expect((await nexort('submit', run, '--slurm', '--dry-run')).stdout).toContain(join(run, 'submit.sbatch'));
    expect(await readFile(join(run, 'submit.sbatch'), 'utf8')).toContain(` work ${run} --time-limit`);
    const worked = JSON.parse((await nexort('work', run, '--json')).stdout);
    expect(worked.runs).toMatchObject([
      { run: join(run, 'sst-2'), end: 'done', left: 0 },
      { run: join(run, 'subj'), end: 'done', left: 0 },
    ]);
    const found = JSON.parse((await nexort('status', run, '--json')).stdout);
    const done = found.runs.map((one: { readonly done: number }) => one.done);
    expect(done.reduce((sum: number, one: number) => sum + one, 0)).toBe(units);
    expect((await nexort(...table(run))).code).toBe(1);
    for (const task of Object.keys(files)) {
      expect(await outcome(join(run, task)), task).toEqual(await outcome(join(own, task)));
    }
    expect((await nexort('status', run)).stdout).toContain('subj: complete');
  });
});
