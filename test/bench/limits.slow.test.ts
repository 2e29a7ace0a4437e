/** The limits bench end to end at tiny sizes. */

import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { expect, test } from 'vitest';
import { pythonWith } from '../../bench/harness/python.ts';
import { temporaryFolder } from '../support/folders.ts';

const ROOT = resolve(import.meta.dirname, '../..');

async function bench(options: readonly string[], env: Readonly<Record<string, string>> = {}) {
  const out = await temporaryFolder({});
  const args = ['--import', 'tsx', 'bench/main.ts', 'limits', ...options, '--out', out];
  const run = spawnSync(process.execPath, args, { cwd: ROOT, encoding: 'utf8', env: { ...process.env, ...env } });
  const [file] = readdirSync(out);
  const written = file === undefined ? undefined : JSON.parse(readFileSync(join(out, file), 'utf8')); // of the bench
  return { ...run, written };
}

test('cost and transformer: figures are reported and written', async () => {
  const cost = ['--rules', 'sgd,adam', '--sizes', '64,128', '--adam-sizes', '32x16', '--widths', '16,32,64'];
  const few = ['--seconds', '1', '--rounds', '2', '--scramblings', '2'];
  const transformer = ['--transformer-size', '64x16', '--transformer-scramblings', '2', '--repeats', '1'];
  const { status, stdout, stderr, written } = await bench([
    '--parts',
    'cost,transformer',
    ...cost,
    ...few,
    ...transformer,
  ]);
  expect(status, stdout + stderr).toBe(0);
  expect(stdout).toMatch(/^cost, sgd: 32 inputs, 50 steps$/m);
  expect(stdout).toMatch(/^64x16: verdict none \(bound 6 s, aim 3 s\): /m);
  expect(written.cost.map(({ rule }: { rule: string }) => rule)).toEqual(['sgd', 'adam']);
  for (const { verdict, agreement, sizes, widths, pairs } of written.cost) {
    expect([verdict, agreement.agrees]).toEqual(['none', true]);
    for (const { deviation, cpu } of [...sizes, ...widths]) {
      expect(deviation).toBeGreaterThan(0);
      expect(cpu).toBeGreaterThan(0);
    }
    expect(pairs).toHaveLength(3);
    // Narrower networks scatter more.
    const deviations = widths.map(({ deviation }: { deviation: number }) => deviation);
    expect(deviations).toEqual([...deviations].sort((a: number, b: number) => b - a));
  }
  expect(written.transformer).toHaveLength(1);
  expect(written.transformer[0].runs[0].loss).toBeGreaterThan(0);
  expect(written).not.toHaveProperty('tangent');
});

const tangent = ['--parts', 'tangent', '--samples', '256', '--tangent-scramblings', '8', '--pairs', '1'];
const found = pythonWith('import numpy, scipy.stats');

test('tangent is left out where there is no NumPy', async () => {
  const { status, stdout, stderr } = await bench(tangent, { NEXORT_PYTHON: 'no-such-python' });
  expect(status, stderr).toBe(0);
  expect(stdout).toContain('tangent: not run, no-such-python cannot `import numpy, scipy.stats`');
});

test.skipIf('missing' in found)('tangent gives what NumPy gives (skipped without NumPy and SciPy)', async () => {
  const { status, stdout, stderr, written } = await bench(tangent);
  expect(status, stdout + stderr).toBe(0);
  expect(stdout).toMatch(/^tangent: Adam, 10 steps, tiles of 256 x 256, 8 scramblings$/m);
  expect(written.tangent.distance).toBeLessThan(written.tangent.allowed);
  for (const { runs, error } of [written.tangent.ours, written.tangent.python]) {
    expect(runs).toHaveLength(1);
    expect(error).toBeLessThan(0.05);
  }
});
