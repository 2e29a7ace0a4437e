import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Located } from '../../../../src/lm/data/example.ts';
import { findTask } from '../../../../src/lm/data/tasks.ts';
import { holdOut, readPool, readTest, readTwoFiles } from '../../../../src/lm/node/data/pool.ts';
import { failureOf } from '../../../support/failure.ts';
import { temporaryFolder } from '../../../support/folders.ts';

const TASK = findTask('sst-2');

function located(label: string, text: string): Located {
  return { example: { label, text }, where: `${label}/${text}` };
}

/** So many examples of each label, interleaved; texts differ. */
function examplesOf(negative: number, positive: number): Located[] {
  return Array.from({ length: Math.max(negative, positive) }, (_, i) => [
    ...(i < negative ? [located('negative', `n${i}`)] : []),
    ...(i < positive ? [located('positive', `p${i}`)] : []),
  ]).flat();
}

const texts = (examples: readonly Located[]): string[] => examples.map(({ example }) => example.text);
const ofLabel = (examples: readonly Located[], label: string): number =>
  examples.filter(({ example }) => example.label === label).length;

describe('holdOut', () => {
  it('holds out half of each label as far as 2k remain', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 6 }), fc.nat(40), fc.nat(40), (k, more, others) => {
        const [negative, positive] = [2 * k + 1 + more, 2 * k + 1 + others];
        const all = examplesOf(negative, positive);
        const { train, test } = holdOut(all, TASK, k, 'x.csv');
        for (const [label, size] of [['negative', negative] as const, ['positive', positive] as const]) {
          expect(ofLabel(test, label)).toBe(Math.min(Math.floor(size / 2), size - 2 * k));
          expect(ofLabel(train, label) + ofLabel(test, label)).toBe(size);
        }
        expect(new Set([...train, ...test])).toEqual(new Set(all));
      }),
    );
  });

  it('is the same at every run, and for a larger k a part of that for a smaller one', () => {
    const all = examplesOf(20, 21);
    const small = texts(holdOut(all, TASK, 2, 'x.csv').test);
    const large = texts(holdOut(all, TASK, 8, 'x.csv').test);
    expect(texts(holdOut(all, TASK, 2, 'x.csv').test)).toEqual(small);
    expect([small.length, large.length]).toEqual([20, 9]);
    expect(small).toEqual(expect.arrayContaining(large));
  });

  it('holds out a thousand at most, in the proportion of the labels', () => {
    const { test } = holdOut(examplesOf(3000, 1000), TASK, 16, 'x.csv');
    expect([ofLabel(test, 'negative'), ofLabel(test, 'positive')]).toEqual([750, 250]);
  });

  it('keeps the copies of a text on one side', () => {
    const all = [...examplesOf(6, 6), ...examplesOf(6, 6), located('positive', 'n0')];
    const { train, test } = holdOut(all, TASK, 1, 'x.csv');
    const trained = new Set(texts(train));
    expect(texts(test).filter((text) => trained.has(text))).toEqual([]);
    expect(train.length + test.length).toBe(25);
    expect(new Set(texts(test)).size).toBe(6);
  });

  it('refuses a label with fewer than 2k + 1 different texts', async () => {
    expect(await failureOf(() => holdOut([...examplesOf(9, 8), ...examplesOf(9, 8)], TASK, 4, 'x.csv'))).toMatchObject({
      code: 'lm.too-few-shots',
      message:
        "x.csv has 8 different examples of label 'positive' and no split; a draw of k = 4 takes 8, and at least one more is held out for test. Use k = 3 or less, or add examples.",
    });
    expect((await failureOf(() => holdOut(examplesOf(9, 1), TASK, 4, 'x.csv'))).message).toMatch(
      /1 different example of label 'positive'.*for test\. Add examples\.$/,
    );
  });
});

/** A table of rows `label,text[,split]` in a file. */
async function table(name: string, header: string, ...rows: readonly string[]): Promise<string> {
  return join(await temporaryFolder({ [name]: [header, ...rows].join('\n') }), name);
}

