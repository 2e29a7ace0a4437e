/** New texts with their places, as a task takes them. */

import type { Task } from '../../data/tasks.ts';
import * as errors from '../../run/predictErrors.ts';
import type { NewText } from '../data/newTexts.ts';

/**
 * At least one text, each with where it comes from; none has a second text that the task does not take. Throws
 * {@link UserError} `lm.no-texts`, `lm.surplus-second-text`.
 */
export function locatedTexts(texts: readonly NewText[], { pair, name }: Task) {
  if (texts.length === 0) throw errors.noTexts();
  const located = texts.map((text, k) => ({ where: `text ${k + 1}`, ...text }));
  const surplus = pair ? undefined : located.find(({ text2 }) => text2 !== undefined);
  if (surplus !== undefined) throw errors.surplusSecondText(surplus.where, name);
  return located;
}
