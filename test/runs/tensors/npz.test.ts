import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import fc from 'fast-check';
import { unzipSync } from 'fflate';
import { describe, expect, it } from 'vitest';
import { encodeNpz } from '../../../src/runs/tensors/npz.ts';
import { failureOf } from '../../support/failure.ts';
import { temporaryFolder } from '../../support/folders.ts';
import { readNpz } from '../../support/npz.ts';
import { anyTensors } from '../anyTensors.ts';

describe('encodeNpz', () => {
  it('writes .npy files byte by byte as numpy.save does', () => {
    const files = unzipSync(encodeNpz({ gram: { shape: [3], data: Float32Array.of(1, 2, -0) } }));
    expect(Object.keys(files)).toEqual(['gram.npy']);
    // numpy 2.4.6: numpy.save(file, numpy.array([1, 2, -0.0], dtype='<f4'))
    const dict = "{'descr': '<f4', 'fortran_order': False, 'shape': (3,), }".padEnd(117);
    expect(Buffer.from(files['gram.npy'] ?? []).toString('latin1')).toBe(
      `\x93NUMPY\x01\x00v\x00${dict}\n\x00\x00\x80?\x00\x00\x00@\x00\x00\x00\x80`,
    );
  });

  it('is read back for any tensors', async () => {
    const path = join(await temporaryFolder({}), 'kernels.npz');
    await fc.assert(
      fc.asyncProperty(anyTensors(), async (tensors) => {
        await writeFile(path, encodeNpz(tensors));
        const arrays = readNpz(path);
        expect(arrays.size).toBe(Object.keys(tensors).length);
        for (const [name, { shape, data }] of Object.entries(tensors)) {
          expect(arrays.get(name)?.shape).toEqual(shape);
          expect(arrays.get(name)?.data).toEqual(Float64Array.from(data));
        }
      }),
    );
  });

  it('writes texts as numpy.save does, whatever their characters', () => {
    const texts = ['a', '', 'ö😀', '\ud800'];
    const file = Buffer.from(unzipSync(encodeNpz({ texts }))['texts.npy'] ?? []);
    // numpy 2.4.6: numpy.save(file, numpy.array(['a', '', 'ö😀', '\ufffd']))
    const dict = "{'descr': '<U2', 'fortran_order': False, 'shape': (4,), }".padEnd(117);
    expect(file.subarray(0, 128).toString('latin1')).toBe(`\x93NUMPY\x01\x00v\x00${dict}\n`);
    const points = [0x61, 0, 0, 0, 0xf6, 0x1f600, 0xfffd, 0];
    expect([...new Int32Array(file.buffer.slice(file.byteOffset + 128, file.byteOffset + file.length))]).toEqual(
      points,
    );
  });

  it('gives equal bytes for equal arrays', () => {
    const encode = () =>
      encodeNpz({ a: { shape: [], data: Int32Array.of(4) }, b: { shape: [0], data: new Float64Array(0) } });
    expect(encode()).toEqual(encode());
  });

  it('refuses numbers that do not fill the shape', async () => {
    const failure = await failureOf(() => encodeNpz({ x: { shape: [2], data: Int32Array.of(1) } }));
    expect(failure.code).toBe('runs.tensor-shape');
  });

  it('refuses what the format cannot hold', async () => {
    // As long as 4 GiB of numbers, without the memory.
    const data = Object.defineProperty(new Float64Array(0), 'byteLength', { value: 2 ** 32 });
    const failure = await failureOf(() => encodeNpz({ x: { shape: [0], data } }));
    expect(failure.code).toBe('runs.npz-too-large');
    expect(failure.message).toBe(
      'The arrays take 4294967296 bytes; an .npz file of nexort holds at most 4293918720. Write them as safetensors, or in several files.',
    );
  });
});
