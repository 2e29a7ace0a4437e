import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { InvariantError, UserError } from '../../../src/errors/index.ts';
import { reverseItems } from '../../../src/runs/tensors/littleEndian.ts';
import {
  decodeMetadata,
  decodeTensors,
  encodeTensors,
  type Numbers,
  type Tensor,
} from '../../../src/runs/tensors/tensors.ts';
import { failureOf } from '../../support/failure.ts';
import { anyTensors } from '../anyTensors.ts';

/** All parts as one array whose bytes begin at `offset` in its buffer. */
function join(parts: readonly Uint8Array[], offset = 0): Uint8Array {
  const whole = Buffer.concat(parts);
  const bytes = new Uint8Array(offset + whole.length).subarray(offset);
  bytes.set(whole);
  return bytes;
}

function file(header: string, data: readonly number[] = []): Uint8Array {
  const text = new TextEncoder().encode(header);
  return Uint8Array.from([text.length & 0xff, text.length >> 8, 0, 0, 0, 0, 0, 0, ...text, ...data]);
}

describe('encodeTensors', () => {
  it('writes the format byte by byte', () => {
    const parts = encodeTensors({ b: { shape: [2], data: Int32Array.of(1, -2) } }, { seed: '13' });
    const header = '{"__metadata__":{"seed":"13"},"b":{"dtype":"I32","shape":[2],"data_offsets":[0,8]}}';
    const length = Math.ceil(header.length / 8) * 8;
    expect([...join(parts)]).toEqual([
      ...[length, 0, 0, 0, 0, 0, 0, 0],
      ...new TextEncoder().encode(header.padEnd(length)),
      ...[1, 0, 0, 0, 0xfe, 0xff, 0xff, 0xff],
    ]);
  });

  it('puts wide numbers first, then goes by name: the order of the argument does not count', () => {
    const tensors: [string, Tensor][] = [
      ['b', { shape: [1], data: Float32Array.of(1) }],
      ['a', { shape: [], data: Int32Array.of(2) }],
      ['z', { shape: [1, 1], data: Float64Array.of(3) }],
    ];
    const bytes = join(encodeTensors(Object.fromEntries(tensors)));
    expect(bytes).toEqual(join(encodeTensors(Object.fromEntries(tensors.toReversed()))));
    expect(Object.keys(decodeTensors(bytes))).toEqual(['z', 'a', 'b']);
  });

  it('does not copy the numbers', () => {
    const data = Float64Array.of(1, 2);
    expect(encodeTensors({ x: { shape: [2], data } })[1]?.buffer).toBe(data.buffer);
  });

  it('refuses numbers that do not fill the shape, and the name of the metadata', async () => {
    const data = new Float32Array(5);
    const shape = await failureOf(() => encodeTensors({ x: { shape: [2, 3], data } }));
    expect(shape).toBeInstanceOf(InvariantError);
    expect(shape.message).toContain("Tensor 'x' of shape [2, 3] is given with 5 numbers.");
    for (const bad of [[-1, -5], [2.5, 2], [NaN]]) {
      expect((await failureOf(() => encodeTensors({ x: { shape: bad, data } }))).code).toBe('runs.tensor-shape');
    }
    const name = await failureOf(() => encodeTensors({ __metadata__: { shape: [5], data } }));
    expect(name.code).toBe('runs.bad-name');
  });
});

