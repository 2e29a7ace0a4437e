/** Nothing is recorded of what you run: the runtime's own telemetry is off before it loads. */

import { spawnSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { expect, test } from 'vitest';
import { temporaryFolder } from '../../support/folders.ts';

const ROOT = resolve(import.meta.dirname, '../../..');

/** Runs a program on the engine in a process of its own. */
const PROGRAM = `
  const { nodeEngine } = await import('./src/finite/node/index.ts');
  const { parseProgram, tensor } = await import('./src/program/index.ts');
  const program = parseProgram('program doubled\\n  fixed a = 2\\n  data x[a]\\n  y[a] = 2 * x\\n  output y');
  const engine = nodeEngine({ threads: 1 });
  const { y } = await engine.run(program, { x: tensor(['a'], [2], [1, 2]) });
  await engine.release();
  console.log([...y.data].join());`;

test('the engine leaves an empty home folder empty, whatever the environment says', async () => {
  const home = await temporaryFolder({});
  const { ORT_DISABLE_TELEMETRY: _, XDG_CACHE_HOME: __, ...inherited } = process.env;
  const run = spawnSync(process.execPath, ['--import', 'tsx', '--input-type=module', '--eval', PROGRAM], {
    cwd: ROOT,
    encoding: 'utf8',
    env: { ...inherited, HOME: home, TMPDIR: join(home, '..') },
  });
  expect(run.stdout, run.stderr).toBe('2,4\n');
  expect(readdirSync(home, { recursive: true })).toEqual([]);
});
