/** Names that every object of the language of this library has: programs keep values by name, and these would be found there. */

const RESERVED: ReadonlySet<string> = new Set(Object.getOwnPropertyNames(Object.prototype));

/** Whether no value, space or output can be called so. */
export function isReserved(name: string): boolean {
  return RESERVED.has(name);
}
