/** The overview of many tasks as Markdown, as a table of values, and in words. */

import { required } from '../errors/index.ts';
import {
  atChance,
  isUsual,
  type MethodDifference,
  type MethodScores,
  type Metric,
  settingText,
  type TaskOverview,
  taskOverview,
} from '../lm/index.ts';
import { type KernelRunResult, type TaskTable, taskScores } from '../lm/node/index.ts';
import type { Fact } from '../report/index.ts';
import { KERNEL_NAMES } from './kernelNames.ts';
import { duration } from './progress.ts';
import { percent, table } from './table.ts';

const METRIC: Readonly<Record<Metric, string>> = { accuracy: 'accuracy', f1: 'F1', matthews: 'Matthews' };

/** What stands where a method has no score. */
const NONE = '–';

/** A heading and rows of cells: task, metric, chance, then the methods. */
export interface OverviewTable {
  readonly head: readonly string[];
  readonly rows: readonly (readonly string[])[];
}

/** Scores in percent, `84.3 ± 1.2` where draws differ. */
export function overviewTable({ tasks, methods }: TaskOverview): OverviewTable {
  return {
    head: ['task', 'metric', 'evaluated', 'chance', ...methods],
    rows: tasks.map((task) => [
      task.task,
      METRIC[task.metric],
      String(task.evaluated),
      percent(task.chance),
      ...methods.map((name) => scoreText(task.methods[name])),
    ]),
  };
}

/** `84.3 ± 1.2`, in percent. */
export function scoreText(score: MethodScores | undefined): string {
  if (score === undefined) return NONE;
  const { mean, std, values } = score;
  return values.length > 1 ? `${percent(mean)} ± ${percent(std)}` : percent(mean);
}

/** Where differences exceed what draws explain, a sentence for each pair of methods. */
export function differenceSentences(overview: TaskOverview): string[] {
  const { beyondDraws, differences, simultaneousLevel } = overview;
  if (differences.every(({ interval }) => interval === undefined)) {
    return ['With one draw for each task, nothing can be said of what draws explain: give more seeds.'];
  }
  const rule = `paired over draws, Student's intervals at ${(100 * simultaneousLevel).toFixed(2)} % each, 95 % for all ${differences.length} together`;
  if (beyondDraws.length === 0) return [`No difference between methods exceeds what draws explain (${rule}).`];
  const pairs = new Map<string, MethodDifference[]>();
  for (const one of beyondDraws) {
    const [above, below] = one.mean > 0 ? [one.first, one.second] : [one.second, one.first];
    const key = `${above} is above ${below}`;
    pairs.set(key, [...(pairs.get(key) ?? []), one]);
  }
  return [
    `Beyond what draws explain (${rule}):`,
    ...[...pairs].map(
      ([name, ones]) =>
        `${name} on ${ones.map(({ task, mean }) => `${task} (by ${percent(Math.abs(mean))})`).join(', ')}.`,
    ),
  ];
}

/** The overview as a page in Markdown. */
export function overviewMarkdown(title: string, overview: TaskOverview, settings: readonly Fact[]): string {
  const { head, rows } = overviewTable(overview);
  const row = (cells: readonly string[]): string =>
    `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
  const lines = [
    `# ${title}`,
    '',
    row(head),
    row(head.map((_, k) => (k < 2 ? '---' : '---:'))),
    ...rows.map(row),
    '',
    'Percent; mean ± standard deviation over draws. Chance is the best constant answer on the evaluated examples.',
    '',
    ...differenceSentences(overview).map((sentence, k) => (k === 0 ? sentence : `- ${sentence}`)),
    '',
    ...overview.methods.flatMap((method) => {
      const tasks = atChance(overview, method);
      return tasks.length === 0
        ? []
        : [`At chance by ${method} (within two standard errors): ${tasks.join(', ')}.`, ''];
    }),
    ...settings.map(({ name, value }) => `- ${name}: ${value}`),
  ];
  return `${lines.join('\n')}\n`;
}

/** One line for each task, method, metric and seed: `task,method,metric,seed,score`, further metrics as means. */
export function overviewCsv({ tasks, methods }: TaskOverview): string {
  const lines = tasks.flatMap(({ task, metric, seeds, methods: own, chance }) => [
    [task, 'chance', metric, '', chance],
    ...methods.flatMap((name) => {
      const score = own[name];
      if (score === undefined) return [];
      const { values, further } = score;
      return [
        ...values.map((value, k) => [
          task,
          name,
          metric,
          values.length === 1 ? '' : required(seeds[k], `seed of score ${k}`),
          value,
        ]),
        ...Object.entries(further).map(([other, value]) => [task, name, other, 'mean', value]),
      ];
    }),
  ]);
  return `${['task,method,metric,seed,score', ...lines.map((line) => line.map(csvCell).join(','))].join('\n')}\n`;
}

const csvCell = (value: string | number): string => {
  const text = String(value);
  return /[",\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
};

/** The overview with kernels by the names that people read. */
export function namedOverview({ results }: Pick<TaskTable, 'results'>): TaskOverview {
  const names = new Map<string, string>(Object.entries(KERNEL_NAMES));
  return taskOverview(
    results.map((result) => {
      const scores = taskScores(result);
      const methods = Object.entries(scores.methods).map(([name, own]) => [names.get(name) ?? name, own] as const);
      return Object.assign(scores, { methods: Object.fromEntries(methods) });
    }),
  );
}

/** What all tasks have in common, and what they took. */
export function settingsOfTable({ results }: Pick<TaskTable, 'results'>, model: string): Fact[] {
  const [first] = results;
  if (first === undefined) return [];
  const total = (of: (result: KernelRunResult) => number): number => results.reduce((sum, one) => sum + of(one), 0);
  return [
    { name: 'model', value: model },
    ...(isUsual(first.setting) ? [] : [{ name: 'setting', value: settingText(first.setting) }]),
    { name: 'examples per class', value: String(first.shots) },
    { name: 'seeds of the draws', value: first.seeds.join(', ') },
    { name: 'parameters', value: `${first.parameters.choice}: ${first.parameters.count.toLocaleString('en-US')}` },
    { name: 'gradients', value: total(({ gradients }) => gradients).toLocaleString('en-US') },
    { name: 'time of the starts that ended the runs', value: duration(total(({ seconds }) => seconds)) },
    {
      name: 'memory at peak',
      value: `${(Math.max(...results.map(({ peakBytes }) => peakBytes)) / 2 ** 30).toFixed(1)} GiB`,
    },
  ];
}

/** The overview on a terminal. */
export function overviewText(overview: TaskOverview, { failures }: Pick<TaskTable, 'failures'>, out: string): string {
  const { head, rows } = overviewTable(overview);
  const lines = [
    ...(rows.length === 0 ? [] : [table(head, rows), ...differenceSentences(overview)]),
    ...overview.methods.flatMap((method) => {
      const tasks = atChance(overview, method);
      return tasks.length === 0 ? [] : [`note        at chance by ${method}: ${tasks.join(', ')}`];
    }),
    ...failures.map(({ task, error }) => `not run     ${task}: ${error.message}`),
    ...(rows.length === 0 ? [] : [`table       ${out} (overview.html, overview.md, overview.csv, overview.json)`]),
  ];
  return `${lines.join('\n')}\n`;
}
