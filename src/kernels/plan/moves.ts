/**
 * Loops that bring numbers of inputs to arrays over pairs, and results out of them. Like {@link formulaLoop} they go
 * through records, and take `first` as well, the place of the block's first pair in the lists of pairs.
 */

import {
  type AssembledFunction,
  addWhole,
  advance,
  andWhole,
  type Code,
  either,
  equalWhole,
  get,
  loadAt,
  loadFirst,
  loadSecond,
  loadTwice,
  loadWhole,
  multiplyWhole,
  repeatWhileBelow,
  set,
  shiftWhole,
  storeAt,
  storeNumber,
  subtractWhole,
  sumOfLanes,
  vector,
  whole,
  zeroVector,
} from '../../numeric/wasm/index.ts';
import { arrayAt, DOUBLE, listAt, multiplied, PARAMETERS, RECORD_LOCALS, VECTOR, WORD, word } from './records.ts';

const [RECORDS, END, , BYTES, FIRST] = RECORD_LOCALS;

/** Words of records: numbers, bytes from one to the next, places, array, whether places never fall, and whether they go by rows. */
export const GATHER_WORDS = 6;

/**
 * array[k] = numbers[places[first + k]].
 *
 * Places that follow each other are copied, and places that are all the same are one number: within a row of pairs all
 * are one or the other. No list that goes by rows rises by more than 1 from pair to pair other than at the end of a row, so
 * that its first and last place tell; those of pairs one by one do not.
 */
export function gatherFunction(): AssembledFunction {
  const value = 5;
  const [list, array, end, source, rise] = [6, 7, 8, 9, 10];
  const numberAt = (k: number): Code => [
    ...[...word(0), ...loadWhole(list, k * WORD), ...word(1), ...multiplyWhole, ...addWhole],
  ];
  const last: Code = [...get(BYTES), ...whole(1), ...shiftWhole, ...get(list), ...addWhole, ...set(source)];
  const isRow: Code = [
    ...[...get(rise), ...multiplied(DOUBLE), ...whole(DOUBLE), ...addWhole, ...get(BYTES), ...equalWhole],
    ...[...word(1), ...whole(DOUBLE), ...equalWhole, ...andWhole, ...word(5), ...andWhole],
  ];
  const isOne: Code = [...get(rise), ...whole(0), ...equalWhole, ...word(4), ...andWhole];
  const copied: Code = [
    ...[...numberAt(0), ...set(source)],
    ...repeatWhileBelow(array, end, [
      ...[...get(array), ...get(source), ...loadAt(0), ...storeAt(0)],
      ...advance(source, VECTOR),
      ...advance(array, VECTOR),
    ]),
  ];
  const spread: Code = [
    ...[...numberAt(0), ...set(source), ...loadTwice(source, 0), ...set(value)],
    ...repeatWhileBelow(array, end, [...get(array), ...get(value), ...storeAt(0), ...advance(array, VECTOR)]),
  ];
  const picked = repeatWhileBelow(array, end, [
    ...[...get(array), ...numberAt(1), ...numberAt(0), ...loadFirst, ...loadSecond, ...storeAt(0)],
    ...advance(list, 2 * WORD),
    ...advance(array, VECTOR),
  ]);
  return {
    name: 'gather',
    parameters: PARAMETERS,
    vectors: 1,
    addresses: 5,
    body: repeatWhileBelow(RECORDS, END, [
      ...[...listAt(2, list), ...arrayAt(3, array, end), ...last],
      // The last place stands a word before the end of the list.
      ...[...get(source), ...whole(WORD), ...subtractWhole, ...set(source)],
      ...[...loadWhole(source, 0), ...loadWhole(list, 0), ...subtractWhole, ...set(rise)],
      ...[...isRow, ...either(copied, [...isOne, ...either(spread, picked)])],
      ...advance(RECORDS, GATHER_WORDS * WORD),
    ]),
  };
}

/** Words of records: rows of the left and of the right input, bytes of a row (a multiple of 16), lists of places, array. */
export const GRAM_WORDS = 6;

/** array[k] = ⟨left[places[first + k]], right[other places[first + k]]⟩. */
export function gramFunction(): AssembledFunction {
  const [sum] = [5];
  const [leftList, rightList, array, end, left, right, leftEnd] = [6, 7, 8, 9, 10, 11, 12];
  const rowAt = (place: number, list: number): Code => [
    ...[...word(place), ...loadWhole(list, 0), ...word(2), ...multiplyWhole, ...addWhole],
  ];
  return {
    name: 'gram',
    parameters: PARAMETERS,
    vectors: 1,
    addresses: 7,
    body: repeatWhileBelow(RECORDS, END, [
      ...listAt(3, leftList),
      ...listAt(4, rightList),
      ...arrayAt(5, array, end),
      ...repeatWhileBelow(array, end, [
        ...[...rowAt(0, leftList), ...set(left), ...rowAt(1, rightList), ...set(right)],
        ...[...get(left), ...word(2), ...addWhole, ...set(leftEnd)],
        ...[...zeroVector, ...set(sum)],
        ...repeatWhileBelow(left, leftEnd, [
          ...[...get(sum), ...get(left), ...loadAt(0), ...get(right), ...loadAt(0)],
          ...[...vector('mul', 'f64'), ...vector('add', 'f64'), ...set(sum)],
          ...advance(left, VECTOR),
          ...advance(right, VECTOR),
        ]),
        ...[...get(array), ...get(sum), ...sumOfLanes(sum), ...storeNumber],
        ...advance(leftList, WORD),
        ...advance(rightList, WORD),
        ...advance(array, DOUBLE),
      ]),
      ...advance(RECORDS, GRAM_WORDS * WORD),
    ]),
  };
}

