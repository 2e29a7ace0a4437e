import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { unzipSync } from 'fflate';
import { describe, expect, it } from 'vitest';
import { type MatrixRows, matrixFile, matrixFormat } from '../../src/runs/index.ts';
import { decodeNpy, decodeTensors, encodeNpz, encodeTensors } from '../../src/runs/tensors/index.ts';
import { zipParts } from '../../src/runs/zipStream.ts';

const FIRST = { shape: [3, 2], data: Float64Array.of(1, 2, 3, 4, 5, -6.5) };
const SECOND = { shape: [2, 3], data: Float64Array.of(0.1, 0.2, 0.3, 1e300, -0, 7) };

/** The rows, two at a time. */
const rowsOf = ({ shape: [rows = 0, columns = 0], data }: typeof FIRST): MatrixRows => ({
  rows,
  columns,
  read: async function* () {
    for (let row = 0; row < rows; row += 2) yield data.subarray(row * columns, Math.min(rows, row + 2) * columns);
  },
});
const MATRICES = { second: rowsOf(SECOND), first: rowsOf(FIRST) };

async function whole(parts: AsyncIterable<Uint8Array>): Promise<Uint8Array> {
  const all: Uint8Array[] = [];
  for await (const part of parts) all.push(part);
  return new Uint8Array(Buffer.concat(all));
}

describe('files of matrices, written row by row', () => {
  it('as npz hold the arrays that are written at once', async () => {
    const files = unzipSync(await whole(matrixFile('npz', MATRICES)));
    const atOnce = unzipSync(encodeNpz({ first: FIRST, second: SECOND }));
    expect(files).toEqual(atOnce);
    expect(decodeNpy(files['second.npy'] ?? new Uint8Array(), 'second')).toEqual(SECOND);
  });

  it('as safetensors are the bytes that are written at once', async () => {
    const bytes = await whole(matrixFile('safetensors', MATRICES));
    expect(bytes).toEqual(new Uint8Array(Buffer.concat(encodeTensors({ first: FIRST, second: SECOND }))));
    expect(decodeTensors(bytes)).toEqual({ first: FIRST, second: SECOND });
  });

  it('as JSON are lists of rows, and further entries', async () => {
    const text = new TextDecoder().decode(await whole(matrixFile('json', MATRICES, { seconds: 2, note: 'a "b"' })));
    expect(JSON.parse(text)).toEqual({
      ...{
        first: [
          [1, 2],
          [3, 4],
          [5, -6.5],
        ],
        second: [
          [0.1, 0.2, 0.3],
          [1e300, 0, 7],
        ],
      },
      ...{ seconds: 2, note: 'a "b"' },
    });
  });

  it('are recognized by the end of their names', () => {
    expect(['a.npz', 'b/c.SafeTensors', 'd.json', 'npz', 'e.npy'].map(matrixFormat)).toEqual([
      ...['npz', 'safetensors', 'json'],
      ...[undefined, undefined],
    ]);
  });
});

const hasPython = ((): boolean => {
  try {
    execFileSync('python3', ['-c', 'import zipfile'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
})();

/** Reads all files of an archive, with their checksums. */
const READ = `
import json, sys, zipfile
with zipfile.ZipFile(sys.argv[1]) as archive:
    assert archive.testzip() is None
    print(json.dumps({name: archive.read(name).decode() for name in archive.namelist()}))`;

describe('archives', () => {
  const files = [
    ['a.txt', ['some', ' text']],
    ['b.txt', ['']],
    ['c.txt', ['x'.repeat(100)]],
  ] as const;
  const archive = (large?: number) =>
    zipParts(
      files.map(([name, parts]) => ({
        name,
        size: parts.join('').length,
        bytes: async function* () {
          for (const part of parts) yield new TextEncoder().encode(part);
        },
      })),
      large,
    );
  const contents = Object.fromEntries(files.map(([name, parts]) => [name, parts.join('')]));

  it.for([undefined, 50, 1])('are read by another program, numbers of 64 bits from %s on', async (large, context) => {
    if (!hasPython) context.skip('python3 is not installed');
    const folder = mkdtempSync(join(tmpdir(), 'nexort-zip-'));
    try {
      const path = join(folder, 'archive.zip');
      writeFileSync(path, await whole(archive(large)));
      expect(JSON.parse(execFileSync('python3', ['-c', READ, path], { encoding: 'utf8' }))).toEqual(contents);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  it('are read by fflate', async () => {
    const read = Object.entries(unzipSync(await whole(archive())));
    expect(Object.fromEntries(read.map(([name, bytes]) => [name, new TextDecoder().decode(bytes)]))).toEqual(contents);
  });
});
