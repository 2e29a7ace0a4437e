/** The baseline bench's parts: verdicts, comparisons of answers, what a checkout has to be, its report. */

import { mkdir } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { describe, expect, it, test } from 'vitest';
import { sameKernels, sameLosses, sameMeans } from '../../bench/baseline/answers.ts';
import { type CaseResult, failed } from '../../bench/baseline/bench.ts';
import { cases } from '../../bench/baseline/cases.ts';
import { findCheckout } from '../../bench/baseline/checkout.ts';
import { figure, memoryFigure, verdictOn } from '../../bench/baseline/figures.ts';
import { baselineMarkdown, baselineReport } from '../../bench/baseline/report.ts';
import { repeated } from '../../bench/baseline/runners.ts';
import { SAME_ANSWER } from '../../bench/kernel/bench.ts';
import { SAME_LOSS } from '../../bench/train/losses.ts';
import { at } from '../../src/numeric/index.ts';
import { temporaryFolder } from '../support/folders.ts';

const ROOT = resolve(import.meta.dirname, '../..');
const SEVEN = [1, 2, 3, 4, 5, 6, 7];

describe('verdictOn', () => {
  it.each([
    [0.8, 0.99, 'better'],
    [0.8, 1, 'no worse'],
    [0.98, 1.04, 'no worse'],
    [1, 1.3, 'no worse'],
    [1.001, 1.01, 'worse'],
    [Number.NaN, Number.NaN, 'worse'],
  ])('a ratio in [%d, %d] is %s', (low, high, verdict) => {
    expect(verdictOn({ median: (low + high) / 2, low, high, coverage: 0.98 })).toBe(verdict);
  });
});

describe('figure', () => {
  it('takes ratios pair by pair, over which one slow round of both cancels', () => {
    const baseline = [1, 1, 9, 1, 1, 1, 1];
    const ours = baseline.map((value, k) => value * (1 + k / 100));
    const { ours: mine, baseline: theirs, ratio, verdict } = figure('wall', ours, baseline, undefined);
    expect([mine, theirs, verdict]).toEqual([1.04, 1, 'no worse']);
    expect([ratio.low, ratio.median, ratio.high]).toEqual([1, 1.03, 1.06].map((value) => expect.closeTo(value, 12)));
    expect(figure('wall', baseline, ours, 'busy')).toMatchObject({ verdict: 'none', reason: 'busy' });
  });

  it('of memory is judged from seven rounds on', () => {
    expect(memoryFigure([2, 2], [1, 1], 2)).toMatchObject({ verdict: 'none', reason: '2 rounds are fewer than 7' });
    const larger = SEVEN.map((value) => 1.01 * value);
    expect(memoryFigure(larger, SEVEN, 7)).toMatchObject({ quantity: 'memory', verdict: 'worse' });
  });
});

