import { emptyText, missingSecondText } from '../errors.ts';
import { unknownLabel } from './labelErrors.ts';

/** One labeled text, or pair of texts. */
export interface Example {
  readonly label: string;
  readonly text: string;
  readonly text2?: string;
}

/** The pool that few-shot draws come from, and the examples that predictions are scored on. */
export interface TaskData {
  readonly train: readonly Example[];
  readonly test: readonly Example[];
}

/** An example and the file and line it was read from, for messages. */
export interface Located {
  readonly example: Example;
  readonly where: string;
}

/** What is equal exactly in examples of equal texts, whatever their labels. */
export function textKey({ text, text2 }: Example): string {
  return JSON.stringify([text, text2]);
}

/** The first of the examples of every text, whatever the labels of the others. */
export function differentTexts(examples: readonly Example[]): readonly Example[] {
  const seen = new Set<string>();
  return examples.filter((example) => {
    const key = textKey(example);
    const isNew = !seen.has(key);
    seen.add(key);
    return isNew;
  });
}

/** Whether a text of the example has nothing in it but spaces. */
export function isEmpty({ text, text2 }: Example): boolean {
  return text.trim() === '' || text2?.trim() === '';
}

/**
 * An example made of the texts of one row. Empty texts are refused unless `allowEmpty`; one that only looks empty,
 * without any token, is left to the prompt.
 * @throws UserError `lm.unknown-label`, `lm.empty-text` or `lm.missing-second-text`, each with its place.
 */
export function checkExample(
  { label, text, text2 }: { readonly label: string; readonly text: string; readonly text2: string | undefined },
  task: { readonly pair: boolean; readonly labels: readonly { readonly name: string }[] },
  where: string,
  allowEmpty = false,
): Example {
  const known = task.labels.map(({ name }) => name);
  if (!known.includes(label)) throw unknownLabel(where, label, known);
  if (!allowEmpty && text.trim() === '') throw emptyText(where, 'text');
  if (!task.pair) return { label, text };
  if (text2 === undefined) throw missingSecondText(where);
  if (!allowEmpty && text2.trim() === '') throw emptyText(where, 'text2');
  return { label, text, text2 };
}
