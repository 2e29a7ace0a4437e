import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { findTask } from '../../../../src/lm/data/tasks.ts';
import { loadTask, parseTask } from '../../../../src/lm/node/data/taskFile.ts';
import { failureOf } from '../../../support/failure.ts';
import { temporaryFolder } from '../../../support/folders.ts';

const LABELS = [
  { name: 'bad', word: 'terrible' },
  { name: 'good', word: 'great' },
];
const SMALL = { prompt: '{a}_It was{m}.', labels: LABELS };

/** The problems that the message lists. */
async function problemsOf(json: Readonly<Record<string, unknown>>): Promise<readonly string[]> {
  const error = await failureOf(() => parseTask(json, 'own/task.json'));
  expect(error.code).toBe('lm.bad-task');
  const lines = error.message.split('\n');
  expect(lines[0]).toBe('own/task.json does not describe a task:');
  expect(lines.at(-1)).toBe(
    'Example: {"prompt": "{a}_It was{m}.", "labels": [{"name": "bad", "word": "terrible"}, {"name": "good", "word": "great"}], "data": "reviews.csv"}',
  );
  return lines.slice(1, -1).map((line) => line.replace(/^ {2}- /, ''));
}

describe('loadTask', () => {
  it('finds a task by name', async () => {
    expect(await loadTask('rte')).toEqual({ task: findTask('rte') });
    expect((await failureOf(() => loadTask('rtee'))).message).toMatch(
      /Did you mean rte\?.*give the path of its JSON file/,
    );
  });

  it("reads a task of one's own, with paths that start at its folder", async () => {
    const folder = await temporaryFolder({
      'reviews.json': { ...SMALL, data: 'data/all.csv', columns: { label: 'stars', text: 'review' } },
    });
    expect(await loadTask(join(folder, 'reviews.json'))).toEqual({
      task: {
        name: 'reviews',
        prompt: '{a}_It was{m}.',
        labels: LABELS,
        maxTokens: 128,
        pair: false,
        drop: false,
        lower: false,
        metric: 'accuracy',
      },
      data: { path: join(folder, 'data/all.csv'), columns: { label: 'stars', text: 'review' } },
    });
  });

  it('takes whatever ends in .json or has a slash for a file', async () => {
    const folder = await temporaryFolder({ mine: `\uFEFF${JSON.stringify(SMALL)}` });
    expect((await loadTask(join(folder, 'mine'))).task.name).toBe('mine');
    expect((await failureOf(() => loadTask('no-such.json'))).message).toBe(
      "'no-such.json' does not exist: expected a task's JSON file. Check the path; a relative one starts at the current directory, in a task's JSON file at that file.",
    );
    const broken = await temporaryFolder({ 'x.json': '{"prompt": ' });
    expect((await failureOf(() => loadTask(join(broken, 'x.json')))).code).toBe('lm.malformed-json');
  });
});

