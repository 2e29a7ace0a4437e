/**
 * Prints a table of seconds by folder of tests, from reports of Vitest (`--reporter=json --outputFile.json=FILE`, as
 * `.ci/run` makes one), a column for each: `node --import tsx test/timeByFolder.ts before.json after.json`.
 *
 * A file takes from the start of its first test to the end of its last; loading its modules is not in it.
 */

import { readFileSync } from 'node:fs';
import { parse } from 'node:path';

/** What is read of a report. */
interface Report {
  readonly testResults: readonly { readonly name: string; readonly startTime: number; readonly endTime: number }[];
}

const reports = process.argv.slice(2);
const columns = reports.map((path) => {
  const { testResults } = JSON.parse(readFileSync(path, 'utf8')) as Report; // Vitest's own
  const seconds = new Map<string, number>();
  for (const { name, startTime, endTime } of testResults) {
    const [, folder = 'others'] = /\/test\/([^/]+)\//.exec(name) ?? [];
    seconds.set(folder, (seconds.get(folder) ?? 0) + (endTime - startTime) / 1000);
  }
  return seconds;
});
const folders = [...new Set(columns.flatMap((seconds) => [...seconds.keys()]))].sort();
const row = (cells: readonly (string | number)[]): string => `| ${cells.join(' | ')} |`;
const rounded = (numbers: readonly number[]): string[] => numbers.map((number) => number.toFixed(0));

const lines = [
  row(['folder', ...reports.map((path) => parse(path).name)]),
  row(['---', ...reports.map(() => '---:')]),
  ...folders.map((folder) => row([folder, ...rounded(columns.map((seconds) => seconds.get(folder) ?? 0))])),
  row(['all', ...rounded(columns.map((seconds) => [...seconds.values()].reduce((a, b) => a + b, 0)))]),
];
process.stdout.write(`${lines.join('\n')}\n`);
