/** A check's result as a person reads it on a terminal. */

import { required } from '../errors/index.ts';
import type { CheckedOutput, CheckResult, FiniteOutput, Verdict } from '../experiments/index.ts';
import { type ProgramFile, placed } from './programFile.ts';
import { aligned } from './table.ts';
import { short, withError } from './withError.ts';

/** Columns of a terminal whose width is not known, such as a file. */
const WIDTH = 100;
/** Rows of a table; more are in the JSON object. */
const MOST_ROWS = 40;
const RATE = 'n^(-1/2)';

const VERDICTS: Readonly<Record<Verdict, string>> = {
  ok: 'no slower',
  slower: 'SLOWER',
  equal: 'equal',
  unclear: 'UNCLEAR',
  singular: 'NO LIMIT',
};

/** The program, whether it lies in the language, and a row for each number that it hands out. */
export function checkSummary(result: CheckResult, file: ProgramFile): string {
  const width = process.stdout.columns ?? WIDTH;
  const body = result.inFragment
    ? [distances(result, width), conclusion(result)]
    : [finite(result, width), outsideConclusion(result)];
  return `${[asWritten(file), language(result, file), ...body].join('\n\n')}\n`;
}

/** Lines of a program that are shown; who wrote more knows them. */
const MOST_LINES = 120;

/** The text of the program, without blank lines around it and what a terminal would obey. */
function asWritten({ text }: ProgramFile): string {
  const lines = text
    .trimEnd()
    .split(/\r\n|\r|\n/)
    .map((line) => line.trimEnd().replace(/\t/g, '  ').replace(UNPRINTABLE, '\uFFFD'));
  const first = lines.findIndex((line) => line !== '');
  const shownLines = lines.slice(first, first + MOST_LINES);
  const left = lines.length - first - shownLines.length;
  return [...shownLines, ...(left > 0 ? [`… and ${left} more lines`] : [])].join('\n');
}

const UNPRINTABLE = /[\p{Cc}\p{Cf}\p{Cs}\p{Co}\p{Zl}\p{Zp}]/gu;

function language({ inFragment, violations, notes, singularities }: CheckResult, file: ProgramFile): string {
  if (!inFragment) {
    const broken = violations.map(({ node, text }) => placed(file, node, `${node}: ${text}`));
    return ['The program leaves NE⊗OR⊤, so that theory gives it no infinite-width limit:', ...broken].join('\n\n');
  }
  const lies =
    singularities.length === 0
      ? 'The program lies in NE⊗OR⊤: every output without a width axis has an infinite-width limit.'
      : 'The instructions of the program are those of NE⊗OR⊤, but not all of its functions are covered:';
  return [
    lies,
    ...singularities.map(({ node, text }) => `singular: ${lineOf(file, node)}${node}: ${text}`),
    ...notes.map(({ node, text }) => `note: ${lineOf(file, node)}${node}: ${text}`),
  ].join('\n');
}

function lineOf({ places }: ProgramFile, node: string): string {
  const place = places.get(node);
  return place === undefined ? '' : `line ${place.line}, `;
}

function distances(result: CheckResult, width: number): string {
  const { outputs, widths, seeds } = result;
  const chosen = mostTelling(outputs, ({ verdict }) => verdict !== 'ok' && verdict !== 'equal');
  const table = (some: readonly number[]): string => {
    const head = ['', 'limit', ...some.map((n) => `n=${n}`), 'exponent', 'verdict'];
    const rows = chosen.map((output) => [
      output.name,
      limit(output),
      ...some.map((n) => short(required(output.distances.find((d) => d.width === n)?.rms, `distance at width ${n}`))),
      exponent(output),
      VERDICTS[output.verdict],
    ]);
    return aligned([head, ...rows], ['left', 'right', ...some.map(() => 'right' as const), 'right', 'left']);
  };
  const whole = table(widths);
  const fits = Math.max(...whole.split('\n').map((line) => [...line].length)) <= width;
  const ends = [required(widths[0], 'width of a check'), required(widths.at(-1), 'width of a check')];
  return [
    `Root-mean-square distance from the limit${after(result)}, at width n over ${seeds} seeds; its exponent`,
    `in n with a 95 % interval; and whether it falls no slower than ${RATE}:`,
    '',
    fits ? whole : table(ends),
    ...omitted(outputs.length, chosen.length),
  ].join('\n');
}

