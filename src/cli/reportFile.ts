/** The report of an experiment as a file, and what it says of the run. */

import { cpus, platform } from 'node:os';
import type { Fact } from '../report/index.ts';
import { nodeFiles, writeAtomically } from '../runs/index.ts';
import * as errors from './errors.ts';
import { checkWritable } from './figureFile.ts';
import { version } from './version.ts';

/**
 * A writer of the HTML file that an option gives; says what came of it. What would fail after the work fails before it: {@link UserError}
 * `cli.not-html`, `cli.unwritable-report`.
 */
export async function reportWriter(
  path: string,
  option: 'report' | 'export' = 'report',
): Promise<(page: string) => Promise<string>> {
  if (!/\.html?$/i.test(path)) throw errors.notHtml(path, option);
  await checkWritable(path).catch((cause: unknown) => {
    throw errors.unwritableReport(path, cause, option);
  });
  return async (page) => {
    try {
      await writeAtomically(nodeFiles, path, [new TextEncoder().encode(page)]);
    } catch (cause) {
      throw errors.unwritableReport(path, cause, option);
    }
    return `${option === 'report' ? 'report' : 'page'}: ${path}`;
  };
}

/** The command that was given, and where it ran. */
export function madeBy(): Fact[] {
  return [{ name: 'command', value: `nexort ${process.argv.slice(2).map(quoted).join(' ')}` }, ...environment()];
}

/** Versions and machine. */
export function environment(): Fact[] {
  return [
    { name: 'nexort', value: version() },
    { name: 'Node', value: process.versions.node },
    { name: 'Machine', value: `${platform()}, ${cpus().length} × ${cpus()[0]?.model.trim() ?? 'unknown'}` },
  ];
}

const quoted = (word: string): string => (/^[\w.,:=^/@+-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`);
