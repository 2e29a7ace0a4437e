/** Run folders of `nexort kernel`: damaged, finished, in use, of another run, of something else; and a full disk. */

import { existsSync } from 'node:fs';
import { appendFile, cp, mkdtemp, readFile, rename, rm, stat, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { permutation, stream } from '../../src/numeric/index.ts';
import { temporaryFolder } from '../support/folders.ts';
import { BuiltNexort } from './builtNexort.ts';
import { type Ended, nexort } from './nexort.ts';
import { blocksOf, editManifest, filesOf, manifestOf, outcome, reopen, treeOf } from './runFolders.ts';
import { writeTinyModel } from './tinyModel.ts';

let built: BuiltNexort;
let root: string;
/** A folder of a run that nothing disturbed, and what it holds. */
let done: string;
let undisturbed: Awaited<ReturnType<typeof outcome>>;
let blocks: readonly string[];

const args = (out: string, ...more: readonly string[]): readonly string[] => [
  ...['kernel', '--model', join(root, 'model'), '--k', '4', '--seeds', '13', '--limit', '100', '--threads', '1'],
  ...['--out', out],
  ...more,
];

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'nexort-runs-'));
  built = await BuiltNexort.build();
  for (const seed of [1, 2]) await writeTinyModel(join(root, seed === 1 ? 'model' : 'other-model'), seed);
  done = join(root, 'done');
  expect(await nexort(...args(done))).toMatchObject({ code: 0 });
  undisturbed = await outcome(done);
  blocks = await blocksOf(done);
});

afterAll(async () => {
  await rm(root, { recursive: true });
});

/** A folder below a temporary one at which nothing is. */
async function newPath(): Promise<string> {
  return join(await temporaryFolder({}), 'run');
}

/** A copy of the finished run. */
async function copyOfDone(): Promise<string> {
  const folder = await newPath();
  await cp(done, folder, { recursive: true, preserveTimestamps: true });
  return folder;
}

/** That a command is refused with one message and leaves a folder or file as it was. */
async function expectRefused(folder: string, command: readonly string[], ...messages: readonly (string | RegExp)[]) {
  const before = await treeOf(folder);
  const { code, stdout, stderr } = await nexort(...command);
  expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
  expect(stderr.match(/^error: /gm)).toHaveLength(1);
  for (const message of messages) expect(stderr).toMatch(message);
  expect(await treeOf(folder)).toEqual(before);
}

/** That a command ends well and the folder then holds what an undisturbed run gives. */
async function expectSameAs(folder: string, command: readonly string[], expected = undisturbed): Promise<Ended> {
  const ended = await nexort(...command);
  expect(ended).toMatchObject({ code: 0, stderr: expect.not.stringContaining('error') });
  expect(await outcome(folder)).toEqual(expected);
  return ended;
}

