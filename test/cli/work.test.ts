/** Runs that several processes compute: the bytes of one process, whatever happens to some of them. */

import { existsSync } from 'node:fs';
import { cp, mkdir, mkdtemp, readdir, readFile, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { machineOrigin } from '../../src/runs/index.ts';
import { temporaryFolder } from '../support/folders.ts';
import { BuiltNexort, canMountReadOnly, type Running } from './builtNexort.ts';
import { type Ended, nexortIn } from './nexort.ts';
import { blocksOf, manifestOf, outcome } from './runFolders.ts';
import { writeTinyModel } from './tinyModel.ts';

let built: BuiltNexort;
let root: string;
/** Planned and not computed, to be copied. */
let planned: string;
let alone: Awaited<ReturnType<typeof outcome>>;

const nexort = (...args: readonly string[]): Promise<Ended> => nexortIn(root, ...args);
const kernel = (out: string, ...more: readonly string[]): readonly string[] => [
  ...['kernel', '--model', join(root, 'model'), '--k', '4', '--seeds', '13', '--limit', '64', '--threads', '1'],
  ...['--out', out],
  ...more,
];

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'nexort-work-'));
  built = await BuiltNexort.build();
  await writeTinyModel(join(root, 'model'), 1, 1);
  planned = join(root, 'planned');
  expect(await nexort(...kernel(planned, '--plan-only', '--workers', '3'))).toMatchObject({ code: 0 });
  // One process follows the same plan.
  const own = join(root, 'alone');
  await cp(planned, own, { recursive: true });
  expect(await nexort(...kernel(own))).toMatchObject({ code: 0 });
  alone = await outcome(own);
});
afterAll(() => rm(root, { recursive: true }));

async function copyOfPlanned(): Promise<string> {
  const run = join(await temporaryFolder({}), 'run');
  await cp(planned, run, { recursive: true });
  return run;
}

/** That the run's own command ends it with the bytes of one process, and leaves nothing of its workers. */
async function expectCollected(run: string): Promise<Ended> {
  const ended = await nexort(...kernel(run));
  expect(ended, ended.stderr).toMatchObject({ code: 0 });
  expect(await outcome(run)).toEqual(alone);
  expect(existsSync(join(run, 'work'))).toBe(false);
  return ended;
}

const statusOf = async (run: string): Promise<Readonly<Record<string, unknown>>> =>
  JSON.parse((await nexort('status', run, '--json', '--watch', '1s')).stdout);

/** Waits until a worker has written so many blocks, or has ended. */
async function amid(run: string, blocks: number, worker: Running): Promise<void> {
  let over = false;
  worker.ended.then(() => {
    over = true;
  });
  const count = async (): Promise<number> => (await blocksOf(run)).filter((path) => path.startsWith('blocks/')).length;
  while (!over && (await count()) < blocks) await sleep(2);
}

