import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { InvariantError, UserError } from '../../src/errors/index.ts';
import { nodeFiles } from '../../src/runs/files.ts';
import type { Json } from '../../src/runs/jsonTypes.ts';
import { type OpenOptions, openRun, type RunFolder, readRun } from '../../src/runs/runFolder.ts';
import { failureOf } from '../support/failure.ts';
import { temporaryFolder } from '../support/folders.ts';
import { systemError } from './memoryFiles.ts';

const IDENTITY = { nexort: '1.0.0', model: { fingerprint: 'abc', layers: 6 }, seeds: [13, 21] };
const PLAN = { batch: 8, cuts: [0, 16, 32] };

async function open(folder: string, options: Partial<OpenOptions<Json>> = {}): Promise<RunFolder<Json>> {
  const run = await openRun<Json>({ folder, identity: IDENTITY, plan: () => PLAN, ...options });
  onTestFinished(() => run.close());
  return run;
}

/** A path at which nothing is. */
async function newPath(): Promise<string> {
  return join(await temporaryFolder({}), 'out/run');
}

/** A run folder that was begun and closed. */
async function begun(): Promise<string> {
  const folder = await newPath();
  await (await open(folder)).close();
  return folder;
}

async function contents(folder: string): Promise<Readonly<Record<string, string>>> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const paths = entries.map((entry) => [join(entry.parentPath, entry.name), entry.isDirectory()] as const);
  const texts = paths.map(async ([path, isFolder]): Promise<[string, string]> => {
    return [relative(folder, path), isFolder ? 'folder' : await readFile(path, 'latin1')];
  });
  return Object.fromEntries(await Promise.all(texts));
}

/** That opening is refused with this error and leaves everything as it was. */
async function expectRefused(folder: string, code: string, options: Partial<OpenOptions<Json>> = {}) {
  const before = await contents(folder);
  const failure = await failureOf(() => open(folder, { plan: () => expect.fail('a plan was made'), ...options }));
  expect(failure).toBeInstanceOf(UserError);
  expect(failure.code).toBe(code);
  expect(await contents(folder)).toEqual(before);
  return failure;
}

