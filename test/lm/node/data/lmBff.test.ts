import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { findTask, TASKS } from '../../../../src/lm/data/tasks.ts';
import { readLmBff } from '../../../../src/lm/node/data/lmBff.ts';
import { failureOf } from '../../../support/failure.ts';
import { temporaryFolder } from '../../../support/folders.ts';
import { describeWithShared } from '../../../support/shared.ts';

const INFERENCE = 'parse\tparse\tparse\tparse';

/**
 * By task: the file's extension, its header, and a line for each label in the order of the logits. Written by hand in
 * the layout of the published draws; numbers stand for the labels of LM-BFF's `run_fewshot.sh`.
 */
const FILES: Readonly<Record<string, readonly [string, string | undefined, readonly string[]]>> = {
  'sst-2': ['tsv', 'sentence\tlabel', ['so "bad" A\t0', 'fine A\t1']],
  'sst-5': ['csv', undefined, ['0,A', '1,A', '2,A', '3,A', '4,A']],
  mr: ['csv', undefined, ['0,"no , A"', '1,A']],
  cr: ['csv', undefined, ['0,A', '1,A']],
  mpqa: ['csv', undefined, ['0,A', '1,"""A"""']],
  subj: ['csv', undefined, ['0,i think A', '1,he goes A']],
  trec: ['csv', undefined, ['0,A', '1,A', '2,A', '3,A', '4,A', '5,A']],
  ag_news: ['csv', undefined, ['1,Title,A', '2,Title,A', '3,Title,A', '4,Title,A']],
  mnli: [
    'tsv',
    `index\tpromptID\tpairID\tgenre\t${INFERENCE}\tsentence1\tsentence2\tlabel1\tgold_label`,
    ['contradiction', 'entailment', 'neutral'].map((label) => `1\t2\t3\tslate\t${INFERENCE}\tA \tB\tx\t${label}`),
  ],
  snli: [
    'tsv',
    `index\tcaptionID\tpairID\t${INFERENCE}\tsentence1\tsentence2\tlabel1\tgold_label`,
    ['contradiction\tcontradiction', 'x\ty\tz\tx\ty\tentailment', 'x\tneutral'].map(
      (l) => `1\t2\t3\t${INFERENCE}\tA\tB\t${l}`,
    ),
  ],
  qnli: ['tsv', 'index\tquestion\tsentence\tlabel', ['1\tA\tB\tentailment', '2\tA\tB\tnot_entailment']],
  rte: ['tsv', 'index\tsentence1\tsentence2\tlabel', ['1\tA\tB\tentailment', '2\tA\tB\tnot_entailment']],
  mrpc: ['tsv', 'Quality\t#1 ID\t#2 ID\t#1 String\t#2 String', ['0\t1\t2\tA\tB', '1\t1\t2\tA\tB']],
  qqp: ['tsv', 'id\tqid1\tqid2\tquestion1\tquestion2\tis_duplicate', ['1\t2\t3\tA\tB\t0', '1\t2\t3\tA\tB\t1']],
  cola: ['tsv', undefined, ['ks08\t0\t*\tA', 'm_02\t1\t\tA']],
};

/** Files of one draw of k = 1; the letter of a part stands in its texts. */
function draw(task: string, seed = 13): Record<string, string> {
  const [extension, header, lines] = FILES[task] ?? ['', undefined, []];
  const content = (part: string) =>
    [...(header === undefined ? [] : [header]), ...lines.map((line) => line.replace('A', part))].join('\n');
  const matched = task === 'mnli' ? '_matched' : '';
  return {
    [`1-${seed}/train.${extension}`]: `${content(`T${seed}`)}\n`,
    [`1-${seed}/dev${matched}.${extension}`]: content(`D${seed}`).replaceAll('\n', '\r\n'),
    [`1-${seed}/test${matched}.${extension}`]: `${content('E')}\n`,
  };
}

async function failure(task: string, files: Record<string, string>, k = 1, seeds = [13]) {
  const folder = await temporaryFolder(files);
  const error = await failureOf(() => readLmBff(folder, findTask(task), k, seeds));
  return { code: error.code, message: error.message.replaceAll(folder, 'FOLDER') };
}

