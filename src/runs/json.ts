/** What `run.json` can hold: the values that JSON writes and reads back unchanged. */

import * as errors from './errors.ts';
import type { Json, JsonObject } from './jsonTypes.ts';

/**
 * The value as it will be read back from a file, so that a first start and a resumed one see the same.
 * @throws InvariantError `runs.not-json` for NaN, infinities and what types could not keep out, such as `undefined`.
 */
export function asStored<Value extends Json>(value: Value, where: string): Value {
  checkJson(value, where);
  return JSON.parse(JSON.stringify(value)); // the same value, by the check above
}

/** Narrows a JSON value to an object. */
export function isJsonObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function checkJson(value: unknown, where: string): void {
  if (value === null || typeof value === 'boolean' || typeof value === 'string') return;
  if (typeof value === 'number' && Number.isFinite(value)) return;
  if (Array.isArray(value)) {
    for (const [index, item] of value.entries()) checkJson(item, `${where}[${index}]`);
  } else if (isJsonObject(value) && [Object.prototype, null].includes(Object.getPrototypeOf(value))) {
    for (const [key, item] of Object.entries(value)) checkJson(item, `${where}.${key}`);
  } else {
    throw errors.notJson(where, String(value));
  }
}