describe('openRun', () => {
  it('begins a run: makes the folder, keeps identity and plan', async () => {
    const folder = await newPath();
    const run = await open(folder);
    expect(run).toMatchObject({ folder, plan: PLAN, resumed: false, result: undefined });
    const stored = JSON.parse(await readFile(join(folder, 'run.json'), 'utf8'));
    expect(stored).toMatchObject({ kind: 'nexort-run', format: 1, status: 'started', identity: IDENTITY, plan: PLAN });
    expect(await readdir(folder)).toEqual(['lock', 'run.json']);
    await run.close();
    expect(await readdir(folder)).toEqual(['run.json']);
  });

  it('begins a run in an empty folder, and where a first start was killed at once', async () => {
    expect((await open(await temporaryFolder({}))).resumed).toBe(false);
    const killed = await temporaryFolder({ '.nexort-1': '{"kind":' });
    await mkdir(join(killed, 'lock'));
    await mkdir(join(killed, '.nexort-2'));
    await mkdir(join(killed, '.nexort-3'));
    await writeFile(join(killed, '.nexort-2/owner.json'), '');
    expect((await open(killed)).resumed).toBe(false);
    expect((await readdir(killed)).sort()).toEqual(['lock', 'run.json']);
  });

  it('continues with the stored plan and blocks; the order of the keys of the identity does not count', async () => {
    const folder = await newPath();
    const first = await open(folder);
    await first.write('a', [Uint8Array.of(1)]);
    await first.close();
    const identity = { seeds: [13, 21], model: { layers: 6, fingerprint: 'abc' }, nexort: '1.0.0' };
    const second = await open(folder, { identity, plan: () => expect.fail('a plan was made') });
    expect(second).toMatchObject({ plan: PLAN, resumed: true, result: undefined });
    expect(await second.read('a')).toEqual(Uint8Array.of(1));
  });

  it('gives the plan as it will be read, at the first start too', async () => {
    const plan = { low: -0, text: 'ä\ud83d\ude00', big: 2 ** 53, small: 5e-324, tenth: 0.1 };
    const folder = await newPath();
    const first = await open(folder, { plan: async () => plan });
    await first.close();
    const second = await open(folder);
    expect(second.plan).toStrictEqual(first.plan);
    expect(second.plan).toStrictEqual({ ...plan, low: 0 });
  });

  it('refuses identities and plans that JSON cannot hold, as our bug', async () => {
    const folder = await newPath();
    const plan = await failureOf(() => open(folder, { plan: () => ({ sizes: [1, Number.NaN] }) }));
    expect(plan).toBeInstanceOf(InvariantError);
    expect(plan.message).toContain('plan.sizes[1] is NaN, which JSON cannot hold.');
    const identity = await failureOf(() => open(folder, { identity: { a: { b: Infinity } } }));
    expect(identity.message).toContain('identity.a.b is Infinity, which JSON cannot hold.');
    // Neither has left a folder or a lock.
    expect((await open(folder)).resumed).toBe(false);
  });

  it('leaves no folder when the plan cannot be made', async () => {
    const parent = await temporaryFolder({});
    const plan = () => Promise.reject(new Error('too little memory'));
    await expect(open(join(parent, 'run'), { plan })).rejects.toThrow('too little memory');
    expect(await readdir(parent)).toEqual([]);
  });

  it('notices a run that another process begins at the same moment', async () => {
    const begunMeanwhile = async (identity: OpenOptions<Json>['identity']) => {
      const folder = await newPath();
      let made = false;
      const makeFolder = async (path: string) => {
        await nodeFiles.makeFolder(path);
        if (made) return;
        made = true;
        await (await openRun({ folder, identity, plan: () => 'theirs' })).close();
      };
      return open(folder, { files: { ...nodeFiles, makeFolder } });
    };
    expect(await begunMeanwhile(IDENTITY)).toMatchObject({ resumed: true, plan: 'theirs' });
    expect((await failureOf(() => begunMeanwhile({ other: 1 }))).code).toBe('runs.identity-mismatch');
  });

  it('lists every entry in which the run differs', async () => {
    const folder = await begun();
    const identity = {
      nexort: '1.1.0',
      model: { layers: 6, fingerprint: 'x'.repeat(200) },
      seeds: [13, 21, 42],
      limit: null,
    };
    const failure = await expectRefused(folder, 'runs.identity-mismatch', { identity });
    expect(failure.message).toBe(
      [
        `Run folder '${folder}' holds another run; 4 entries differ:`,
        '  - nexort: given "1.1.0", stored "1.0.0"',
        `  - model.fingerprint: given "${'x'.repeat(119)}…, stored "abc"`,
        '  - seeds: given [13,21,42], stored [13,21]',
        '  - limit: given null, stored nothing',
        'Runs are not mixed. To keep both, give another folder (--out); to replace the stored one, delete the folder; to go on with it, give what is stored.',
      ].join('\n'),
    );
    expect(failure.data).toMatchObject({ folder, differences: [{ entry: 'nexort' }, {}, {}, {}] });
    const missing = await expectRefused(folder, 'runs.identity-mismatch', {
      identity: { ...IDENTITY, seeds: [21, 13], model: 1 },
    });
    expect(missing.message).toContain('2 entries differ:\n');
    expect(missing.message).toContain('\n  - model: given 1, stored {"fingerprint":"abc","layers":6}\n');
    const { nexort: _, ...rest } = IDENTITY;
    const one = await expectRefused(folder, 'runs.identity-mismatch', { identity: rest });
    expect(one.message).toContain('1 entry differs:\n  - nexort: given nothing, stored "1.0.0"\n');
  });

  it('refuses a folder of something else', async () => {
    const folder = await temporaryFolder({ 'thesis.tex': '\\begin', 'data.csv': '' });
    await mkdir(join(folder, 'blocks'));
    expect((await expectRefused(folder, 'runs.foreign-folder')).message).toBe(
      `Folder '${folder}' is not a run folder: it has no run.json and holds blocks, data.csv, thesis.tex; expected a run folder, an empty folder or none. Nothing in it was touched. To go on, give another folder (--out) or empty this one.`,
    );
    const many = await temporaryFolder(Object.fromEntries(Array.from({ length: 11 }, (_, k) => [`f${k + 10}`, ''])));
    expect((await expectRefused(many, 'runs.foreign-folder')).message).toContain(
      'holds f10, f11, f12, f13, f14, f15, f16, f17 and 3 more;',
    );
    await expectRefused(await temporaryFolder({ lock: 'of another program' }), 'runs.foreign-folder');
  });

  it('refuses a path of a file', async () => {
    const folder = await temporaryFolder({ notes: 'x' });
    for (const path of ['notes', 'notes/run']) {
      const failure = await failureOf(() => open(join(folder, path)));
      expect(failure.message).toBe(
        `'${join(folder, path)}' is a file or lies below one; expected a run folder, or a name at which to make one. Give another name (--out).`,
      );
    }
    expect(await contents(folder)).toEqual({ notes: 'x' });
  });

  it('tells when a folder cannot be made or read', async () => {
    const folder = await newPath();
    const denied = () => Promise.reject(systemError('EACCES'));
    expect((await failureOf(() => open(folder, { files: { ...nodeFiles, makeFolder: denied } }))).message).toBe(
      `'${folder}' could not be written: permission is denied (EACCES). Change its permissions, then start the same command again: it continues from what is complete.`,
    );
    expect((await failureOf(() => open(folder, { files: { ...nodeFiles, list: denied } }))).message).toBe(
      `'${folder}' could not be read: permission is denied (EACCES). Change its permissions, then start the same command again.`,
    );
  });
});

