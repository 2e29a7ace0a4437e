import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { machineOrigin } from '../../src/runs/origin.ts';
import { ownMark } from '../../src/runs/processes.ts';
import { temporaryFolder } from '../support/folders.ts';
import { Child, compileChild } from './children.ts';
import { expectKillsHarmless, namesBelow, openFolder, startChild, tookOver } from './kills.ts';

let compiled: Awaited<ReturnType<typeof compileChild>>;
beforeAll(async () => {
  compiled = await compileChild();
});
afterAll(() => compiled.remove());

const start = (mode: string, folder: string): Child => startChild(compiled.path, mode, folder);

describe('a process that is killed', () => {
  it('leaves whole blocks and a folder that goes on, at 12 random moments', () =>
    expectKillsHarmless(compiled.path, 12));
});

describe('two processes on one folder', () => {
  it('are told of each other', async () => {
    const folder = await temporaryFolder({});
    const child = start('obey', folder);
    expect(await child.line()).toBe('ready');
    expect(await child.ask('open')).toBe('held');
    await expect(openFolder(folder)).rejects.toMatchObject({
      code: 'runs.locked',
      data: { pid: child.pid, host: null },
    });
    expect(await child.ask('close')).toBe('closed');
    const run = await openFolder(folder);
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
    await (await openFolder(folder, notices)).close();
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
    // 32 bytes of header, 40000 of content, 10 of the name, those of the origin, 32 of checksum.
    const bytes = 40_074 + JSON.stringify(machineOrigin()).length;
    expect(await child.line()).toBe(
      `runs.write-failed: '${path}' (${bytes} bytes) could not be written: it would be larger than files may be here (EFBIG). Raise the limit (ulimit -f unlimited), then start the same command again: it continues from what is complete.`,
    );
    expect(await child.line()).toBeUndefined();
    await child.end();
    expect(await namesBelow(folder)).toEqual(['blocks', 'blocks/size', 'blocks/size/4000.block', 'run.json']);

    const free = start('fill', folder);
    expect([await free.line(), await free.line()]).toEqual(['written 4000', 'written 40000']);
    await free.end();
    expect(await readFile(path)).toHaveLength(bytes);
  });
});
