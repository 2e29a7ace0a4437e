import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { TransferResult } from '../../src/experiments/index.ts';
import { temporaryFolder } from '../support/folders.ts';
import { nexort } from './nexort.ts';

const SHORT = ['--widths', '8,32', '--rates', '2^-8..2^-4', '--steps', '8', '--seeds', '2', '--batch', '16'];

describe('nexort transfer', () => {
  it('prints losses, best rates and verdicts, keeps them, and draws them', async () => {
    const folder = await temporaryFolder({});
    const [out, plot] = [join(folder, 'run'), join(folder, 'losses.svg')];
    const first = await nexort('transfer', ...SHORT, '--out', out, '--plot', plot);
    expect(first.stderr).toContain(`figure: ${plot}`);
    expect(first.code).toBe(0);
    expect(first.stdout).toMatch(
      /^MLP of 2 hidden layers with adam on teacher: 8 steps of 16 examples, widths 8, 32, 2 seeds each, base width 8$/m,
    );
    expect(first.stdout).toMatch(/^2\^-8( +\d\.\d\d\*?){2}$/m);
    expect(first.stdout).toMatch(/^mup: (STAYS|MOVES|UNCLEAR): .* from width 8 to 32/m);
    expect(first.stdout).toMatch(/^sp: (STAYS|MOVES|UNCLEAR): /m);

    const svg = await readFile(plot, 'utf8');
    expect(svg).toMatch(/^<svg xmlns/);
    // Two lines a panel, and a mark at the best rate of each.
    expect(svg.match(/class="dots"/g)).toHaveLength(4);
    expect(svg).toContain('learning rate');

    const again = await nexort('transfer', ...SHORT, '--out', out, '--json');
    const result: TransferResult = JSON.parse(again.stdout);
    expect(result.sweeps.map(({ parametrization }) => parametrization)).toEqual(['mup', 'sp']);
    expect(result.rates).toEqual([2 ** -8, 2 ** -7, 2 ** -6, 2 ** -5, 2 ** -4]);
    for (const { text } of result.sweeps) expect(first.stdout).toContain(text);

    const other = await nexort('transfer', ...SHORT, '--depth', '3', '--out', out);
    expect(other.code).toBe(2);
    expect(other.stderr).toContain('depth');
  });

  it.each([
    [['--net', 'cnn'], 'there is no network "cnn"'],
    [['--activation', 'rely'], 'Did you mean "relu"?'],
    [['--optimizer', 'adm'], 'adam'],
    [['--parametrizations', 'mup,spp'], 'spp'],
    [
      ['--data', 'teachr'],
      'there are no data "teachr" to train on; expected one of: teacher, digits. Did you mean "teacher"?',
    ],
    [['--widths', '64'], 'a transfer needs at least 2 different widths, but 64 was given'],
    [['--rates', '2^-4..2^-8'], 'The first of a range is the least.'],
    [['--rates', '0.1,0,1'], 'Give learning rates above 0: a list such as 0.001,0.002,0.004, or 2^-12..2^-2.'],
    [['--plot', 'figure.png'], 'figures are SVG files'],
  ])('refuses %j', async (options, message) => {
    const { code, stderr } = await nexort('transfer', ...options);
    expect(code).toBe(2);
    expect(stderr).toContain(message);
  });
});
