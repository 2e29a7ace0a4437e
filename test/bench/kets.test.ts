/** The kets bench end to end at small sizes, and what it runs. */

import { type SpawnSyncReturns, spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, it, test } from 'vitest';
import { scalarNames, scalarsOf, sizesAt, trainedNumbers } from '../../bench/kets/entries.ts';
import { fourInputs, manyInputs } from '../../bench/kets/workloads.ts';
import { atLeast, someOf } from '../../bench/options.ts';
import { at, drawInitial, draws } from '../../src/numeric/index.ts';
import { checkFragment, nodeOf, parseProgram, type Tensors } from '../../src/program/index.ts';
import { oracle } from '../../src/reference/index.ts';
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

describe('the workloads', () => {
  it('list their scalar outputs entry by entry and count what they train', async () => {
    const { text, steps } = await fourInputs();
    const program = parseProgram(text);
    expect(steps).toBe(8);
    expect(scalarNames(program, 16)).toEqual(['f[0]', 'f[1]', 'f[2]', 'f[3]', 'loss']);
    expect(trainedNumbers(program, 16)).toBe(16 * 6 + 16 * 16 + 16);
    expect(scalarNames(parseProgram(manyInputs().text), 16)).toHaveLength(33);
  });

  it('with many inputs trains as plain loops over the formulas of the prototype do', async () => {
    const { text, steps } = manyInputs();
    const program = parseProgram(text);
    expect(checkFragment(program).inFragment).toBe(true);
    const [n, batch, input, rate] = [5, 32, 6, 0.1];
    const constant = (name: string): number[] => {
      const { instruction } = nodeOf(program, name);
      return instruction.op === 'constant' ? [...instruction.values] : [];
    };
    const [x, target] = [constant('x'), constant('target')];
    for (let b = 0; b < batch; b++) {
      const row = x.slice(b * input, (b + 1) * input);
      expect(row.reduce((sum, value) => sum + value * value, 0)).toBeCloseTo(input, 4);
      expect(target[b]).toBe(Math.sign(at(row, 0) * at(row, 1)));
    }

    let state: Tensors = drawInitial(program, sizesAt(program, n), 1);
    const copy = (name: string): number[] => Array.from(state[name]?.data ?? []);
    const [w1, W, v] = [copy('w1'), copy('W'), copy('v')];
    const range = (count: number): number[] => Array.from({ length: count }, (_, k) => k);
    const sum = (count: number, term: (k: number) => number): number => range(count).reduce((s, k) => s + term(k), 0);
    for (let t = 0; t < steps; t++) {
      let outputs: Tensors;
      ({ outputs, state } = await oracle({ draw: draws(1) }).run(program, state));
      const x1 = range(batch).map((b) =>
        range(n).map((i) => Math.tanh(sum(input, (d) => at(w1, i * input + d) * at(x, b * input + d)))),
      );
      const x2 = x1.map((row) => range(n).map((i) => Math.tanh(sum(n, (j) => at(W, i * n + j) * at(row, j)))));
      const f = x2.map((row) => sum(n, (i) => at(v, i) * at(row, i)) / n);
      const loss = sum(batch, (b) => (at(f, b) - at(target, b)) ** 2) / batch;
      const expected = [...f, loss];
      for (const [k, value] of scalarsOf(program, outputs).entries()) expect(value).toBeCloseTo(at(expected, k), 10);
      // χ is the gradient of 2 · mean (f − target)² by f.
      const chi = f.map((value, b) => ((value - at(target, b)) * 4) / batch);
      const dh2 = x2.map((row, b) => row.map((value, i) => at(chi, b) * at(v, i) * (1 - value * value)));
      const dh1 = x1.map((row, b) =>
        row.map((value, j) => sum(n, (i) => at(W, i * n + j) * at(at(dh2, b), i)) * (1 - value * value)),
      );
      for (let i = 0; i < n; i++) {
        v[i] = at(v, i) - rate * sum(batch, (b) => at(chi, b) * at(at(x2, b), i));
        for (let j = 0; j < n; j++)
          W[i * n + j] = at(W, i * n + j) - (rate / n) * sum(batch, (b) => at(at(dh2, b), i) * at(at(x1, b), j));
        for (let d = 0; d < input; d++)
          w1[i * input + d] =
            at(w1, i * input + d) - (rate / input) * sum(batch, (b) => at(at(dh1, b), i) * at(x, b * input + d));
      }
    }
  });
});

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
  expect(someOf(['a', 'b'])('b,a')).toEqual(['b', 'a']);
  expect(() => someOf(['a', 'b'])('a,')).toThrow('Give one or more of a,b.');
  expect(atLeast(3)('3')).toBe(3);
  for (const text of ['2', '3.5', '', 'many'])
    expect(() => atLeast(3)(text)).toThrow('Give a whole number of at least 3.');
});
