/** Reads JSON key by key against what is expected of each: what nobody expects is a problem too. */
import { isJsonObject, type JsonObject } from '../model/json.ts';

/** Checks a value (undefined where its key is missing); `at` names its place. Returns what is wrong with it. */
export type Check = (value: unknown, at: string) => readonly string[];

const fine: readonly string[] = [];

/** Whatever it is: it has no effect. */
export const anything: Check = () => fine;

/** One of these values. */
export function oneOf(...values: readonly (string | number | boolean | null | undefined)[]): Check {
  const expected = values.map((value) => (value === undefined ? 'nothing' : JSON.stringify(value))).join(' or ');
  return (value, at) =>
    values.some((other) => other === value) ? fine : [`${at} is ${inWords(value)}; read is ${expected}`];
}

/** A value for which `holds` does. */
export function such(expected: string, holds: (value: unknown) => boolean): Check {
  return (value, at) => (holds(value) ? fine : [`${at} is ${inWords(value)}; read is ${expected}`]);
}

export const flag: Check = oneOf(true, false);

export const text: Check = such('a text', (value) => typeof value === 'string');

/** An object with these keys and no others. */
export function object(keys: Readonly<Record<string, Check>>): Check {
  return (value, at) => {
    if (!isJsonObject(value)) return [`${at} is ${inWords(value)}; read is an object`];
    const inside = (key: string) => (at === '' ? key : `${at}.${key}`);
    const unknown = Object.keys(value).filter((key) => !Object.hasOwn(keys, key));
    return [
      ...unknown.map((key) => `${inside(key)} is ${inWords(value[key])}; the key is not read`),
      ...Object.entries(keys).flatMap(([key, check]) => check(value[key], inside(key))),
    ];
  };
}

/** An object whose `type` says which keys it has. */
export function byType(types: () => Readonly<Record<string, Readonly<Record<string, Check>>>>): Check {
  return (value, at) => {
    if (!isJsonObject(value)) return [`${at} is ${inWords(value)}; read is an object`];
    const { type } = value;
    const known = types();
    const keys = typeof type === 'string' && Object.hasOwn(known, type) ? known[type] : undefined;
    if (keys === undefined) return [`${at}.type is ${inWords(type)}; read are ${Object.keys(known).join(', ')}`];
    return object({ type: anything, ...keys })(value, at);
  };
}

/** A list of such things. */
export function listOf(item: Check): Check {
  return (value, at) => {
    if (!Array.isArray(value)) return [`${at} is ${inWords(value)}; read is a list`];
    return value.flatMap((entry, place) => item(entry, `${at}[${place}]`));
  };
}

/** Null, nothing, or what the check accepts. */
export function optional(check: Check): Check {
  return (value, at) => (value === null || value === undefined ? fine : check(value, at));
}

/** A value for a message, cut to a few words. */
function inWords(value: unknown): string {
  const json = JSON.stringify(value) ?? 'missing';
  return json.length > 40 ? `${json.slice(0, 40)}…` : json;
}

/** An object's entry where it is an object, else an empty one. */
export function entry(value: JsonObject, key: string): JsonObject {
  const found = value[key];
  return isJsonObject(found) ? found : {};
}
