import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { UserError } from '../../src/errors/index.ts';
import { type FileSystem, nodeFiles } from '../../src/runs/files.ts';
import { machineOrigin } from '../../src/runs/origin.ts';
import { openRun, type RunFolder } from '../../src/runs/runFolder.ts';
import { failureOf } from '../support/failure.ts';
import { temporaryFolder } from '../support/folders.ts';
import { type Fault, faultyFiles } from './faultyFiles.ts';
import { memoryFiles, systemError } from './memoryFiles.ts';

type Snapshot = ReadonlyMap<string, string>;
type Plan = { readonly blocks: readonly string[] };

const BLOCKS = ['kernel/layer.0/0', 'kernel'];
/** 32 bytes of header, 3 of content, 3 of the name, those of the origin, 32 of checksum. */
const BLOCK_BYTES = 70 + JSON.stringify(machineOrigin()).length;

function content(block: string): readonly Uint8Array[] {
  return [new TextEncoder().encode(`${block}:`), new Uint8Array(1000).fill(block.length)];
}

async function open(folder: string, files: FileSystem): Promise<RunFolder<Plan>> {
  return openRun({ folder, files, identity: { nexort: '1.0.0' }, plan: () => ({ blocks: BLOCKS }) });
}

/** A small run from wherever it stands to its end. */
async function work(run: RunFolder<Plan>): Promise<void> {
  for (const block of run.plan.blocks) {
    if (!(await run.has(block))) await run.write(block, content(block));
  }
  const sizes: number[] = [];
  for (const block of await run.list()) sizes.push((await readOrMake(run, block)).length);
  await run.writeFile('report.html', `<p>${sizes}</p>`);
  await run.finish({ sizes });
}

/** A block may turn out to be damaged after it was found intact. */
async function readOrMake(run: RunFolder<Plan>, block: string): Promise<Uint8Array> {
  const bytes = await run.read(block);
  if (bytes !== undefined) return bytes;
  await run.write(block, content(block));
  return readOrMake(run, block);
}

/** All files by path, without the times in `run.json` and what depends on them. */
async function snapshot(files: FileSystem, folder: string, within = ''): Promise<Snapshot> {
  const found: [string, string][] = [];
  for (const { name, isFolder } of await files.list(join(folder, within))) {
    const path = join(within, name);
    if (isFolder) found.push(...(await snapshot(files, folder, path)));
    else found.push([path, Buffer.from(await files.read(join(folder, path))).toString('latin1')]);
  }
  const untimed = found.map(([path, text]): [string, string] => [
    path,
    text.replace(/("(started|finished|checksum)": )"[^"]*"/g, '$1"…"'),
  ]);
  return new Map(untimed.sort());
}

/** Where a run's folder lies. */
interface Place {
  readonly files: FileSystem;
  readonly folder: string;
}

const PLACES: Readonly<Record<string, () => Promise<Place>>> = {
  memory: async () => ({ files: memoryFiles(async () => {}), folder: '/some/run' }),
  disk: async () => ({ files: nodeFiles, folder: join(await temporaryFolder({}), 'run') }),
};

async function undisturbedRun(): Promise<{ readonly undisturbed: Snapshot; readonly operations: readonly string[] }> {
  const { files, folder } = await newPlace('memory');
  const counted = faultyFiles(files);
  const run = await open(folder, counted);
  await work(run);
  await run.close();
  return { undisturbed: await snapshot(files, folder), operations: counted.operations };
}

function newPlace(kind: string): Promise<Place> {
  return PLACES[kind]?.() ?? expect.fail(`no place ${kind}`);
}

/** What a failing disk may do, for the first operation and so on until the work passes without; gives their number. */
async function forEveryOperation(
  kind: string,
  fault: Omit<Fault, 'at'>,
  check: (place: Place, faulty: FileSystem) => Promise<void>,
): Promise<number> {
  for (let at = 0; ; at++) {
    const place = await newPlace(kind);
    const faulty = faultyFiles(place.files, { ...fault, at });
    await check(place, faulty);
    if (faulty.failed.length === 0) return at;
  }
}

