/** Words of the errors of parametrizations. */

import { InvariantError, UserError } from '../errors/index.ts';

/** What is no exponent. */
export function badExponent(where: string, value: unknown): UserError {
  return new UserError(
    'parametrizations.bad-exponent',
    `${where} is ${shown(value)}; expected a number or a fraction, such as 0.5 or "1/2".`,
    { where, value },
  );
}

/** ∞ − ∞. */
export function indefiniteSum(): InvariantError {
  return new InvariantError('parametrizations.indefinite-sum', 'An exponent is the sum of +∞ and −∞.');
}

/** A value as messages show it. */
export function shown(value: unknown): string {
  if (value === null || value === undefined) return String(value);
  if (Array.isArray(value)) return `a list of ${value.length}`;
  if (typeof value === 'object') return 'an object';
  if (typeof value === 'string' && value.length > 40) return `${JSON.stringify(value.slice(0, 40))}…`;
  return JSON.stringify(value);
}
