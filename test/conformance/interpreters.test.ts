/** Every case in every interpreter: it agrees with the one that it is compared with, or refuses as the table says. */

import { afterAll, describe, expect, test } from 'vitest';
import { nodeEngine } from '../../src/finite/node/index.ts';
import { cases, sizes } from './cases.ts';
import { INTERPRETERS, verdictOf } from './interpreters.ts';
import { REFUSALS } from './refusals.ts';
import { expectVerdict } from './verdicts.ts';

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
