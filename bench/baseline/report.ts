/** Figures beside a baseline as a table, for a terminal or as Markdown. */

import { table } from '../../src/cli/table.ts';
import { gibibytes, interval, machineLine } from '../harness/format.ts';
import type { Environment } from '../harness/machine.ts';
import type { CaseResult } from './bench.ts';
import type { Figure, Quantity } from './figures.ts';

/** Commits of both sides, and how much was measured. */
export interface About {
  readonly baseline: string;
  readonly rounds: number;
}

const HEAD = ['measured', 'quantity', 'baseline', 'ours', 'ours / baseline', 'verdict'];
const QUANTITIES: Readonly<Record<Quantity, string>> = { wall: 'wall', cpu: 'CPU', memory: 'peak memory' };

/** The table, then for each case what it says of the answers and why it has no verdict. */
export function baselineReport(results: readonly CaseResult[], about: About, where: Environment): string {
  return [table(HEAD, rowsOf(results)), ...results.map(caseLine), aboutLine(about, where), machineLine(where)].join(
    '\n',
  );
}

/** The same as a page of its own. */
export function baselineMarkdown(results: readonly CaseResult[], about: About, where: Environment): string {
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
  return [
    '# Beside a baseline',
    '',
    `${aboutLine(about, where)} [How, and what verdicts mean](../README.md#baseline).`,
    '',
    `${machineLine(where)}.`,
    '',
    line(HEAD),
    line(HEAD.map(() => '---')),
    ...rowsOf(results).map(line),
    '',
    ...results.map((result) => `- ${caseLine(result)}`),
  ].join('\n');
}

const aboutLine = ({ baseline, rounds }: About, { commit, date }: Environment): string =>
  `${commit} (ours) beside ${baseline} (baseline), ${rounds} rounds in turn, ${date.slice(0, 10)}.`;

function rowsOf(results: readonly CaseResult[]): string[][] {
  return results.flatMap(({ title, unit, figures }) =>
    figures.length === 0
      ? [[title, '', '', '', '', 'answers differ']]
      : figures.map((figure, k) => [k === 0 ? `${title}, ${unit}` : '', ...cells(figure)]),
  );
}

function cells({ quantity, ours, baseline, ratio, verdict }: Figure): string[] {
  const shown = quantity === 'memory' ? (bytes: number) => gibibytes(bytes, 3) : seconds;
  // Three digits: at two, an interval that lies just above 1 would seem to hold it.
  const ratios = interval(ratio, (value) => value.toFixed(3));
  return [QUANTITIES[quantity], shown(baseline), shown(ours), ratios, verdict];
}

const seconds = (value: number): string =>
  value < 1 ? `${Number((1000 * value).toPrecision(3))} ms` : `${value.toPrecision(3)} s`;

function caseLine({ title, answers, figures, others }: CaseResult): string {
  const disturbed = others?.disturbed.length ?? 0;
  const reasons = new Set(figures.flatMap(({ reason }) => reason ?? []));
  return [
    `${title}: answers ${answers.agree ? 'agree' : 'differ'}: ${answers.found}`,
    ...[...reasons].map((reason) => `no verdict: ${reason}`),
    ...(disturbed === 0 ? [] : [`${disturbed} disturbed rounds`]),
  ].join('; ');
}
