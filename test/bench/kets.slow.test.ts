/** The kets bench end to end at small sizes. */

import { type SpawnSyncReturns, spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { expect, test } from 'vitest';
import { temporaryFolder } from '../support/folders.ts';

const ROOT = resolve(import.meta.dirname, '../..');

/** Runs the bench; also gives its one JSON file. */
async function bench(...options: readonly string[]) {
  const out = await temporaryFolder({});
  const run: SpawnSyncReturns<string> = spawnSync(
    process.execPath,
    ['--import', 'tsx', 'bench/main.ts', 'kets', ...options, '--out', out],
    { cwd: ROOT, encoding: 'utf8' },
  );
  const [file] = readdirSync(out);
  const written = file === undefined ? undefined : JSON.parse(readFileSync(join(out, file), 'utf8')); // of the bench
  return { ...run, written };
}

test('all parts: answers are compared, figures reported and written', async () => {
  const speed = ['--widths', '64', '--seeds', '8', '--pairs', '2', '--threads', '1'];
  const spread = ['--spread-widths', '32', '--spread-seeds', '4'];
  const scale = ['--scale-widths', '256,512,1024', '--repeats', '1'];
  const { status, stdout, stderr, written } = await bench(...speed, ...spread, ...scale);
  expect(status, stdout + stderr).toBe(0);
  expect(stdout).toMatch(/lazy \/ dense without drawing/);
  expect(stdout).toMatch(/^n = 64: verdict none: .*; means over 8 seeds agree to \d\.\d joint standard errors/m);
  expect(stdout).toMatch(/4 inputs, 8 steps +│ 32 .*\n.*\n.*32 inputs, 15 steps +│ 32 /);
  expect(stdout).toMatch(/^n = 1024: verdict on time none, on memory none: no bound is set for this width/m);
  expect(stdout).toContain('answers not compared: one run of each');
  expect(stdout).toMatch(/^time grows as n\^-?\d\.\d{3} {2}\[/m);

  expect(written).toMatchObject({
    bench: 'kets',
    environment: { node: process.version },
    settings: { parts: ['speed', 'spread', 'scale'], widths: [64], seeds: 8, large: false },
  });
  const [one] = written.speed;
  expect(one).toMatchObject({ width: 64, seeds: 8, verdict: 'none', agreement: { allowed: 4, agrees: true } });
  for (const side of [one.lazy, one.dense]) expect(side).toMatchObject({ parameters: 64 * 6 + 64 * 64 + 64 });
  expect(one.lazy.runs.length).toBe(one.dense.runs.length);
  // Drawing is a part of a dense run.
  for (const { wall, notes } of one.dense.runs) {
    expect(notes.drawingWall).toBeGreaterThan(0);
    expect(notes.drawingWall).toBeLessThan(wall);
  }
  expect(written.spread).toHaveLength(2);
  for (const { pseudo, quasi, entries, ratio } of written.spread) {
    for (const { rows } of [pseudo, quasi])
      expect(rows.map((row: number[]) => row.length)).toEqual(Array(4).fill(entries.length));
    expect(ratio.low).toBeLessThan(ratio.value);
  }
  expect(written.scale.cases.map(({ width }: { width: number }) => width)).toEqual([256, 512, 1024]);
  for (const { runs, peakBytes, heldBytes, width } of written.scale.cases) {
    expect(runs).toHaveLength(1);
    expect(peakBytes).toBeGreaterThan(heldBytes);
    // At least the state and one layer's values of four inputs, in f64.
    expect(heldBytes).toBeGreaterThan(8 * width * (6 + 1 + 4));
  }
  // Draws of different runs are different ones.
  const answers = written.scale.cases.flatMap(({ runs }: { runs: { answer: number[] }[] }) =>
    runs.map(({ answer }) => answer[0]),
  );
  expect(new Set(answers).size).toBe(answers.length);
});

test('--parts runs the parts that are named', async () => {
  const { status, stdout, stderr, written } = await bench(
    '--parts',
    'scale',
    '--scale-widths',
    '256,512',
    '--repeats',
    '2',
  );
  expect(status, stderr).toBe(0);
  expect(stdout).not.toMatch(/dense|ratio of variances/);
  expect(stdout).toContain('no exponent: fewer than three widths');
  expect(stdout).toMatch(
    /^means of all widths agree to \d\.\d joint standard errors \(.*\), at most \d+\.\d are allowed$/m,
  );
  expect(written).toMatchObject({ speed: [], spread: [], scale: { agreement: { agrees: true } } });
});

test('options that cannot be read are refused', async () => {
  const { status, stderr, written } = await bench('--parts', 'fast');
  expect(status).toBe(1);
  expect(stderr).toContain('Give one or more of speed,spread,scale.');
  expect(written).toBeUndefined();
});