/** Rows of the left and of the right that one turn of {@link productFunction} multiplies. */
export const [TILE_LEFT, TILE_RIGHT] = [4, 2];

/**
 * The compiled product: inner products of four rows of the left with rows of the right, two at a time.
 *
 * Parameters: the first row of the left; the first of the right, and where they end; where the results go; the bytes of
 * a row (a multiple of 16) and of a row of the results.
 */
export function productFunction(): AssembledFunction {
  const [left, right, end, result, row, resultRow] = [0, 1, 2, 3, 4, 5];
  const [lefts, rights] = [
    Array.from({ length: TILE_LEFT }, (_, k) => k),
    Array.from({ length: TILE_RIGHT }, (_, k) => k),
  ];
  const sum = (a: number, b: number): number => 6 + TILE_RIGHT * a + b;
  const value = 6 + TILE_LEFT * TILE_RIGHT;
  const values = (b: number): number => value + 1 + b;
  const vectors = TILE_LEFT * TILE_RIGHT + 1 + TILE_RIGHT;
  const pointers = 6 + vectors;
  const leftAt = (a: number): number => pointers + a;
  const rightAt = (b: number): number => pointers + TILE_LEFT + b;
  const stop = pointers + TILE_LEFT + TILE_RIGHT;
  const target = stop + 1;
  const further = (local: number, by: Code): Code => [...get(local), ...by, ...addWhole, ...set(local)];
  return {
    name: 'product',
    parameters: ['i32', 'i32', 'i32', 'i32', 'i32', 'i32'],
    vectors,
    addresses: TILE_LEFT + TILE_RIGHT + 2,
    body: repeatWhileBelow(right, end, [
      ...lefts.flatMap((a) => [
        ...get(a === 0 ? left : leftAt(a - 1)),
        ...(a === 0 ? [] : [...get(row), ...addWhole]),
        ...set(leftAt(a)),
      ]),
      ...rights.flatMap((b) => [
        ...get(b === 0 ? right : rightAt(b - 1)),
        ...(b === 0 ? [] : [...get(row), ...addWhole]),
        ...set(rightAt(b)),
      ]),
      ...[...get(left), ...get(row), ...addWhole, ...set(stop)],
      ...lefts.flatMap((a) => rights.flatMap((b) => [...zeroVector, ...set(sum(a, b))])),
      ...repeatWhileBelow(leftAt(0), stop, [
        ...rights.flatMap((b) => [...get(rightAt(b)), ...loadAt(0), ...set(values(b))]),
        ...lefts.flatMap((a) => [
          ...[...get(leftAt(a)), ...loadAt(0), ...set(value)],
          ...rights.flatMap((b) => [
            ...[...get(sum(a, b)), ...get(value), ...get(values(b))],
            ...[...vector('mul', 'f64'), ...vector('add', 'f64'), ...set(sum(a, b))],
          ]),
        ]),
        ...[...lefts.map(leftAt), ...rights.map(rightAt)].flatMap((pointer) => advance(pointer, VECTOR)),
      ]),
      ...[...get(result), ...set(target)],
      ...lefts.flatMap((a) => [
        ...rights.flatMap((b) => [
          ...[...get(target), ...whole(b * DOUBLE), ...addWhole],
          ...[...get(sum(a, b)), ...sumOfLanes(value), ...storeNumber],
        ]),
        ...further(target, get(resultRow)),
      ]),
      ...[...further(right, get(row)), ...further(right, get(row))],
      ...advance(result, TILE_RIGHT * DOUBLE),
    ]),
  };
}

/** Words of records: array, result. */
export const COPY_WORDS = 2;

/** result[first + k] = array[k]. */
export function copyFunction(): AssembledFunction {
  const [array, end, result] = [5, 6, 7];
  return {
    name: 'copy',
    parameters: PARAMETERS,
    vectors: 0,
    addresses: 3,
    body: repeatWhileBelow(RECORDS, END, [
      ...arrayAt(0, array, end),
      ...[...word(1), ...get(FIRST), ...multiplied(DOUBLE), ...addWhole, ...set(result)],
      ...repeatWhileBelow(array, end, [
        ...[...get(result), ...get(array), ...loadAt(0), ...storeAt(0)],
        ...advance(array, VECTOR),
        ...advance(result, VECTOR),
      ]),
      ...advance(RECORDS, COPY_WORDS * WORD),
    ]),
  };
}