describe('readPool', () => {
  it('takes the split of the rows', async () => {
    const path = await table('x.csv', 'label,text,split', 'negative,a,test', 'positive,b,train', 'negative,c,train');
    const pool = await readPool(path, TASK, 1);
    expect([texts(pool.train), texts(pool.test)]).toEqual([['b', 'c'], ['a']]);
    expect(pool.description).toBe('table with split');
  });

  it('holds out a part where no row has a split, and says how many', async () => {
    const rows = examplesOf(5, 5).map(({ example }) => `${example.label},${example.text}`);
    const pool = await readPool(await table('x.csv', 'label,text', ...rows), TASK, 2);
    expect([pool.train.length, pool.test.length]).toEqual([8, 2]);
    expect(pool.description).toBe('table without split: 2 of 10 examples held out for test');
  });

  it('refuses other splits, with the place', async () => {
    const path = await table('x.csv', 'label,text,split', 'negative,a,train', 'positive,b,dev');
    expect(await failureOf(() => readPool(path, TASK, 1))).toMatchObject({
      code: 'lm.bad-split',
      message: `${path} line 3: the split is "dev"; expected train or test. Correct the line or remove it.`,
    });
    const some = join(
      await temporaryFolder({
        'x.jsonl':
          '{"label":"negative","text":"a","split":"train"}\n{"label":"negative","text":"b"}\n{"label":"negative","text":"c","split":"test"}',
      }),
      'x.jsonl',
    );
    expect((await failureOf(() => readPool(some, TASK, 1))).message).toBe(
      `${some} line 2: the split is missing; expected train or test. Correct the line or remove it.`,
    );
    const draws = join(
      await temporaryFolder({ 'x.jsonl': '{"label":"negative","text":"a","split":"dev","seed":13}' }),
      'x.jsonl',
    );
    expect((await failureOf(() => readPool(draws, TASK, 1))).message).toBe(
      `${draws} line 1: the split is "dev"; expected train or test. The file seems to hold ready-made draws: give it with --splits, and the test examples with --data.`,
    );
  });

  it('wants examples of both parts', async () => {
    const path = await table('x.csv', 'label,text,split', 'negative,a,train');
    expect(await failureOf(() => readPool(path, TASK, 1))).toMatchObject({
      code: 'lm.empty-split',
      message: `${path} has no examples with split "test"; expected train and test examples. Add some, or leave the split out everywhere to have a part held out for test.`,
    });
  });

  it('refuses a text in both parts, whatever its labels', async () => {
    const path = await table(
      'x.csv',
      'label,text,split',
      'negative,a,train',
      'positive,b,train',
      'positive,a,test',
      'positive,b,test',
      'negative,c,test',
    );
    expect(await failureOf(() => readPool(path, TASK, 1))).toMatchObject({
      code: 'lm.leaked-examples',
      message: `${path} line 4: "a" is a test example and stands among the train examples too (${path} line 2); 2 test examples do. Remove it from one of them, or predictions would be scored on what they were fitted on.`,
    });
  });
});

describe('readTwoFiles', () => {
  it('takes each file for its part', async () => {
    const folder = await temporaryFolder({
      'a.csv': 'label,text\nnegative,a\npositive,b\n',
      'b.jsonl': '{"label":"positive","text":"c","split":"test"}',
    });
    const paths = { train: join(folder, 'a.csv'), test: join(folder, 'b.jsonl') };
    const pool = await readTwoFiles(paths, TASK);
    expect([texts(pool.train), texts(pool.test)]).toEqual([['a', 'b'], ['c']]);
    expect(pool.files.map(({ path }) => path)).toEqual([paths.train, paths.test]);
    const swapped = { train: paths.test, test: paths.train };
    expect((await failureOf(() => readTwoFiles(swapped, TASK))).message).toBe(
      `${paths.test} line 1: the split is "test"; expected train. Correct the line or remove it.`,
    );
    expect((await failureOf(() => readTwoFiles({ train: folder, test: paths.test }, TASK))).code).toBe(
      'lm.unknown-format',
    );
    expect((await failureOf(() => readTwoFiles({ ...paths, test: paths.train }, TASK))).code).toBe(
      'lm.leaked-examples',
    );
  });
});

describe('readTest', () => {
  it('takes the rows of split test, or all rows without a split', async () => {
    const split = await table('x.csv', 'label,text,split', 'negative,a,test', 'positive,b,train');
    expect(texts((await readTest(split, TASK)).test)).toEqual(['a']);
    const whole = await table('x.csv', 'label,text', 'negative,a', 'positive,b');
    expect(texts((await readTest(whole, TASK)).test)).toEqual(['a', 'b']);
  });
});
