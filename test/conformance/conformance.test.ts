/** A program means the same rewritten, and its derivative is its derivative; interpreters.test.ts runs all interpreters. */

import { afterAll, describe, expect, test } from 'vitest';
import { nodeEngine } from '../../src/finite/node/index.ts';
import { stream } from '../../src/numeric/index.ts';
import {
  cotangentName,
  expand,
  nodeOf,
  outputOf,
  type Program,
  printProgram,
  reorder,
  reverse,
  simplify,
  spaceOf,
} from '../../src/program/index.ts';
import { interpret } from '../../src/reference/index.ts';
import { cases, sizes } from './cases.ts';
import { deviation, directional, randomFeeds } from './feeds.ts';

/** f32 has 24 bits; the longest chains here are a few dozen operations on numbers of order 1. */
const F32_TOLERANCE = 2e-5;
/** Fourth-order differences with step 1e-3: truncation about 1e-12, rounding 1e-16/1e-3. */
const DIFFERENCE_TOLERANCE = 1e-8;

const engine = nodeEngine({ threads: 1 });
afterAll(() => engine.release());

/** df = ⟨dx, δx⟩: the mean over width axes, the sum over fixed ones. */
function widthEntries(program: Program, feed: string): number {
  const axes = nodeOf(program, feed).type.axes.filter(
    (axis) => program.spaces.find((space) => space.name === spaceOf(axis))?.kind === 'width',
  );
  return axes.reduce((total, axis) => total * (spaceOf(axis) === 'wide' ? 2 : 1) * sizes.n, 1);
}

describe.each(cases)('$name', ({ program, smooth }) => {
  const feeds = randomFeeds(program, sizes, 1);
  const expected = interpret(program, feeds, sizes).f;

  test('expanding and simplifying preserve meaning', () => {
    for (const rewritten of [expand(program), simplify(program)]) {
      const actual = interpret(rewritten, feeds, sizes).f;
      expect(deviation(actual?.data ?? [], expected?.data ?? []).worst, printProgram(rewritten)).toBeLessThan(1e-12);
    }
  });

  const { axes } = nodeOf(program, outputOf(program, 'f').value).type;
  const differentiated = reverse(program, { output: 'f', seed: axes, inputs: smooth }).program;
  const given = { ...randomFeeds(differentiated, sizes, 2), ...feeds };
  const gradients = interpret(differentiated, given, sizes);
  const seed = given['d.f'];
  // The seed is a cotangent too: where the output has width axes, its inner product is a mean over them.
  const outputScale = 1 / widthEntries(program, outputOf(program, 'f').value);

  test.each(smooth)('the cotangent of %s matches central differences', (feed) => {
    const base = given[feed];
    const direction = stream(3, feed).normals(base?.data.length ?? 0);
    const numeric =
      directional(program, { feeds, sizes }, 'f', seed?.data ?? new Float64Array(), feed, direction) * outputScale;
    const cotangent = gradients[cotangentName(feed)];
    // A cotangent has the axes of its value, not their order.
    const entries = cotangent && base ? reorder(cotangent, base.axes).data : new Float64Array(direction.length);
    const inner = entries.reduce((sum, v, k) => sum + v * (direction[k] ?? 0), 0);
    const actual = inner / widthEntries(program, feed);
    expect(Math.abs(actual - numeric)).toBeLessThan(DIFFERENCE_TOLERANCE * Math.max(1, Math.abs(numeric)));
  });

  test('the engine agrees with the oracle on the cotangents', async () => {
    const actual = await engine.run(differentiated, given, sizes);
    for (const [name, value] of Object.entries(gradients)) {
      expect(deviation(actual[name]?.data ?? [], value.data).worst, name).toBeLessThan(F32_TOLERANCE);
    }
  });
});
