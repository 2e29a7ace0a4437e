/** Every case in every interpreter: it agrees with the one that it is compared with, or refuses as the table says. */

import fc from 'fast-check';
import { afterAll, describe, expect, test } from 'vitest';
import { nodeEngine } from '../../src/finite/node/index.ts';
import { cases, sizes } from './cases.ts';
import { INTERPRETERS, verdictOf } from './interpreters.ts';
import { randomProgram, randomSizes, steps } from './randomProgram.ts';
import { REFUSALS } from './refusals.ts';
import { expectRandomVerdict, expectVerdict } from './verdicts.ts';

const engine = nodeEngine({ threads: 1 });
afterAll(() => engine.release());

describe.each(INTERPRETERS)('%s', (interpreter) => {
  test.each(cases)('$name', async ({ name, program }) => {
    expectVerdict(await verdictOf(interpreter, { name, program, sizes }, engine), interpreter, name);
  });

  test('refuses nothing that is no case', () => {
    const names = cases.map(({ name }) => name);
    expect(Object.keys(REFUSALS[interpreter]).filter((name) => !names.includes(name))).toEqual([]);
  });
});

/** random.test.ts has random programs in the engine, before and after rewriting. */
test.each(['stored kets', 'lazy kets'] as const)('random programs in %s', async (interpreter) => {
  let agreed = 0;
  await fc.assert(
    fc.asyncProperty(steps, async (choices) => {
      const program = randomProgram(choices);
      const verdict = await verdictOf(interpreter, { name: 'random', program, sizes: randomSizes }, engine);
      expectRandomVerdict(verdict, interpreter, program);
      if ('share' in verdict) agreed++;
    }),
    { numRuns: 300, seed: 4 },
  );
  expect(agreed).toBeGreaterThan(40);
});
