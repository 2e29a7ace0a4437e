import { describe, expect, test } from 'vitest';
import { assemble } from '../../../src/numeric/wasm/assembler.ts';
import {
  advance,
  compile,
  get,
  instantiate,
  load,
  loadTwice,
  repeatWhileBelow,
  set,
  store,
  vector,
} from '../../../src/numeric/wasm/index.ts';

const [add, multiply] = [vector('add', 'f64'), vector('mul', 'f64')];

describe('assemble', () => {
  test('a module of no functions is its header, its memory and their export, byte by byte', () => {
    const memory = [...'memory'].map((letter) => letter.charCodeAt(0));
    expect([...assemble({ pages: 1, functions: [] })]).toEqual([
      ...[0, 0x61, 0x73, 0x6d, 1, 0, 0, 0],
      ...[5, 4, 1, 1, 1, 1],
      ...[7, 10, 1, 6, ...memory, 2, 0],
    ]);
  });

  // 8, 1000 and 20000 take one, two and three bytes in LEB128; 72 and 9000 set bit 6 of the last byte when unsigned.
  test.each([8, 72, 1000, 9000, 20000])('a loop of vector instructions at offset and step %i', (offset) => {
    const step = offset + 8;
    const scaleAll = {
      name: 'scaleAll',
      parameters: ['i32', 'i32', 'i32'] as const,
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
    const { memory, kernel } = instantiate(compile({ pages: 2, functions: [scaleAll] }));
    const run = kernel('scaleAll');
    const words = new Float64Array(memory.buffer);
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
