/** Sentences as they are typed: a line each, with what it is to the kernel in front. */

export interface Sentence {
  readonly text: string;
  /** Of a sentence that is trained on: its place among the labels of the task, negative and positive. */
  readonly label?: 0 | 1;
}

/** Gradients of more take minutes on one thread. */
export const MOST_SENTENCES = 24;
const MOST_CHARACTERS = 500;

/** Those that are trained on, then the others; or what is wrong. */
export function readSentences(text: string): readonly Sentence[] | string {
  const lines = text
    .split('\n')
    .map((line, k) => ({ line: line.trim(), number: k + 1 }))
    .filter(({ line }) => line !== '');
  const sentences: Sentence[] = [];
  for (const { line, number } of lines) {
    const [, mark, words = ''] = /^([+\-?])\s*(.*)$/.exec(line) ?? [];
    if (mark === undefined || words === '')
      return `Line ${number} is “${line.slice(0, 40)}”; expected a sentence behind +, − or ?.`;
    if (words.length > MOST_CHARACTERS)
      return `Line ${number} has ${words.length} characters; expected up to ${MOST_CHARACTERS}.`;
    sentences.push(mark === '?' ? { text: words } : { text: words, label: mark === '+' ? 1 : 0 });
  }
  const of = (label: 0 | 1 | undefined): readonly Sentence[] => sentences.filter((one) => one.label === label);
  if (of(0).length === 0 || of(1).length === 0)
    return 'There is nothing to train on; expected at least one sentence behind + and one behind −.';
  if (sentences.length > MOST_SENTENCES)
    return `There are ${sentences.length} sentences; a page takes up to ${MOST_SENTENCES}. For more there is nexort kernel --data.`;
  return [...sentences.filter(({ label }) => label !== undefined), ...of(undefined)];
}