describe('run.json', () => {
  it.each([
    ['', /it is not valid JSON \(.+\)/],
    ['{"kind":"nexort-run","for', /it is not valid JSON \(.+\)/],
    ['[]', /it has no "kind": "nexort-run"/],
    ['{"kind":"other"}', /it has no "kind": "nexort-run"/],
  ])('is told to be damaged or of another program: %j', async (text, problem) => {
    const folder = await begun();
    await writeFile(join(folder, 'run.json'), text);
    const failure = await expectRefused(folder, 'runs.damaged-run');
    expect(failure.data.problem).toMatch(problem);
    expect(failure.message).toBe(
      `${join(folder, 'run.json')} is damaged or not of nexort: ${failure.data.problem}. Without it nobody can tell which run the folder is of. Put it back from a copy; or delete the folder to start from the beginning; or give another folder (--out).`,
    );
  });

  it('of a later format is told', async () => {
    const folder = await begun();
    await writeFile(join(folder, 'run.json'), '{"kind":"nexort-run","format":2}');
    expect((await expectRefused(folder, 'runs.other-format')).message).toBe(
      `${join(folder, 'run.json')} has run format 2; this version of nexort reads format 1. Use the version that began the run; or delete the folder to start from the beginning; or give another folder (--out).`,
    );
  });

  it('is known to be damaged at every byte', async () => {
    const folder = await begun();
    const original = await readFile(join(folder, 'run.json'));
    const codeOf = async (bytes: Uint8Array) =>
      (await failureOf(() => readRun(folder, { ...nodeFiles, read: async () => bytes }))).code;
    for (let position = 0; position < original.length; position++) {
      for (let bit = 0; bit < 8; bit++) {
        const flipped = original.with(position, (original[position] ?? 0) ^ (1 << bit));
        expect(['runs.damaged-run', 'runs.other-format']).toContain(await codeOf(flipped));
      }
      // Without its last byte, a newline, it is still complete.
      if (position < original.length - 1) {
        expect(await codeOf(original.subarray(0, position))).toBe('runs.damaged-run');
      }
    }
  });

  it('can be laid out anew', async () => {
    const folder = await begun();
    const path = join(folder, 'run.json');
    await writeFile(path, JSON.stringify(JSON.parse(await readFile(path, 'utf8'))));
    expect((await open(folder)).resumed).toBe(true);
  });

  it('keeps entries whose names are special', async () => {
    const identity = JSON.parse('{"__proto__":{"x":1},"10":1,"9":2,"constructor":null,"checksum":"c"}');
    const folder = await newPath();
    await (await open(folder, { identity })).close();
    expect((await open(folder, { identity })).resumed).toBe(true);
    const other = JSON.parse('{"__proto__":{"x":2},"10":1,"9":2,"constructor":null,"checksum":"c"}');
    const failure = await failureOf(() => open(folder, { identity: other }));
    expect(failure.message).toContain('\n  - __proto__.x: given 2, stored 1\n');
  });
});

