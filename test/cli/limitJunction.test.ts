import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { JunctionReport } from '../../src/cli/limit/junctionResult.ts';
import { junctionFits } from '../../src/experiments/index.ts';
import { temporaryFolder } from '../support/folders.ts';
import { nexort } from './nexort.ts';

const TASKS = ['--pretrain', 'circle', '--finetune', 'xor'];
const SHORT = ['--depth', '1', '--steps', '2', '--finetune-steps', '2', '--exponents', '0,0.4'];
const TINY = [...TASKS, ...SHORT, '--widths', '8,64', '--seeds', '2'];

describe('nexort limit --pretrain … --finetune …', () => {
  it('tells by rule and q how drift and linearization error fall, draws it, and keeps it to the same bytes', async () => {
    const out = join(await temporaryFolder({}), 'run');
    const { code, stdout, stderr } = await nexort('limit', ...TINY, '--out', out);
    expect([code, stderr]).toEqual([0, '']);
    expect(stdout).toContain(
      'pre-trained on circle: 2 updates of adam, learning rate 0.1\n' +
        'then on xor: 2 updates, from an error signal of n^(-q) times its targets; 2 networks of each width\n',
    );
    for (const head of [
      'sgd, learning rate 0.5: drift of the kernel',
      'signsgd, learning rate 0.1 n^(-q): linearization',
    ])
      expect(stdout).toContain(head);
    expect(stdout).toMatch(/^0\.4 +\d\S* ± \d\S* +\d\S* ± \d\S* +-?\d\.\d\d \(95 %: /m);
    expect(stdout).toMatch(/^Descent along signs, at a rate times n\^\(-q\), on an unnatural one /m);
    const page = await readFile(join(out, 'report.html'), 'utf8');
    for (const sentence of stdout.trimEnd().split('\n\n').at(-1)?.split('\n') ?? []) expect(page).toContain(sentence);
    // Two rules, two quantities, two exponents.
    expect(page.match(/class="lines"/g)).toHaveLength(8);

    await rm(join(out, 'blocks/junctions/sgd/64/1.block'));
    await rm(join(out, 'blocks/junctions/signsgd/8'), { recursive: true });
    expect((await nexort('limit', ...TINY, '--out', out)).stdout).toBe(stdout);
    const { rules }: JunctionReport = JSON.parse((await nexort('limit', ...TINY, '--out', out, '--json')).stdout);
    expect(rules.map(({ rule, cells }) => [rule, cells.length])).toEqual([
      ['sgd', 8],
      ['signsgd', 8],
    ]);
    // Where the signal is smaller by 64^0.4 = 5.3, so is the drift, or about so.
    for (const { cells } of rules) {
      const drift = (q: number) =>
        cells.filter((one) => one.width === 64 && one.exponent === q).map((one) => one.drift);
      drift(0.4).forEach((small, k) => {
        expect(small).toBeLessThan((drift(0)[k] ?? 0) / 2);
      });
    }
  });

  it.each([
    [['--start', 'gp'], '--start has no effect: with --pretrain and --finetune no limit is sampled'],
    [
      ['--batch', '2'],
      '--batch has no effect: with --pretrain and --finetune all examples of a task are in each batch',
    ],
    [['--finetune-optimizer', 'adam'], 'there is no --finetune-optimizer adam; expected sgd or signsgd or both.'],
    [['--exponents', '0,2'], "Give different numbers from 0 to below 1, such as '0,0.2,0.4'."],
    [['--finetune', 'digits.npy'], "'digits.npy' is an array, which has no targets of its own; expected a table"],
    [['--parametrization', 'sp'], 'training in "sp" by adam has no limit to speak of, for it is unstable'],
  ])('refuses %j', async (options, message) => {
    const { code, stdout, stderr } = await nexort('limit', ...TASKS, ...options);
    expect([code, stdout]).toEqual([2, '']);
    expect(stderr).toContain(message);
  });

  it('refuses what only a second task has a use for without one', async () => {
    const { stderr } = await nexort('limit', '--exponents', '0');
    expect(stderr).toContain('--exponents has no effect: without --pretrain and --finetune there is no second task');
  });
});

describe('exponents of drift and linearization error', () => {
  it('are slopes of geometric means, whatever diverged left out', () => {
    const cell = (width: number, seed: number, factor: number) => ({
      ...{ width, seed, exponent: 0.25 },
      drift: factor * width ** -0.25,
      linearization: width === 64 && seed === 1 ? Number.NaN : factor ** 2 * width ** -0.5,
    });
    const [fit] = junctionFits(
      [16, 32, 64].flatMap((width) => [cell(width, 0, 2), cell(width, 1, 0.5), cell(width, 2, 1)]),
    );
    expect(fit?.exponent).toBe(0.25);
    expect(fit?.drift.fall?.exponent).toBeCloseTo(-0.25, 10);
    expect(fit?.drift.fall?.interval[0]).toBeLessThan(-0.25);
    expect(fit?.drift.points.map(({ value }) => value)).toEqual([
      expect.closeTo(0.5, 10),
      expect.closeTo(32 ** -0.25, 10),
      expect.closeTo(64 ** -0.25, 10),
    ]);
    expect(fit?.linearization.points[2]?.value).toBeCloseTo(2 / 8, 10);
  });
});
