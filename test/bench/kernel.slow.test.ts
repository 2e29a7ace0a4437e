/** The kernel bench end to end at a small size: without its rival, beside a stand-in for it, and beside PyTorch itself. */

import { type SpawnSyncReturns, spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { chmod } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { describe, expect, it, test } from 'vitest';
import { findPython } from '../../bench/kernel/peer.ts';
import { temporaryFolder } from '../support/folders.ts';

const ROOT = resolve(import.meta.dirname, '../..');
const SIZE = ['--tokens', '4', '--examples', '3', '--layers', '1', '--pairs', '2', '--threads', '1'];
// Of one block: four 384 × 384 matrices with biases, the two of the feed-forward part with biases, two layer norms.
const PARAMETERS = 4 * (384 * 384 + 384) + 2 * 384 * 1536 + 1536 + 384 + 4 * 384;

/** Runs the bench; also gives its one JSON file. */
async function bench(python: string, ...options: readonly string[]) {
  const out = await temporaryFolder({});
  const run: SpawnSyncReturns<string> = spawnSync(
    process.execPath,
    ['--import', 'tsx', 'bench/main.ts', 'kernel', ...SIZE, ...options, '--out', out],
    { cwd: ROOT, encoding: 'utf8', env: { ...process.env, NEXORT_PYTHON: python, MALLOC_ARENA_MAX: '1' } },
  );
  const [file] = readdirSync(out);
  const written = file === undefined ? undefined : JSON.parse(readFileSync(join(out, file), 'utf8')); // of the bench
  return { ...run, written };
}

/**
 * A Python with every import, which keeps a log of how it was started and of its runs and answers as ours does, times
 * `factor`.
 */
async function standIn(factor: number): Promise<{ readonly python: string; readonly log: string }> {
  const folder = await temporaryFolder({
    log: '',
    'python.mjs': `#!${process.execPath}
      import { spawn } from 'node:child_process';
      import { appendFileSync } from 'node:fs';
      import { createInterface } from 'node:readline';
      import { parseArgs } from 'node:util';

      const [script, ...args] = process.argv.slice(2);
      if (script === '-c') process.exit(0);
      const log = (line) => appendFileSync(new URL('log', import.meta.url), JSON.stringify(line) + '\\n');
      const names = ['model', 'inputs', 'threads', 'transform', 'chunk'];
      const { values } = parseArgs({ args, options: Object.fromEntries(names.map((name) => [name, { type: 'string' }])) });
      const { model, inputs, ...how } = values;
      log({ ...how, malloc: Object.keys(process.env).filter((name) => name.startsWith('MALLOC_')).sort() });
      const ours = [${JSON.stringify(join(ROOT, 'bench/kernel/ours.ts'))}, '--model', model, '--threads', values.threads];
      const child = spawn(process.execPath, ['--import', ${JSON.stringify(import.meta.resolve('tsx'))}, ...ours], {
        stdio: ['pipe', 'pipe', 'inherit'],
      });
      const replies = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
      for await (const line of createInterface({ input: process.stdin })) {
        if (JSON.parse(line).ask === 'run') log(values.transform);
        child.stdin.write(line + '\\n');
        const reply = JSON.parse((await replies.next()).value);
        if (reply.values) reply.values = reply.values.map((value) => ${factor} * value);
        console.log(JSON.stringify(reply));
      }
      child.stdin.end();`,
  });
  const python = join(folder, 'python.mjs');
  await chmod(python, 0o755);
  return { python, log: join(folder, 'log') };
}

const linesOf = (log: string): unknown[] =>
  readFileSync(log, 'utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));

test('without PyTorch the bench says so, runs ours alone and gives no verdict', async () => {
  const { status, stdout, stderr, written } = await bench('/nowhere/python');
  expect(status, stderr).toBe(0);
  expect(stderr).toMatch(/^PyTorch is left out, ours runs alone\. \/nowhere\/python cannot `import torch/);
  expect(stdout).toContain('4 tokens: verdict none: there is nothing to compare with');
  expect(written).toMatchObject({
    bench: 'kernel',
    environment: { node: process.version },
    settings: { examples: 3, layers: 1, width: 384, peer: 'stock' },
    cases: [{ tokens: 4, verdict: 'none', rivals: [] }],
  });
  expect(written.cases[0].ours).toMatchObject({ parameters: PARAMETERS, runs: [{}, {}] });
});

describe('--peer', () => {
  const stock = { threads: '1', transform: 'jacrev', chunk: '16', malloc: [] };
  const malloc = ['MALLOC_MMAP_THRESHOLD_', 'MALLOC_TOP_PAD_', 'MALLOC_TRIM_THRESHOLD_'];
  const tuned = { threads: '1', transform: 'grad', chunk: '3', malloc };

  it('both runs both rivals in turn with ours, each in its own way', async () => {
    const { python, log } = await standIn(1);
    const { status, stdout, stderr, written } = await bench(python, '--peer', 'both');
    expect(status, stderr).toBe(0);
    const lines = linesOf(log);
    const started = lines.filter((line) => typeof line === 'object');
    expect(started).toHaveLength(2);
    expect(started).toEqual(expect.arrayContaining([stock, tuned]));
    // After the warm-up, one run of each in each round.
    const rounds = written.cases[0].others.during.length + written.cases[0].others.disturbed.length;
    const runs = lines.filter((line) => typeof line === 'string').slice(-2 * rounds);
    expect(runs.filter((run) => run === 'jacrev')).toHaveLength(rounds);
    expect(stdout).toMatch(
      /ratio to stock, with its interval.*\n.*\n.*tuned.*\n.*\n.*ratio to tuned, with its interval/,
    );
    expect(stdout).toMatch(/^stock: nexort on .*, allocator as it comes$/m);
    expect(stdout).toMatch(/^tuned: nexort on .*, glibc keeps freed memory$/m);
    expect(stdout).toMatch(
      /answers equal to 0\.0e\+0 \(stock\) and 0\.0e\+0 \(tuned\).*; no bound is set beside tuned$/m,
    );
    expect(written.settings.peer).toBe('both');
    expect(written.cases[0].rivals).toMatchObject([
      { variant: 'stock', transform: 'jacrev', chunk: 16, allocator: 'allocator as it comes', relativeDifference: 0 },
      { variant: 'tuned', transform: 'grad', chunk: 3, environment: { MALLOC_TOP_PAD_: '134217728' } },
    ]);
    expect(written.cases[0].rivals[0].environment).toEqual({
      OMP_WAIT_POLICY: 'PASSIVE',
      GOMP_SPINCOUNT: '0',
      KMP_BLOCKTIME: '0',
      OMP_NUM_THREADS: '1',
    });
    expect(written.cases[0]).not.toHaveProperty('target');
  });

  it('stock is the default, and answers that differ end the bench with 1', async () => {
    const { python, log } = await standIn(1.001);
    const { status, stdout, stderr, written } = await bench(python);
    expect(status, stderr).toBe(1);
    expect(linesOf(log).filter((line) => typeof line === 'object')).toEqual([stock]);
    expect(stdout).toMatch(/^4 tokens: verdict answers differ: stock: relative difference 0\.000999/m);
    expect(written.cases[0]).toMatchObject({ verdict: 'answers differ', rivals: [], ours: { runs: [] } });
  });

  it('takes no other name', async () => {
    const { status, stderr, written } = await bench('/nowhere/python', '--peer', 'fast');
    expect(status).toBe(1);
    expect(stderr).toContain("argument 'fast' is invalid. Allowed choices are stock, tuned, both.");
    expect(written).toBeUndefined();
  });
});

const found = findPython();
const title = 'PyTorch gives our answer in both variants';
if ('missing' in found) test.skip(`${title} (skipped: ${found.missing})`, () => {});
else {
  test(title, async () => {
    const { status, stderr, stdout, written } = await bench(found.python, '--peer', 'both');
    expect(status, stderr).toBe(0);
    expect(stdout).toMatch(/^stock: torch .*, 1 threads, vmap\(jacrev\) by 16, allocator as it comes$/m);
    expect(stdout).toMatch(/^tuned: torch .*, 1 threads, vmap\(grad\) by 3, glibc keeps freed memory$/m);
    for (const rival of written.cases[0].rivals) {
      expect(rival.parameters).toBe(PARAMETERS);
      expect(rival.relativeDifference).toBeLessThan(5e-4);
    }
    expect(written.cases[0].rivals).toHaveLength(2);
  });
}
