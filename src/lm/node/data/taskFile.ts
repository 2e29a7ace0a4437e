import { basename, dirname, isAbsolute, join } from 'node:path';
import { nearNames } from '../../../errors/wording/index.ts';
import { type Columns, PARTS, type Part } from '../../data/columns.ts';
import { badTask, dataAsTask } from '../../data/dataErrors.ts';
import { likeness } from '../../data/labels.ts';
import { findTask, type LabelValues, METRICS, type Metric, type Task } from '../../data/tasks.ts';
import { isJsonObject, type JsonObject, parseJsonObject } from '../../model/json.ts';
import { templateProblems } from '../../text/template.ts';
import type { LabelWord } from '../../text/tokenizer.ts';
import { alternatives, didYouMean, shown } from '../../wording.ts';
import type { TaskSource } from './data.ts';
import { readDataFile } from './dataFile.ts';
import { formatOf } from './rows.ts';

/** A task, with its data where its file names it. */
export interface LoadedTask {
  readonly task: Task;
  readonly data?: TaskSource;
}

/** The keys of a task's file. */
const KEYS = [
  'name',
  'prompt',
  'labels',
  'data',
  'columns',
  'pair',
  'drop',
  'lower',
  'maxTokens',
  'cap',
  'metric',
  'extraMetrics',
] as const;
type Key = (typeof KEYS)[number];

/** The limit of most tasks known by name. */
const DEFAULT_MAX_TOKENS = 128;

/** The task whose data is embedded. */
export const EMBEDDED = 'afinn';

/**
 * A task known by its name or, where the argument has a slash or ends in `.json`, a task of one's own from its file.
 * @throws UserError `lm.unknown-task`, `lm.data-as-task`, `lm.missing-file`, `lm.malformed-json` or `lm.bad-task`, which lists all problems.
 */
export async function loadTask(nameOrFile: string): Promise<LoadedTask> {
  if (formatOf(nameOrFile) !== undefined) throw dataAsTask(nameOrFile);
  if (!/[\\/]|\.json$/i.test(nameOrFile)) return { task: findTask(nameOrFile) };
  const { text } = await readDataFile(nameOrFile, "a task's JSON file");
  return parseTask(parseJsonObject(text, nameOrFile), nameOrFile);
}

/**
 * Checks the content of a task's file; paths in it start at its folder.
 * @throws UserError `lm.bad-task`.
 */
export function parseTask(json: JsonObject, file: string): LoadedTask {
  const fields = reader(json);
  const name = fields.text('name') ?? basename(file).replace(/\.json$/i, '');
  const prompt = fields.text('prompt', '"{a}_It was{m}."') ?? '';
  const labels = fields.labels();
  const labelValues = fields.labelValues();
  const { pair = prompt.includes('{b}'), drop = false, lower = false } = fields.flags(['pair', 'drop', 'lower']);
  const maxTokens = fields.count('maxTokens') ?? DEFAULT_MAX_TOKENS;
  const cap = fields.count('cap');
  const metric = fields.metric('metric', json.metric) ?? 'accuracy';
  const extraMetrics = fields.metrics('extraMetrics');
  const data = fields.source(dirname(file));

  const { problems } = fields;
  if (/[\\/]/.test(name)) problems.push(`"name" is ${JSON.stringify(name)}; expected a text without slashes`);
  if (name === EMBEDDED) problems.push(`"name" is "${EMBEDDED}", that of the embedded task; expected another`);
  if (typeof json.prompt === 'string') {
    for (const problem of templateProblems(json.prompt)) problems.push(`"prompt" is "${json.prompt}": ${problem}`);
    if (pair !== prompt.includes('{b}'))
      problems.push(`"pair" is ${pair}, but the prompt has ${pair ? 'no' : 'a'} {b}; expected both or neither`);
    if (lower && !pair) problems.push('"lower" is true, but there is no second text {b}; expected a task of two texts');
  }
  const ofTwo = [metric, ...(extraMetrics ?? [])].find((wanted) => wanted !== 'accuracy');
  if (ofTwo !== undefined && labels.length > 2)
    problems.push(`"${ofTwo}" is for two labels, and there are ${labels.length}; expected accuracy`);
  if (problems.length > 0) throw badTask(file, problems);
  const task: Task = {
    name,
    prompt,
    labels,
    ...(labelValues === undefined ? {} : { labelValues }),
    maxTokens,
    ...(cap === undefined ? {} : { cap }),
    pair,
    drop,
    lower,
    metric,
    ...(extraMetrics === undefined ? {} : { extraMetrics }),
  };
  return { task, ...(data === undefined ? {} : { data }) };
}