describe('answers', () => {
  const same = { agree: true, found: 'equal' };

  it('of training agree where every loss of every pair does', () => {
    expect(sameLosses([[2, 1]], [[2, 1]])).toEqual(same);
    const off = (by: number) =>
      sameLosses(
        [
          [2, 1],
          [2, 1 + by],
        ],
        [
          [2, 1],
          [2, 1],
        ],
      );
    expect(off(0.9 * SAME_LOSS)).toEqual({ agree: true, found: 'relative difference 1.8e-4, 0.0002 is allowed' });
    expect(off(1.1 * SAME_LOSS)).toEqual({ agree: false, found: 'relative difference 2.2e-4, 0.0002 is allowed' });
  });

  it('of kernels agree in the Frobenius norm', () => {
    expect(sameKernels([[3, 4]], [[3, 4]])).toEqual(same);
    expect(sameKernels([[3, 4 + 4 * SAME_ANSWER]], [[3, 4]]).agree).toBe(true);
    expect(sameKernels([[3, 4 + 6 * SAME_ANSWER]], [[3, 4]]).agree).toBe(false);
  });

  it.each([
    ['other lengths', [[1]], [[1, 1]]],
    ['other numbers of pairs', [[1], [1]], [[1]]],
    ['missing numbers', [[1, Number.NaN]], [[1, Number.NaN]]],
    ['none', [], []],
    ['empty ones', [[]], [[]]],
  ])('differ: %s', (_, ours, baseline) => {
    for (const compare of [sameLosses, sameKernels]) expect(compare(ours, baseline).agree).toBe(false);
  });

  it('of kets are equal, or their means are within what chance explains', () => {
    const rows = SEVEN.map((value) => [value, 0.5]);
    const compare = sameMeans(['f', 'loss'], 64);
    expect(compare(rows, rows)).toEqual(same);
    const shifted = (by: number) => rows.map(([f = 0, loss = 0]) => [f + by, loss]);
    // Deviation √(14/3), seven of each: a joint standard error of 1.155; Student's law with 12 degrees allows 6.
    expect(compare(shifted(1), rows)).toEqual({
      agree: true,
      found: expect.stringMatching(/^means 0\.9 joint standard errors apart \(f\), 6\.\d are allowed$/),
    });
    expect(compare(shifted(9), rows).agree).toBe(false);
    expect(compare([[1, 0.5]], [[1.1, 0.5]])).toEqual({
      agree: false,
      found: 'differ, and one run of each has no standard error',
    });
  });
});

describe('repeated', () => {
  it('is one run that takes what all take together', async () => {
    let runs = 0;
    const side = { prepare: async () => {}, run: async () => ({ wall: ++runs, cpu: 1 }) };
    expect(await repeated(side, 3).run()).toEqual({ wall: 6, cpu: 3 });
  });
});

describe('findCheckout', () => {
  const scripts = ['kets/lazy.ts'];
  const get = 'To get a baseline:\n  git worktree add FOLDER REVISION && (cd FOLDER && npm ci)';
  const side = { 'bench/kets/lazy.ts': '' };

  it('takes a checkout of nexort', () => {
    expect(findCheckout(ROOT, scripts)).toEqual({ root: ROOT, commit: expect.stringMatching(/./) });
  });

  it.each([
    ['an empty folder', {}, 'no checkout of nexort, it has no package.json of that name'],
    [
      'another package',
      { 'package.json': { name: 'other' }, ...side },
      'no checkout of nexort, it has no package.json of that name',
    ],
    ['no JSON', { 'package.json': 'nexort', ...side }, 'no checkout of nexort, it has no package.json of that name'],
    ['no side', { 'package.json': { name: 'nexort' } }, 'it has no bench/kets/lazy.ts, which is to run'],
    [
      'no packages',
      { 'package.json': { name: 'nexort' }, ...side },
      'it has no node_modules/tsx, its packages are not installed',
    ],
  ])('refuses %s', async (_, files, reason) => {
    const folder = await temporaryFolder(files);
    expect(() => findCheckout(folder, scripts)).toThrow(new Error(`--against ${folder}: ${reason}. ${get}`));
  });

  it('refuses a folder that is not there', () => {
    expect(() => findCheckout('/nowhere', scripts)).toThrow('--against /nowhere: no checkout of nexort');
  });
});

test('every case tells both checkouts the same, each with its own script', async () => {
  const folder = await temporaryFolder({});
  const sizes = {
    tokens: [4],
    layers: 1,
    examples: 3,
    widths: [64],
    scaleWidths: [128],
    seeds: 2,
    threads: 1,
    width: 16,
  };
  const other = join(folder, 'other');
  await mkdir(other);
  const titles: string[] = [];
  for await (const { title, alone, staying } of cases(
    { ...sizes, benches: ['train', 'kernel', 'kets'], workloads: ['mlp', 'wide', 'gpt'] },
    folder,
  )) {
    titles.push(title);
    for (const command of [(root: string) => alone(root, 2), ...(staying === undefined ? [] : [staying.command])]) {
      const [ours, baseline] = [command(ROOT), command(other)];
      expect([ours.cwd, baseline.cwd]).toEqual([ROOT, other]);
      expect(baseline.args.map((part) => part.replace(`${other}/`, `${ROOT}/`))).toEqual(ours.args);
      const scripts = baseline.args.filter((part) => part.startsWith(`${other}/`));
      expect(scripts).toHaveLength(1);
      expect(at(scripts, 0).slice(other.length)).toMatch(
        /^\/(bench\/(kernel\/ours|kets\/lazy)\.ts|node_modules\/\.cache\/nexort-bench\/train\/ours\.mjs)$/,
      );
    }
  }
  expect(titles).toEqual([
    'train mlp: 784-16-16-16-10',
    'train wide: 784-16-16-10',
    'train gpt: GPT, 4 × 16',
    'kernel, 4 tokens',
    'kets, n = 64',
    'kets, n = 128, first run',
  ]);
});