describe('readLmBff', () => {
  it('knows the files of every task with data of its own', () => {
    expect(Object.keys(FILES).sort()).toEqual(
      TASKS.map(({ name }) => name)
        .filter((name) => name !== 'afinn')
        .sort(),
    );
  });

  it.each(Object.keys(FILES))('reads %s', async (name) => {
    const task = findTask(name);
    const folder = await temporaryFolder({ ...draw(name, 13), ...draw(name, 21) });
    const { draws, test, files } = await readLmBff(folder, task, 1, [21, 13]);
    const [extension, header] = FILES[name] ?? [];
    expect(draws.map(({ seed }) => seed)).toEqual([21, 13]);
    const labels = task.labels.map((label) => label.name);
    for (const { seed, train, dev } of draws) {
      expect(train.map(({ example }) => example.label)).toEqual(labels);
      expect(dev.map(({ example }) => example.label)).toEqual(labels);
      expect(train.every(({ example }) => example.text.includes(`T${seed}`))).toBe(true);
      expect(dev.every(({ example }) => example.text.includes(`D${seed}`))).toBe(true);
      const first = header === undefined ? 1 : 2;
      expect(train.map(({ where }) => where)).toEqual(
        labels.map((_, index) => `${join(folder, `1-${seed}`, `train.${extension}`)} line ${first + index}`),
      );
    }
    expect(test?.map(({ example }) => example.label)).toEqual(labels);
    for (const { example } of test ?? []) expect(example.text2).toBe(task.pair ? 'B' : undefined);
    expect(files).toHaveLength(6);
  });

  it('finds files whatever the letter case of their names', async () => {
    const files = Object.entries(draw('sst-2')).map(([name, text]) => [
      name.replace(/[a-z.]+$/, (end) => end.toUpperCase()),
      text,
    ]);
    const folder = await temporaryFolder(Object.fromEntries(files));
    const { draws, test } = await readLmBff(folder, findTask('sst-2'), 1, [13]);
    expect([draws[0]?.train.length, draws[0]?.dev.length, test?.length]).toEqual([2, 2, 2]);
    expect(draws[0]?.train[0]?.where).toBe(`${join(folder, '1-13/TRAIN.TSV')} line 2`);
  });

  it('keeps quotation marks of tabbed lines, quoting of tables, and spaces at the end', async () => {
    const textsOf = async (name: string) => {
      const { test } = await readLmBff(await temporaryFolder(draw(name)), findTask(name), 1, [13]);
      return test?.map(({ example }) => example.text);
    };
    expect(await textsOf('sst-2')).toEqual(['so "bad" E', 'fine E']);
    expect(await textsOf('mr')).toEqual(['no , E', 'E']);
    expect(await textsOf('mpqa')).toEqual(['E', '"E"']);
    expect(await textsOf('mnli')).toEqual(['E ', 'E ', 'E ']);
    expect(await textsOf('ag_news')).toEqual(['E', 'E', 'E', 'E']);
  });

  it('lets empty texts through, which published draws have', async () => {
    const folder = await temporaryFolder({ ...draw('mr'), '1-13/dev.csv': '0,A\n1,' });
    const { draws } = await readLmBff(folder, findTask('mr'), 1, [13]);
    expect(draws[0]?.dev.map(({ example }) => example.text)).toEqual(['A', '']);
  });

  it('does without test examples, and takes them from the draws that have them', async () => {
    const { '1-13/test.csv': _, ...without } = draw('mr', 13);
    expect((await readLmBff(await temporaryFolder(without), findTask('mr'), 1, [13])).test).toBeUndefined();
    const folder = await temporaryFolder({ ...without, ...draw('mr', 21) });
    expect((await readLmBff(folder, findTask('mr'), 1, [13, 21])).test).toHaveLength(2);
  });

  it('refuses test examples that differ', async () => {
    const other = { ...draw('mr', 21), '1-21/test.csv': '0,A\n1,B' };
    expect(await failure('mr', { ...draw('mr'), ...other }, 1, [13, 21])).toEqual({
      code: 'lm.different-tests',
      message:
        'FOLDER/1-13/test.csv and FOLDER/1-21/test.csv differ; expected the same test examples in every draw, for scores are averaged over draws. Give the test examples to use with --data and the draws with --splits.',
    });
  });

  it('says which k and seeds there are', async () => {
    const files = { ...draw('mr', 13), ...draw('mr', 100), '16-42/train.csv': '' };
    expect(await failure('mr', files, 8)).toEqual({
      code: 'lm.wrong-shots',
      message: 'FOLDER has no draws of k = 8; it has k = 1, 16. Ask for what is there with --k.',
    });
    expect(await failure('mr', files, 1, [13, 14])).toEqual({
      code: 'lm.missing-draw',
      message: 'FOLDER has no draw of k = 1 with seed 14; it has seeds 13, 100. Choose among these with --seeds.',
    });
    expect((await failure('mr', { '16-42/train.csv': '' }, 16, [42])).message).toMatch(
      'FOLDER/16-42/train.csv is empty: expected examples, one a line.',
    );
    expect((await failure('mr', { '16-42/dev.csv': '' }, 16, [42])).message).toMatch(
      "'FOLDER/16-42/train.csv' does not exist: expected the examples of an LM-BFF draw of task 'mr'.",
    );
  });

  it('refuses a folder without draws', async () => {
    expect(await failure('mr', { 'mr.jsonl': '' })).toEqual({
      code: 'lm.missing-file',
      message:
        "Folder 'FOLDER' has no LM-BFF draws; it holds mr.jsonl. Expected folders named <k>-<seed>, such as 16-13: give another folder, or a file.",
    });
  });

  it('refuses lines it cannot place', async () => {
    const qqp = draw('qqp');
    expect(await failure('qqp', { ...qqp, '1-13/dev.tsv': 'h\n1\t2\t3\tA\tB' })).toEqual({
      code: 'lm.short-row',
      message:
        "FOLDER/1-13/dev.tsv line 2 has 5 columns; expected at least 6, as LM-BFF's files of QQP have. Correct or remove the line.",
    });
    expect(
      (await failure('snli', { ...draw('snli'), '1-13/dev.tsv': `h\n1\t2\t3\t${INFERENCE}\tA\tB` })).message,
    ).toMatch('line 2 has 9 columns; expected at least 10');
    expect(await failure('qqp', { ...qqp, '1-13/dev.tsv': 'h\n1\t2\t3\tA\tB\t2' })).toEqual({
      code: 'lm.unknown-label',
      message:
        "FOLDER/1-13/dev.tsv line 2: label '2' is not one of the task's labels: 0 (not_duplicate), 1 (duplicate). Correct the line, or check that the file belongs to this task.",
    });
    expect((await failure('rte', { ...draw('rte'), '1-13/dev.tsv': 'h\n1\tA\tB\t-' })).message).toMatch(
      "label '-' is not one of the task's labels: entailment, not_entailment.",
    );
  });

  it('refuses a file that lost its header, or has one where none belongs', async () => {
    expect(await failure('rte', { ...draw('rte'), '1-13/dev.tsv': '1\tA\tB\tentailment' })).toEqual({
      code: 'lm.missing-header',
      message:
        "FOLDER/1-13/dev.tsv line 1 is an example; expected the header that LM-BFF's files of RTE start with. Put the header back, or the first example would be lost.",
    });
    expect(
      (await failure('cola', { ...draw('cola'), '1-13/dev.tsv': 'source\tlabel\tmark\tsentence' })).message,
    ).toMatch("line 1: label 'label' is not one of the task's labels: 0 (unacceptable), 1 (acceptable).");
  });

  it('refuses tasks whose columns it does not know', async () => {
    const folder = await temporaryFolder(draw('mr'));
    const own = { ...findTask('mr'), name: 'tickets' };
    const relabelled = {
      ...findTask('mr'),
      labels: [
        { name: 'bad', word: 'terrible' },
        { name: 'good', word: 'great' },
      ],
    };
    for (const task of [own, relabelled]) {
      expect(await failureOf(() => readLmBff(folder, task, 1, [13]))).toMatchObject({
        code: 'lm.unknown-layout',
        kind: 'unsupported',
        message: `'${folder}' looks like a folder of LM-BFF draws, whose columns are not known for task '${task.name}'; they are for sst-2, sst-5, mr, cr, mpqa, subj, trec, ag_news, mnli, snli, qnli, rte and 3 more. Give the data as one .jsonl or .csv file.`,
      });
    }
  });
});

describeWithShared('real files of LM-BFF', 'reference/lm', (reference) => {
  it('are read', async () => {
    const file = (part: string) => readFileSync(join(reference, `sst2_8-42_${part}.tsv`));
    const folder = await temporaryFolder({
      '8-42/train.tsv': file('train'),
      '8-42/dev.tsv': file('train'),
      '8-42/test.tsv': file('test'),
    });
    const { draws, test } = await readLmBff(folder, findTask('sst-2'), 8, [42]);
    const labels = draws[0]?.train.map(({ example }) => example.label);
    expect(labels).toEqual([...Array<string>(8).fill('negative'), ...Array<string>(8).fill('positive')]);
    expect(draws[0]?.train[1]?.example.text).toBe('sad nonsense , this .');
    expect(test?.map(({ example }) => (example.label === 'positive' ? 1 : 0))).toEqual([
      0, 0, 0, 0, 1, 1, 0, 1, 0, 1, 1, 1,
    ]);
  });
});
