/** A newcomer's path: in a clean clone the commands of every tutorial work as written, and print what the page shows. */

import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { isAlike } from './alike.ts';
import { ROOT } from './commands.ts';
import { type Block, blocksOf } from './tutorials.ts';

const PAGES = readdirSync(join(ROOT, 'docs/tutorials')).filter((name) => name.endsWith('.md'));

/** `npm ci` and a build take minutes. */
const PREPARING = 600_000;

describe('from a clean clone (skipped where packages cannot be installed)', () => {
  let clone = '';
  let installed = false;
  beforeAll(() => {
    clone = mkdtempSync(join(tmpdir(), 'nexort-newcomer-'));
    execFileSync('git', ['clone', '--quiet', ROOT, clone]);
    const npm = (...words: readonly string[]): boolean =>
      spawnSync('npm', [...words], { cwd: clone, stdio: 'ignore' }).status === 0;
    installed = npm('ci', '--no-audit', '--no-fund');
    // Tutorials that end in TypeScript ask for it.
    if (installed) expect(npm('run', 'build')).toBe(true);
  }, PREPARING);
  afterAll(() => rmSync(clone, { recursive: true, force: true }));

  /** What a reader sees who does what the block says. */
  function seen({ kind, text, file }: Block): string {
    if (file !== undefined) writeFileSync(join(clone, file), text);
    const line = kind === 'sh' ? text : kind === 'ts' ? `npx tsx ${file}` : undefined;
    if (line === undefined) return '';
    const { stdout, stderr, status } = spawnSync('bash', ['-c', line], { cwd: clone, encoding: 'utf8' });
    return status === 2 ? stderr : stdout;
  }

  it.for(PAGES)('%s', (name, { skip }) => {
    if (!installed) skip('packages cannot be installed');
    const blocks = blocksOf(readFileSync(join(clone, 'docs/tutorials', name), 'utf8'));
    const ran = blocks.filter(({ kind }) => kind === 'sh' || kind === 'ts');
    expect(ran.length).toBeGreaterThan(2);
    for (const block of blocks) {
      const printed = seen(block);
      if (block.shown !== undefined) expect(isAlike(block.shown, printed), `${block.text}\n${printed}`).toBe(true);
    }
  });
});
