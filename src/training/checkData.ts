/** Data before anything trains on them: numbers that are not finite, and labels of no class. */

import { required } from '../errors/index.ts';
import { bind, feedsOf, type Program, type Sizes, type Tensor, type Tensors } from '../program/index.ts';
import * as errors from './errors.ts';
import { placeOf } from './places.ts';

/**
 * Checks that the real data of a program are numbers, and that its indices are whole numbers below the size of what
 * they point into. Data are on the axes of the program's inputs. Throws {@link UserError} `training.bad-data`, which
 * names the first such entry of each input by row and column.
 */
export function checkData(program: Program, given: Sizes, data: Tensors): void {
  const sizes = bind(program, given, data);
  const found = feedsOf(program).flatMap(({ name, type }) => {
    const fed = data[name];
    if (fed === undefined) return [];
    const most = type.kind === 'index' ? required(sizes[type.of], `size of space "${type.of}"`) - 1 : undefined;
    return firstBad(name, fed, most) ?? [];
  });
  if (found.length > 0) throw errors.badData(program.name, found);
}

function firstBad(name: string, fed: Tensor, most: number | undefined): errors.BadEntry | undefined {
  const isBad = (value: number): boolean =>
    most === undefined ? !Number.isFinite(value) : !Number.isInteger(value) || value < 0 || value > most;
  const at = fed.data.findIndex(isBad);
  if (at < 0) return undefined;
  const expected = most === undefined ? 'a number' : `a whole number from 0 to ${most}`;
  return { name, place: placeOf(fed, at), given: required(fed.data[at], 'bad value'), expected };
}