describe('a run folder', () => {
  it('stores the result and says so at later starts', async () => {
    const folder = await newPath();
    const first = await open(folder);
    await first.finish({ accuracy: { mean: 0.75, std: Number.NaN } });
    expect(first.result).toEqual({ accuracy: { mean: 0.75, std: null } });
    await first.close();
    const second = await open(folder);
    expect(second).toMatchObject({ resumed: true, result: { accuracy: { mean: 0.75, std: null } } });
    await second.finish(null);
    expect(second.result).toBeNull();
    await second.close();
    expect((await open(folder)).result).toBeNull();
  });

  it('is read without being opened', async () => {
    const folder = await newPath();
    const run = await open(folder);
    const before = await readRun(folder);
    expect(before).toMatchObject({
      folder,
      status: 'started',
      finished: null,
      identity: IDENTITY,
      plan: PLAN,
      result: null,
    });
    await run.finish({ accuracy: 0.75 });
    const after = await readRun(folder);
    expect(after).toMatchObject({ status: 'complete', started: before.started, result: { accuracy: 0.75 } });
    expect(Date.parse(after.finished ?? '')).toBeGreaterThanOrEqual(Date.parse(after.started));
    const empty = await temporaryFolder({});
    expect((await failureOf(() => readRun(empty))).message).toBe(
      `'${empty}' is not a run folder: it has no run.json. Check the path, or start a run with it as its folder (--out).`,
    );
  });

  it('takes files of results', async () => {
    const run = await open(await newPath());
    await run.writeFile('report.html', '<p>ä</p>');
    await run.writeFile('kernels.npz', Uint8Array.of(1, 2));
    await run.writeFile('kernels.npz', Uint8Array.of(3));
    expect(await readFile(join(run.folder, 'report.html'), 'utf8')).toBe('<p>ä</p>');
    expect([...(await readFile(join(run.folder, 'kernels.npz')))]).toEqual([3]);
    for (const name of ['run.json', 'lock', 'blocks', '../x', 'a/b', '.nexort-x', '']) {
      const failure = await failureOf(() => run.writeFile(name, ''));
      expect(failure).toBeInstanceOf(InvariantError);
      expect(failure.code).toBe('runs.bad-name');
    }
  });

  it('cannot be used after it was closed', async () => {
    const run = await open(await newPath());
    await run.close();
    await run.close();
    for (const use of [
      () => run.has('a'),
      () => run.read('a'),
      () => run.write('a', []),
      () => run.remove('a'),
      () => run.list(),
      () => run.writeFile('a', ''),
      () => run.finish(null),
    ]) {
      expect((await failureOf(use)).code).toBe('runs.closed');
    }
  });

  it('has one user', async () => {
    const folder = await newPath();
    const run = await open(folder);
    const failure = await failureOf(() => open(folder));
    expect(failure.code).toBe('runs.locked');
    expect(failure.message).toContain(`in use by process ${process.pid} (this one) since`);
    await run.write('a', [Uint8Array.of(1)]);
    await run.close();
    expect(await (await open(folder)).has('a')).toBe(true);
  });
});

describe('discarding a run', () => {
  it('removes the folder with all of the run, and ends its use', async () => {
    const folder = await newPath();
    const run = await open(folder);
    await run.write('kernel/0', [Uint8Array.of(1)]);
    await run.write('kernel/1/a', [Uint8Array.of(2)]);
    await run.discard();
    expect(await readdir(join(folder, '..'))).toEqual([]);
    expect((await failureOf(() => run.has('kernel/0'))).code).toBe('runs.closed');
    expect((await open(folder)).resumed).toBe(false);
  });

  it('leaves files of others alone', async () => {
    const folder = await begun();
    const run = await open(folder);
    await writeFile(join(folder, 'mine.txt'), 'mine');
    await run.discard();
    expect(await contents(folder)).toEqual({ 'mine.txt': 'mine' });
  });
});
