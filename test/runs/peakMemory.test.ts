import { spawnSync } from 'node:child_process';
import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { expect, it } from 'vitest';

const MODULE = pathToFileURL(resolve(import.meta.dirname, '../../src/runs/peakMemory.ts')).href;
const MIB = 2 ** 20;

/** What a process says that takes so much. */
function peakOf(bytes: number): number {
  const script = `import { peakMemory } from '${MODULE}'; const taken = Buffer.alloc(${bytes}, 1); console.log(peakMemory(), taken.length);`;
  const options = ['--import', 'tsx', '--input-type=module', '-e', script];
  const { stdout, stderr } = spawnSync(process.execPath, options, { encoding: 'utf8' });
  expect(stderr).toBe('');
  return Number.parseInt(stdout, 10);
}

it('is that of the process, whatever the one holds that starts it', () => {
  const held = Buffer.alloc(600 * MIB, 1);
  const small = peakOf(0);
  expect(small).toBeGreaterThan(20 * MIB);
  expect(small).toBeLessThan(held.length - 100 * MIB);
  expect(peakOf(200 * MIB)).toBeGreaterThan(small + 150 * MIB);
});
