/**
 * Compiled loops on signs of gradients: a plane of sign bits and a plane of bits that say where a number is not 0, and
 * inner products of such lines. For signs s and masks m of two lines, Σ sign(a) sign(b) is the number of places where
 * both are not 0, less twice the number of those where signs differ: |m ∧ m′| − 2 |(s ⊕ s′) ∧ m ∧ m′|.
 */

import {
  type AssembledFunction,
  addWhole,
  advance,
  allTrue,
  bytesOf,
  type Code,
  compile,
  either,
  get,
  lane,
  load,
  loadWhole,
  type Module,
  multiplyWhole,
  repeatWhileBelow,
  set,
  splatWhole,
  storeAt,
  storeHalf,
  storeWhole,
  subtractWhole,
  vector,
  whole,
  zeroVector,
} from '../../../numeric/wasm/index.ts';

const [WORD, VECTOR] = [4, 16];

/** Numbers that one turn of {@link readFunction} reads, and their bytes. */
export const GROUP = 16;
export const GROUP_BYTES = GROUP * WORD;
/** Bytes of a plane that one turn of the inner loop of products takes. */
export const SEGMENT = 256;
const STEPS = SEGMENT / VECTOR;
/** Columns of one turn where all numbers differ from 0, and where some do not. */
export const [COLUMNS, MASKED_COLUMNS] = [4, 2];
/** Words of the record of one unit of products. */
export const UNIT_WORDS = 8;

/** What is made of numbers: bits, or ±1 and 0 as f32. */
export interface Wanted {
  readonly bits: boolean;
  readonly values: boolean;
}

/** The name of the loop that makes them. */
export const readName = ({ bits, values }: Wanted): string => `read ${bits} ${values}`;

/** A module of the loops; `sharedPages` where threads share its memory. */
export function signModule(sharedPages?: number): Module {
  const [some, all] = [
    { bits: true, values: false },
    { bits: true, values: true },
  ];
  const functions = [some, all, { bits: false, values: true }].map(readFunction);
  return compile({
    functions: [...functions, productsFunction()],
    ...(sharedPages === undefined ? {} : { sharedPages }),
  });
}

/**
 * Reads whole groups of numbers. Parameters: where they start and end, at least one group; where bits and mask go, where
 * values; the address of two words, set to whether all numbers differ from 0, and whether all are numbers.
 */
function readFunction({ bits, values }: Wanted): AssembledFunction {
  const [source, end, signs, masks, target, flags] = [0, 1, 2, 3, 4, 5];
  const places = [0, 1, 2, 3];
  const value = (k: number): number => 6 + k;
  const nonzero = (k: number): number => 10 + k;
  const [zeros, one, signBit, allNonzero, allNumbers] = [14, 15, 16, 17, 18];
  const gathered = (local: (k: number) => number): Code => [
    ...[...get(local(0)), ...get(local(1)), ...bytesOf('narrowWholes')],
    ...[...get(local(2)), ...get(local(3)), ...bytesOf('narrowWholes')],
    ...[...bytesOf('narrowHalves'), ...bytesOf('signsOfBytes')],
  ];
  const both = (sum: number, code: Code): Code => [...get(sum), ...code, ...vector('and', 'f32'), ...set(sum)];
  const isNumber = (k: number): Code => [...get(value(k)), ...get(value(k)), ...bytesOf('equal')];
  return {
    name: readName({ bits, values }),
    parameters: ['i32', 'i32', 'i32', 'i32', 'i32', 'i32'],
    vectors: 13,
    body: [
      ...[...zeroVector, ...set(zeros)],
      // 1 as f32, and the bit of the sign.
      ...[...whole(0x3f800000), ...splatWhole, ...set(one)],
      ...[...get(zeros), ...vector('neg', 'f32'), ...set(signBit)],
      ...[...get(zeros), ...get(zeros), ...bytesOf('equal'), ...set(allNonzero)],
      ...[...get(allNonzero), ...set(allNumbers)],
      ...repeatWhileBelow(source, end, [
        ...places.flatMap((k) => [
          ...[...load(source, k * VECTOR), ...set(value(k))],
          ...[...get(value(k)), ...get(zeros), ...vector('notEqual', 'f32'), ...set(nonzero(k))],
          ...both(allNonzero, get(nonzero(k))),
          ...both(allNumbers, isNumber(k)),
        ]),
        ...(bits
          ? [
              ...[...get(signs), ...gathered(value), ...storeHalf(0)],
              ...[...get(masks), ...gathered(nonzero), ...storeHalf(0)],
              ...[...advance(signs, 2), ...advance(masks, 2)],
            ]
          : []),
        ...(values
          ? [
              ...places.flatMap((k) => [
                ...[...get(target), ...get(value(k)), ...get(signBit), ...vector('and', 'f32')],
                ...[...get(one), ...vector('or', 'f32'), ...get(nonzero(k)), ...vector('and', 'f32')],
                ...storeAt(k * VECTOR),
              ]),
              ...advance(target, GROUP_BYTES),
            ]
          : []),
        ...advance(source, GROUP_BYTES),
      ]),
      ...[...get(flags), ...get(allNonzero), ...allTrue, ...storeWhole(0)],
      ...[...get(flags), ...get(allNumbers), ...allTrue, ...storeWhole(WORD)],
    ],
  };
}

