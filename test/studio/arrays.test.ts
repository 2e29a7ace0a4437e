/** Archives of numpy as the page reads them: what nexort writes, and what is damaged. */

import fc from 'fast-check';
import { zipSync } from 'fflate';
import { describe, expect, it } from 'vitest';
import { encodeNpz } from '../../src/runs/tensors/index.ts';
import { fromNpz, fromSafetensors } from '../../studio/src/runs/arrays.ts';
import { unzip } from '../../studio/src/runs/zip.ts';

const MOST = 2 ** 20;
const archive = encodeNpz({
  a: { shape: [2, 2], data: Float64Array.of(1, 2, 3, 4) },
  b: { shape: [3], data: Int32Array.of(-1, 0, 7) },
  texts: ['naïve', '', '𝔘nicode'],
});

describe('an archive of arrays', () => {
  it('is read as it was written, stored or deflated', async () => {
    const { numbers, texts } = await fromNpz(archive, 'k.npz', MOST);
    expect(Array.from(numbers.a?.data ?? [])).toEqual([1, 2, 3, 4]);
    expect(numbers.a?.shape).toEqual([2, 2]);
    expect(Array.from(numbers.b?.data ?? [])).toEqual([-1, 0, 7]);
    expect(texts).toEqual({ texts: ['naïve', '', '𝔘nicode'] });
  });

  it('of any files gives their bytes', async () => {
    const files = fc.dictionary(fc.stringMatching(/^[a-z]{1,8}$/), fc.uint8Array({ maxLength: 300 }), { maxKeys: 4 });
    await fc.assert(
      fc.asyncProperty(files, fc.constantFrom(0 as const, 6 as const), async (given, level) => {
        const read = await unzip(zipSync(given, { level }), MOST);
        expect(Object.fromEntries([...read].map(([name, bytes]) => [name, [...bytes]]))).toEqual(
          Object.fromEntries(Object.entries(given).map(([name, bytes]) => [name, [...bytes]])),
        );
      }),
      { numRuns: 30 },
    );
  });

  it.each<[string, (bytes: Uint8Array) => Uint8Array, RegExp]>([
    ['is cut', (bytes) => bytes.subarray(0, bytes.length - 30), /no zip archive, or ends early/],
    ['is something else', () => new TextEncoder().encode('nothing of the kind'), /no zip archive/],
    ['is empty', () => new Uint8Array(), /no zip archive/],
    ['has a number changed', (bytes) => changed(bytes, bytes.indexOf(0x40)), /checksum is another/],
    ['has its directory elsewhere', (bytes) => changed(bytes, bytes.length - 5), /directory of the archive is damaged/],
  ])('that %s is told', async (_, change, message) => {
    await expect(fromNpz(change(archive), 'k.npz', MOST)).rejects.toThrow(message);
  });

  it('that is larger unpacked than a page reads is not unpacked', async () => {
    const small = zipSync({ 'a.npy': new Uint8Array(2 ** 21) });
    expect(small.length).toBeLessThan(2 ** 14);
    await expect(fromNpz(small, 'k.npz', MOST)).rejects.toThrow('Unpacked it has 2 MB; a page reads up to 1.');
  });

  it('that unpacks to more than it says is cut off', async () => {
    const bytes = zipSync({ 'a.npy': new Uint8Array(5000) });
    const view = new DataView(bytes.buffer);
    const entry = view.getUint32(bytes.length - 6, true);
    view.setUint32(entry + 24, 4, true);
    await expect(unzip(bytes, MOST)).rejects.toThrow(/damaged|cut off/);
  });
});

it('a file of tensors that is damaged is told', () => {
  expect(() => fromSafetensors(new Uint8Array(4), 'k.safetensors')).toThrow('it ends within its header');
});

function changed(bytes: Uint8Array, place: number): Uint8Array {
  const copy = bytes.slice();
  copy[place] = (copy[place] ?? 0) ^ 0x15;
  return copy;
}
