import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { tensorFile } from '../../src/runs/index.ts';
import { decodeTensors } from '../../src/runs/tensors/index.ts';
import { failureOf } from '../support/failure.ts';
import { temporaryFolder } from '../support/folders.ts';

const stored = {
  tensors: {
    w: { shape: [2, 2], data: Float32Array.of(1, -0.5, 3e-40, Number.MAX_VALUE) },
    step: { shape: [], data: Float64Array.of(1 / 3) },
    tokens: { shape: [3], data: Int32Array.of(1, 2, 3) },
  },
  metadata: { step: '12', program: 'program "a"\n  data x[]' },
};

describe('a file of tensors', () => {
  test('gives back the numbers and texts that it was given, and is one that others read', async () => {
    const path = join(await temporaryFolder({}), 'checkpoint.safetensors');
    const file = tensorFile(path);
    expect(await file.read()).toBeUndefined();
    await file.write(stored);
    expect(await file.read()).toEqual(stored);
    expect(decodeTensors(await readFile(path))).toEqual(stored.tensors);
    await file.write({ tensors: {}, metadata: {} });
    expect(await file.read()).toEqual({ tensors: {}, metadata: {} });
  });

  test('notices any byte that changes, and any that is missing', async () => {
    const path = join(await temporaryFolder({}), 'checkpoint.safetensors');
    const file = tensorFile(path);
    await file.write(stored);
    const bytes = await readFile(path);
    for (let at = 0; at < bytes.length; at++) {
      const damaged = Uint8Array.from(bytes);
      damaged[at] = (damaged[at] ?? 0) ^ 1;
      await writeFile(path, damaged);
      const error = await failureOf(() => file.read());
      expect(error.code).toBe('runs.damaged-tensors');
    }
    await writeFile(path, bytes.subarray(0, bytes.length - 4));
    const error = await failureOf(() => file.read());
    expect(error.message).toMatch(
      /^'.*checkpoint\.safetensors' is not a complete safetensors file of nexort: .* Delete it and compute it again\.$/,
    );
  });

  test('that cannot be read or written says why', async () => {
    const folder = await temporaryFolder({ file: 'text' });
    const error = await failureOf(() => tensorFile(join(folder, 'file', 'below')).write(stored));
    expect(error.code).toBe('runs.write-failed');
    expect((await failureOf(() => tensorFile(folder).read())).code).toBe('runs.read-failed');
  });
});
