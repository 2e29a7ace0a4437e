import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { openTensors } from '../../../src/lm/model/safetensors.ts';
import { checkpointFolder } from '../../../src/lm/node/model/checkpointFolder.ts';
import { failureOf } from '../../support/failure.ts';
import { temporaryFolder } from '../../support/folders.ts';
import { floats, safetensorsFile, withHeader } from './safetensorsFile.ts';

const SINGLE = 'model.safetensors';
const WHOLE = safetensorsFile({ a: floats([2], [1, 2]), b: floats([3], [3, 4, 5]) });

async function failure(content: string | Uint8Array) {
  const folder = await temporaryFolder({ [SINGLE]: content });
  return { file: join(folder, SINGLE), error: await failureOf(() => openTensors(checkpointFolder(folder))) };
}

describe('a damaged safetensors file', () => {
  it('is refused when it is cut in its header length', async () => {
    const { file, error } = await failure(WHOLE.subarray(0, 5));
    expect(error.code).toBe('lm.damaged-tensors');
    expect(error.message).toBe(
      `${file} is not a complete safetensors file: its header length is cut: expected 8 bytes, found 5. Download or save it again.`,
    );
  });

  it('is refused when it is cut in its header', async () => {
    const { file, error } = await failure(WHOLE.subarray(0, 50));
    const dataStart = WHOLE.length - 20;
    expect(error.message).toBe(
      `${file} is not a complete safetensors file: its header is longer than the file: expected ${dataStart} bytes, found 50. Download or save it again.`,
    );
    expect(error.data).toMatchObject({ file, expected: dataStart, found: 50 });
  });

  it('is refused when it is cut in its data', async () => {
    const { file, error } = await failure(WHOLE.subarray(0, WHOLE.length - 1));
    expect(error.message).toBe(
      `${file} is not a complete safetensors file: tensor 'b' ends after the end of the file: expected ${WHOLE.length} bytes, found ${WHOLE.length - 1}. Download or save it again.`,
    );
  });

  it('is refused when it goes on after its data', async () => {
    const { error } = await failure(Buffer.concat([WHOLE, Buffer.from([0])]));
    expect(error.message).toContain(
      `it goes on after its last tensor: expected ${WHOLE.length} bytes, found ${WHOLE.length + 1}.`,
    );
  });

  it('is refused at any other length, and never read', async () => {
    for (let length = 0; length < WHOLE.length; length++) {
      expect((await failure(WHOLE.subarray(0, length))).error.code).toBe('lm.damaged-tensors');
    }
  });

  it('is refused when it is a Git LFS pointer', async () => {
    const { file, error } = await failure('version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 5\n');
    expect(error.message).toBe(
      `${file} is not a complete safetensors file: it does not begin with a header length (a Git LFS pointer or a web page does not). Download or save it again.`,
    );
  });

  it('is refused when its header is not JSON', async () => {
    const { file, error } = await failure(withHeader('{"a": ', []));
    expect(error.code).toBe('lm.malformed-json');
    expect(error.message).toMatch(`The header of ${file} is not valid JSON: `);
  });

  const four = new Uint8Array(4);
  it.each([
    [{ a: 3 }, "tensor 'a' has no description in the header"],
    [{ a: { shape: [1], data_offsets: [0, 4] } }, "tensor 'a' has no dtype"],
    [{ a: { dtype: 'F32', data_offsets: [0, 4] } }, "tensor 'a' has no shape of whole numbers"],
    [{ a: { dtype: 'F32', shape: [-1], data_offsets: [0, 4] } }, "tensor 'a' has no shape of whole numbers"],
    [{ a: { dtype: 'F32', shape: [1], data_offsets: [4, 0] } }, "tensor 'a' has no valid data_offsets [begin, end]"],
    [{ a: { dtype: 'F32', shape: [1], data_offsets: [0] } }, "tensor 'a' has no valid data_offsets [begin, end]"],
    [
      { a: { dtype: 'F32', shape: [1, 2], data_offsets: [0, 4] } },
      "tensor 'a' (F32 of shape [1, 2]) has a wrong range: expected 8 bytes, found 4",
    ],
    [{ a: { dtype: 'F16', shape: [1], data_offsets: [2, 4] } }, "2 bytes between the header and tensor 'a' are unused"],
    [
      {
        a: { dtype: 'F16', shape: [2], data_offsets: [0, 4] },
        b: { dtype: 'F16', shape: [1], data_offsets: [2, 4] },
      },
      "tensor 'b' overlaps with tensor 'a'",
    ],
  ])('is refused with the header %j', async (header, problem) => {
    const { file, error } = await failure(withHeader(JSON.stringify(header), [four]));
    expect(error.code).toBe('lm.damaged-tensors');
    expect(error.message).toBe(`${file} is not a complete safetensors file: ${problem}. Download or save it again.`);
  });
});
