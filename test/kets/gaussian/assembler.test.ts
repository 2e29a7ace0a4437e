import { describe, expect, test } from 'vitest';
import {
  add,
  advance,
  assemble,
  get,
  load,
  loadTwice,
  multiply,
  repeatWhileBelow,
  set,
  store,
} from '../../../src/kets/gaussian/assembler.ts';

/** The part of WebAssembly's interface that is used here. */
interface Interface {
  readonly Module: new (bytes: Uint8Array<ArrayBuffer>) => object;
  readonly Instance: new (module: object) => { readonly exports: Readonly<Record<string, unknown>> };
}

function instance(bytes: Uint8Array<ArrayBuffer>): Readonly<Record<string, unknown>> {
  const { WebAssembly } = globalThis as unknown as { readonly WebAssembly: Interface };
  return new WebAssembly.Instance(new WebAssembly.Module(bytes)).exports;
}

describe('assemble', () => {
  test('a module of no functions is its header and empty sections, byte by byte', () => {
    const memory = [...'memory'].map((letter) => letter.charCodeAt(0));
    expect([...assemble(1, [])]).toEqual([
      ...[0, 0x61, 0x73, 0x6d, 1, 0, 0, 0],
      ...[1, 1, 0],
      ...[3, 1, 0],
      ...[5, 4, 1, 1, 1, 1],
      ...[7, 10, 1, 6, ...memory, 2, 0],
      ...[10, 1, 0],
    ]);
  });

  // 8, 1000 and 20000 take one, two and three bytes in LEB128; 72 and 9000 set bit 6 of the last byte when unsigned.
  test.each([8, 72, 1000, 9000, 20000])('a loop of vector instructions at offset and step %i', (offset) => {
    const step = offset + 8;
    const scaleAll = {
      name: 'scaleAll',
      parameters: 3,
      vectors: 1,
      body: [
        ...loadTwice(2, 0),
        ...set(3),
        ...repeatWhileBelow(0, 1, [
          ...store(0, offset, [...load(0, offset), ...get(3), ...multiply, ...load(0, offset), ...add]),
          ...advance(0, step),
        ]),
      ],
    };
    const { memory, scaleAll: run } = instance(assemble(2, [scaleAll]));
    if (!(typeof run === 'function' && typeof memory === 'object' && memory !== null && 'buffer' in memory)) {
      return expect.fail('the module exports something else');
    }
    const words = new Float64Array(memory.buffer as ArrayBuffer);
    expect(words.byteLength).toBe(2 * 65536);
    words.set([4]);
    for (const turn of [0, 1, 2]) words.set([turn + 1, -1 - turn], (8 + turn * step + offset) / 8);
    run(8, 8 + 2 * step + 1, 0);
    for (const turn of [0, 1, 2]) {
      const start = (8 + turn * step + offset) / 8;
      expect([...words.slice(start, start + 2)]).toEqual([5 * (turn + 1), -5 * (turn + 1)]);
    }
  });
});
