/** Tangents of every instruction, function and scalar map: their differences, their adjoints, the engine's. */

import fc from 'fast-check';
import { afterAll, describe, expect, test } from 'vitest';
import { nodeEngine } from '../../src/finite/node/index.ts';
import {
  bind,
  cotangentName,
  entries,
  forward,
  nodeOf,
  outputOf,
  type Program,
  printProgram,
  reorder,
  reverse,
  type Sizes,
  shapeOf,
  simplify,
  type Tensor,
  type Tensors,
  tangentName,
} from '../../src/program/index.ts';
import { interpret } from '../../src/reference/index.ts';
import { cases, sizes } from './cases.ts';
import { deviation, type Feeds, randomFeeds } from './feeds.ts';
import { randomProgram, randomSizes, steps } from './randomProgram.ts';

/** f32 has 24 bits; the longest chains here are a few dozen operations on numbers of order 1. */
const F32_TOLERANCE = 2e-5;
/** Random programs have longer chains. */
const F32_CHAIN_TOLERANCE = 1e-3;
const F64_TOLERANCE = 1e-11;
/** Fourth-order differences with step 1e-3: truncation about 1e-12, rounding 1e-16/1e-3. */
const DIFFERENCE_TOLERANCE = 1e-8;

const engine = nodeEngine({ threads: 1 });
afterAll(() => engine.release());

/** The derivative of f, entry by entry, as feeds move along their tangents; central differences of fourth order. */
function differences(program: Program, feeds: Feeds, moving: readonly string[], step = 1e-3): Tensor<Float64Array> {
  const at = (t: number): Tensor<Float64Array> => {
    const moved = moving.map((name): [string, Tensor<Float64Array>] => {
      const [base, along] = [tensorOf(feeds, name), reorder(tensorOf(feeds, tangentName(name)), axesOf(program, name))];
      return [name, { ...base, data: base.data.map((value, k) => value + t * (along.data[k] ?? Number.NaN)) }];
    });
    return tensorOf(interpret(program, { ...feeds, ...Object.fromEntries(moved) }, sizes), 'f');
  };
  const [a, b, c, d] = [at(step), at(-step), at(2 * step), at(-2 * step)].map(({ data }) => data);
  if (a === undefined || b === undefined || c === undefined || d === undefined) return expect.fail('no differences');
  const entry = (data: Float64Array, k: number): number => data[k] ?? Number.NaN;
  const data = a.map((value, k) => (8 * (value - entry(b, k)) - (entry(c, k) - entry(d, k))) / (12 * step));
  return { ...at(0), data };
}

function tensorOf<T extends Tensor>(tensors: Readonly<Record<string, T>>, name: string): T {
  return tensors[name] ?? expect.fail(`no "${name}" among ${Object.keys(tensors).join(', ')}`);
}

const axesOf = (program: Program, name: string): readonly string[] => nodeOf(program, name).type.axes;

/** The inner product of which both modes speak: the mean over width axes, the sum over fixed ones; 0 for what is not. */
function inner(program: Program, given: Sizes, left: Tensor | undefined, right: Tensor | undefined): number {
  if (left === undefined || right === undefined) return 0;
  const other = reorder(right, left.axes).data;
  let total = 0;
  for (let k = 0; k < other.length; k++) total += (left.data[k] ?? Number.NaN) * (other[k] ?? Number.NaN);
  const isWidth = (axis: string): boolean =>
    program.spaces.find(({ name }) => name === axis.replace(/'+$/, ''))?.kind === 'width';
  return total / entries(shapeOf(left.axes.filter(isWidth), bind(program, given)));
}

/** ⟨d.f, t.f⟩ and Σ ⟨d.x, t.x⟩, and the size of what they are sums of. */
function bothSides(program: Program, inputs: readonly string[], given: Sizes, seed: number): [number, number] {
  const axes = axesOf(program, outputOf(program, 'f').value);
  const backward = reverse(program, { output: 'f', seed: axes, inputs }).program;
  const along = forward(program, { inputs });
  const feeds = { ...randomFeeds(backward, given, seed), ...randomFeeds(along, given, seed) };
  const own = (one: Program): Tensors =>
    Object.fromEntries(one.nodes.flatMap(({ name }) => (feeds[name] === undefined ? [] : [[name, feeds[name]]])));
  const cotangents = interpret(backward, own(backward), given);
  const tangents = interpret(along, own(along), given);
  return [
    inner(program, given, feeds[cotangentName('f')], tangents[tangentName('f')]),
    inputs.reduce(
      (sum, name) => sum + inner(program, given, cotangents[cotangentName(name)], feeds[tangentName(name)]),
      0,
    ),
  ];
}

describe.each(cases)('$name', ({ program, smooth }) => {
  const along = forward(program, { inputs: smooth });
  const feeds = randomFeeds(along, sizes, 4);
  const found = interpret(along, feeds, sizes);

  test('the tangent matches central differences', () => {
    const numeric = differences(program, feeds, smooth);
    const tangent = found[tangentName('f')];
    // A function that is constant where it is smooth has none.
    const actual = tangent === undefined ? numeric.data.map(() => 0) : reorder(tangent, numeric.axes).data;
    expect(deviation(actual, numeric.data).worst).toBeLessThan(DIFFERENCE_TOLERANCE);
  });

  test('both modes are adjoint', () => {
    const [forwards, backwards] = bothSides(program, smooth, sizes, 5);
    expect(Math.abs(forwards - backwards)).toBeLessThan(F64_TOLERANCE * Math.max(1, Math.abs(backwards)));
  });

  test('the engine agrees with the oracle', async () => {
    const actual = await engine.run(along, feeds, sizes);
    for (const [name, { data }] of Object.entries(found))
      expect(deviation(actual[name]?.data ?? [], data).worst, name).toBeLessThan(F32_TOLERANCE);
  });
});

test('random programs: both modes are adjoint, and the engine and the simplified program agree', async () => {
  let moved = 0;
  await fc.assert(
    fc.asyncProperty(steps, async (choices) => {
      const program = randomProgram(choices);
      const inputs = ['x', 'y', 'w'];
      const [forwards, backwards] = bothSides(program, inputs, randomSizes, 6);
      expect(Math.abs(forwards - backwards), printProgram(program)).toBeLessThan(
        F64_TOLERANCE * Math.max(1, Math.abs(backwards)),
      );
      if (forwards !== 0) moved++;
      const along = forward(program, { inputs });
      const feeds = randomFeeds(along, randomSizes, 7);
      const expected = interpret(along, feeds, randomSizes);
      const simplified = interpret(simplify(along), feeds, randomSizes);
      const actual = await engine.run(along, feeds, randomSizes);
      for (const [name, { data }] of Object.entries(expected)) {
        expect(deviation(simplified[name]?.data ?? [], data).worst, name).toBeLessThan(F64_TOLERANCE);
        expect(deviation(actual[name]?.data ?? [], data).worst, printProgram(along)).toBeLessThan(F32_CHAIN_TOLERANCE);
      }
    }),
    { numRuns: 100, seed: 3 },
  );
  expect(moved).toBeGreaterThan(50);
});