describe('parseTask', () => {
  it('takes every key', () => {
    const json = {
      name: 'similar',
      prompt: '{a}?{m},_{b}',
      labels: LABELS,
      data: { train: 'a.csv', test: '/b.csv' },
      columns: { text2: 'other' },
      pair: true,
      drop: true,
      lower: true,
      maxTokens: 64,
      cap: 40,
      metric: 'f1',
      extraMetrics: ['accuracy', 'matthews'],
    };
    const { data, columns, ...task } = json;
    expect(parseTask(json, 'own/task.json')).toEqual({
      task,
      data: { path: join('own/a.csv'), test: '/b.csv', columns },
    });
  });

  it('needs a prompt and labels', async () => {
    expect(await problemsOf({})).toEqual([
      '"prompt" is missing; expected a text such as "{a}_It was{m}."',
      '"labels" is missing; expected a list of at least two, such as [{"name": "bad", "word": "terrible"}, ...]',
    ]);
  });

  it('names unknown keys, at every level, with near ones', async () => {
    const json = {
      ...SMALL,
      lables: [],
      zzzzzz: 1,
      labels: [{ ...LABELS[0], wrod: 'x' }, LABELS[1]],
      columns: { labell: 'x' },
      data: { train: 'a', test: 'b', dev: 'c' },
    };
    expect(await problemsOf(json)).toEqual([
      '"lables" is not known. Did you mean labels?',
      '"zzzzzz" is not known. Known are name, prompt, labels, data, columns, pair, drop, lower, maxTokens, cap, metric, extraMetrics.',
      '"labels[0].wrod" is not known. Did you mean word?',
      '"columns.labell" is not known. Did you mean label?',
      '"data.dev" is not known. Known are train, test.',
    ]);
  });

  it('says of each value what it is and should be', async () => {
    const json = {
      name: '',
      prompt: 3,
      labels: LABELS,
      data: 7,
      columns: { label: 1 },
      drop: 'yes',
      lower: 0,
      maxTokens: '128',
      cap: 0,
      metric: 'auc',
      extraMetrics: 'f1',
    };
    expect(await problemsOf(json)).toEqual([
      '"name" is ""; expected a text',
      '"prompt" is 3; expected a text such as "{a}_It was{m}."',
      '"drop" is "yes"; expected true or false',
      '"lower" is 0; expected true or false',
      '"maxTokens" is "128"; expected a whole number of at least 1',
      '"cap" is 0; expected a whole number of at least 1',
      '"metric" is "auc"; expected accuracy, f1 or matthews',
      '"extraMetrics" is "f1"; expected a list of metrics, such as ["accuracy"]',
      '"columns.label" is 1; expected the name of a column',
      '"data" is 7; expected a path, or {"train": path, "test": path}',
    ]);
    expect(await problemsOf({ ...SMALL, extraMetrics: ['f1', 'f2', null] })).toEqual([
      '"extraMetrics[1]" is "f2"; expected accuracy, f1 or matthews',
      '"extraMetrics[2]" is null; expected accuracy, f1 or matthews',
    ]);
    expect(await problemsOf({ ...SMALL, columns: [], data: 'x'.repeat(0) })).toEqual([
      '"columns" is []; expected {"label": "topic", "text": "message"}',
      '"data" is ""; expected a path, or {"train": path, "test": path}',
    ]);
    expect(await problemsOf({ ...SMALL, columns: { label: 'a' } })).toEqual([
      '"data" is missing; expected a path, for there are "columns"',
    ]);
  });

  it('wants at least two labels, with words of their own', async () => {
    expect((await problemsOf({ ...SMALL, labels: [LABELS[0]] }))[0]).toBe(
      '"labels" is [{"name":"bad","word":"terrible"}]; expected a list of at least two, such as [{"name": "bad", "word": "terrible"}, ...]',
    );
    const labels = [LABELS[0], { name: 'bad', word: 'terrible' }, { name: 'x', word: ' y' }, { word: 'z' }, 'great'];
    expect(await problemsOf({ ...SMALL, labels })).toEqual([
      '"labels[1].name" is "bad"; expected another one than that of labels[0]',
      '"labels[1].word" is "terrible"; expected another one than that of labels[0]',
      '"labels[2].word" is " y"; expected a text without spaces around it',
      '"labels[3].name" is missing; expected a text without spaces around it',
      '"labels[4]" is "great"; expected {"name": "bad", "word": "terrible"}',
    ]);
  });

  it('takes what stands for labels in the data, for all of them', async () => {
    const valued = (...values: readonly unknown[]) => ({
      ...SMALL,
      labels: LABELS.map((label, k) => ({ ...label, ...(values[k] === undefined ? {} : { value: values[k] }) })),
    });
    const { task } = parseTask(valued(0, [1, '2', true]), 'own/task.json');
    expect(task.labels).toEqual(LABELS);
    expect(task.labelValues).toEqual({ '0': 'bad', '1': 'good', '2': 'good', true: 'good' });
    expect(await problemsOf(valued(0))).toEqual([
      '"labels[1].value" is missing; expected what stands for the label in the data, such as 0, for other labels have it',
    ]);
    expect(await problemsOf(valued(0, [null]))).toHaveLength(1);
    expect(await problemsOf(valued([0, 1], 1))).toEqual(['"labels[1].value" is 1, which stands for "bad" already']);
  });

  it('refuses names that differ only in letter case, blanks or as numbers are written', async () => {
    const labels = (a: string, b: string) => [a, b].map((name, k) => ({ name, word: `word${k}` }));
    expect(await problemsOf({ ...SMALL, labels: labels('Good', 'good') })).toEqual([
      '"labels[1].name" is "good"; expected a name that differs from "Good" not only in letter case',
    ]);
    expect(await problemsOf({ ...SMALL, labels: labels('1', '1.0') })).toEqual([
      '"labels[1].name" is "1.0"; expected a name that differs from "1" not only as numbers are written',
    ]);
  });

  it('checks the prompt, and pair and lower against it', async () => {
    expect(await problemsOf({ ...SMALL, prompt: '{a}{x}' })).toEqual([
      `"prompt" is "{a}{x}": '{x}' is neither {a}, {b} nor {m}`,
    ]);
    expect(await problemsOf({ ...SMALL, pair: true, lower: true })).toEqual([
      '"pair" is true, but the prompt has no {b}; expected both or neither',
    ]);
    expect(await problemsOf({ ...SMALL, prompt: '{a}{m},_{b}', pair: false })).toEqual([
      '"pair" is false, but the prompt has a {b}; expected both or neither',
    ]);
    expect(await problemsOf({ ...SMALL, lower: true })).toEqual([
      '"lower" is true, but there is no second text {b}; expected a task of two texts',
    ]);
  });

  it('keeps metrics of two labels and names for what they are', async () => {
    const three = { ...SMALL, labels: [...LABELS, { name: 'fair', word: 'okay' }] };
    expect(await problemsOf({ ...three, metric: 'f1' })).toEqual([
      '"f1" is for two labels, and there are 3; expected accuracy',
    ]);
    expect(await problemsOf({ ...three, extraMetrics: ['matthews'] })).toHaveLength(1);
    expect(await problemsOf({ ...SMALL, name: 'afinn' })).toEqual([
      '"name" is "afinn", that of the embedded task; expected another',
    ]);
    expect(await problemsOf({ ...SMALL, name: 'a/b' })).toEqual(['"name" is "a/b"; expected a text without slashes']);
  });
});
