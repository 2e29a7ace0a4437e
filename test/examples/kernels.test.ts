/** examples/kernels reads a run's kernels and finds the run's accuracies, in TypeScript and in Python. */

import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { pythonWith } from '../../bench/harness/python.ts';
import { nexort } from '../cli/nexort.ts';
import { writeTinyModel } from '../cli/tinyModel.ts';

const ROOT = resolve(import.meta.dirname, '../..');
const KINDS = ['sgd', 'signgd', 'a-signgd'];
const SEEDS = [13, 21];
const PYTHON = [
  ['kernels.npz', pythonWith('import numpy')],
  ['kernels.safetensors', pythonWith('import numpy, safetensors')],
] as const;

let folder = '';
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'nexort-kernels-'));
  await writeTinyModel(join(folder, 'model'), 1, 1);
  const common = ['--model', join(folder, 'model'), '--k', '2', '--threads', '1', '--params', 'match:*output*'];
  const solver = ['--kernels', KINDS.join(','), '--seeds', SEEDS.join(','), '--solver', 'least-squares'];
  for (const task of [
    ['afinn', '--limit', '8'],
    [join(ROOT, 'examples/own-task/task.json'), '--limit', '8'],
  ]) {
    const out = join(folder, `run${task[0] === 'afinn' ? 2 : 3}`);
    const { code, stderr } = await nexort('kernel', ...task, ...common, ...solver, '--out', out);
    expect([code, stderr]).toEqual([0, expect.stringContaining('forecast')]);
  }
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** What the examples print: the texts, then kernels and draws with their accuracy twice. */
function expectSame(printed: string): void {
  const [texts = '', ...lines] = printed.trim().split('\n');
  expect(texts).toMatch(/^(\d+) of \1 texts are whole$/);
  const found = lines.map((line) => line.split(' '));
  expect(found.map(([kind, seed]) => `${kind} ${seed}`)).toEqual(
    KINDS.flatMap((kind) => SEEDS.map((seed) => `${kind} ${seed}`)),
  );
  for (const [, , ours, run] of found) expect(Number(ours)).toBeCloseTo(Number(run), 12);
}

describe.each(['run2', 'run3'])('kernels of %s', (run) => {
  it('are solved in TypeScript', async () => {
    const within = mkdtempSync(join(import.meta.dirname, 'example-'));
    const print = vi.spyOn(console, 'log').mockImplementation(() => {});
    const { argv } = process;
    try {
      const source = readFileSync(join(ROOT, 'examples/kernels/solve.ts'), 'utf8');
      const local = source.replace(/'nexort\/([\w/]+)'/g, (_, room) => `'${ROOT}/src/${room}/index.ts'`);
      writeFileSync(join(within, 'solve.ts'), local);
      process.argv = [...argv.slice(0, 2), join(folder, run)];
      await import(join(within, 'solve.ts'));
      expectSame(print.mock.calls.map((call) => call.join(' ')).join('\n'));
    } finally {
      process.argv = argv;
      print.mockRestore();
      rmSync(within, { recursive: true });
    }
  });

  for (const [file, given] of PYTHON) {
    it.skipIf('missing' in given)(`are solved in Python, of ${file} (skipped without its packages)`, () => {
      if (!('python' in given)) throw new Error(given.missing);
      const script = join(ROOT, 'examples/kernels/solve.py');
      expectSame(execFileSync(given.python, [script, join(folder, run), file], { encoding: 'utf8' }));
    });
  }
});
