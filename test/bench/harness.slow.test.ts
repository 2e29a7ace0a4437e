/** The benchmarks' own arithmetic and protocol; no time is asserted. */

import { execFileSync } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { describe, expect, it, onTestFinished, test, vi } from 'vitest';
import { compareTimes } from '../../bench/harness/compare.ts';
import { unfit } from '../../bench/harness/fitness.ts';
import { BUSY_SHARE, watchOthers } from '../../bench/harness/machine.ts';
import { peakBytes } from '../../bench/harness/peak.ts';
import { interleavedRounds } from '../../bench/harness/rounds.ts';
import { Side } from '../../bench/harness/side.ts';
import { atMost, medianInterval, relativeDifference } from '../../bench/harness/statistics.ts';
import { temporaryFolder } from '../support/folders.ts';

describe('medianInterval', () => {
  // Coverages by 1 − 2 Σ_{i<k} C(n, i) / 2^n in exact fractions.
  test.each([
    ['one value', [3], { median: 3, low: 3, high: 3, coverage: 0 }],
    ['five values: no interval reaches 95 %', [5, 1, 4, 2, 3], { median: 3, low: 1, high: 5, coverage: 15 / 16 }],
    ['seven values', [7, 1, 6, 2, 5, 3, 4], { median: 4, low: 1, high: 7, coverage: 63 / 64 }],
    [
      'ten values leave out the two outermost',
      [1, 2, 3, 4, 5, 6, 7, 8, 9, 10],
      { median: 5.5, low: 2, high: 9, coverage: 1 - 22 / 1024 },
    ],
  ])('%s', (_, values, expected) => {
    expect(medianInterval(values)).toEqual(expected);
  });
});

describe('atMost', () => {
  const between = (low: number, high: number) => ({ median: (low + high) / 2, low, high, coverage: 0.98 });

  it('decides where the whole interval lies on one side', () => {
    expect(atMost(0.65, between(0.5, 0.65))).toBe('met');
    expect(atMost(0.65, between(0.66, 0.7))).toBe('missed');
    expect(atMost(0.65, between(0.6, 0.7))).toBe('open');
  });
});

describe('relativeDifference', () => {
  it('is that of the Frobenius norm', () => {
    expect(relativeDifference([3, 4.5], [3, 4])).toBeCloseTo(0.1, 15);
    expect(relativeDifference([3, 4], [3, 4])).toBe(0);
  });

  it('is within no tolerance for other lengths or missing numbers', () => {
    expect(relativeDifference([1], [1, 2]) <= 1).toBe(false);
    expect(relativeDifference([Number.NaN, 2], [1, 2]) <= 1).toBe(false);
  });
});

describe('unfit', () => {
  const quiet = { before: 0.05, enough: true, disturbed: 6, rounds: 7 };

  it('says why there is no verdict', () => {
    expect(unfit(quiet)).toBeUndefined();
    expect(unfit({ ...quiet, enough: false, disturbed: 7 })).toBe(
      'others took more than 5 % of the machine during 7 rounds',
    );
    expect(unfit({ ...quiet, before: 0.06 })).toBe('others took 6 % of the machine before the first round');
    expect(unfit({ ...quiet, rounds: 6 })).toBe('6 rounds are fewer than 7');
  });
});

describe('watchOthers', () => {
  it('counts what we do not own up to', () => {
    const others = watchOthers();
    const start = process.cpuUsage();
    while (process.cpuUsage(start).user < 300_000) Math.sqrt(2);
    const [all, rest] = [others(0), others(0.3)];
    expect(all).toBeGreaterThan(0);
    expect(rest).toBeLessThan(all);
  });
});

describe('peakBytes', () => {
  it('is that of this program: what the one that started it had does not count', () => {
    const held = new Uint8Array(2 ** 28).fill(1);
    const own = peakBytes();
    expect(own).toBeGreaterThan(held.length);
    const script = `import { peakBytes } from ${JSON.stringify(resolve('bench/harness/peak.ts'))}; console.log(peakBytes());`;
    const child = execFileSync(process.execPath, ['--import', 'tsx', '--input-type=module', '-e', script]);
    expect(Number(child)).toBeGreaterThan(2 ** 24);
    expect(Number(child)).toBeLessThan(held.length);
  });
});

/** A side that appends its name to a file at each run and says it took so long. */
async function fake(name: string, log: string, wall: number): Promise<Side> {
  const folder = await temporaryFolder({});
  const script = join(folder, `${name}.mjs`);
  await writeFile(
    script,
    `import { appendFileSync } from 'node:fs';
    import { createInterface } from 'node:readline';
    for await (const line of createInterface({ input: process.stdin })) {
      const { ask } = JSON.parse(line);
      if (ask === 'run') appendFileSync(${JSON.stringify(log)}, '${name} ');
      if (ask === 'peak') { console.error('out of luck'); process.exit(3); }
      console.log(JSON.stringify(ask === 'run' ? { wall: ${wall}, cpu: 1000 } : { name: '${name}', parameters: 1 }));
    }`,
  );
  return new Side({ file: process.execPath, args: [script] });
}

