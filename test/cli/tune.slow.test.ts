/** `nexort tune` writes its figure and its report. */

import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { temporaryFolder } from '../support/folders.ts';
import { nexort } from './nexort.ts';

it('draws the infinite network beside finite ones', async () => {
  const folder = await temporaryFolder({});
  const [plot, report] = [join(folder, 'losses.svg'), join(folder, 'page.html')];
  const { code, stdout, stderr } = await nexort(
    ...['tune', '--depth', '1', '--widths', '8,16', '--check', '32', '--samples', '64', '--steps', '4', '--seeds', '2'],
    ...['--values', '0.005,0.01,0.02', '--batch', '16', '--plot', plot, '--report', report],
  );
  expect([0, 1]).toContain(code);
  expect(stdout).toMatch(/^The infinite network:$/m);
  expect(stderr).toContain(`figure: ${plot}\nreport: ${report}`);
  const [svg, page] = [await readFile(plot, 'utf8'), await readFile(report, 'utf8')];
  for (const text of [svg, page]) expect(text).toContain('<title>width ∞: best');
  expect(page).toContain('nexort tune');
  expect(page).toContain('At widths that had no part in it');
});
