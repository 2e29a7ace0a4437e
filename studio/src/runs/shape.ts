/** Reading of JSON that others wrote: each part is what is expected, or the message says which is not. */

export type Json = Readonly<Record<string, unknown>>;

/** A file that is not what it should be, in words. */
export class BadFile extends Error {}

export const isObject = (value: unknown): value is Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const shown = (value: unknown): string => (value === undefined ? 'missing' : `${JSON.stringify(value).slice(0, 40)}`);

export function objectAt(of: Json, key: string): Json {
  const value = of[key];
  if (!isObject(value)) throw new BadFile(`“${key}” is ${shown(value)}; expected an object.`);
  return value;
}

export function listAt(of: Json, key: string): readonly unknown[] {
  const value = of[key];
  if (!Array.isArray(value)) throw new BadFile(`“${key}” is ${shown(value)}; expected a list.`);
  return value;
}

export const objectsAt = (of: Json, key: string): readonly Json[] =>
  listAt(of, key).map((one) => {
    if (!isObject(one)) throw new BadFile(`“${key}” holds ${shown(one)}; expected objects.`);
    return one;
  });

export function textAt(of: Json, key: string): string {
  const value = of[key];
  if (typeof value !== 'string') throw new BadFile(`“${key}” is ${shown(value)}; expected a text.`);
  return value;
}

export function numberAt(of: Json, key: string): number {
  const value = of[key];
  if (typeof value !== 'number') throw new BadFile(`“${key}” is ${shown(value)}; expected a number.`);
  return value;
}

/** JSON has no word for what is infinite or none. */
export const numberOr = (of: Json, key: string): number => {
  const value = of[key];
  return typeof value === 'number' ? value : Number.NaN;
};
