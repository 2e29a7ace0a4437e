/** What the benches say, and the files of their results. */

import { mkdir, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import type { Environment } from './harness/machine.ts';

/** Where results go unless another folder is named. */
export const RESULTS = resolve(import.meta.dirname, 'results');

/** Says on stderr what happens. */
export function say(line: string): void {
  process.stderr.write(`${line}\n`);
}

/** Writes a result with where it was measured, and says where it is: on stdout, below the report, unless told otherwise. */
export async function write(
  out: string,
  bench: string,
  where: Environment,
  result: object,
  tell: (line: string) => void = console.log,
): Promise<void> {
  await mkdir(out, { recursive: true });
  const file = join(out, `${bench}-${where.date.replaceAll(':', '-')}.json`);
  await writeFile(file, `${JSON.stringify({ bench, environment: where, ...result }, undefined, 2)}\n`);
  tell(`written to ${file}`);
}
