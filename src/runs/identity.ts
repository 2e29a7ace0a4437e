/** What makes two runs the same, compared entry by entry. */

import { isJsonObject } from './json.ts';
import type { Difference, Json, JsonObject } from './jsonTypes.ts';

/** All differences, those of nested objects by their innermost entry; arrays are compared as wholes. */
export function differences(given: JsonObject, stored: JsonObject, within = ''): readonly Difference[] {
  const keys = [...new Set([...Object.keys(given), ...Object.keys(stored)])];
  return keys.flatMap((key) => {
    const entry = within === '' ? key : `${within}.${key}`;
    const [ours, theirs] = [own(given, key), own(stored, key)];
    if (isJsonObject(ours) && isJsonObject(theirs)) return differences(ours, theirs, entry);
    return sameJson(ours, theirs) ? [] : [{ entry, given: ours, stored: theirs }];
  });
}

function own(object: JsonObject, key: string): Json | undefined {
  return Object.hasOwn(object, key) ? object[key] : undefined;
}

/** Equality of JSON values; the order of keys does not count. */
function sameJson(a: Json | undefined, b: Json | undefined): boolean {
  if (isArray(a) && isArray(b)) return a.length === b.length && a.every((item, index) => sameJson(item, b[index]));
  if (isJsonObject(a) && isJsonObject(b)) return differences(a, b).length === 0;
  return a === b;
}

/** `Array.isArray` narrows no readonly arrays. */
function isArray(value: Json | undefined): value is readonly Json[] {
  return Array.isArray(value);
}
