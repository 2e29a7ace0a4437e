/** The paper's claims side by side: verdicts of tasks, settings and optimizers in one table. */

import type { Criterion, MeanScore, OptimizerRegime, Setting } from '../../lm/index.ts';
import type { RegimeRunResult } from '../../lm/node/index.ts';
import { aligned, percent, threeDigits } from '../table.ts';
import { rateText } from './summary.ts';

/** One optimizer of one run. */
export interface RegimeRow {
  readonly task: string;
  readonly setting: Setting['kind'];
  readonly optimizer: string;
  readonly learningRate: number;
  readonly verdict: OptimizerRegime['verdict'];
  readonly failed: OptimizerRegime['failed'];
  readonly byPaper: boolean | null;
  readonly measured: Readonly<Record<Criterion['name'], number | null>>;
  /** Mean scores in the task's metric. */
  readonly scores: Readonly<
    Record<'zeroShot' | 'fineTuned' | 'linearModel' | 'linearTraining' | 'kernel', number | null>
  >;
}

/** Rows in the order of the runs. */
export function regimeRows(results: readonly RegimeRunResult[]): RegimeRow[] {
  return results.flatMap(({ task, setting, optimizers }) =>
    Object.values(optimizers).map((one) => {
      const { optimizer, learningRate, verdict, failed, byPaper, criteria, solution } = one;
      const measuredBy = (name: Criterion['name']): number | null =>
        criteria.find((criterion) => criterion.name === name)?.value ?? null;
      const meanOf = (score: MeanScore | null | undefined): number | null => score?.mean ?? null;
      return {
        task,
        setting: setting.kind,
        optimizer,
        learningRate,
        verdict,
        failed,
        byPaper,
        measured: {
          gainRecovered: measuredBy('gainRecovered'),
          logitError: measuredBy('logitError'),
          relativeDistance: measuredBy('relativeDistance'),
          kernelChange: measuredBy('kernelChange'),
        },
        scores: {
          zeroShot: meanOf(solution?.zeroShot),
          fineTuned: meanOf(solution?.fineTuned),
          linearModel: meanOf(solution?.linearModel),
          linearTraining: meanOf(solution?.linearTraining),
          kernel: meanOf(solution?.kernel),
        },
      };
    }),
  );
}

const HEAD = [
  'task',
  'setting',
  'optimizer',
  'rate',
  'verdict',
  "paper's bounds",
  'gain recovered',
  'logit error',
  'entries change',
  'kernel changes',
  'as it was',
  'fine-tuned',
  'linear model',
  'linear training',
  'kernel',
];

function cells(row: RegimeRow): string[] {
  const { measured, scores, failed, byPaper } = row;
  const number = (value: number | null): string => (value === null ? '–' : threeDigits(value));
  const share = (value: number | null): string => (value === null ? '–' : percent(value));
  return [
    row.task,
    row.setting,
    row.optimizer,
    rateText(row.learningRate),
    failed.length === 0 ? row.verdict : `${row.verdict}: ${failed.join(', ')}`,
    byPaper === null ? '–' : byPaper ? 'kernel' : 'not kernel',
    number(measured.gainRecovered),
    number(measured.logitError),
    number(measured.relativeDistance),
    number(measured.kernelChange),
    share(scores.zeroShot),
    share(scores.fineTuned),
    share(scores.linearModel),
    share(scores.linearTraining),
    share(scores.kernel),
  ];
}

/** For terminals. */
export function regimeTableText(rows: readonly RegimeRow[]): string {
  const sides = HEAD.map((_, k) => (k < 6 ? 'left' : 'right'));
  return `${aligned([HEAD, ...rows.map(cells)], sides).trimEnd()}\n`;
}

/** As Markdown, with what was asked for. */
export function regimeTableMarkdown(rows: readonly RegimeRow[], lines: readonly string[]): string {
  const line = (entries: readonly string[]): string =>
    `| ${entries.map((one) => one.replaceAll('|', '\\|')).join(' | ')} |`;
  return [
    '# Does fine-tuning behave like a kernel?',
    '',
    ...lines.map((one) => `${one}  `),
    '',
    line(HEAD),
    line(HEAD.map((_, k) => (k < 6 ? '---' : '---:'))),
    ...rows.map((row) => line(cells(row))),
    '',
  ].join('\n');
}
