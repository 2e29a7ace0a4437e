/** The link of the limit page, and what it tells the session. */

import { writeLink } from '../link.ts';
import { DEFAULTS, FIELDS, type Fields } from '../problem/fields.ts';
import { pinsOf, pinWords } from '../problem/pins.ts';
import type { LimitSession } from './session.ts';

/** Takes what a link tells; words that it does not know say nothing here. */
export function tellLimit(session: LimitSession, { time = '', ...given }: Readonly<Record<string, string>>): void {
  const known = Object.entries(given).filter(([name]) => FIELDS.some((field) => field === name));
  const fields: Fields = { ...DEFAULTS, ...Object.fromEntries(known) };
  session.tell(fields);
  session.setPins(pinsOf(given, fields));
  session.time.value =
    time === '' || !Number.isSafeInteger(Number(time)) ? Number.POSITIVE_INFINITY : Math.max(0, Number(time));
}

/** The link of what is shown. */
export function limitLink(session: LimitSession): string {
  const { value: time } = session.time;
  const { value: now } = session.fields;
  const at: Readonly<Record<string, string>> = Number.isFinite(time) ? { time: String(time) } : {};
  const told = { ...now, ...at, ...pinWords(session.pins.value, now) };
  return writeLink({ page: 'limit', told }, DEFAULTS);
}
