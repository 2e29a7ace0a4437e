/** Wording of errors in descriptions of networks by layers. */

import { UnsupportedError, UserError } from '../../errors/index.ts';
import { likely, shown } from '../../errors/wording/index.ts';

export function badLayer(given: unknown): UserError {
  return new UserError(
    'nets.bad-layer',
    `a network of layers is described as ["name", {settings}], such as ["serial", {"layers": [["Dense", {"out_dim": 1}]]}], ` +
      `but ${shown(given)} was given.`,
    { given },
  );
}

export function unknownLayer(where: string, given: string, known: readonly string[]): UserError {
  const near = likely(given, known);
  const meant = near === undefined ? `the layers are ${known.join(', ')}` : `did you mean "${near}"?`;
  return new UserError('nets.unknown-layer', `${where}: there is no layer "${given}"; ${meant}`, {
    where,
    given,
    known,
  });
}

export function badSetting(where: string, name: string, given: unknown, expected: string): UserError {
  const what = given === undefined ? 'nothing was given' : `${shown(given)} was given`;
  return new UserError('nets.bad-setting', `${where}: ${name} is ${expected}, but ${what}.`, {
    where,
    name,
    given,
    expected,
  });
}

export function unknownSetting(where: string, given: string, known: readonly string[]): UserError {
  const near = likely(given, known);
  const settings = known.length === 0 ? 'it has none' : `its settings are ${known.join(', ')}`;
  const meant = near === undefined ? settings : `did you mean "${near}"?`;
  return new UserError('nets.unknown-setting', `${where}: there is no setting "${given}"; ${meant}`, {
    where,
    given,
    known,
  });
}

/** A layer that meets values of another shape. */
export function badShape(where: string, problem: string): UserError {
  return new UserError('nets.bad-shape', `${where}: ${problem}.`, { where, problem });
}

export function unsupported(where: string, what: string, instead: string): UnsupportedError {
  return new UnsupportedError('nets.unsupported-layer', `${where}: ${what} is not available; ${instead}.`, {
    where,
    what,
  });
}

export function badInputShape(given: readonly number[]): UserError {
  return new UserError(
    'nets.bad-input-shape',
    'the shape of one input is [channels], [length, channels] or [rows, columns, channels], whole numbers from 1 on, but ' +
      `[${given.join(', ')}] was given.`,
    { given },
  );
}