const after = ({ steps }: CheckResult): string => (steps === 1 ? '' : ` after ${steps} steps`);

/** The first rows, those that matter most among them, in their order. */
function mostTelling<T>(all: readonly T[], matters: (one: T) => boolean): T[] {
  const ranked = [...all.filter(matters), ...all.filter((one) => !matters(one))];
  const kept = new Set(ranked.slice(0, MOST_ROWS));
  return all.filter((one) => kept.has(one));
}

const omitted = (all: number, kept: number): string[] =>
  kept < all ? [`… and ${all - kept} more; --json prints all of them`] : [];

function limit({ limit: value, standardError }: CheckedOutput): string {
  if (Number.isNaN(value)) return 'none';
  return standardError === 0 ? `${Number(value.toPrecision(8))} exact` : withError(value, standardError);
}

function exponent({ exponent: slope, exponentInterval: interval }: CheckedOutput): string {
  if (slope === undefined || interval === undefined) return '';
  return `${slope.toFixed(2)} ± ${((interval[1] - interval[0]) / 2).toFixed(2)}`;
}

function conclusion({ outputs }: CheckResult): string {
  const of = (wanted: Verdict): CheckedOutput[] => outputs.filter(({ verdict }) => verdict === wanted);
  const [slower, unclear, singular] = [of('slower'), of('unclear'), of('singular')];
  if (slower.length + unclear.length + singular.length === 0) {
    if (of('equal').length === outputs.length) return 'Every output equals its limit at every width.';
    return `Every output approaches its limit no slower than ${RATE}.`;
  }
  const told: string[] = [];
  if (singular.length > 0) {
    told.push(
      `FAILED: ${outputNames(singular)} ${singular.length === 1 ? 'has' : 'have'} no limit:`,
      ...because(singular),
    );
  }
  if (slower.length > 0) {
    const verb = slower.length === 1 ? 'approaches its limit' : 'approach their limits';
    told.push(
      `FAILED: ${outputNames(slower)} ${verb} slower than ${RATE}, beyond three standard errors of the exponent.`,
    );
    told.push(...because(slower));
  }
  if (unclear.length > 0)
    told.push(`UNCLEAR: not enough is seen or known of ${outputNames(unclear)}:`, ...because(unclear));
  return told.join('\n');
}

function outputNames(outputs: readonly CheckedOutput[]): string {
  const names = outputs.slice(0, MOST_ROWS).map(({ name }) => name);
  return `${names.join(', ')}${outputs.length > names.length ? ` and ${outputs.length - names.length} more` : ''}`;
}

/** Each reason once, with the outputs that it is of. */
function because(outputs: readonly CheckedOutput[]): string[] {
  const by = new Map<string, string[]>();
  for (const { name, reasons } of outputs)
    for (const reason of reasons) by.set(reason, [...(by.get(reason) ?? []), name]);
  const all = [...by].map(
    ([reason, names]) => `  ${names.length === outputs.length ? '' : `${names.join(', ')}: `}${reason}`,
  );
  return [...all.slice(0, MOST_ROWS), ...omitted(all.length, Math.min(all.length, MOST_ROWS))];
}

function finite(result: CheckResult, width: number): string {
  const { finite: outputs, widths, seeds } = result;
  const chosen = mostTelling(outputs, () => false);
  const table = (some: readonly number[]): string =>
    aligned(
      [['', ...some.map((n) => `n=${n}`)], ...chosen.map((output) => [output.name, ...some.map(spread(output))])],
      ['left', ...some.map(() => 'right' as const)],
    );
  const whole = table(widths);
  const fits = Math.max(...whole.split('\n').map((line) => [...line].length)) <= width;
  const ends = [required(widths[0], 'width of a check'), required(widths.at(-1), 'width of a check')];
  return [
    `It still runs at finite width n; mean ± standard deviation${after(result)} over ${seeds} seeds:`,
    '',
    fits ? whole : table(ends),
    ...omitted(outputs.length, chosen.length),
  ].join('\n');
}

const spread =
  ({ widths }: FiniteOutput) =>
  (n: number): string => {
    const found = widths.find((one) => one.width === n);
    return found === undefined ? '' : withError(found.mean, found.deviation);
  };

function outsideConclusion({ violations }: CheckResult): string {
  const rules = violations.length === 1 ? 'a rule' : `${violations.length} rules`;
  return `FAILED: the program breaks ${rules} of NE⊗OR⊤.`;
}
