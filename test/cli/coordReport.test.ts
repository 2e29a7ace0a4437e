import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { temporaryFolder } from '../support/folders.ts';
import { nexort } from './nexort.ts';

const SHORT = ['--widths', '16,32,64', '--seeds', '2', '--steps', '1'];

describe('nexort coord --report', () => {
  it('writes the verdict and how it was made as a page', async () => {
    const report = join(await temporaryFolder({}), 'sizes.html');
    const { code, stderr } = await nexort('coord', '--parametrization', 'sp', ...SHORT, '--report', report);
    expect(code).toBe(1);
    expect(stderr).toContain(`report: ${report}`);
    const page = await readFile(report, 'utf8');
    expect(page).toContain('<strong>Fail.</strong>');
    expect(page).toContain(`nexort coord --parametrization sp ${SHORT.join(' ')}`);
    expect(page).toContain('MLP of 2 hidden layers');
  });

  it('shows how weights align with what they multiply, and settings whose power of the width is off', async () => {
    const report = join(await temporaryFolder({}), 'alignment.html');
    const args = [
      '--parametrization',
      'sp',
      '--widths',
      '32,64,128,256',
      '--seeds',
      '6',
      '--steps',
      '1',
      '--alignment',
    ];
    const { stdout } = await nexort('coord', ...args, '--report', report);
    expect(stdout).toMatch(/^layer 2 \(w2\) +W x +0\.\d\d \(0\.\d\d\)/m);
    expect(stdout).toMatch(/^ +ΔW x₀ +– +[01]\.\d\d \([01]\.\d\d\)/m);
    expect(stdout).toMatch(
      /^ {2}learning rate of w[23]: n\^0, should be n\^-1, for it sums over the width; its update effect is n\^/m,
    );
    const page = await readFile(report, 'utf8');
    expect(page).toContain('<h2 id="alignment">Alignment</h2>');
    expect(page).toContain('Alignment by update');
    expect(page).toContain('Settings whose power of the width');
    expect(page).not.toMatch(/NaN|Infinity/);
  });

  it('refuses a name that is not one of a page before anything trains', async () => {
    const { code, stderr } = await nexort('coord', '--report', 'sizes.svg');
    expect(code).toBe(2);
    expect(stderr).toBe(
      "error: --report is given 'sizes.svg'; reports are HTML files, so expected a name that ends in .html.\n",
    );
  });
});
