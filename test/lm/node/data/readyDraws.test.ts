import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { findTask, TASKS } from '../../../../src/lm/data/tasks.ts';
import { readSplits } from '../../../../src/lm/node/data/readyDraws.ts';
import { failureOf } from '../../../support/failure.ts';
import { temporaryFolder } from '../../../support/folders.ts';
import { describeWithShared } from '../../../support/shared.ts';

const TASK = findTask('mr');

/** Lines of a draw with k examples of each label for train and d for dev. */
function draw(seed: number, k: number, d = k): string[] {
  const part = (split: string, size: number) =>
    ['negative', 'positive'].flatMap((label) =>
      Array.from({ length: size }, (_, i) =>
        JSON.stringify({ label, text: `${label} ${split} ${seed}/${i}`, seed, split }),
      ),
    );
  return [...part('train', k), ...part('dev', d)];
}

async function failure(lines: readonly string[], k: number, seeds: readonly number[]) {
  const file = join(await temporaryFolder({ 'mr.jsonl': lines.join('\n') }), 'mr.jsonl');
  const error = await failureOf(() => readSplits(file, TASK, k, seeds));
  return { code: error.code, message: error.message.replaceAll(file, 'FILE') };
}

describe('readSplits', () => {
  it('reads the draws asked for, in their order, from a folder or a file', async () => {
    const folder = await temporaryFolder({ 'mr.jsonl': [...draw(13, 2), ...draw(21, 2, 1)].join('\n') });
    for (const path of [folder, join(folder, 'mr.jsonl')]) {
      const { draws, test, files } = await readSplits(path, TASK, 2, [21, 13]);
      expect(draws.map(({ seed, train, dev }) => [seed, train.length, dev.length])).toEqual([
        [21, 4, 2],
        [13, 4, 4],
      ]);
      expect(draws[0]?.dev.map(({ example }) => example)).toEqual([
        { label: 'negative', text: 'negative dev 21/0' },
        { label: 'positive', text: 'positive dev 21/0' },
      ]);
      expect(test).toBeUndefined();
      expect(files.map(({ path: read }) => read)).toEqual([join(folder, 'mr.jsonl')]);
    }
  });

  it('reads LM-BFF folders', async () => {
    const rows = '0,a\n1,b\n';
    const folder = await temporaryFolder({ 'MR/1-13/train.csv': rows, 'MR/1-13/dev.csv': rows });
    expect((await readSplits(folder, TASK, 1, [13])).draws[0]?.train).toHaveLength(2);
  });

  it('lists the seeds that are there', async () => {
    expect(await failure([...draw(13, 2), ...draw(21, 2)], 2, [13, 14])).toEqual({
      code: 'lm.missing-draw',
      message: 'FILE has no draw of k = 2 with seed 14; it has seeds 13, 21. Choose among these with --seeds.',
    });
  });

  it('says which k is there', async () => {
    expect(await failure(draw(13, 2), 16, [13])).toEqual({
      code: 'lm.wrong-shots',
      message:
        'FILE, seed 13, has 2 of negative, 2 of positive; expected k = 16 of each label. Ask for what is there with --k 2.',
    });
    const uneven = draw(13, 2).filter((line) => !line.includes('positive train 13/1'));
    expect((await failure(uneven, 2, [13])).message).toBe(
      'FILE, seed 13, has 2 of negative, 1 of positive; expected k = 2 of each label. Get the draw again, or give another.',
    );
  });

  it('wants something to choose on', async () => {
    const without = draw(13, 2).filter((line) => !line.includes('positive dev'));
    expect(await failure(without, 2, [13])).toEqual({
      code: 'lm.empty-dev',
      message:
        "FILE, seed 13, has no example of label 'positive' in its dev part; expected at least one, to choose the solver on. Get the draw again, or leave --splits out to have draws made.",
    });
  });

  it('wants a seed and a split on every line', async () => {
    const line = { label: 'negative', text: 'a' };
    expect(await failure([JSON.stringify({ ...line, split: 'train' })], 2, [13])).toEqual({
      code: 'lm.missing-seed',
      message:
        'FILE line 1: "seed" is missing; expected the whole number of the draw that the example belongs to. A file without seeds is a pool to draw from: give it with --data and leave --splits out.',
    });
    expect((await failure([JSON.stringify({ ...line, split: 'train', seed: '13' })], 2, [13])).message).toMatch(
      'FILE line 1: "seed" is "13"; expected',
    );
    expect(await failure([JSON.stringify({ ...line, split: 'test', seed: 13 })], 2, [13])).toEqual({
      code: 'lm.bad-split',
      message: 'FILE line 1: the split is "test"; expected train or dev. Correct the line or remove it.',
    });
  });

  it('reads no tables', async () => {
    const folder = await temporaryFolder({ 'mr.csv': 'label,text\n' });
    for (const path of [folder, join(folder, 'mr.csv')]) {
      expect(await failureOf(() => readSplits(path, TASK, 1, [13]))).toMatchObject({
        code: 'lm.unknown-format',
        kind: 'unsupported',
        message: `'${join(folder, 'mr.csv')}' is no file of draws: expected JSON lines (.jsonl or .jsonl.gz) with "seed" and "split", or a folder of LM-BFF draws. Convert the file, or leave --splits out to have draws made from --data.`,
      });
    }
    expect((await failureOf(() => readSplits(join(folder, 'no'), TASK, 1, [13]))).message).toMatch(
      "does not exist: expected draws of task 'mr'.",
    );
  });
});

describeWithShared("the paper's own draws", 'data/kshot', (folder) => {
  const names = TASKS.map(({ name }) => name).filter((name) => !['afinn', 'ag_news', 'cola'].includes(name));

  it.each(names)('of %s', async (name) => {
    const task = findTask(name);
    const { draws } = await readSplits(folder, task, 16, [13, 21, 42, 87, 100]);
    expect(draws).toHaveLength(5);
    for (const { train, dev } of draws) {
      expect([train.length, dev.length]).toEqual([16 * task.labels.length, 16 * task.labels.length]);
      for (const { example } of train) expect(example.text2 !== undefined).toBe(task.pair);
    }
  });

  it('are of k = 16 only', async () => {
    expect((await failureOf(() => readSplits(folder, TASK, 64, [13]))).message).toMatch(
      /seed 13, has 16 of negative, 16 of positive; expected k = 64 of each label\. Ask for what is there with --k 16\.$/,
    );
  });
});
