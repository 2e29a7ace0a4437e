/** The example changes of docs/architecture.md, and how they are applied to a copy of the sources. */

import { execFileSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
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

/** Changes of many files, in `changes/`. */
export const PATCHES = ['instruction', 'interpreter', 'family'] as const;
export type Patch = (typeof PATCHES)[number];

const fileOf = (patch: Patch): string => join(ROOT, `test/docs/changes/${patch}.diff`);

/** The files that a patch changes or makes. */
export const filesOf = (patch: Patch): string[] =>
  [...readFileSync(fileOf(patch), 'utf8').matchAll(/^\+\+\+ b\/(.*)$/gm)].map(([, path = '']) => path);

/** Applies a patch to a copy; throws where it no longer fits. */
export function applyPatch(folder: string, patch: Patch): void {
  // Git would look for the repository that a folder stands in.
  const env = { ...process.env, GIT_CEILING_DIRECTORIES: dirname(folder) };
  execFileSync('git', ['apply', fileOf(patch)], { cwd: folder, env, stdio: ['ignore', 'ignore', 'pipe'] });
}

/** A copy of what a clone needs to run and to compile, and of what patches change, in a new folder. */
export function copyOfSources(): string {
  const folder = mkdtempSync(join(tmpdir(), 'nexort-change-'));
  for (const path of ['src', 'bin', 'package.json', 'tsconfig.json'])
    cpSync(join(ROOT, path), join(folder, path), { recursive: true });
  for (const path of ['test/conformance', 'test/structure', 'test/program/support.ts', ...PATCHES.flatMap(filesOf)])
    if (existsSync(join(ROOT, path))) cpSync(join(ROOT, path), join(folder, path), { recursive: true });
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
