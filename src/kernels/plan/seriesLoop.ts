/** Series in the correlation, pair by pair: the compiled side of {@link ../dual/series.ts}. */

import {
  type AssembledFunction,
  addWhole,
  advance,
  andWhole,
  type Code,
  constantVector,
  firstLane,
  get,
  greaterNumber,
  isBelow,
  largerWhole,
  loadAt,
  loadTwice,
  loadWhole,
  multiplyWhole,
  numberOf,
  repeatWhile,
  repeatWhileBelow,
  set,
  storeNumber,
  sumOfLanes,
  vector,
  whole,
  zeroVector,
} from '../../numeric/wasm/index.ts';
import { SERIES_HEAD, SERIES_TURN } from '../dual/series.ts';
import { arrayAt, DOUBLE, listAt, PARAMETERS, RECORD_LOCALS, VECTOR, WORD, word } from './records.ts';

const [RECORDS, END, BASE] = RECORD_LOCALS;

/** Words of records: rows of the left and of the right input, bytes of a row, lists of places, covariances, array. */
export const SERIES_WORDS = 7;

/** A power of the correlation from which on terms do not count. */
const NOTHING = 1e-15;

/** Where in a row the bytes of its terms stand. */
const LENGTH = 2 * DOUBLE;

/** Vectors of a turn. */
const LANES = Array.from({ length: (SERIES_TURN * DOUBLE) / VECTOR }, (_, k) => k);

/** array[k] = Σ left[places[first + k]] right[other places[first + k]] c^term, NaN where more terms would count. */
export function seriesFunction(): AssembledFunction {
  const power = (k: number): number => PARAMETERS.length + k;
  const sum = (k: number): number => power(LANES.length) + k;
  const correlation = sum(LANES.length);
  const [further, rest, value] = [correlation + 1, correlation + 2, correlation + 3];
  const [leftList, rightList, array, end, covariance, left, right, leftEnd] = [0, 1, 2, 3, 4, 5, 6, 7].map(
    (k) => value + 1 + k,
  ) as [number, number, number, number, number, number, number, number]; // as many
  const of = (name: 'mul' | 'add'): Code => vector(name, 'f64');
  const rowAt = (place: number, list: number): Code => [
    ...[...word(place), ...loadWhole(list, 0), ...word(2), ...multiplyWhole, ...addWhole],
  ];
  // All further terms together are at most the power of the correlation times the roots of both mean squares.
  const goesOn: Code = [
    ...isBelow(left, leftEnd),
    ...[...firstLane(power(0)), ...numberOf(NOTHING), ...greaterNumber, ...andWhole],
  ];
  const squared = (from: number, into: number): Code => [...get(from), ...get(from), ...of('mul'), ...set(into)];
  return {
    name: 'series',
    parameters: PARAMETERS,
    vectors: value + 1 - PARAMETERS.length,
    addresses: 8,
    body: repeatWhileBelow(RECORDS, END, [
      ...[...listAt(3, leftList), ...listAt(4, rightList), ...arrayAt(6, array, end)],
      ...[...word(5), ...get(BASE), ...addWhole, ...set(covariance)],
      ...repeatWhileBelow(array, end, [
        ...[...rowAt(0, leftList), ...set(left), ...rowAt(1, rightList), ...set(right)],
        // As many terms as the longer row has.
        ...[...get(left), ...whole(SERIES_HEAD * DOUBLE), ...addWhole],
        ...[...largerWhole(loadWhole(left, LENGTH), loadWhole(right, LENGTH)), ...addWhole, ...set(leftEnd)],
        ...[...loadTwice(left, DOUBLE), ...loadTwice(right, DOUBLE), ...of('mul'), ...set(rest)],
        // The covariance over both deviations, at most 1 but for rounding.
        ...[...loadTwice(left, 0), ...loadTwice(right, 0), ...of('mul'), ...loadTwice(covariance, 0), ...of('mul')],
        ...[
          ...constantVector(1, 'f64'),
          ...vector('min', 'f64'),
          ...constantVector(-1, 'f64'),
          ...vector('max', 'f64'),
        ],
        ...set(correlation),
        // Powers 0 and 1 first, then each two further.
        ...squared(correlation, further),
        ...[...constantVector(1, 'f64'), ...get(correlation), ...SECOND_LANE, ...set(power(0))],
        ...LANES.slice(1).flatMap((k) => [...get(power(k - 1)), ...get(further), ...of('mul'), ...set(power(k))]),
        ...[...squared(further, further), ...squared(further, further)],
        ...LANES.flatMap((k) => [...zeroVector, ...set(sum(k))]),
        ...[...advance(left, SERIES_HEAD * DOUBLE), ...advance(right, SERIES_HEAD * DOUBLE)],
        ...repeatWhile(goesOn, [
          ...LANES.flatMap((k) => [
            ...[...get(sum(k)), ...get(left), ...loadAt(k * VECTOR), ...get(right), ...loadAt(k * VECTOR)],
            ...[...of('mul'), ...get(power(k)), ...of('mul'), ...of('add'), ...set(sum(k))],
            ...[...get(power(k)), ...get(further), ...of('mul'), ...set(power(k))],
          ]),
          ...[...advance(left, LANES.length * VECTOR), ...advance(right, LANES.length * VECTOR)],
        ]),
        ...[...get(sum(0)), ...LANES.slice(1).flatMap((k) => [...get(sum(k)), ...of('add')])],
        ...[...sumOfLanes(value), ...vector('splat', 'f64'), ...set(value)],
        // What is left out counts where |c|^terms times both rests is more than 1.
        ...[...get(value), ...constantVector(Number.NaN, 'f64')],
        ...[...get(power(0)), ...vector('abs', 'f64'), ...get(rest), ...of('mul')],
        ...[...constantVector(1, 'f64'), ...vector('atMost', 'f64'), ...vector('select', 'f64'), ...set(value)],
        ...[...get(array), ...firstLane(value), ...storeNumber],
        ...[...advance(leftList, WORD), ...advance(rightList, WORD)],
        ...[...advance(array, DOUBLE), ...advance(covariance, DOUBLE)],
      ]),
      ...advance(RECORDS, SERIES_WORDS * WORD),
    ]),
  };
}

/** Pops two vectors, pushes the first lane of the first and the first lane of the second. */
const SECOND_LANE: Code = [0xfd, 0x0d, ...[0, 1, 2, 3, 4, 5, 6, 7], ...[16, 17, 18, 19, 20, 21, 22, 23]];
