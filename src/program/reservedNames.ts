/** Names that every object of the language of this library has: programs keep values by name, and these would be found there. */

import { UserError } from '../errors/index.ts';

const RESERVED: ReadonlySet<string> = new Set(Object.getOwnPropertyNames(Object.prototype));

/** Whether no value, space or output can be called so. */
export function isReserved(name: string): boolean {
  return RESERVED.has(name);
}

/** A name that every object has, given to a builder or writer. */
export function reservedName(program: string, name: string): UserError {
  return new UserError(
    'program.reserved-name',
    `program "${program}": nothing can be called "${name}", which every JavaScript object has a property of; call it otherwise, as "${name}1".`,
    { program, name },
  );
}
