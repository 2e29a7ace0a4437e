/** Nothing is recorded of what you run: the runtime's own telemetry is off before it loads. */

import { spawnSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { BuiltNexort } from '../../cli/builtNexort.ts';
import { temporaryFolder } from '../../support/folders.ts';

const built = await BuiltNexort.build();
const entry = async (room: string): Promise<string> => JSON.stringify(await built.room(room));

/** Runs a program on the engine. */
const PROGRAM = `(async () => {
  const { nodeEngine } = await import(${await entry('finite/node')});
  const { parseProgram, tensor } = await import(${await entry('program')});
  const program = parseProgram('program doubled\\n  fixed a = 2\\n  data x[a]\\n  y[a] = 2 * x\\n  output y');
  const engine = nodeEngine({ threads: 1 });
  const { y } = await engine.run(program, { x: tensor(['a'], [2], [1, 2]) });
  await engine.release();
  console.log([...y.data].join());
})()`;

/** The same in a thread. */
const IN_THREAD = `new (require('node:worker_threads').Worker)(${JSON.stringify(PROGRAM)}, { eval: true });`;

test.each([
  ['in a process', PROGRAM, '2,4\n', /^$/],
  ['in a thread', `process.env.ORT_DISABLE_TELEMETRY = '1'; ${IN_THREAD}`, '2,4\n', /^$/],
  ['in a thread that cannot turn it off', IN_THREAD, '', /Set process\.env\.ORT_DISABLE_TELEMETRY = '1' in the main/],
] as const)('the engine leaves an empty home folder empty %s', async (_, program, stdout, stderr) => {
  const home = await temporaryFolder({});
  const { ORT_DISABLE_TELEMETRY: __, XDG_CACHE_HOME: ___, ...inherited } = process.env;
  const run = spawnSync(process.execPath, ['--eval', program], {
    encoding: 'utf8',
    env: { ...inherited, HOME: home, TMPDIR: join(home, '..') },
  });
  expect(run.stdout, run.stderr).toBe(stdout);
  expect(run.stderr).toMatch(stderr);
  expect(readdirSync(home, { recursive: true })).toEqual([]);
});
