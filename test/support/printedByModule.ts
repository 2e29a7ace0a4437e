/** Programs that pages show, run as a reader runs them. */

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { format } from 'node:util';
import { vi } from 'vitest';

const ROOT = resolve(import.meta.dirname, '../..');

/**
 * What a program prints. It runs within the repository, where packages are found, and outside of every folder whose files
 * tests list.
 */
export async function printedByModule(text: string): Promise<string> {
  const folder = mkdtempSync(join(ROOT, '.shown-'));
  const lines: string[] = [];
  const print = vi.spyOn(console, 'log').mockImplementation((...values) => void lines.push(format(...values)));
  try {
    const file = join(folder, 'module.ts');
    writeFileSync(
      file,
      text.replace(/'nexort\/([\w/]+)'/g, (_, room) => `'${ROOT}/src/${room}/index.ts'`),
    );
    await import(file);
    return `${lines.join('\n')}\n`;
  } finally {
    print.mockRestore();
    rmSync(folder, { recursive: true });
  }
}
