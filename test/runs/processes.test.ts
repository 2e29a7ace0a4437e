import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { stream } from '../../src/numeric/random.ts';
import { ownMark } from '../../src/runs/processes.ts';
import { openRun } from '../../src/runs/runFolder.ts';
import { temporaryFolder } from '../support/folders.ts';
import { BLOCKS, content } from './childBlocks.ts';
import { Child, compileChild } from './children.ts';

let compiled: Awaited<ReturnType<typeof compileChild>>;
beforeAll(async () => {
  compiled = await compileChild();
});
afterAll(() => compiled.remove());

function start(mode: string, folder: string): Child {
  const child = new Child(process.execPath, [compiled.path, mode, folder]);
  onTestFinished(() => child.kill());
  return child;
}

const open = (folder: string, notices: string[] = []) =>
  openRun({ folder, identity: { task: 'child' }, plan: () => null, onNotice: (text) => notices.push(text) });

const tookOver = (pid: number) => `Took over the lock of process ${pid}, which is gone.`;

async function namesBelow(folder: string): Promise<readonly string[]> {
  return (await readdir(folder, { recursive: true })).sort();
}

describe('a process that is killed', () => {
  const KILLS = 50;
  /** Up to when moments are taken, from when the process begins to open the folder and from when it has it. */
  const LONGEST_MILLISECONDS = { begin: 30, open: 100 };

  /** Kills writers on one folder at these moments, as parts of the longest. */
  async function killAndCheck(
    folder: string,
    moments: Float64Array,
    from: keyof typeof LONGEST_MILLISECONDS,
  ): Promise<number> {
    let seen = 0;
    for (const moment of moments) {
      const child = start('write', folder);
      expect(await child.line()).toBe('begin');
      if (from === 'open') expect(await child.line()).toBe('open');
      await setTimeout(moment * LONGEST_MILLISECONDS[from]);
      await child.kill();
      const notices: string[] = [];
      const run = await open(folder, notices);
      for (const block of await run.list()) {
        seen++;
        expect(BLOCKS).toContain(block);
        expect(Buffer.concat(content(block)).equals((await run.read(block)) ?? Buffer.alloc(0))).toBe(true);
      }
      expect((await namesBelow(folder)).filter((name) => name.includes('.nexort-'))).toEqual([]);
      await run.close();
      // Nothing was worth telling but the lock of the dead process.
      expect(notices.filter((text) => text !== tookOver(child.pid))).toEqual([]);
      expect(notices.length).toBeLessThanOrEqual(1);
    }
    return seen;
  }

  it(`leaves whole blocks and a folder that goes on, at ${KILLS} random moments`, async () => {
    const moments = stream(4, 'kills').uniforms(KILLS);
    const folders = [await temporaryFolder({}), await temporaryFolder({})] as const;
    const [, seen] = await Promise.all([
      killAndCheck(folders[0], moments.subarray(0, KILLS / 2), 'begin'),
      killAndCheck(folders[1], moments.subarray(KILLS / 2), 'open'),
    ]);
    expect(seen).toBeGreaterThan(0);
  });
});

describe('two processes on one folder', () => {
  it('are told of each other', async () => {
    const folder = await temporaryFolder({});
    const child = start('obey', folder);
    expect(await child.line()).toBe('ready');
    expect(await child.ask('open')).toBe('held');
    await expect(open(folder)).rejects.toMatchObject({ code: 'runs.locked', data: { pid: child.pid, host: null } });
    expect(await child.ask('close')).toBe('closed');
    const run = await open(folder);
    expect(run.resumed).toBe(true);
    expect(await child.ask('open')).toBe(`runs.locked ${process.pid}`);
    await run.close();
    expect(await child.ask('open')).toBe('held');
  });

  it('free it when they exit, and leave a lock to be taken over when they are killed', async () => {
    const folder = await temporaryFolder({});
    const child = start('obey', folder);
    await child.line();
    await child.ask('open');
    expect(await child.ask('exit')).toBeUndefined();
    await child.end();
    expect(await namesBelow(folder)).toEqual(['run.json']);

    const killed = start('obey', folder);
    await killed.line();
    await killed.ask('open');
    await killed.kill();
    expect(await namesBelow(folder)).toContain('lock');
    const notices: string[] = [];
    await (await open(folder, notices)).close();
    expect(notices).toEqual([tookOver(killed.pid)]);
  });

  it('cannot both take over from a dead one', async () => {
    const folder = await temporaryFolder({});
    const dead = start('obey', folder);
    await dead.kill();
    const owner = JSON.stringify({ ...ownMark(), pid: dead.pid, since: new Date(0).toISOString() });
    const children = Array.from({ length: 4 }, () => start('obey', folder));
    for (const child of children) expect(await child.line()).toBe('ready');
    for (let round = 0; round < 25; round++) {
      await mkdir(join(folder, 'lock'));
      await writeFile(join(folder, 'lock', `${dead.pid}-${round}.json`), owner);
      const answers = await Promise.all(children.map((child) => child.ask('open')));
      const holder = children[answers.indexOf('held')];
      expect(answers.filter((answer) => answer === 'held')).toHaveLength(1);
      expect(answers.filter((answer) => answer === `runs.locked ${holder?.pid}`)).toHaveLength(children.length - 1);
      expect(await holder?.ask('close')).toBe('closed');
      expect(await namesBelow(folder)).toEqual(['run.json']);
    }
  });
});

describe('a process whose files may not grow', () => {
  it.skipIf(process.platform === 'win32')('is told so and goes on once they may', async () => {
    const folder = await temporaryFolder({});
    // In units of 1024 bytes.
    const command = 'ulimit -f 8; exec "$0" "$@"';
    const child = new Child('bash', ['-c', command, process.execPath, compiled.path, 'fill', folder]);
    const path = join(folder, 'blocks/size/40000.block');
    expect(await child.line()).toBe('written 4000');
    // 32 bytes of header, 40000 of content, 10 of the name, 32 of checksum.
    expect(await child.line()).toBe(
      `runs.write-failed: '${path}' (40074 bytes) could not be written: it would be larger than files may be here (EFBIG). Raise the limit (ulimit -f unlimited), then start the same command again: it continues from what is complete.`,
    );
    expect(await child.line()).toBeUndefined();
    await child.end();
    expect(await namesBelow(folder)).toEqual(['blocks', 'blocks/size', 'blocks/size/4000.block', 'run.json']);

    const free = start('fill', folder);
    expect([await free.line(), await free.line()]).toEqual(['written 4000', 'written 40000']);
    await free.end();
    expect(await readFile(path)).toHaveLength(40_074);
  });
});
