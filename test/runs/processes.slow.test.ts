/** Processes that are killed at more moments. */

import { afterAll, beforeAll, it } from 'vitest';
import { compileChild } from './children.ts';
import { expectKillsHarmless } from './kills.ts';

let compiled: Awaited<ReturnType<typeof compileChild>>;
beforeAll(async () => {
  compiled = await compileChild();
});
afterAll(() => compiled.remove());

it('a process that is killed leaves whole blocks and a folder that goes on, at 50 random moments', () =>
  expectKillsHarmless(compiled.path, 50));
