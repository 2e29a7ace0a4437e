/** Tests of a kernel run whose disk is full from some write on: it says so, and goes on to the same bytes once there is room. */

import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { UserError } from '../../../../src/errors/index.ts';
import { nodeEngine, nodeRuntime } from '../../../../src/finite/node/index.ts';
import { findTask } from '../../../../src/lm/data/tasks.ts';
import { runKernel } from '../../../../src/lm/node/run/kernelRun.ts';
import { type FileSystem, nodeFiles } from '../../../../src/runs/files.ts';
import { filesOf, outcome, treeOf } from '../../../cli/runFolders.ts';
import { writeTinyModel } from '../../../cli/tinyModel.ts';
import { systemError } from '../../../runs/memoryFiles.ts';
import { failureOf } from '../../../support/failure.ts';

let root: string;
let undisturbed: Awaited<ReturnType<typeof outcome>>;
let writes: number;

/** A disk that takes so many writes and half of the next one. */
export function disk(room: number): FileSystem & { written(): number } {
  let written = 0;
  return {
    ...nodeFiles,
    written: () => written,
    create: async (path) => {
      const file = await nodeFiles.create(path);
      return {
        // Nothing waits for the device.
        sync: async () => {},
        close: () => file.close(),
        write: async (bytes) => {
          if (written++ < room) return file.write(bytes);
          await file.write(bytes.subarray(0, bytes.length >> 1));
          throw systemError('ENOSPC');
        },
      };
    },
  };
}

async function run(folder: string, files: FileSystem): Promise<readonly string[]> {
  const notices: string[] = [];
  await runKernel({
    task: findTask('afinn'),
    model: join(root, 'model'),
    ...{ shots: 4, seeds: [13], limit: 60, parameters: 'all', untie: false, solver: { method: 'dev' } },
    ...{ out: folder, version: '1.0.0', threads: 1, memory: 2 ** 31, files },
    runtime: nodeRuntime(),
    engine: (threads) => nodeEngine({ threads }),
    report: async ({ result }) => `<p>${result.task}</p>`,
    onNotice: (text) => notices.push(text),
  });
  return notices;
}

/** The disk becomes full at so many places, from the first write to the last. */
export function testFullDisk(places: number): void {
  beforeAll(async () => {
    root = await mkdtemp(join(tmpdir(), 'nexort-faults-'));
    await writeTinyModel(join(root, 'model'), 1);
    const files = disk(Number.POSITIVE_INFINITY);
    await run(join(root, 'undisturbed'), files);
    undisturbed = await outcome(join(root, 'undisturbed'));
    writes = files.written();
  });

  afterAll(() => rm(root, { recursive: true }));

  test.each(Array.from({ length: places }, (_, place) => place))('full at place %d of the run', async (place) => {
    const folder = join(root, `${place}`);
    const failure = await failureOf(() => run(folder, disk(Math.round((place * (writes - 1)) / (places - 1)))));
    expect(failure).toBeInstanceOf(UserError);
    expect(failure.code).toBe('runs.write-failed');
    expect(failure.message).toMatch(
      /^'.*' (\(\d+ bytes\) )?could not be written: the disk is full \(ENOSPC\)\. Free some space, then start the same command again: it continues from what is complete\.$/,
    );
    expect((await filesOf(folder)).filter((path) => /\.nexort-|^lock/.test(path))).toEqual([]);

    const kernelBlocks = async () =>
      Object.entries(await treeOf(folder)).filter(([path]) => /^blocks\/kernel\//.test(path));
    const before = await kernelBlocks();
    expect(await run(folder, nodeFiles)).toEqual([]);
    expect(await outcome(folder)).toEqual(undisturbed);
    expect(await kernelBlocks()).toEqual(expect.arrayContaining(before));
  });

  test('the places reach from the lock to the end', async () => {
    const first = await failureOf(() => run(join(root, 'first'), disk(0)));
    expect(first.data.file).toBe(join(root, 'first/lock'));
    const last = await failureOf(() => run(join(root, 'last'), disk(writes - 1)));
    expect(last.data.file).toBe(join(root, 'last/run.json'));
  });
}