/** Reads values by key and notes what is wrong instead of stopping. */
function reader(json: JsonObject) {
  const problems: string[] = [];
  unknownKeys(json, KEYS, '', problems);
  const wrong = (key: string, value: unknown, expected: string) => {
    problems.push(`"${key}" is ${value === undefined ? 'missing' : shown(value)}; expected ${expected}`);
    return undefined;
  };
  const isText = (value: unknown): value is string => typeof value === 'string' && value.trim() !== '';
  const oneMetric = (key: string, value: unknown): Metric | undefined =>
    METRICS.find((known) => known === value) ??
    (value === undefined ? undefined : wrong(key, value, alternatives(METRICS)));

  return {
    problems,
    /** A text; with an example, it is required. */
    text(key: Key, example?: string): string | undefined {
      const value = json[key];
      if (isText(value)) return value;
      if (value === undefined && example === undefined) return undefined;
      return wrong(key, value, example === undefined ? 'a text' : `a text such as ${example}`);
    },
    flags<Name extends Key>(keys: readonly Name[]): { readonly [name in Name]?: boolean } {
      const found: { [name in Name]?: boolean } = {};
      for (const key of keys) {
        const value = json[key];
        if (typeof value === 'boolean') found[key] = value;
        else if (value !== undefined) wrong(key, value, 'true or false');
      }
      return found;
    },
    count(key: Key): number | undefined {
      const value = json[key];
      if (value === undefined || (typeof value === 'number' && Number.isSafeInteger(value) && value > 0)) return value;
      return wrong(key, value, 'a whole number of at least 1');
    },
    metric: oneMetric,
    metrics(key: Key): readonly Metric[] | undefined {
      const value = json[key];
      if (value === undefined) return undefined;
      if (!Array.isArray(value)) return wrong(key, value, 'a list of metrics, such as ["accuracy"]');
      return value.flatMap((one: unknown, index) => oneMetric(`${key}[${index}]`, one ?? null) ?? []);
    },
    labels(): readonly LabelWord[] {
      const { labels } = json;
      if (!Array.isArray(labels) || labels.length < 2) {
        wrong('labels', labels, 'a list of at least two, such as [{"name": "bad", "word": "terrible"}, ...]');
        return [];
      }
      const seen = { name: new Map<string, number>(), word: new Map<string, number>() };
      return labels.flatMap((label: unknown, index): LabelWord | [] => {
        const place = `labels[${index}]`;
        if (!isJsonObject(label)) return wrong(place, label, '{"name": "bad", "word": "terrible"}') ?? [];
        unknownKeys(label, ['name', 'word', 'value'], `${place}.`, problems);
        for (const key of ['name', 'word'] as const) {
          const value = label[key];
          if (!isText(value) || value !== value.trim()) {
            wrong(`${place}.${key}`, value, 'a text without spaces around it');
            continue;
          }
          const first = seen[key].get(value);
          if (first === undefined) seen[key].set(value, index);
          else wrong(`${place}.${key}`, value, `another one than that of labels[${first}]`);
        }
        const like = [...seen.name.keys()].find((known) => likeness(known, String(label.name)) !== undefined);
        if (isText(label.name) && like !== undefined && like !== label.name) {
          const only = likeness(like, label.name);
          wrong(`${place}.name`, label.name, `a name that differs from "${like}" not only ${only}`);
        }
        const { name, word } = label;
        return isText(name) && isText(word) ? { name, word } : [];
      });
    },
    labelValues: () => labelValuesOf(json.labels, problems, wrong),
    source(folder: string): TaskSource | undefined {
      const { data } = json;
      const columns = columnsOf(json.columns, problems, wrong);
      const resolved = (path: string) => (isAbsolute(path) ? path : join(folder, path));
      const more = columns === undefined ? {} : { columns };
      if (isText(data)) return { path: resolved(data), ...more };
      if (isJsonObject(data) && isText(data.train) && isText(data.test)) {
        unknownKeys(data, ['train', 'test'], 'data.', problems);
        return { path: resolved(data.train), test: resolved(data.test), ...more };
      }
      if (data !== undefined) wrong('data', data, 'a path, or {"train": path, "test": path}');
      else if (columns !== undefined) wrong('data', data, 'a path, for there are "columns"');
      return undefined;
    },
  };
}

/** What stands for labels in the data: a text or number, or a list of them, for each label or for none. */
function labelValuesOf(
  labels: unknown,
  problems: string[],
  wrong: (key: string, value: unknown, expected: string) => undefined,
): LabelValues | undefined {
  const given = Array.isArray(labels) ? labels.filter(isJsonObject) : [];
  if (given.every(({ value }) => value === undefined)) return undefined;
  const values = new Map<string, string>();
  for (const [index, { name, value }] of given.entries()) {
    const key = `labels[${index}].value`;
    const all: readonly unknown[] = Array.isArray(value) ? value : [value];
    const texts = all.filter((one) => ['string', 'number', 'boolean'].includes(typeof one)).map(String);
    if (texts.length < all.length || texts.length === 0) {
      wrong(key, value, 'what stands for the label in the data, such as 0, for other labels have it');
    }
    for (const text of texts) {
      if (values.has(text)) problems.push(`"${key}" is ${text}, which stands for "${values.get(text)}" already`);
      values.set(text, String(name));
    }
  }
  return Object.fromEntries(values);
}

function columnsOf(
  value: unknown,
  problems: string[],
  wrong: (key: string, value: unknown, expected: string) => undefined,
): Columns | undefined {
  if (value === undefined) return undefined;
  if (!isJsonObject(value)) return wrong('columns', value, '{"label": "topic", "text": "message"}');
  unknownKeys(value, PARTS, 'columns.', problems);
  const columns: { [part in Part]?: string } = {};
  for (const part of PARTS) {
    const name = value[part];
    if (typeof name === 'string' && name.trim() !== '') columns[part] = name;
    else if (name !== undefined) wrong(`columns.${part}`, name, 'the name of a column');
  }
  return columns;
}

function unknownKeys(json: JsonObject, known: readonly string[], prefix: string, problems: string[]): void {
  for (const key of Object.keys(json).filter((name) => !known.includes(name))) {
    const near = didYouMean(nearNames(key, known));
    problems.push(`"${prefix}${key}" is not known.${near === '' ? ` Known are ${known.join(', ')}.` : near}`);
  }
}
