/** The notes below the tables of a run on a task. */

import { checkpointNotes, harmlessNote } from '../lm/index.ts';
import type { KernelRunResult } from '../lm/node/index.ts';

type NotedResult = Pick<KernelRunResult, 'checkpoint' | 'data' | 'truncated' | 'stored'>;

/** Of the model, the data, what is `found` of the run alone, and what was cut of texts. */
export function noteLines(
  { checkpoint, data, truncated, stored }: NotedResult,
  found: readonly string[] = [],
): string[] {
  const notes = checkpointNotes(checkpoint).map((note) => `model: ${note}`);
  const harmless = harmlessNote(checkpoint);
  if (harmless !== undefined) notes.push(`model: ${harmless}`);
  notes.push(...data.notes, ...found);
  if (truncated.examples > 0) {
    const texts = truncated.examples === 1 ? '1 text was' : `${truncated.examples} texts were`;
    notes.push(`${texts} too long; ${truncated.tokens} tokens were cut`);
  }
  if (stored === true) notes.push('this run was done before; its result is shown');
  return notes.map((note) => `note        ${note}`);
}
