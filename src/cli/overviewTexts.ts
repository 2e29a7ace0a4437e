/** The overview of many tasks as Markdown, as a table of values, and in words. */

import { required } from '../errors/index.ts';
import { atChance, type MethodDifference, type MethodScores, type Metric, type TaskOverview } from '../lm/index.ts';
import { percent } from './table.ts';

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
export function overviewMarkdown(title: string, overview: TaskOverview, settings: readonly string[]): string {
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
    ...settings.map((line) => `- ${line}`),
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
