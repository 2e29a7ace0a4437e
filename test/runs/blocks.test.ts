import { createHash } from 'node:crypto';
import { mkdir, readdir, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it, onTestFinished } from 'vitest';
import { blockOf, blockPath } from '../../src/runs/blockNames.ts';
import { seal, unseal } from '../../src/runs/envelope.ts';
import { openRun, type RunFolder } from '../../src/runs/runFolder.ts';
import { failureOf } from '../support/failure.ts';
import { temporaryFolder } from '../support/folders.ts';

const CONTENT = Uint8Array.of(0, 1, 127, 128, 255, 10, 13);

async function openEmpty(notices: string[] = []): Promise<RunFolder<null>> {
  const folder = await temporaryFolder({});
  const run = await openRun({ folder, identity: {}, plan: () => null, onNotice: (text) => notices.push(text) });
  onTestFinished(() => run.close());
  return run;
}

function sealed(name: string, content: Uint8Array): Uint8Array {
  return Uint8Array.from(Buffer.concat(seal(name, [content])));
}

describe('the file of a block', () => {
  it('holds the content once, aligned, between a header and the name', () => {
    const file = sealed('a/b', CONTENT);
    expect(Buffer.from(file.subarray(0, 8)).toString()).toBe('nexortBK');
    expect([...file.subarray(8, 32)]).toEqual([1, 0, 0, 0, 3, 0, 0, 0, 7, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]);
    expect(file.subarray(32, 39)).toEqual(CONTENT);
    expect(Buffer.from(file.subarray(39, 42)).toString()).toBe('a/b');
    expect(file.length).toBe(42 + 32);
  });

  it('gives back any content, in however many parts it was given', () => {
    fc.assert(
      fc.property(fc.string({ minLength: 1 }), fc.array(fc.uint8Array({ maxLength: 50 })), (name, parts) => {
        const file = Buffer.concat(seal(name, parts));
        const content = Uint8Array.from(Buffer.concat(parts));
        expect(unseal(name, file)).toEqual({ content: expect.anything() });
        const unsealed = unseal(name, file);
        expect('content' in unsealed && Uint8Array.from(unsealed.content)).toEqual(content);
      }),
    );
  });

  it('is known to be damaged when any bit has flipped', () => {
    const file = sealed('a/b', CONTENT);
    for (let bit = 0; bit < 8 * file.length; bit++) {
      const flipped = file.slice();
      flipped[bit >> 3] = (file[bit >> 3] ?? 0) ^ (1 << (bit & 7));
      expect([bit, unseal('a/b', flipped)]).toEqual([bit, { damage: expect.any(String) }]);
    }
  });

  it('is known to be damaged when it is cut anywhere or goes on', () => {
    const file = sealed('a/b', CONTENT);
    for (let length = 0; length < file.length; length++) {
      expect(unseal('a/b', file.subarray(0, length))).toHaveProperty('damage');
    }
    for (const surplus of [Uint8Array.of(0), new Uint8Array(32), file]) {
      expect(unseal('a/b', Buffer.concat([file, surplus]))).toHaveProperty('damage');
    }
  });

  it('says what is wrong', () => {
    const file = sealed('a/b', CONTENT);
    expect(unseal('a/b', file.subarray(0, 20))).toEqual({ damage: 'it is cut short' });
    expect(unseal('a/b', file.subarray(0, 70))).toEqual({ damage: 'it has 70 bytes where its header says 74' });
    expect(unseal('a/b', file.with(35, 9))).toEqual({ damage: 'its checksum does not match' });
    expect(unseal('a/c', file)).toEqual({ damage: 'it is the file of another block' });
  });

  it('is refused with another format version, though its checksum is right', () => {
    // What a later version may write: version 2 at byte 8.
    const [header = new Uint8Array(), ...rest] = seal('a', [CONTENT]).slice(0, -1);
    const body = Buffer.concat([header.with(8, 2), ...rest]);
    const [, , , digest = new Uint8Array()] = seal('a', [CONTENT]);
    expect(unseal('a', Buffer.concat([body, digest]))).toEqual({ damage: 'its checksum does not match' });
    const own = Buffer.concat([body, createHash('sha256').update(body).digest()]);
    expect(unseal('a', own)).toEqual({ damage: 'it is not of this format' });
  });
});

