/** What loops over records share: a record is some words in memory, and addresses of arrays count from `base`. */

import { addWhole, type Code, get, loadWhole, multiplyWhole, set, whole } from '../../numeric/wasm/index.ts';

export const WORD = 4;
export const DOUBLE = 8;
export const VECTOR = 16;

/** Records from an address to another, the base of arrays, their bytes, and the block's first pair in the lists of pairs. */
export const PARAMETERS = ['i32', 'i32', 'i32', 'i32', 'i32'] as const;
export const RECORD_LOCALS = [0, 1, 2, 3, 4] as const;
const [RECORDS, , BASE, BYTES, FIRST] = RECORD_LOCALS;

/** The address in a word of the record. */
export const word = (place: number): Code => loadWhole(RECORDS, place * WORD);

export const multiplied = (factor: number): Code => [...whole(factor), ...multiplyWhole];

/** The address of an array, and where it ends. */
export const arrayAt = (place: number, start: number, end: number): Code => [
  ...[...word(place), ...get(BASE), ...addWhole, ...set(start)],
  ...[...get(start), ...get(BYTES), ...addWhole, ...set(end)],
];

/** The first word of a list of places that belongs to the block. */
export const listAt = (place: number, start: number): Code => [
  ...[...word(place), ...get(FIRST), ...multiplied(WORD), ...addWhole, ...set(start)],
];