describe('a run whose disk fails', () => {
  /** Every file under its final name holds all of what it should. */
  async function expectNothingHalf({ files, folder }: Place, undisturbed: Snapshot): Promise<void> {
    for (const [path, text] of await snapshot(files, folder).catch(() => new Map())) {
      const unfinished = path === 'run.json' || path.startsWith('lock') || path.includes('.nexort-');
      if (!unfinished) expect([path, text]).toEqual([path, undisturbed.get(path)]);
      if (path === 'run.json') expect(JSON.parse(text)).toMatchObject({ plan: { blocks: BLOCKS } });
    }
  }

  it('touches the disk in every way that can fail', async () => {
    const { operations, undisturbed } = await undisturbedRun();
    expect([...new Set(operations)].sort()).toEqual([
      ...['close', 'create', 'list', 'makeFolder', 'read', 'removeFile', 'removeFolder', 'rename'],
      ...['sync', 'syncFolder', 'write'],
    ]);
    expect([...undisturbed.keys()]).toEqual([
      ...['blocks/kernel.block', 'blocks/kernel/layer.0/0.block'],
      ...['report.html', 'run.json'],
    ]);
  });

  it('has a file on the device before it gets its name', async () => {
    const { files, folder } = await newPlace('memory');
    const counted = faultyFiles(files);
    const run = await open(folder, counted);
    const before = counted.operations.length;
    await run.write('a', [Uint8Array.of(1), Uint8Array.of(2)]);
    // Header, two parts, name with origin, and checksum.
    expect(counted.operations.slice(before)).toEqual([
      ...['makeFolder', 'create', 'write', 'write', 'write', 'write', 'write'],
      ...['sync', 'close', 'rename', 'syncFolder'],
    ]);
    await run.close();
  });

  it.each<[string, Omit<Fault, 'at'>]>([
    ['disk', { code: 'ENOSPC', lasting: false, done: false }],
    ['memory', { code: 'EIO', lasting: false, done: false }],
    ['memory', { code: 'EIO', lasting: false, done: true }],
    ['memory', { code: 'EMFILE', lasting: true, done: false }],
    ['memory', { code: 'EACCES', lasting: true, done: true }],
    ['memory', { code: 'EROFS', lasting: true, done: false }],
  ])('fails clearly at every operation and continues to the same bytes, in %s: %j', async (kind, fault) => {
    const { operations, undisturbed } = await undisturbedRun();
    const tried = await forEveryOperation(kind, fault, async (place, faulty) => {
      const failure = await open(place.folder, faulty)
        .then(async (run) => work(run).finally(() => run.close()))
        .catch((error: unknown) => error);
      if (failure !== undefined) {
        expect(failure).toBeInstanceOf(UserError);
        expect(failure).toMatchObject({ data: { cause: fault.code } });
      }
      await expectNothingHalf(place, undisturbed);
      const run = await open(place.folder, faultyFiles(place.files));
      await work(run);
      await run.close();
      expect(await snapshot(place.files, place.folder)).toEqual(undisturbed);
    });
    expect(tried).toBeGreaterThanOrEqual(operations.length);
  });

  it('goes on with the same run folder after each failure', async () => {
    const { undisturbed } = await undisturbedRun();
    let failures = 0;
    await forEveryOperation('memory', { code: 'ENOSPC', lasting: false, done: false }, async (place, faulty) => {
      const run = await open(place.folder, faulty).catch(() => open(place.folder, faulty));
      await work(run).catch(async (error: unknown) => {
        failures++;
        expect(error).toBeInstanceOf(UserError);
        await work(run);
      });
      await run.close();
      // Sweeps what could not be removed.
      await (await open(place.folder, place.files)).close();
      expect(await snapshot(place.files, place.folder)).toEqual(undisturbed);
    });
    expect(failures).toBeGreaterThan(20);
  });
});

