/** What the engine has made itself, and asks for again: where it is missing, that is our bug, and no number stands in. */

import { lost } from './errors.ts';

/** The value, which must be there. Throws {@link InvariantError} `finite.lost`. */
export function found<T>(value: T | undefined, what: string): T {
  if (value === undefined) throw lost(what);
  return value;
}

/** The value of a name, where a record has it itself: `constructor` is a name like any other. */
export function own<T>(values: Readonly<Record<string, T>>, name: string): T | undefined {
  return Object.hasOwn(values, name) ? values[name] : undefined;
}
