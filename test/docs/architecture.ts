/** The example changes of docs/architecture.md, and how they are applied to a copy of the sources. */

import { cpSync, mkdirSync, mkdtempSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { ROOT } from './commands.ts';

export const page = readFileSync(join(ROOT, 'docs/architecture.md'), 'utf8');

/** A new file, or lines added to one that is there. */
export interface Change {
  readonly path: string;
  readonly kind: 'ts' | 'diff';
  readonly text: string;
}

/** Blocks under a line that is a path. */
export function changesIn(text: string): Change[] {
  return [...text.matchAll(/^`((?:src|test)\/[^`]+)`:\n\n```(ts|diff)\n([\s\S]*?)^```$/gm)].map(
    ([, path = '', kind, block = '']) => ({ path, kind: kind === 'diff' ? 'diff' : 'ts', text: block }),
  );
}

/** A file with a block applied: lines of it that are there stand together there, once. */
export function patched(before: string, block: string): string {
  const lines = block.split('\n').slice(0, -1);
  const old = lines.filter((line) => !line.startsWith('+')).map((line) => line.slice(1));
  const found = before.split(`${old.join('\n')}\n`);
  if (found.length !== 2) throw new Error(`stands there ${found.length - 1} times: ${old.join('\n')}`);
  return found.join(`${lines.map((line) => line.slice(1)).join('\n')}\n`);
}

/** A copy of what a clone needs to run and to compile, in a new folder. */
export function copyOfSources(): string {
  const folder = mkdtempSync(join(tmpdir(), 'nexort-change-'));
  for (const path of ['src', 'bin', 'package.json', 'tsconfig.json'])
    cpSync(join(ROOT, path), join(folder, path), { recursive: true });
  symlinkSync(join(ROOT, 'node_modules'), join(folder, 'node_modules'));
  return folder;
}

export function apply(folder: string, changes: readonly Change[]): void {
  for (const { path, kind, text } of changes) {
    const file = join(folder, path);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, kind === 'ts' ? text : patched(readFileSync(file, 'utf8'), text));
  }
}
