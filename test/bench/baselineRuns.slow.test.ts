/** The baseline bench end to end at small sizes: beside this checkout itself, and beside one that answers otherwise. */

import { type SpawnSyncReturns, spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { symlink } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { describe, expect, it, test } from 'vitest';
import { baselineBench } from '../../bench/baseline/bench.ts';
import { temporaryFolder } from '../support/folders.ts';

const ROOT = resolve(import.meta.dirname, '../..');
/** Dozens of processes of TypeScript after one another. */
const PATIENCE = 240_000;

/** Runs the bench; also gives its one JSON file. */
async function bench(...options: readonly string[]) {
  const out = await temporaryFolder({});
  const run: SpawnSyncReturns<string> = spawnSync(
    process.execPath,
    ['--import', 'tsx', 'bench/main.ts', 'baseline', ...options, '--out', out],
    { cwd: ROOT, encoding: 'utf8' },
  );
  const [file] = readdirSync(out);
  const written = file === undefined ? undefined : JSON.parse(readFileSync(join(out, file), 'utf8')); // of the bench
  return { ...run, written };
}

/** A checkout whose kets are ours plus `offset`, and that says where it was started. */
async function standIn(offset: number): Promise<string> {
  const folder = await temporaryFolder({
    'package.json': { name: 'nexort', type: 'module' },
    'bench/kets/lazy.ts': `
      import { spawn } from 'node:child_process';
      import { createInterface } from 'node:readline';

      const ours = ${JSON.stringify(join(ROOT, 'bench/kets/lazy.ts'))};
      const child = spawn(process.execPath, ['--import', 'tsx', ours, ...process.argv.slice(2)], {
        stdio: ['pipe', 'pipe', 'inherit'],
      });
      const replies = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
      for await (const line of createInterface({ input: process.stdin })) {
        child.stdin.write(line + '\\n');
        const reply = JSON.parse((await replies.next()).value);
        if (reply.values) reply.values = reply.values.map((value) => value + ${offset});
        if (reply.name) reply.name = process.cwd();
        console.log(JSON.stringify(reply));
      }
      child.stdin.end();`,
  });
  await symlink(join(ROOT, 'node_modules'), join(folder, 'node_modules'));
  return folder;
}

test('a checkout beside itself gives equal answers', { timeout: PATIENCE }, async () => {
  const said: string[] = [];
  const results = await baselineBench({
    ...{ benches: ['train', 'kernel'], workloads: ['mlp'], width: 16, tokens: [4], layers: 1, examples: 3 },
    ...{ widths: [], scaleWidths: [], seeds: 2, threads: 1, root: ROOT, rounds: 1 },
    say: (line) => {
      said.push(line);
    },
  });
  expect(results.map(({ answers }) => answers)).toEqual(Array(2).fill({ agree: true, found: 'equal' }));
  for (const { figures, ours, baseline, others } of results) {
    expect(figures.map(({ quantity, verdict }) => [quantity, verdict])).toEqual([
      ['wall', 'none'],
      ['cpu', 'none'],
      ['memory', 'none'],
    ]);
    expect([ours.peakBytes.length, baseline.peakBytes.length]).toEqual([1, 1]);
    // One round, whether it counts or not.
    expect((others?.during.length ?? 0) + (others?.disturbed.length ?? 0)).toBe(1);
    expect([ours.runs.length, baseline.runs.length]).toEqual([1, 1]);
    for (const { ours: mine, baseline: theirs } of figures) expect(Math.min(mine, theirs)).toBeGreaterThan(0);
  }
  expect(said.filter((line) => line.startsWith('  ours ')).length).toBe(2);
});

describe('beside another checkout', { timeout: PATIENCE }, () => {
  const kets = ['--benches', 'kets', '--rounds', '1', '--seeds', '3'];

  it('its own side runs, in its own folder; Markdown is all that stdout holds', async () => {
    const root = await standIn(0);
    const widths = ['--widths', '64', '--scale-widths', '128', '--markdown'];
    const { status, stdout, stderr, written } = await bench(...kets, '--against', root, ...widths);
    expect(status, stderr).toBe(0);
    expect(stdout).toMatch(/^# Beside a baseline\n/);
    expect(stdout).toMatch(/^\| kets, n = 64, 8 steps \| wall \|.*\| none \|$/m);
    expect(stdout).toMatch(/\n- kets, n = 128, first run: answers agree: equal; no verdict: .*\n$/);
    expect(stderr).toMatch(/^written to /m);
    expect(written).toMatchObject({
      bench: 'baseline',
      environment: { node: process.version },
      settings: { benches: ['kets'], widths: [64], scaleWidths: [128], seeds: 3, rounds: 1, threads: 2 },
      results: [
        { title: 'kets, n = 64', answers: { agree: true }, baseline: { name: root } },
        { title: 'kets, n = 128, first run', answers: { agree: true }, ours: { name: 'kets, pseudo-random' } },
      ],
    });
    // Three seeds are compared, whatever the number of rounds.
    for (const { ours, baseline } of written.results)
      expect([ours.peakBytes.length, baseline.peakBytes.length]).toEqual([3, 3]);
  });

  it('answers that differ end the bench with 1, before any time is taken', async () => {
    const root = await standIn(1);
    const { status, stdout, stderr, written } = await bench(
      ...[...kets, '--against', root, '--widths', '4096', '--scale-widths', '4096'],
    );
    expect(status, stderr).toBe(1);
    expect(stdout).toMatch(/^kets, n = 4096: answers differ: means \d+\.\d joint standard errors apart/m);
    expect(written.results[0]).toMatchObject({ figures: [], ours: { runs: [] }, baseline: { runs: [] } });
  });
});

describe('what cannot be done', () => {
  it.each([
    [[], "error: required option '--against <folder>' not specified"],
    [
      ['--against', '/nowhere'],
      'error: --against /nowhere: no checkout of nexort, it has no package.json of that name.',
    ],
    [['--against', ROOT, '--benches', 'speed'], 'Give one or more of train,kernel,kets.'],
    [['--against', ROOT, '--workloads', 'lstm'], 'Give one or more of mlp,wide,gpt,encoder.'],
    [['--against', ROOT, '--tokens', '0'], 'Give whole numbers of at least 1 separated by commas'],
    [['--against', ROOT, '--rounds', '0'], 'Give a whole number of at least 1.'],
  ])('%j is refused', async (options, message) => {
    const { status, stderr, written } = await bench(...options);
    expect(status).toBe(1);
    expect(stderr).toContain(message);
    expect(written).toBeUndefined();
  });
});
