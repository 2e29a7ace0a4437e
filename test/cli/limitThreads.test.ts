/** `nexort limit` on several threads. */

import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { BuiltNexort } from './builtNexort.ts';

test('a limit is the same number for number on one thread and on two', async () => {
  const built = await BuiltNexort.build();
  // What the threads load; where it is missing there is one thread.
  expect(existsSync(join(built.folder, 'dist/nexort/scramblingThread.js'))).toBe(true);
  const few = ['--widths', 'none', '--steps', '2', '--samples', '256', '--scramblings', '3', '--looks', '0', '--json'];
  const [one, two] = await Promise.all(
    ['1', '2'].map(async (threads) => {
      const { code, stdout, stderr } = await built.run('limit', '--optimizer', 'sgd', '--threads', threads, ...few);
      expect(code, stderr).toBe(0);
      return JSON.parse(stdout);
    }),
  );
  expect(two.outputs.flat()).toHaveLength(30);
  expect(two).toEqual(one);
});