describe('decodeTensors', () => {
  it('gives back any tensors, wherever the bytes begin in their buffer', () => {
    fc.assert(
      fc.property(anyTensors(), fc.nat(9), (tensors, offset) => {
        const decoded = decodeTensors(join(encodeTensors(tensors), offset));
        expect(Object.keys(decoded).sort()).toEqual(Object.keys(tensors).sort());
        for (const [name, { shape, data }] of Object.entries(tensors)) {
          expect(decoded[name]?.shape).toEqual(shape);
          expect(decoded[name]?.data).toStrictEqual(data);
        }
      }),
    );
  });

  it('views aligned bytes and copies others', () => {
    const parts = encodeTensors({ x: { shape: [1], data: Float64Array.of(7) } });
    const aligned = join(parts);
    expect(decodeTensors(aligned).x?.data.buffer).toBe(aligned.buffer);
    const shifted = join(parts, 4);
    expect(decodeTensors(shifted).x?.data.buffer).not.toBe(shifted.buffer);
    expect(decodeTensors(shifted).x?.data).toEqual(Float64Array.of(7));
  });

  it.each<[string, Uint8Array, string]>([
    ['nothing', new Uint8Array(0), 'it ends within its header'],
    ['a cut header', file('{"x":{}}').subarray(0, 12), 'it ends within its header'],
    ['a huge length', new Uint8Array(20).fill(0xff), 'it ends within its header'],
    ['no JSON', file('{"x":'), 'its header is not valid JSON'],
    ['bytes that are not UTF-8', Uint8Array.of(1, 0, 0, 0, 0, 0, 0, 0, 0xff), 'its header is not valid JSON'],
    ['a list', file('[]'), 'its header is not a JSON object'],
    ['no entry', file('{"x":1}'), "tensor 'x' has dtype undefined; expected F64, F32, I32"],
    [
      'another dtype',
      file('{"x":{"dtype":"F16","shape":[0],"data_offsets":[0,0]}}'),
      `tensor 'x' has dtype "F16"; expected F64, F32, I32`,
    ],
    [
      'a bad shape',
      file('{"x":{"dtype":"F32","shape":[-1],"data_offsets":[0,0]}}'),
      "tensor 'x' has no valid shape and data_offsets",
    ],
    [
      'three offsets',
      file('{"x":{"dtype":"F32","shape":[],"data_offsets":[0,4,8]}}', [0, 0, 0, 0]),
      "tensor 'x' has no valid shape and data_offsets",
    ],
    [
      'too few bytes',
      file('{"x":{"dtype":"F32","shape":[2],"data_offsets":[0,4]}}', [0, 0, 0, 0]),
      "tensor 'x' of shape [2] has 4 bytes",
    ],
    [
      'a gap',
      file('{"x":{"dtype":"F32","shape":[],"data_offsets":[4,8]}}', [0, 0, 0, 0, 0, 0, 0, 0]),
      "tensor 'x' does not follow the one before",
    ],
    [
      'cut numbers',
      file('{"x":{"dtype":"F32","shape":[],"data_offsets":[0,4]}}', [0, 0, 0]),
      'its tensors take 4 bytes and 3 are there',
    ],
    ['surplus bytes', file('{}', [0]), 'its tensors take 0 bytes and 1 are there'],
  ])('refuses %s', async (_, bytes, problem) => {
    const failure = await failureOf(() => decodeTensors(bytes, 'kernel-13.safetensors'));
    expect(failure).toBeInstanceOf(UserError);
    expect(failure.code).toBe('runs.damaged-tensors');
    expect(failure.message).toBe(
      `kernel-13.safetensors is not a complete safetensors file of nexort: ${problem}. Delete it and compute it again.`,
    );
  });

  it('refuses every truncated file', async () => {
    const bytes = join(encodeTensors({ x: { shape: [2], data: Float64Array.of(1, 2) } }));
    for (let length = 0; length < bytes.length; length++) {
      expect((await failureOf(() => decodeTensors(bytes.subarray(0, length)))).code).toBe('runs.damaged-tensors');
    }
  });
});

describe('decodeMetadata', () => {
  it('gives back the texts', () => {
    const metadata = { task: 'afinn', 'größe "x"': '[1,\n2]', empty: '' };
    expect(decodeMetadata(join(encodeTensors({}, metadata)))).toEqual(metadata);
    expect(decodeMetadata(join(encodeTensors({})))).toEqual({});
  });

  it('refuses what are not texts', async () => {
    for (const header of ['{"__metadata__":[]}', '{"__metadata__":{"seed":13}}']) {
      expect((await failureOf(() => decodeMetadata(file(header)))).code).toBe('runs.damaged-tensors');
    }
  });
});

describe('reverseItems', () => {
  it('turns numbers of one byte order into those of the other', () => {
    const values = [1.5, -2e300, 0];
    const big = new DataView(new ArrayBuffer(24));
    for (const [index, value] of values.entries()) big.setFloat64(8 * index, value, false);
    const reversed = reverseItems(new Uint8Array(big.buffer), 8);
    const little: Numbers = Float64Array.from(values, (_, index) =>
      new DataView(reversed.buffer).getFloat64(8 * index, true),
    );
    expect([...little]).toEqual(values);
  });
});