describe('a kernel run', () => {
  it('is planned, computed by a worker and collected', async () => {
    const run = await copyOfPlanned();
    expect(await statusOf(run)).toMatchObject({ job: 'kernel', status: 'started', units: 5, done: 0, free: 5 });
    const { code, stdout } = await nexort('work', run);
    expect(code).toBe(0);
    expect(stdout).toMatch(/: 5 parts computed in \d+ s; nothing is left\.\nThis collects them and ends the run: {2}/);
    expect(await statusOf(run)).toMatchObject({ done: 5, claimed: 0, stale: 0, free: 0, remainingSeconds: 0 });
    await expectCollected(run);
    expect((await nexort('work', run)).stdout).toContain('is complete: nothing is left to compute.');
    expect(await statusOf(run)).toEqual({ run, job: 'kernel', status: 'complete', open: false });
  });

  it('comes out the same of workers at once, one of them killed and one asked to end', async () => {
    const run = await copyOfPlanned();
    const workers = [1, 2, 3].map((k) => built.start('work', run, '--share', `${k}/3`, '--patience', '2s'));
    const [first, second, third] = workers as [Running, Running, Running];
    await amid(run, 3, first);
    first.kill('SIGKILL');
    second.kill('SIGTERM');
    expect(await second.ended).toMatchObject({ code: 143, stderr: expect.stringContaining('is free again') });
    expect(await third.ended).toMatchObject({ code: 0, stdout: expect.stringContaining('nothing is left') });
    expect(await statusOf(run)).toMatchObject({ done: 5, claimed: 0 });
    await expectCollected(run);
  });

  it('goes on from whatever a killed worker has left, when only its own command is started', async () => {
    const run = await copyOfPlanned();
    const killed = built.start('work', run);
    await amid(run, 5, killed);
    killed.kill('SIGKILL');
    await killed.ended;
    expect(await statusOf(run)).toMatchObject({ workers: 0, claimed: 0 });
    await expectCollected(run);
  });

  it('has a block that was cut short computed again', async () => {
    const run = await copyOfPlanned();
    await nexort('work', run);
    const [block = ''] = (await blocksOf(run)).filter((path) => path.includes('kernel/sgd/1/'));
    await truncate(join(run, block), 100);
    expect((await expectCollected(run)).stderr).toMatch(/Block 'kernel\/sgd\/1\/.*' was damaged/);
  });

  it.runIf(canMountReadOnly())('is left as it is where it cannot be written', async () => {
    const run = await copyOfPlanned();
    const { code, stderr } = await built.runWhereReadOnly(run, 'work', run);
    expect({ code, stderr }).toMatchObject({ code: 2, stderr: expect.stringMatching(/^error: .*read-only.*\n$/) });
    expect(await nexort('work', run)).toMatchObject({ code: 0 });
    await expectCollected(run);
  });

  it('of several heads and kernels is cut up too', async () => {
    const run = join(await temporaryFolder({}), 'run');
    const more = ['--setting', 'cls-probe', '--seeds', '13,21', '--kernels', 'sgd,signgd', '--limit', '40'];
    const plan = [...kernel(run), ...more, '--plan-only', '--workers', '2'];
    expect(await nexort(...plan)).toMatchObject({ code: 0 });
    const own = join(await temporaryFolder({}), 'alone');
    await cp(run, own, { recursive: true });
    expect(await nexort('work', run, '--share', '2/2')).toMatchObject({ code: 0 });
    for (const folder of [run, own]) expect(await nexort(...kernel(folder), ...more)).toMatchObject({ code: 0 });
    expect(await outcome(run)).toEqual(await outcome(own));
  });

  it('refuses a worker whose model is another, and one on a machine of another kind where that is asked', async () => {
    const run = await copyOfPlanned();
    const moved = join(root, 'model/config.json');
    const text = await readFile(moved, 'utf8');
    await cp(join(root, 'model'), join(root, 'kept'), { recursive: true });
    try {
      await writeTinyModel(join(root, 'model'), 2, 1);
      const { code, stderr } = await nexort('work', run);
      expect({ code, stderr }).toMatchObject({ code: 2, stderr: expect.stringContaining('holds another run') });
    } finally {
      await cp(join(root, 'kept'), join(root, 'model'), { recursive: true });
    }
    expect(await readFile(moved, 'utf8')).toBe(text);
  });

  it('is refused on another kind of machine than the first worker’s, where that is asked of all or of one', async () => {
    const run = await copyOfPlanned();
    const first = join(run, 'work/origin');
    const other = machineOrigin();
    await mkdir(first, { recursive: true });
    await writeFile(join(first, 'first.json'), JSON.stringify({ ...other, features: `${other.features} another` }));
    const message =
      /was begun by workers on another kind of machine \(processors have another there, nothing more here/;
    expect(await nexort('work', run, '--same-machines')).toMatchObject({
      code: 2,
      stderr: expect.stringMatching(message),
    });
    const command = join(run, 'work/command.json');
    const told = JSON.parse(await readFile(command, 'utf8'));
    expect(told).toMatchObject({ sameMachines: false, arguments: expect.not.arrayContaining(['--same-machines']) });
    expect(await nexort(...kernel(run, '--plan-only', '--same-machines', '--workers', '3'))).toMatchObject({ code: 0 });
    const bound = JSON.parse(await readFile(command, 'utf8'));
    expect(bound).toEqual({ ...told, arguments: expect.arrayContaining(['kernel', run]), sameMachines: true });
    expect(await nexort('work', run)).toMatchObject({ code: 2, stderr: expect.stringMatching(message) });
    expect(await nexort(...kernel(run, '--same-machines'))).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('--plan-only'),
    });
  });
});

