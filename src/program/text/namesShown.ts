/** How names of a program's text stand in messages. */

import { likely } from '../../errors/wording/index.ts';
import { printable } from './place.ts';

/** How much of a long name a message shows. */
const NAME_SHOWN = 60;
export const shortened = (name: string): string =>
  printable(name.length <= NAME_SHOWN ? name : `${name.slice(0, NAME_SHOWN)}…`);

export const quoted = (name: string): string => `"${shortened(name)}"`;

/** How many names a message lists. */
const NAMES_SHOWN = 12;

/** "expected one of: w, x (did you mean "w"?)". */
export function expectedOneOf(name: string, known: readonly string[]): string {
  const near = likely(name, known);
  const guess = near === undefined ? '' : ` (did you mean ${quoted(near)}?)`;
  if (known.length === 0) return 'there is none so far';
  const more = known.length > NAMES_SHOWN ? `, … (${known.length - NAMES_SHOWN} more)` : '';
  return `expected one of: ${known.slice(0, NAMES_SHOWN).map(shortened).join(', ')}${more}${guess}`;
}