describe('sides', () => {
  // Sides that claim 1000 s of CPU leave nothing to others: every round counts.
  it.each([
    [['ours', 'stock'], 'ours stock stock ours ours stock '],
    [['ours', 'stock', 'tuned'], 'ours stock tuned stock tuned ours tuned ours stock '],
  ])('%j run in turn, each going first as often', async (names, expected) => {
    const folder = await temporaryFolder({ log: '' });
    const log = join(folder, 'log');
    const sides = await Promise.all(names.map((name, k) => fake(name, log, 1 + k)));
    const seen: boolean[] = [];
    const { quiet, disturbed } = await interleavedRounds(sides, 3, (_, counts) => seen.push(counts));
    await Promise.all(sides.map((side) => side.stop()));
    expect(await readFile(log, 'utf8')).toBe(expected);
    // In the order of the sides, whichever went first.
    const walls = names.map((_, k) => 1 + k);
    expect(quiet.map(({ timings }) => timings.map(({ wall }) => wall))).toEqual([walls, walls, walls]);
    expect([disturbed.length, seen.join()]).toEqual([0, 'true,true,true']);
    expect(Math.max(...quiet.map(({ others }) => others))).toBeLessThanOrEqual(BUSY_SHARE);
  });

  it('are asked to get ready before each round, outside of it', async () => {
    const folder = await temporaryFolder({ log: '' });
    const log = join(folder, 'log');
    const sides = await Promise.all(['ours', 'stock'].map((name, k) => fake(name, log, 1 + k)));
    const prepare = async (): Promise<void> => writeFile(log, 'ready ', { flag: 'a' });
    await interleavedRounds(sides, 2, () => {}, prepare);
    await Promise.all(sides.map((side) => side.stop()));
    expect(await readFile(log, 'utf8')).toBe('ready ours stock ready stock ours ');
  });

  it('compared give ratios round by round, and why they are not judged', async () => {
    const folder = await temporaryFolder({ log: '' });
    const [ours, ...rivals] = await Promise.all(
      [1, 2, 4].map((wall) => fake(`side${wall}`, join(folder, 'log'), wall)),
    );
    if (ours === undefined) throw new Error('there are three sides');
    const said: string[] = [];
    const say = (line: string): void => {
      said.push(line);
    };
    const compared = await compareTimes(ours, rivals, { rounds: 2, names: ['two', 'four'], say });
    await Promise.all([ours, ...rivals].map((side) => side.stop()));
    expect(compared.ours.map(({ wall }) => wall)).toEqual([1, 1]);
    expect(compared.rivals.map(({ wallRatio, cpuRatio }) => [wallRatio.median, cpuRatio.median])).toEqual([
      [0.5, 1],
      [0.25, 1],
    ]);
    expect(compared.unfitting).toMatch(/of the machine before the first round$|^2 rounds are fewer than 7$/);
    expect(said[0]).toBe(
      '  ours 1.00 s wall, 1000.00 s CPU · two 2.00 s wall, 1000.00 s CPU, ratio 0.50 and 1.00 · ' +
        'four 4.00 s wall, 1000.00 s CPU, ratio 0.25 and 1.00 · others took 0 % of the machine',
    );
  });

  it('inherit no settings of allocators and threads, and get their own', async () => {
    const folder = await temporaryFolder({
      'side.mjs': `import { createInterface } from 'node:readline';
        for await (const _ of createInterface({ input: process.stdin })) {
          const { MALLOC_ARENA_MAX, GLIBC_TUNABLES, OMP_NUM_THREADS, NEXORT_TEST_KEPT } = process.env;
          console.log(JSON.stringify({ name: [MALLOC_ARENA_MAX, GLIBC_TUNABLES, OMP_NUM_THREADS, NEXORT_TEST_KEPT].join() }));
        }`,
    });
    vi.stubEnv('MALLOC_ARENA_MAX', '1');
    vi.stubEnv('GLIBC_TUNABLES', 'glibc.malloc.tcache_count=0');
    vi.stubEnv('OMP_NUM_THREADS', '7');
    vi.stubEnv('NEXORT_TEST_KEPT', 'kept');
    onTestFinished(() => {
      vi.unstubAllEnvs();
    });
    const ask = async (env: Readonly<Record<string, string>>) => {
      const side = new Side({ file: process.execPath, args: [join(folder, 'side.mjs')], env });
      const { name } = await side.ask('describe');
      await side.stop();
      return name;
    };
    expect(await ask({})).toBe(',,,kept');
    expect(await ask({ OMP_NUM_THREADS: '2' })).toBe(',,2,kept');
  });

  it('that end or cannot start fail the question with what they said', async () => {
    const side = await fake('ours', '/dev/null', 1);
    expect(await side.ask('describe')).toEqual({ name: 'ours', parameters: 1 });
    await expect(side.ask('peak')).rejects.toThrow(/ours\.mjs ended with code 3\nout of luck/);
    await side.stop();
    const missing = new Side({ file: '/nowhere/python', args: [] });
    await expect(missing.ask('run')).rejects.toThrow('ENOENT');
  });
});