describe('a transfer sweep', () => {
  const sweep = (out: string, ...more: readonly string[]): readonly string[] => [
    ...['transfer', '--widths', '8,16', '--rates', '2^-7..2^-5', '--steps', '4', '--seeds', '2', '--batch', '8'],
    ...['--out', out, ...more],
  ];

  it('is trained by workers, to the numbers of one process', async () => {
    const folder = await temporaryFolder({});
    const [own, run] = [join(folder, 'own'), join(folder, 'run')];
    expect(await nexort(...sweep(own))).toMatchObject({ code: 0 });
    const plan = await nexort(...sweep(run, '--plan-only', '--json'));
    expect(JSON.parse(plan.stdout)).toEqual({ run, units: 24 });
    const killed = built.start('work', run, '--share', '2/2');
    await amid(run, 2, killed);
    killed.kill('SIGKILL');
    await killed.ended;
    const ended = JSON.parse((await nexort('work', run, '--json')).stdout);
    expect(ended.runs).toEqual([expect.objectContaining({ run, end: 'done', left: 0 })]);
    expect(await nexort(...sweep(run))).toMatchObject({ code: 0 });
    expect((await manifestOf(run)).result).toEqual((await manifestOf(own)).result);
  });

  it('needs a folder to be planned', async () => {
    const { code, stderr } = await nexort('transfer', '--plan-only');
    expect({ code, stderr }).toMatchObject({ code: 2, stderr: expect.stringContaining('give one with --out') });
  });
});

describe('a limit', () => {
  it('has its scramblings and networks computed by workers, to the numbers of one process', async () => {
    const folder = await temporaryFolder({});
    const [own, run] = [join(folder, 'own'), join(folder, 'run')];
    const limit = (out: string, ...more: readonly string[]): readonly string[] => [
      ...['limit', '--data', 'xor', '--widths', '8,16', '--seeds', '2', '--scramblings', '2', '--steps', '2'],
      ...['--samples', '64', '--subsample', '16', '--looks', '1', '--threads', '1', '--out', out, ...more],
    ];
    expect(await nexort(...limit(own))).toMatchObject({ code: 0 });
    expect(JSON.parse((await nexort(...limit(run, '--plan-only', '--json'))).stdout)).toEqual({ run, units: 6 });
    const { runs } = JSON.parse((await nexort('work', run, '--json')).stdout);
    expect(runs).toMatchObject([{ computed: 6, end: 'done' }]);
    expect(await nexort(...limit(run))).toMatchObject({ code: 0 });
    expect((await manifestOf(run)).result).toEqual((await manifestOf(own)).result);
  });
});

describe('runs that workers have no part in', () => {
  it('are told: of other commands, and not opened', async () => {
    const folder = await temporaryFolder({});
    const out = join(folder, 'run');
    await nexort('train', '--steps', '1', '--width', '4', '--threads', '1', '--out', out);
    for (const command of ['work', 'status']) {
      expect((await nexort(command, out)).stderr).toMatch(
        /is a run of nexort train, whose work is not cut up; .*kernel/,
      );
    }
    const closed = join(folder, 'closed');
    await cp(planned, closed, { recursive: true });
    await rm(join(closed, 'work'), { recursive: true });
    expect((await nexort('work', closed)).stderr).toContain('is not open to workers. Start its command once more with');
    expect((await nexort('status', closed)).stdout).toContain('not open to workers');
    expect((await nexort('work', join(folder, 'none'))).stderr).toContain('is not a run folder');
  });
});

describe('nexort submit', () => {
  it('writes a script, with what a worker needs, and says how to run it where there is no sbatch', async () => {
    const run = await copyOfPlanned();
    const flags = ['--workers', '3', '--time', '90min', '--partition', 'short'];
    const path = process.env.PATH;
    process.env.PATH = '/nonexistent';
    try {
      const { code, stdout } = await nexort('submit', run, '--slurm', ...flags, '--', '--account=lab');
      expect({ code, stdout }).toMatchObject({
        code: 0,
        stdout: expect.stringContaining('There is no sbatch on this'),
      });
    } finally {
      process.env.PATH = path;
    }
    const text = await readFile(join(run, 'submit.sbatch'), 'utf8');
    expect(text.replace(/--mem=\d+M/, '--mem=…').replace(/^exec .* work /m, 'exec nexort work ')).toBe(`#!/bin/bash
# 3 workers that compute a run of nexort together. Edit it as you like, and give it to sbatch.
#SBATCH --job-name=nexort
#SBATCH --array=0-2
#SBATCH --time=01:30:00
#SBATCH --cpus-per-task=1
#SBATCH --mem=…
#SBATCH --partition=short
#SBATCH --signal=B:TERM@120
#SBATCH --requeue
#SBATCH --open-mode=append
#SBATCH --output=${run}/logs/%A_%a.txt
#SBATCH --account=lab

exec nexort work ${run} --time-limit 5280s
`);
    expect(await readdir(run)).toContain('logs');
    expect((await nexort('submit', run, '--slurm', '--dry-run')).stdout).toContain('Nothing was submitted.');
    expect((await nexort('submit', run)).stderr).toContain('expected --slurm');
  });
});
