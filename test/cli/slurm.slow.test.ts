/** Arrays of workers on a Slurm of one node: the bytes of one process, whatever happens to tasks and node. */

import { spawnSync } from 'node:child_process';
import { cp, mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { BuiltNexort, type Finished } from './builtNexort.ts';
import { blocksOf, manifestOf, outcome } from './runFolders.ts';
import { SlurmCluster, unpackSlurm } from './slurmCluster.ts';
import { writeTinyModel } from './tinyModel.ts';

const missing = unpackSlurm();
const WORKERS = 4;

describe.skipIf(missing !== undefined)(`Slurm${missing === undefined ? '' : ` (skipped: ${missing})`}`, () => {
  let built: BuiltNexort;
  let cluster: SlurmCluster;
  let root: string;

  beforeAll(async () => {
    root = await mkdtemp(join(tmpdir(), 'nexort-slurm-runs-'));
    [built, cluster] = [await BuiltNexort.build(), await SlurmCluster.start(WORKERS)];
    await writeTinyModel(join(root, 'model'), 1, 8);
  });
  afterAll(async () => {
    await cluster?.stop();
    await rm(root, { recursive: true, force: true });
  });

  const nexort = async (...args: readonly string[]): Promise<Finished> => {
    const ended = await built.run(...args);
    expect(ended, ended.stderr).toMatchObject({ code: 0 });
    return ended;
  };
  const kernel = (out: string): readonly string[] => [
    ...['kernel', '--model', join(root, 'model'), '--k', '8', '--seeds', '13,21', '--limit', '400', '--threads', '1'],
    ...['--out', out],
  ];
  const sweep = (out: string): readonly string[] => [
    ...['transfer', '--widths', '16,32', '--rates', '2^-8..2^-5', '--steps', '30', '--seeds', '2', '--out', out],
  ];

  /** Submits as a user does: `nexort submit` finds this cluster's `sbatch`. */
  function submit(run: string): string {
    const words = ['submit', run, '--slurm', '--workers', `${WORKERS}`, '--time', '10min', '--json'];
    const { stdout, stderr } = spawnSync(
      process.execPath,
      [join(built.folder, 'bin/nexort.js'), ...words, '--cpus', '1'],
      {
        env: cluster.environment,
        encoding: 'utf8',
      },
    );
    const said = JSON.parse(stdout === '' ? '{}' : stdout);
    expect(said, stderr).toMatchObject({ run, submitted: true, job: expect.any(Number) });
    return `${said.job}`;
  }

  const amid = async (run: string, blocks: number): Promise<void> => {
    while ((await blocksOf(run)).filter((path) => path.startsWith('blocks/')).length < blocks) await sleep(5);
  };
  const running = (job: string) =>
    cluster.tasks().filter(({ id, state }) => id.startsWith(`${job}_`) && state === 'RUNNING');
  /** Until all of a job's tasks have ended, but those that wait to be started again. */
  const ended = async (job: string): Promise<void> => {
    while (running(job).length > 0 || (await pending(job))) await sleep(200);
  };
  const pending = async (job: string): Promise<boolean> =>
    cluster
      .command('squeue', '--noheader', '--array', '--format=%i %T %r')
      .split('\n')
      .some((line) => line.startsWith(`${job}_`) && / PENDING (?!BeginTime)/.test(line));
  /** The process of a worker that is at work, from its card. */
  async function workerProcess(run: string): Promise<number> {
    const folder = join(run, 'work/workers');
    for (;;) {
      const [name] = await readdir(folder);
      const text = name === undefined ? '' : await readFile(join(folder, name), 'utf8').catch(() => '');
      if (text !== '') return JSON.parse(text).mark.pid;
      await sleep(5);
    }
  }

  it('computes a kernel run by an array, with a task killed, one requeued, and the node gone for a while', async () => {
    const [own, run] = [join(root, 'kernel-alone'), join(root, 'kernel')];
    await nexort(...kernel(run), '--plan-only', '--workers', `${WORKERS}`);
    await cp(run, own, { recursive: true });
    await nexort(...kernel(own));
    const job = submit(run);
    await amid(run, 2);
    process.kill(await workerProcess(run), 'SIGKILL');
    await cluster.killNode();
    await sleep(500);
    cluster.startNode();
    const [task] = running(job);
    if (task !== undefined) cluster.command('scontrol', 'requeue', task.id);
    await ended(job);
    const status = JSON.parse((await nexort('status', run, '--json', '--watch', '2s')).stdout);
    // The requeued task waits for two minutes; what it had in hand, another takes over, or the run's own command computes.
    expect(status.done).toBeGreaterThanOrEqual(1);
    await nexort(...kernel(run));
    expect(await outcome(run)).toEqual(await outcome(own));
  });

  it('trains a sweep by an array, of which a task is asked to end as before its time limit', async () => {
    const [own, run] = [join(root, 'sweep-alone'), join(root, 'sweep')];
    await nexort(...sweep(own));
    await nexort(...sweep(run), '--plan-only');
    const job = submit(run);
    await amid(run, 2);
    const [task] = running(job);
    if (task !== undefined) cluster.command('scancel', '--signal=TERM', '--batch', task.id);
    await ended(job);
    expect(JSON.parse((await nexort('status', run, '--json')).stdout)).toMatchObject({ units: 32, done: 32, stale: 0 });
    const logs = await readdir(join(run, 'logs'));
    expect(logs).toHaveLength(WORKERS);
    const said = await Promise.all(logs.map((name) => readFile(join(run, 'logs', name), 'utf8')));
    expect(said.filter((text) => text.includes('nothing is left')).length).toBeGreaterThanOrEqual(1);
    await nexort(...sweep(run));
    expect((await manifestOf(run)).result).toEqual((await manifestOf(own)).result);
  });
});
