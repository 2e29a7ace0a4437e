/**
 * Exponents of one's own, of the first layer, those between and the readout, as words of a link: `own:0,0,1;0,1/2,0;0,1,0;1,1,1`
 * are the columns a, b, c, d of µP.
 */

import { UserError } from 'nexort/errors';
import {
  type Exponent,
  exponent,
  mlpLayers,
  named,
  type Parametrization,
  parseParametrization,
  printExponent,
} from 'nexort/parametrizations';

export const COLUMNS = ['a', 'b', 'c', 'd'] as const;
export type Columns = Readonly<Record<(typeof COLUMNS)[number], string>>;

const PREFIX = 'own:';
export const isOwn = (given: string): boolean => given.startsWith(PREFIX);

/** Columns as one word. */
export const ownText = (columns: Columns): string => `${PREFIX}${COLUMNS.map((name) => columns[name]).join(';')}`;

/** As the command reads it from a file. */
export function columnsJson(columns: Columns): Readonly<Record<string, readonly string[]>> {
  return Object.fromEntries(COLUMNS.map((name) => [name, columns[name].split(',').map((word) => word.trim())]));
}

/** Throws {@link UserError} `parametrizations.malformed`, with everything that is wrong. */
export function ofColumns(columns: Columns): Parametrization {
  return parseParametrization(columnsJson(columns), 'your own');
}

/** The columns of a word. Throws {@link UserError} where they are not four. */
export function ownColumns(given: string): Columns {
  const [a, b, c, d, ...more] = given.slice(PREFIX.length).split(';');
  if (a === undefined || b === undefined || c === undefined || d === undefined || more.length > 0)
    throw new UserError(
      'studio.exponents',
      `“${given}” has not four columns; expected own:a;b;c;d, three exponents each.`,
    );
  return { a, b, c, d };
}

/** Throws {@link UserError}. */
export const ownParametrization = (given: string): Parametrization => ofColumns(ownColumns(given));

/** The columns of a named one. Throws {@link UserError}. */
export function columnsOf(name: string): Columns {
  // Of three layers each has a kind of its own.
  const layers = mlpLayers(named(name).parametrization, 2);
  const column = (of: (typeof COLUMNS)[number]): string => layers.map((layer) => printExponent(layer[of])).join(',');
  return { a: column('a'), b: column('b'), c: column('c'), d: column('d') };
}

/**
 * A parametrization for each place of the diagram: the readout's weights of size n^(-x) once trained, features that move by
 * n^(-r). The readout learns as fast as it may while it is not below order 1/n, a + c = 1; on x + r = 1 these are those
 * from µP to NTP.
 */
export function columnsAt(x: Exponent, r: Exponent): Columns {
  const [zero, one] = [exponent(0), exponent(1)];
  const value = (of: Exponent): number => of.numerator / of.denominator;
  const text = (of: Exponent | number): string => (typeof of === 'number' ? String(of) : printExponent(of));
  const add = (p: Exponent, q: Exponent): Exponent =>
    exponent(`${p.numerator * q.denominator + q.numerator * p.denominator}/${p.denominator * q.denominator}`);
  const readout = value(x) >= 1 ? zero : add(one, { ...x, numerator: -x.numerator });
  return {
    a: ['0', '0', text(x)].join(','),
    b: '0,1/2,0',
    c: [text(r), text(add(one, r)), text(readout)].join(','),
    d: [text(x), text(x), text(x)].join(','),
  };
}