describe('the message of a write that fails', () => {
  /** A run folder whose next writes fail, beginning with creation or, once a file is made, writing. */
  async function failing(code: string): Promise<{ readonly folder: string; readonly message: string }> {
    const folder = await temporaryFolder({});
    let full = false;
    const files: FileSystem = {
      ...nodeFiles,
      create: async (path) => {
        const file = await nodeFiles.create(path);
        const write = (bytes: Uint8Array) => (full ? Promise.reject(systemError(code)) : file.write(bytes));
        return { ...file, write };
      },
    };
    const run = await open(folder, files);
    await run.write('a/b', [Uint8Array.of(1)]);
    full = true;
    const failure = await failureOf(() => run.write('a/b', [Uint8Array.of(2, 3), Uint8Array.of(4)]));
    expect(failure).toBeInstanceOf(UserError);
    expect(failure.code).toBe('runs.write-failed');
    expect(failure.data).toEqual({ file: join(folder, 'blocks/a/b.block'), bytes: BLOCK_BYTES, cause: code });
    // The block is as it was, nothing lies beside it, and there is room again.
    expect(await readdir(join(folder, 'blocks/a'))).toEqual(['b.block']);
    expect(await run.read('a/b')).toEqual(Uint8Array.of(1));
    full = false;
    await run.write('a/b', [Uint8Array.of(5)]);
    expect(await run.read('a/b')).toEqual(Uint8Array.of(5));
    await run.close();
    return { folder, message: failure.message };
  }

  it.each([
    ['ENOSPC', 'the disk is full (ENOSPC). Free some space'],
    ['EDQUOT', 'your quota on this disk is used up (EDQUOT). Free some space'],
    ['EFBIG', 'it would be larger than files may be here (EFBIG). Raise the limit (ulimit -f unlimited)'],
    ['EROFS', 'the file system is read-only (EROFS). Make it writable'],
    ['EACCES', 'permission is denied (EACCES). Change its permissions'],
    ['EMFILE', 'too many files are open in this process (EMFILE). Raise the limit (ulimit -n)'],
    ['EIO', 'the device reports an input/output error (EIO). Check the disk'],
    ['ESTRANGE', 'Error: ESTRANGE: made by a test (ESTRANGE). Remove the cause'],
  ])('names file, size, reason and what to do: %s', async (code, words) => {
    const { folder, message } = await failing(code);
    expect(message).toBe(
      `'${folder}/blocks/a/b.block' (${BLOCK_BYTES} bytes) could not be written: ${words}, then start the same command again: it continues from what is complete.`,
    );
  });
});

describe('reading and removing blocks', () => {
  /** A run folder with one block, on which one kind of operation fails from now on. */
  async function failing(operation: 'read' | 'removeFile', code: string, notices: string[] = []) {
    const memory = memoryFiles(async () => {});
    let fails = false;
    const files: FileSystem = {
      ...memory,
      [operation]: async (path: string) => {
        if (fails) throw systemError(code);
        return memory[operation](path);
      },
    };
    const onNotice = (text: string) => notices.push(text);
    const run = await openRun({ folder: '/run', files, identity: {}, plan: () => null, onNotice });
    await run.write('a', [Uint8Array.of(1)]);
    fails = true;
    return { run, memory };
  }

  it('tell why they fail', async () => {
    const read = await failing('read', 'EACCES');
    const advice = 'permission is denied (EACCES). Change its permissions, then start the same command again.';
    expect(await failureOf(() => read.run.has('a'))).toMatchObject({
      code: 'runs.read-failed',
      message: `'/run/blocks/a.block' could not be read: ${advice}`,
    });
    expect(await read.memory.list('/run/blocks')).toHaveLength(1);
    const removed = await failing('removeFile', 'EACCES');
    expect(await failureOf(() => removed.run.remove('a'))).toMatchObject({
      code: 'runs.remove-failed',
      message: `'/run/blocks/a.block' could not be removed: ${advice}`,
    });
  });

  it('count a block that the device cannot read as damaged', async () => {
    const notices: string[] = [];
    const { run, memory } = await failing('read', 'EIO', notices);
    expect(await run.read('a')).toBeUndefined();
    expect(notices).toEqual(["Block 'a' was damaged (the device cannot read it); it is computed again."]);
    expect(await memory.list('/run/blocks')).toEqual([]);
  });

  it('tell when the lock stays behind, without failing', async () => {
    const notices: string[] = [];
    const { run, memory } = await failing('removeFile', 'EIO', notices);
    await run.close();
    expect(notices).toEqual([
      "The lock of run folder '/run' could not be removed; the next start will find that its process is gone.",
    ]);
    await (await openRun({ folder: '/run', files: memory, identity: {}, plan: () => null })).close();
  });
});