/** The name of the loop over units of products. */
export const PRODUCTS = 'products';

/**
 * Adds inner products of lines to whole numbers. A line is its plane of signs and then its mask, each of whole segments.
 *
 * A unit is every line of a range of rows against every line of a range of columns, by its record: where the rows start
 * and end, where the columns do, the first result, the bytes from one row of results to the next, the bytes of a plane,
 * and the numbers in a line, or −1 where some of them are 0. Results of columns are written {@link COLUMNS} at a time.
 *
 * Parameters are those of jobs for threads: records, where they end, none, eight bytes, the place of the record.
 */
function productsFunction(): AssembledFunction {
  const [records, , , , first] = [0, 1, 2, 3, 4];
  const left = 5;
  const leftMask = 6;
  const byte = (k: number): number => 7 + k;
  const wide = (k: number): number => 11 + k;
  const mask = 15;
  const vectors = 11;
  const address = 5 + vectors;
  const [record, row, rowEnd, result, target, columnEnd, plane, pointer, stop] = [0, 1, 2, 3, 4, 5, 6, 7, 8].map(
    (k) => address + k,
  ) as [number, number, number, number, number, number, number, number, number]; // nine of nine
  const column = (k: number): number => address + 9 + k;
  const [pointerMask, start, count] = [address + 13, address + 14, address + 15];
  const columnMask = (k: number): number => address + 16 + k;
  const word = (k: number): Code => loadWhole(record, k * WORD);
  const into = (local: number, code: Code): Code => [...code, ...set(local)];
  const sum = (a: number, b: Code): Code => [...get(a), ...b, ...addWhole];
  const line = into(start, sum(plane, get(plane)));
  const widened = (k: number): Code => [
    ...[...get(byte(k)), ...bytesOf('pairsOfBytes'), ...bytesOf('pairsOfHalves')],
    ...[...get(wide(k)), ...bytesOf('addWholes'), ...set(wide(k))],
  ];
  const total = (k: number): Code => [
    ...[...get(wide(k)), ...lane(0), ...get(wide(k)), ...lane(1), ...addWhole],
    ...[...get(wide(k)), ...lane(2), ...addWhole, ...get(wide(k)), ...lane(3), ...addWhole],
  ];
  const counted = (k: number): Code => [...bytesOf('onesInBytes'), ...get(byte(k)), ...bytesOf('addBytes')];
  const cleared = (locals: readonly number[]): Code => locals.flatMap((local) => into(local, zeroVector));
  const added = (k: number, code: Code): Code => [
    ...[...get(target), ...loadWhole(target, k * WORD), ...code, ...addWhole, ...storeWhole(k * WORD)],
  ];
  /** Every row with every column, so many columns at a time. */
  const pairs = (width: number, body: Code): Code => [
    ...into(row, word(0)),
    ...into(rowEnd, word(1)),
    ...into(columnEnd, word(3)),
    ...into(result, word(4)),
    ...into(plane, word(6)),
    ...into(count, word(7)),
    ...line,
    ...repeatWhileBelow(row, rowEnd, [
      ...into(column(0), word(2)),
      ...into(target, get(result)),
      ...repeatWhileBelow(column(0), columnEnd, [
        ...into(pointer, get(row)),
        ...into(stop, sum(row, get(plane))),
        ...Array.from({ length: width - 1 }, (_, k) => into(column(k + 1), sum(column(k), get(start)))).flat(),
        ...body,
        // The pointers have come to the end of their planes: the last one's line ends a plane later.
        ...into(column(0), sum(column(width - 1), get(plane))),
        ...advance(target, width * WORD),
      ]),
      ...into(row, sum(row, get(start))),
      ...into(result, [...get(result), ...word(5), ...addWhole]),
    ]),
  ];
  const four = [0, 1, 2, 3];
  const full = pairs(COLUMNS, [
    ...cleared(four.map(wide)),
    ...repeatWhileBelow(pointer, stop, [
      ...cleared(four.map(byte)),
      ...Array.from({ length: STEPS }, (_, step) => [
        ...into(left, load(pointer, step * VECTOR)),
        ...four.flatMap((k) =>
          into(byte(k), [
            ...[...get(left), ...load(column(k), step * VECTOR), ...bytesOf('exclusiveOr')],
            ...counted(k),
          ]),
        ),
      ]).flat(),
      ...four.flatMap(widened),
      ...advance(pointer, SEGMENT),
      ...four.flatMap((k) => advance(column(k), SEGMENT)),
    ]),
    ...four.flatMap((k) => added(k, [...get(count), ...whole(2), ...total(k), ...multiplyWhole, ...subtractWhole])),
  ]);
  const two = [0, 1];
  /** Of each column the places where signs differ, and behind these those where both are not 0. */
  const [differing, present] = [(k: number): number => k, (k: number): number => k + 2];
  const masked = pairs(MASKED_COLUMNS, [
    ...cleared(four.map(wide)),
    ...into(pointerMask, sum(pointer, get(plane))),
    ...two.flatMap((k) => into(columnMask(k), sum(column(k), get(plane)))),
    ...repeatWhileBelow(pointer, stop, [
      ...cleared(four.map(byte)),
      ...Array.from({ length: STEPS }, (_, step) => [
        ...into(left, load(pointer, step * VECTOR)),
        ...into(leftMask, load(pointerMask, step * VECTOR)),
        ...two.flatMap((k) => [
          ...[...get(leftMask), ...load(columnMask(k), step * VECTOR), ...vector('and', 'f32'), ...set(mask)],
          ...into(byte(differing(k)), [
            ...[...get(left), ...load(column(k), step * VECTOR), ...bytesOf('exclusiveOr')],
            ...[...get(mask), ...vector('and', 'f32'), ...counted(differing(k))],
          ]),
          ...into(byte(present(k)), [...get(mask), ...counted(present(k))]),
        ]),
      ]).flat(),
      ...four.flatMap(widened),
      ...[pointer, pointerMask, ...two.map(column), ...two.map(columnMask)].flatMap((local) => advance(local, SEGMENT)),
    ]),
    ...two.flatMap((k) =>
      added(k, [...[...total(present(k)), ...whole(2), ...total(differing(k)), ...multiplyWhole, ...subtractWhole]]),
    ),
  ]);
  return {
    name: PRODUCTS,
    parameters: ['i32', 'i32', 'i32', 'i32', 'i32'],
    vectors,
    addresses: 18,
    body: [
      ...into(record, [...get(first), ...whole(UNIT_WORDS * WORD), ...multiplyWhole, ...get(records), ...addWhole]),
      ...[...word(7), ...whole(0), ...[0x48], ...either(masked, full)],
    ],
  };
}
