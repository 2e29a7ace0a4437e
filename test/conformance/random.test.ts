/** Random programs mean the same to both interpreters, before and after rewriting and differentiation. */

import fc from 'fast-check';
import { afterAll, expect, test } from 'vitest';
import { nodeEngine } from '../../src/finite/node/index.ts';
import { checked, expand, printProgram, reverse, simplify } from '../../src/program/index.ts';
import { interpret } from '../../src/reference/index.ts';
import { deviation, randomFeeds } from './feeds.ts';
import { randomProgram, randomSizes as sizes, steps } from './randomProgram.ts';

const engine = nodeEngine({ threads: 1 });
afterAll(() => engine.release());

/** Chains of up to ten operations on numbers kept of order 1 by tanh. */
const F32_TOLERANCE = 1e-4;
const F64_TOLERANCE = 1e-11;

test('the engine, the expanded and the simplified program agree with the oracle', async () => {
  await fc.assert(
    fc.asyncProperty(steps, async (choices) => {
      const program = checked(randomProgram(choices));
      const feeds = randomFeeds(program, sizes, 7);
      const expected = interpret(program, feeds, sizes).f?.data ?? [];
      const simple = simplify(program);
      expect(simplify(simple), printProgram(simple)).toBe(simple);
      for (const rewritten of [expand(program), checked(simple)]) {
        const actual = interpret(rewritten, feeds, sizes).f?.data ?? [];
        expect(deviation(actual, expected).worst, printProgram(rewritten)).toBeLessThan(F64_TOLERANCE);
      }
      const engineResult = (await engine.run(program, feeds, sizes)).f?.data ?? [];
      expect(deviation(engineResult, expected).worst, printProgram(program)).toBeLessThan(F32_TOLERANCE);
    }),
    { numRuns: 150, seed: 1 },
  );
});

test('random programs have every operation that needs no index', () => {
  const operations = fc
    .sample(steps, { numRuns: 150, seed: 1 })
    .flatMap((choices) => randomProgram(choices).nodes.map(({ instruction }) => instruction.op));
  expect([...new Set(operations)].sort()).toEqual([
    ...['broadcast', 'call', 'concat', 'contract', 'input', 'map', 'merge', 'overlap', 'pad', 'reduce', 'rename'],
    ...['select', 'split', 'window'],
  ]);
});

test('cotangents agree between the engine and the oracle, simplified or not', async () => {
  await fc.assert(
    fc.asyncProperty(steps, async (choices) => {
      const program = randomProgram(choices);
      const output = program.outputs[0]?.value;
      const axes = program.nodes.find((node) => node.name === output)?.type.axes ?? [];
      const backward = reverse(program, { output: 'f', seed: axes, inputs: ['x', 'y', 'w'] }).program;
      const feeds = randomFeeds(backward, sizes, 8);
      const expected = interpret(backward, feeds, sizes);
      const simplified = interpret(simplify(backward), feeds, sizes);
      const actual = await engine.run(backward, feeds, sizes);
      for (const [name, { data }] of Object.entries(expected)) {
        expect(deviation(simplified[name]?.data ?? [], data).worst, name).toBeLessThan(F64_TOLERANCE);
        // Ties of max within f32 rounding move whole cotangents; random reals have none.
        expect(deviation(actual[name]?.data ?? [], data).worst, `${name}\n${printProgram(backward)}`).toBeLessThan(
          10 * F32_TOLERANCE,
        );
      }
    }),
    { numRuns: 100, seed: 2 },
  );
});