describe('blocks of a run folder', () => {
  it('are there once they are written, and gone once removed', async () => {
    const run = await openEmpty();
    expect(await run.has('kernel/layer.3/12')).toBe(false);
    expect(await run.read('kernel/layer.3/12')).toBeUndefined();
    await run.write('kernel/layer.3/12', [CONTENT.subarray(0, 3), new Uint8Array(0), CONTENT.subarray(3)]);
    expect(await run.has('kernel/layer.3/12')).toBe(true);
    const read = await run.read('kernel/layer.3/12');
    expect(read).toEqual(CONTENT);
    expect((read?.byteOffset ?? 1) % 32).toBe(0);
    await run.write('kernel/layer.3/12', []);
    expect(await run.read('kernel/layer.3/12')).toEqual(new Uint8Array(0));
    await run.remove('kernel/layer.3/12');
    await run.remove('kernel/layer.3/12');
    expect(await run.has('kernel/layer.3/12')).toBe(false);
  });

  it('are listed by prefix, sorted; other files are not', async () => {
    const run = await openEmpty();
    expect(await run.list()).toEqual([]);
    for (const block of ['b/10', 'b/2', 'a', 'a/x', 'bb']) await run.write(block, [CONTENT]);
    await writeFile(join(run.folder, 'blocks/notes.txt'), '');
    await mkdir(join(run.folder, 'blocks/a folder'));
    expect(await run.list()).toEqual(['a', 'a/x', 'b/10', 'b/2', 'bb']);
    expect(await run.list('b/')).toEqual(['b/10', 'b/2']);
    expect(await run.list('c')).toEqual([]);
  });

  it('are told of and removed when they are damaged', async () => {
    const notices: string[] = [];
    const run = await openEmpty(notices);
    const path = join(run.folder, 'blocks/forward/0.block');
    await run.write('forward/0', [CONTENT]);
    const intact = await readFile(path);
    for (const damaged of [
      intact.subarray(0, 40),
      Buffer.concat([intact, intact]),
      intact.with(33, 0),
      Buffer.alloc(0),
    ]) {
      await writeFile(path, damaged);
      expect(await run.has('forward/0')).toBe(false);
      expect(await readdir(join(run.folder, 'blocks/forward'))).toEqual([]);
    }
    expect(notices).toEqual([
      "Block 'forward/0' was damaged (it is cut short); it is computed again.",
      `Block 'forward/0' was damaged (it has ${2 * intact.length} bytes where its header says ${intact.length}); it is computed again.`,
      "Block 'forward/0' was damaged (its checksum does not match); it is computed again.",
      "Block 'forward/0' was damaged (it is cut short); it is computed again.",
    ]);
    await run.write('forward/0', [CONTENT]);
    expect(await run.read('forward/0')).toEqual(CONTENT);
  });

  it('are not taken for one another', async () => {
    const notices: string[] = [];
    const run = await openEmpty(notices);
    await run.write('a', [CONTENT]);
    await rename(join(run.folder, 'blocks/a.block'), join(run.folder, 'blocks/b.block'));
    expect(await run.read('b')).toBeUndefined();
    expect(notices).toEqual(["Block 'b' was damaged (it is the file of another block); it is computed again."]);
  });

  it('can be written at once', async () => {
    const run = await openEmpty();
    const numbers = Array.from({ length: 20 }, (_, k) => k);
    await Promise.all(numbers.map((k) => run.write(`n/${k % 10}`, [new Uint8Array(5000).fill(k % 10)])));
    for (const block of await run.list()) {
      expect(new Set(await run.read(block))).toEqual(new Set([Number(block.slice(2))]));
    }
    expect(await readdir(join(run.folder, 'blocks/n'))).toHaveLength(10);
  });

  it('lose what killed writers left, at the next start', async () => {
    const run = await openEmpty();
    await run.write('a/b', [CONTENT]);
    await writeFile(join(run.folder, 'blocks/a/.nexort-0f'), CONTENT);
    await writeFile(join(run.folder, '.nexort-1f'), CONTENT);
    await writeFile(join(run.folder, 'mine.txt'), '');
    await run.close();
    const again = await openRun({ folder: run.folder, identity: {}, plan: () => null });
    expect(await readdir(join(run.folder, 'blocks/a'))).toEqual(['b.block']);
    expect((await readdir(run.folder)).sort()).toEqual(['blocks', 'lock', 'mine.txt', 'run.json']);
    await again.close();
  });

  it.each(['', '/a', 'a/', 'a//b', '.', '..', 'a/../b', '.nexort-x', 'a b', 'a\\b', 'a:b', 'ä', 'a\n'])(
    'have names that are paths everywhere, not %j',
    async (name) => {
      const failure = await failureOf(() => blockPath(name));
      expect(failure.code).toBe('runs.bad-name');
      expect(blockOf(`${name}.block`)).toBeUndefined();
    },
  );

  it('have names that come back from their paths', () => {
    for (const name of ['a', 'kernel/layer.3/12', 'x.block', '-_+=@/0']) expect(blockOf(blockPath(name))).toBe(name);
  });
});
