import { describe, expect, it } from 'vitest';
import { guessTask } from '../../../src/lm/data/guessTask.ts';

/** A vocabulary of whole words, without letter case where it says so. */
function vocabulary(...words: readonly string[]) {
  return async (word: string): Promise<number | undefined> => {
    const at = words.indexOf(word);
    return at < 0 ? undefined : at;
  };
}
const LETTERS = ['A', 'B', 'C'];
const wordsOf = ({ task }: Awaited<ReturnType<typeof guessTask>>) =>
  Object.fromEntries(task.labels.map(({ name, word }) => [name, word]));

describe('guessTask', () => {
  it('takes prompt, words and order of a task whose labels these are, in the spelling of the data', async () => {
    const idOf = vocabulary('terrible', 'great', 'Positive', 'Negative');
    const found = await guessTask({ classes: ['Positive', 'Negative'], pair: false, idOf });
    expect(found).toEqual({
      task: {
        prompt: '{a}_It was{m}.',
        labels: [
          { name: 'Negative', word: 'terrible' },
          { name: 'Positive', word: 'great' },
        ],
        pair: false,
        drop: false,
        lower: false,
      },
      remarks: ["its labels are those of 'sst-2': it has the prompt and the words of that"],
    });
  });

  it('takes that of pairs for pairs, and none whose words the model does not have', async () => {
    const classes = ['entailment', 'not_entailment'];
    const pairs = await guessTask({ classes, pair: true, idOf: vocabulary('Yes', 'No') });
    expect(pairs.task).toMatchObject({ prompt: '{a}?{m},_{b}', drop: true, lower: true });
    const without = await guessTask({ classes, pair: true, idOf: vocabulary('entailment', 'not', 'Yes') });
    expect(without.task).toMatchObject({ prompt: '{a}{m},_{b}', drop: false, lower: false });
    expect(wordsOf(without)).toEqual({ entailment: 'entailment', not_entailment: 'not' });
  });

  it('takes names, then their parts and stems; a name that is a word keeps it', async () => {
    const idOf = vocabulary('sport', 'Tech', 'bill', 'late', ...LETTERS);
    const found = await guessTask({ classes: ['late sport', 'billing', 'Sci/Tech', 'sport'], pair: false, idOf });
    expect(wordsOf(found)).toEqual({ 'late sport': 'late', billing: 'bill', 'Sci/Tech': 'Tech', sport: 'sport' });
    expect(found.task.prompt).toBe('{m}:_{a}');
    expect(found.remarks).toEqual([]);
  });

  it('says which labels have letters, and that numbers mean nothing', async () => {
    const found = await guessTask({ classes: ['10', '9'], pair: false, idOf: vocabulary('9', ...LETTERS) });
    // By size, so that of two numbers the larger is the positive one.
    expect(found.task.labels).toEqual([
      { name: '9', word: '9' },
      { name: '10', word: 'A' },
    ]);
    expect(found.remarks).toEqual([
      "no word of '10' is one token of the model, so that a letter stands for it; a word that says what it means does better",
      'its labels are numbers, which tell the model nothing; words that say what they mean do better',
    ]);
  });

  it('gives no token to two labels', async () => {
    const found = await guessTask({ classes: ['Spam', 'spam', 'ham'], pair: false, idOf: async (word) => word.length });
    expect(new Set(found.task.labels.map(({ word }) => word.length)).size).toBe(3);
  });
});