describe('damaged blocks are noticed and computed again, to the same bytes', () => {
  type Damage = (path: string, random: () => number) => Promise<void>;
  const cutShort: Damage = async (path, random) => truncate(path, Math.floor(random() * (await sizeOf(path))));
  const longer: Damage = (path, random) => appendFile(path, new Uint8Array(1 + Math.floor(1000 * random())));
  const bitFlipped: Damage = async (path, random) => {
    const bytes = await readFile(path);
    const at = Math.floor(random() * bytes.length);
    bytes[at] = (bytes[at] ?? 0) ^ (1 << Math.floor(8 * random()));
    await writeFile(path, bytes);
  };
  const emptied: Damage = (path) => truncate(path, 0);
  const KINDS = { 'cut short': cutShort, longer, 'bit-flipped': bitFlipped, emptied };

  async function sizeOf(path: string): Promise<number> {
    return (await readFile(path)).length;
  }

  /** Damages blocks of a folder, each in one of the ways. */
  async function damage(folder: string, chosen: readonly string[], kinds: readonly Damage[], seed: number) {
    const uniforms = stream(seed, 'damage')
      .uniforms(4 * chosen.length)
      [Symbol.iterator]();
    const random = () => uniforms.next().value ?? 0.5;
    for (const [k, block] of chosen.entries()) await kinds[k % kinds.length]?.(join(folder, block), random);
  }

  /** That each of these blocks, and no other one, is told of. */
  function expectNotices(stderr: string, damaged: readonly string[]): void {
    const told = [...stderr.matchAll(/^Block '(.*)' was damaged \(.*\); it is computed again\.$/gm)].map(
      ([, name]) => name,
    );
    const names = damaged.map((path) => path.replace(/^blocks\//, '').replace(/\.block$/, ''));
    expect(told.sort()).toEqual([...names].sort());
  }

  test('a third of them, each in another way, and no other one is', async () => {
    const folder = await copyOfDone();
    await reopen(folder);
    const order = [...permutation(blocks.length, 1, 'damaged')];
    const kinds = Object.values(KINDS);
    const damaged = order
      .slice(0, Math.max(kinds.length, Math.ceil(blocks.length / 3)))
      .map((place) => blocks[place] ?? '');
    await damage(folder, damaged, kinds, 1);
    const { stderr } = await expectSameAs(folder, args(folder));
    expectNotices(stderr, damaged);
    for (const block of blocks) {
      expect([block, await readFile(join(folder, block))]).toEqual([block, await readFile(join(done, block))]);
    }
  });

  test('all of them, in one way or another', async () => {
    const folder = await copyOfDone();
    await reopen(folder);
    await damage(folder, blocks, Object.values(KINDS), 5);
    expectNotices((await expectSameAs(folder, args(folder))).stderr, blocks);
  });

  test('one in the place of another', async () => {
    const folder = await copyOfDone();
    await reopen(folder);
    const [first = '', second = ''] = blocks.filter((block) => block.startsWith('blocks/kernel/sgd/1/'));
    await cp(join(folder, first), join(folder, second));
    expectNotices((await expectSameAs(folder, args(folder))).stderr, [second]);
  });

  test('those of a run that was killed halfway', async () => {
    const folder = await newPath();
    const run = built.start(...args(folder));
    while ((await blocksOf(folder)).length < blocks.length / 2) await sleep(5);
    run.kill('SIGKILL');
    await run.ended;
    const there = await blocksOf(folder);
    await damage(folder, there, Object.values(KINDS), 6);
    expectNotices((await expectSameAs(folder, args(folder))).stderr, there);
  });
});

describe('a finished run', () => {
  test('shows its result when it is started again, and computes and writes nothing', async () => {
    const before = await treeOf(done);
    const { code, stdout, stderr } = await nexort(...args(done, '--json'));
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    const { result } = (await manifestOf(done)).result as unknown as { result: object }; // our own file
    expect(JSON.parse(stdout)).toEqual({ ...result, stored: true });
    expect(await treeOf(done)).toEqual(before);
    const shown = await nexort(...args(done));
    expect(shown.stdout).toContain('note        this run was done before; its result is shown');
    expect(shown.stdout).toMatch(/accuracy +│ 95 % interval/);
    expect(shown.stdout).toMatch(/SGD kernel │ \d+\.\d +│ \d+\.\d to \d+\.\d +│/);
  });

  test.each(['report.html', 'kernels.npz'])('makes %s again where it was deleted, from the blocks', async (name) => {
    const folder = await copyOfDone();
    const before = await readFile(join(folder, 'kernels.npz'));
    const blocks = await treeOf(join(folder, 'blocks'));
    await rm(join(folder, name));
    const { code } = await nexort(...args(folder));
    expect(code).toBe(0);
    expect((await readFile(join(folder, name))).length).toBeGreaterThan(0);
    expect((await readFile(join(folder, 'kernels.npz'))).equals(before)).toBe(true);
    expect(await treeOf(join(folder, 'blocks'))).toEqual(blocks);
  });

  test('gets the files of this version where another has finished it, from the blocks', async () => {
    const folder = await copyOfDone();
    const before = await outcome(folder);
    const blocks = await treeOf(join(folder, 'blocks'));
    await editManifest(folder, ({ result }) => {
      const { content: _, ...older } = result as { readonly content: string }; // our own file
      return { result: older };
    });
    await writeFile(join(folder, 'kernels.npz'), 'without labels');
    expect(await nexort(...args(folder))).toMatchObject({ code: 0 });
    expect(await outcome(folder)).toEqual(before);
    expect(await treeOf(join(folder, 'blocks'))).toEqual(blocks);
  });

  test('is found where it was moved to', async () => {
    const [from, to] = [await copyOfDone(), await newPath()];
    await rename(from, to);
    const { stdout } = await nexort(...args(to, '--json'));
    expect(JSON.parse(stdout)).toMatchObject({ out: to, stored: true });
  });

  test('solves its kernel in another way, as a run of that way does, and goes back', async () => {
    const [folder, fresh] = [await copyOfDone(), await newPath()];
    const other = ['--solver', 'ridge', '--ridge', '0.5'];
    const kernelBlocks = async () =>
      Object.entries(await treeOf(folder)).filter(([path]) => path.startsWith('blocks/kernel/'));
    const before = await kernelBlocks();
    expect(await nexort(...args(fresh, ...other))).toMatchObject({ code: 0 });
    const expected = await outcome(fresh);
    expect(expected.fits).not.toEqual(undisturbed.fits);
    expect((await expectSameAs(folder, args(folder, ...other), expected)).stdout).not.toContain('done before');
    await expectSameAs(folder, args(folder));
    expect(await kernelBlocks()).toEqual(before);
  });

  test('is solved by machines, whose predictors classify new texts', async () => {
    const folder = await copyOfDone();
    const { code, stderr } = await nexort(...args(folder, '--solver', 'asymmetric'));
    expect({ code, stderr }).toEqual({ code: 2, stderr: expect.stringContaining('the asymmetric machine is for an') });
    for (const solver of ['svc', 'svr']) {
      const { stdout } = await nexort(...args(folder, '--solver', solver, '--fix', 'C=1', '--json'));
      expect(JSON.parse(stdout)).toMatchObject({ solvers: [{ method: solver, settings: { cost: 1, ratio: null } }] });
      const predicted = await nexort('predict', folder, '--text', 'fine', '--json', '--threads', '1');
      const { logit, contributions, intercept, initial } = JSON.parse(predicted.stdout);
      const sum = contributions.reduce((total: number, { weight }: { weight: number }) => total + weight, 0);
      expect(sum + intercept + initial).toBeCloseTo(logit, 6);
    }
  });
});

describe('two processes on one folder', () => {
  test('the second is told who holds it, and the first is not disturbed', async () => {
    const folder = await newPath();
    const first = built.start(...args(folder));
    while (!existsSync(join(folder, 'run.json'))) await sleep(5);
    // It cannot end before the second has come.
    first.kill('SIGSTOP');
    await expectRefused(folder, args(folder), `'${folder}' is in use by process ${first.pid} since `);
    first.kill('SIGCONT');
    expect(await first.ended).toMatchObject({ code: 0 });
    expect(await outcome(folder)).toEqual(undisturbed);
    expect(existsSync(join(folder, 'lock'))).toBe(false);
  });

  test('of two at once, one does the work', async () => {
    const folder = await newPath();
    const ended = await Promise.all([built.run(...args(folder)), built.run(...args(folder))]);
    const [winner, loser] = ended[0].code === 0 ? ended : [ended[1], ended[0]];
    expect(winner.code).toBe(0);
    // The later one may come when all is done.
    if (loser.code !== 0) expect(loser).toMatchObject({ code: 2, stderr: expect.stringContaining('is in use by') });
    expect(await outcome(folder)).toEqual(undisturbed);
  });
});

describe('a folder of another run is refused, with what differs, and stays as it is', () => {
  test.each<[string, string[], string]>([
    ['shots', ['--k', '2'], 'shots: given 2, stored 4'],
    ['seeds', ['--seeds', '13,21'], 'seeds: given [13,21], stored [13]'],
    ['evaluated examples', ['--limit', '60'], 'evaluated: given 60, stored 100'],
    ['parameters', ['--params', 'biases'], 'parameters: given "biases", stored "all"'],
    ['decoder', ['--untie'], 'untie: given true, stored false'],
  ])('%s', async (_, more, message) => {
    await expectRefused(done, args(done, ...more), 'holds another run', `  - ${message}`, 'Runs are not mixed.');
  });

  test('version', async () => {
    const folder = await copyOfDone();
    await editManifest(folder, ({ identity }) => ({ identity: { ...identity, nexort: '0.0.9' } }));
    const { version } = JSON.parse(await readFile(join(import.meta.dirname, '../../package.json'), 'utf8'));
    await expectRefused(
      folder,
      args(folder),
      new RegExp(`; 1 entry differs:\n  - nexort: given "${version}", stored "0\\.0\\.9"\nRuns are not mixed\\.`),
    );
  });

  test('model', async () => {
    const other = args(done, '--model', join(root, 'other-model'));
    await expectRefused(
      done,
      other,
      /; 1 entry differs:\n {2}- model\.model\.safetensors: given "[0-9a-f]{64}", stored "/,
    );
  });

  test('columns and content of the data', async () => {
    const rows = Array.from(
      { length: 12 },
      (_, k) => `${['good', 'bad'][k % 2]},${['bad', 'good'][k % 2]},text ${k},part ${k}`,
    );
    const csv = `one,two,text,other\n${rows.join('\n')}\n`;
    const task = {
      prompt: '{a}_It was{m}.',
      labels: [
        { name: 'good', word: 'good' },
        { name: 'bad', word: 'bad' },
      ],
    };
    const columns = { label: 'one', text: 'text' };
    const folder = await temporaryFolder({ 'task.json': { ...task, data: 'data.csv', columns }, 'data.csv': csv });
    const out = join(folder, 'run');
    const command = [
      'kernel',
      join(folder, 'task.json'),
      '--model',
      join(root, 'model'),
      '--k',
      '2',
      '--seeds',
      '1',
      '--out',
      out,
    ];
    expect(await nexort(...command)).toMatchObject({ code: 0 });
    for (const wrong of [
      { ...columns, label: 'two' },
      { ...columns, text: 'other' },
    ]) {
      await writeFile(join(folder, 'task.json'), JSON.stringify({ ...task, data: 'data.csv', columns: wrong }));
      await expectRefused(out, command, /; 1 entry differs:\n {2}- examples: given "/);
    }
    await writeFile(join(folder, 'task.json'), JSON.stringify({ ...task, data: 'data.csv', columns }));
    await writeFile(join(folder, 'data.csv'), csv.replace('text 3', 'text three'));
    await expectRefused(out, command, /; 2 entries differ:\n {2}- data: given \["[^\n]*\n {2}- examples: given "/);
  });
});

describe('what is no run folder is refused and stays as it is', () => {
  test('a folder of other files', async () => {
    const folder = await temporaryFolder({ 'thesis.tex': 'years of work', 'blocks/a.block': 'x' });
    await expectRefused(
      folder,
      args(folder),
      `'${folder}' is not a run folder: it has no run.json and holds blocks, thesis.tex`,
    );
  });

  test('a file, or a path through one', async () => {
    const folder = await temporaryFolder({ file: 'x' });
    for (const path of ['file', 'file/run']) {
      await expectRefused(folder, args(join(folder, path)), `'${folder}/${path}' is a file or lies below one`);
    }
  });

  test('a run folder whose run.json is damaged', async () => {
    const folder = await copyOfDone();
    await truncate(join(folder, 'run.json'), 1000);
    await expectRefused(folder, args(folder), 'run.json is damaged or not of nexort: it is not valid JSON');
  });
});

describe('a limit on the size of files: a clear message, and the run goes on once there is room', () => {
  const LEFTOVER = /\.nexort-|^lock/;
  /** The largest limit that a file of so many bytes exceeds, in KiB. */
  const below = (bytes: number): number => Math.floor((bytes - 1) / 1024);

  async function expectTooLarge(folder: string, kibibytes: number, file: string): Promise<void> {
    const { code, stdout, stderr } = await built.runWithFileLimit(kibibytes, ...args(folder));
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    const [message, ...others] = stderr.match(/^error: .*$/gm) ?? [];
    expect(others).toEqual([]);
    expect(message?.replace(/\d+ bytes/, 'N bytes')).toBe(
      `error: '${join(folder, file)}' (N bytes) could not be written: it would be larger than files may be here (EFBIG). ` +
        'Raise the limit (ulimit -f unlimited), then start the same command again: it continues from what is complete.',
    );
    expect((await filesOf(folder)).filter((path) => LEFTOVER.test(path))).toEqual([]);
    expect(await filesOf(folder)).not.toContain(file);
  }

  test.each([
    [1, 'run.json'],
    [16, 'blocks/boundary/1/1.block'],
  ])('of %d KiB, at %s', async (kibibytes, file) => {
    const folder = await newPath();
    await expectTooLarge(folder, kibibytes, file);
    await expectSameAs(folder, args(folder));
  });

  // The two files of kernels are of about one size; a full disk at every place of a run is in lm/node/run.
  test.each(['kernels.npz', 'report.html'])('at the end, at %s', async (file) => {
    const folder = await copyOfDone();
    await reopen(folder);
    const { size } = await stat(join(folder, file));
    for (const result of ['kernels.safetensors', 'kernels.npz', 'report.html']) await rm(join(folder, result));
    // Sizes of blocks and results of this run increase in the order in which they are written.
    await expectTooLarge(folder, below(size), file);
    await expectSameAs(folder, args(folder));
  });
});