describe('the report', () => {
  const raw = { name: 'nexort', peakBytes: [], runs: [] };
  const milliseconds = [16.1, 16.2, 16.0, 16.3, 16.1, 16.2, 16.4].map((value) => value / 1000);
  const before = milliseconds.map((value, k) => value / (1.01 + k / 1000));
  const measured: CaseResult = {
    title: 'train mlp',
    unit: 'a step',
    answers: { agree: true, found: 'equal' },
    figures: [
      figure('wall', milliseconds, before, undefined),
      figure('cpu', [2, 2, 2], [2, 2, 2], 'others took 9 % of the machine before the first round'),
      memoryFigure(
        SEVEN.map(() => 2 ** 28),
        SEVEN.map(() => 2 ** 29),
        7,
      ),
    ],
    others: { before: 0, during: [0], disturbed: [0.5] },
    ours: raw,
    baseline: raw,
  };
  const differs: CaseResult = {
    unit: '8 steps',
    ours: raw,
    baseline: raw,
    title: 'kets',
    answers: { agree: false, found: '1 and 2 parameters' },
    figures: [],
  };
  const where = {
    date: '2024-05-06T07:08:09Z',
    commit: 'abc',
    node: 'v20',
    system: 'linux',
    processor: 'chip',
    cores: 2,
    memoryBytes: 2 ** 33,
  };
  const about = { baseline: 'def', rounds: 7 };

  it('as Markdown is one table and what there is to say of it', () => {
    expect(baselineMarkdown([measured, differs], about, where)).toBe(`# Beside a baseline

abc (ours) beside def (baseline), 7 rounds in turn, 2024-05-06. [How, and what verdicts mean](../README.md#baseline).

chip, 2 cores, 8.0 GiB, linux, node v20, abc.

| measured | quantity | baseline | ours | ours / baseline | verdict |
| --- | --- | --- | --- | --- | --- |
| train mlp, a step | wall | 16 ms | 16.2 ms | 1.013  [1.010, 1.016] at 98 % | worse |
|  | CPU | 2.00 s | 2.00 s | 1.000  [1.000, 1.000] at 75 % | none |
|  | peak memory | 0.500 GiB | 0.250 GiB | 0.500  [0.500, 0.500] at 98 % | better |
| kets |  |  |  |  | answers differ |

- train mlp: answers agree: equal; no verdict: others took 9 % of the machine before the first round; 1 disturbed rounds
- kets: answers differ: 1 and 2 parameters`);
  });

  it('in a terminal has the same cells', () => {
    const shown = baselineReport([measured, differs], about, where);
    expect(shown).toMatch(
      /│ train mlp, a step +│ wall +│ 16 ms +│ 16\.2 ms +│ 1\.013 {2}\[1\.010, 1\.016\] at 98 % +│ worse/,
    );
    expect(shown).toContain('kets: answers differ: 1 and 2 parameters\nabc (ours) beside def (baseline), 7 rounds');
  });

  it('fails where answers differ or a figure is worse', () => {
    expect(failed([measured])).toBe(true);
    expect(failed([differs])).toBe(true);
    const [, ...rest] = measured.figures;
    expect(failed([{ ...measured, figures: rest }])).toBe(false);
  });
});
