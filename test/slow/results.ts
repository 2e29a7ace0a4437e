/** Writes what a whole run of the slow suite gave, for the repository to keep. */

import { execFileSync } from 'node:child_process';
import { readdirSync, writeFileSync } from 'node:fs';
import { arch, cpus, platform } from 'node:os';
import { join, relative, resolve } from 'node:path';
import type { Reporter, TestModule, Vitest } from 'vitest/node';

const ROOT = resolve(import.meta.dirname, '../..');
const FILE = resolve(import.meta.dirname, 'RESULTS.md');

/** A reporter of Vitest. A run of some files or tests only writes nothing. */
export class SlowResults implements Reporter {
  #vitest: Vitest | undefined;
  #started = 0;

  onInit(vitest: Vitest): void {
    this.#vitest = vitest;
    this.#started = performance.now();
  }

  onTestRunEnd(modules: readonly TestModule[]): void {
    const files = readdirSync(join(ROOT, 'test'), { recursive: true, encoding: 'utf8' });
    const all = files.filter((file) => file.endsWith('.slow.test.ts')).length;
    if (modules.length < all || this.#vitest?.config.testNamePattern !== undefined) return;
    writeFileSync(FILE, resultsText(modules, (performance.now() - this.#started) / 1000));
  }
}

/** The table of files, and where and when it was made. */
function resultsText(modules: readonly TestModule[], seconds: number): string {
  const rows = modules.map((module) => {
    const states = [...module.children.allTests()].map((test) => test.result().state);
    const count = (state: string): number => states.filter((one) => one === state).length;
    // A file that fails while loading has no failed test of its own.
    const broken = module.state() === 'failed' && count('failed') === 0 ? 1 : 0;
    return {
      file: relative(ROOT, module.moduleId),
      passed: count('passed'),
      failed: count('failed') + broken,
      skipped: count('skipped'),
      seconds: module.diagnostic().duration / 1000,
    };
  });
  rows.sort((a, b) => (a.file < b.file ? -1 : 1));
  const total = (name: 'passed' | 'failed' | 'skipped'): number => rows.reduce((sum, row) => sum + row[name], 0);
  const git = (...args: string[]): string => execFileSync('git', args, { cwd: ROOT, encoding: 'utf8' }).trim();
  const changed = git('status', '--porcelain', '--', '.', `:!${relative(ROOT, FILE)}`) === '' ? '' : ', with changes';
  const { length } = cpus();
  return [
    '# The slow suite',
    '',
    'Written by `npm run test:slow`.',
    '',
    `${total('passed')} passed, ${total('failed')} failed, ${total('skipped')} skipped in ${Math.round(seconds)} s.`,
    '',
    `- ${new Date().toISOString().slice(0, 10)}, commit ${git('rev-parse', '--short=12', 'HEAD')}${changed}`,
    `- Node ${process.version}, ${platform()} ${arch()}, ${length} cores (${cpus()[0]?.model.trim() ?? 'unknown'})`,
    '',
    '| file | passed | failed | skipped | seconds |',
    '| --- | ---: | ---: | ---: | ---: |',
    ...rows.map(
      (row) => `| ${row.file} | ${row.passed} | ${row.failed} | ${row.skipped} | ${row.seconds.toFixed(0)} |`,
    ),
    '',
  ].join('\n');
}
