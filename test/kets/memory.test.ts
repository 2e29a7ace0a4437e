/** What runs hold: columns and tiles behind values, and arrays that are written on again. */

import { expect, it } from 'vitest';
import { HeldMemory } from '../../src/kets/memory.ts';
import { Spares } from '../../src/kets/spares.ts';
import type { Value } from '../../src/kets/values.ts';

const vectors = (...data: Float64Array[]): Value => ({ kind: 'vectors', axes: [], shape: [], width: 'n', data });

it('columns that several values share count once, as long as one of them is held', () => {
  const [a, b] = [new Float64Array(10), new Float64Array(20)];
  const [both, one] = [vectors(a, b), vectors(a)];
  const held = new HeldMemory();
  held.add(both);
  held.add(one);
  held.add(one);
  expect(held.bytes).toBe(8 * 30);
  held.drop(both);
  expect(held.bytes).toBe(8 * 10);
  held.drop(one);
  expect(held.bytes).toBe(8 * 10);
  held.drop(one);
  expect(held.bytes).toBe(0);
});

it('arrays that came back are given out again, each once, and by their length', () => {
  const spares = new Spares();
  const [a, b] = [spares.take(4), spares.take(6)];
  expect(spares.take(4)).not.toBe(a);
  spares.give([a, b]);
  expect(spares.take(6)).toBe(b);
  expect(spares.take(6)).not.toBe(b);
  expect(spares.take(4)).toBe(a);
  spares.give([a]);
  spares.give([b]);
  expect(spares.take(4)).not.toBe(a);
});
