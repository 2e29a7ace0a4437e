import { execFileSync, spawn } from 'node:child_process';
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { UserError } from '../../src/errors/index.ts';
import { sweep } from '../../src/runs/blockStore.ts';
import { type FileSystem, nodeFiles } from '../../src/runs/files.ts';
import { takeLock } from '../../src/runs/lock.ts';
import { ownMark, type ProcessMark } from '../../src/runs/processes.ts';
import { failureOf } from '../support/failure.ts';
import { temporaryFolder } from '../support/folders.ts';
import { memoryFiles } from './memoryFiles.ts';

const SINCE = '2026-01-02T03:04:05.000Z';
const ignore = () => {};

/** The id of a process that has ended. */
function deadPid(): number {
  return Number(execFileSync(process.execPath, ['-p', 'process.pid'], { encoding: 'utf8' }));
}

/** A folder whose lock says that it is of this process. */
async function lockedBy(mark: Partial<ProcessMark>): Promise<string> {
  const folder = await temporaryFolder({});
  await mkdir(join(folder, 'lock'));
  await writeFile(join(folder, 'lock', 'owner.json'), JSON.stringify({ ...ownMark(), ...mark, since: SINCE }));
  return folder;
}

describe('takeLock', () => {
  it('writes who holds it and since when, and leaves nothing behind', async () => {
    const folder = await temporaryFolder({});
    const before = Date.now();
    const lock = await takeLock(nodeFiles, folder, ignore);
    const [name = '', ...others] = await readdir(join(folder, 'lock'));
    expect(others).toEqual([]);
    const { since, ...mark } = JSON.parse(await readFile(join(folder, 'lock', name), 'utf8'));
    expect(mark).toEqual(ownMark());
    expect(mark.pid).toBe(process.pid);
    expect(Date.parse(since)).toBeGreaterThanOrEqual(before);
    expect(await readdir(folder)).toEqual(['lock']);
    expect(await lock.release()).toBe(true);
    expect(await readdir(folder)).toEqual([]);
  });

  it('tells who holds it', async () => {
    // The process that started this one lives at least as long.
    const folder = await lockedBy({ pid: process.ppid, started: null });
    const failure = await failureOf(() => takeLock(nodeFiles, folder, ignore));
    expect(failure).toBeInstanceOf(UserError);
    expect(failure.code).toBe('runs.locked');
    expect(failure.data).toMatchObject({ folder, pid: process.ppid, since: SINCE });
    expect(failure.message).toBe(
      `Run folder '${folder}' is in use by process ${process.ppid} since ${SINCE}; expected to be the only one. ` +
        'Wait until it has ended, or give another folder (--out).',
    );
  });

  it('is refused to its own holder, until that gives it back', async () => {
    const folder = await temporaryFolder({});
    const lock = await takeLock(nodeFiles, folder, ignore);
    const failure = await failureOf(() => takeLock(nodeFiles, folder, ignore));
    expect(failure.message).toContain(`in use by process ${process.pid} (this one) since `);
    await lock.release();
    await (await takeLock(nodeFiles, folder, ignore)).release();
  });

  it('takes over from a process that has ended', async () => {
    const pid = deadPid();
    const folder = await lockedBy({ pid });
    const told: string[] = [];
    const lock = await takeLock(nodeFiles, folder, (text) => told.push(text));
    expect(told).toEqual([`Took over the lock of process ${pid}, which is gone.`]);
    expect(await readdir(join(folder, 'lock'))).not.toContain('owner.json');
    await lock.release();
  });

  it.skipIf(ownMark().started === null)('is not misled by a later process of the same id', async () => {
    // This process lives; one of its id that started at another time does not.
    const folder = await lockedBy({ started: '17' });
    await (await takeLock(nodeFiles, folder, ignore)).release();
  });

  it.skipIf(ownMark().boot === null)('takes over from before the machine was started', async () => {
    const folder = await lockedBy({ boot: 'another', space: 'another' });
    await (await takeLock(nodeFiles, folder, ignore)).release();
  });

  it.skipIf(process.platform !== 'linux')('takes over from a zombie', async () => {
    // The child ends when the shell has become a program that does not wait for it.
    const script = '( while [ "$(cat /proc/$$/comm)" != sleep ]; do :; done ) & echo $!; exec sleep 60';
    const parent = spawn('bash', ['-c', script]);
    try {
      const pid = Number(await new Promise((done) => parent.stdout.once('data', (text) => done(String(text)))));
      const stat = () => readFile(`/proc/${pid}/stat`, 'latin1').then((text) => text.slice(text.lastIndexOf(')') + 2));
      while (!(await stat()).startsWith('Z')) await new Promise((done) => setTimeout(done, 5));
      const folder = await lockedBy({ pid, started: (await stat()).split(' ')[19] ?? null });
      await (await takeLock(nodeFiles, folder, ignore)).release();
    } finally {
      parent.kill('SIGKILL');
    }
  });

  it.each([{ host: 'elsewhere' }, { space: 'pid:[1]', host: ownMark().host }])(
    'does not judge a process that it cannot see: %j',
    async (place) => {
      const folder = await lockedBy({ pid: deadPid(), ...place });
      const failure = await failureOf(() => takeLock(nodeFiles, folder, ignore));
      expect(failure.code).toBe('runs.locked');
      expect(failure.message).toMatch(
        new RegExp(
          `give another folder \\(--out\\)\\. That process is on '${place.host}', on another machine or in another ` +
            `container: if you know that it is gone, delete '${folder}/lock'\\.$`,
        ),
      );
    },
  );

  it.each<[string, (folder: string) => Promise<unknown>, string]>([
    ['a file', (folder) => writeFile(join(folder, 'lock'), 'x'), 'it is not a folder'],
    [
      'a folder in it',
      (folder) => mkdir(join(folder, 'lock', 'x'), { recursive: true }),
      'it holds what nexort did not write',
    ],
    [
      'no JSON',
      async (folder) => {
        await mkdir(join(folder, 'lock'));
        await writeFile(join(folder, 'lock', 'x'), '{');
      },
      'x in it does not name a process',
    ],
  ])('does not guess about a lock that is %s', async (_, make, problem) => {
    const folder = await temporaryFolder({});
    await make(folder);
    const failure = await failureOf(() => takeLock(nodeFiles, folder, ignore));
    expect(failure.message).toBe(
      `The lock of run folder '${folder}' does not tell who holds it: ${problem}. ` +
        `If no nexort is at work on this folder, delete '${folder}/lock'.`,
    );
  });

  it('is not content with a lock that was swept empty before it was in place', async () => {
    const folder = await temporaryFolder({});
    let sweeps = 0;
    const files: FileSystem = {
      ...nodeFiles,
      rename: async (from, to) => {
        // A holder that ends just now: it sweeps, and gives its lock back.
        if (sweeps++ === 0)
          for (const { name } of await nodeFiles.list(from)) await nodeFiles.removeFile(join(from, name));
        await nodeFiles.rename(from, to);
      },
    };
    const lock = await takeLock(files, folder, ignore);
    expect(sweeps).toBe(2);
    expect(await readdir(join(folder, 'lock'))).toHaveLength(1);
    expect((await failureOf(() => takeLock(nodeFiles, folder, ignore))).code).toBe('runs.locked');
    await lock.release();
  });

  it.each(['renamed', 'given back'])(
    'leaves no holder behind when the process exits while it is being %s',
    async (moment) => {
      const folder = await temporaryFolder({});
      // Locks that other tests of this worker left behind share the listener, so that it may have been there before.
      const exit = () => {
        const own = process.listeners('exit').filter(({ name }) => name === 'releaseAll');
        expect(own).toHaveLength(1);
        for (const listener of own) listener(0);
      };
      const left: string[][] = [];
      const gone = new Error('the process has exited');
      const files: FileSystem = {
        ...nodeFiles,
        // What was begun before an exit still takes place after it.
        rename: async (from, to) => {
          if (moment === 'renamed') exit();
          await nodeFiles.rename(from, to).catch(ignore);
          if (moment !== 'renamed') return;
          left.push(...(await Promise.all((await readdir(folder)).map((name) => readdir(join(folder, name))))));
          throw gone;
        },
        removeFile: async (path) => {
          await nodeFiles.removeFile(path);
          if (moment === 'given back') exit();
        },
        removeFolder: async () => {},
      };
      await takeLock(files, folder, ignore).then(
        (lock) => lock.release(),
        (error: unknown) => expect(error).toBe(gone),
      );
      expect(left.flat()).toEqual([]);
      expect(await readdir(folder)).toEqual([]);
    },
  );

  it('has one holder at a time and somebody gets it, in whatever order contenders act', async () => {
    const dead = deadPid();
    await fc.assert(
      fc.asyncProperty(fc.scheduler(), fc.integer({ min: 2, max: 4 }), fc.boolean(), async (s, contenders, stale) => {
        let free = true;
        const files = memoryFiles((operation) => (free ? Promise.resolve() : s.schedule(Promise.resolve(), operation)));
        await files.makeFolder('/run');
        if (stale) {
          await files.makeFolder('/run/lock');
          const file = await files.create('/run/lock/owner.json');
          await file.write(new TextEncoder().encode(JSON.stringify({ ...ownMark(), pid: dead, since: SINCE })));
        }
        free = false;
        let [holders, most, successes] = [0, 0, 0];
        const contend = async () => {
          try {
            const lock = await takeLock(files, '/run', ignore);
            successes++;
            most = Math.max(most, ++holders);
            await sweep(files, '/run');
            holders--;
            await lock.release();
          } catch (error) {
            if (!(error instanceof UserError && error.code === 'runs.locked')) throw error;
          }
        };
        await s.waitFor(Promise.all(Array.from({ length: contenders }, contend)));
        expect(most).toBe(1);
        expect(successes).toBeGreaterThan(0);
      }),
      { numRuns: 500, seed: 4 },
    );
  });
});
