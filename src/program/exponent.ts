/**
 * Exponents of sizes as exact fractions: 1/2 prints as 1/2, and 1/3 + 1/6 is 1/2. They are plain data in one form for
 * each value, so that programs with them are JSON and compare by their text.
 *
 * Two values lie beyond the fractions: {@link NEVER} = +∞ and its opposite {@link ZERO_POWER}. A quantity of size n^(-∞)
 * is exactly zero, so b = +∞ is a parameter that starts at zero. Sums of +∞ and −∞ mean nothing and are refused.
 */

import * as errors from './errors.ts';

/** `numerator / denominator` in lowest terms, the denominator positive; 0 only in ±∞. */
export interface Exponent {
  readonly numerator: number;
  readonly denominator: number;
}

/** What an exponent is written as: itself, a number such as 0.5, or text such as `1/2` or `-0.25`. */
export type ExponentLike = Exponent | number | string;

/** Larger numbers are typing mistakes. */
const LARGEST = 1_000_000;
/** Numbers are read as fractions of denominators up to this, so that 1/3 computed in f64 is 1/3. */
const LARGEST_DENOMINATOR = 1000;
const NUMBER_ROUNDING = 1e-12;
/** Other numbers are read as the decimal that they print as, of at most this many digits behind the point. */
const MOST_DECIMALS = 15;

/** The exponent 0, as in n⁰. */
export const ZERO: Exponent = { numerator: 0, denominator: 1 };

/** The exponent 1, as in n¹. */
export const ONE: Exponent = { numerator: 1, denominator: 1 };

/** The exponent 1/2. */
export const HALF: Exponent = { numerator: 1, denominator: 2 };
/** The b of a parameter that never leaves zero: n^(-b) = 0. */
export const NEVER: Exponent = { numerator: 1, denominator: 0 };
/** The power of what is exactly zero, n^(-∞) = 0: it takes part in no sum. */
export const ZERO_POWER: Exponent = { numerator: -1, denominator: 0 };

/** Reads an exponent. Throws {@link UserError} `program.bad-exponent`; `where` says of what. */
export function exponent(value: ExponentLike, where = 'an exponent'): Exponent {
  const found = parseExponent(value);
  if (found === undefined) throw errors.badExponent(where, value);
  return found;
}

/** Reads an exponent; undefined where it is not one. */
export function parseExponent(value: unknown): Exponent | undefined {
  if (isFraction(value)) return lowest(value);
  if (typeof value === 'number')
    return Number.isFinite(value) ? (nearest(value) ?? decimal(value) ?? simplest(value)) : undefined;
  if (typeof value !== 'string') return undefined;
  const [, sign, top = '', bottom] = /^\s*([-+−]?)\s*(\d+(?:\.\d+)?|\.\d+)\s*(?:\/\s*(\d+))?\s*$/.exec(value) ?? [];
  if (top === '') return undefined;
  const decimals = /\.(\d+)$/.exec(top)?.[1]?.length ?? 0;
  if (decimals > 6) return undefined;
  const scale = 10 ** decimals;
  const [numerator, denominator] = [Math.round(Number(top) * scale), scale * Number(bottom ?? 1)];
  if (denominator === 0 || numerator > LARGEST * scale || denominator > LARGEST * scale) return undefined;
  return fraction(sign === '-' || sign === '−' ? -numerator : numerator, denominator);
}

/** Whether a value is an exponent as programs hold it: a finite fraction in lowest terms. */
export function isCanonical(value: unknown): boolean {
  if (!isFraction(value)) return false;
  const found = lowest(value);
  return found !== undefined && finite(found) && JSON.stringify(found) === JSON.stringify(value);
}

function isFraction(value: unknown): value is Exponent {
  return typeof value === 'object' && value !== null && 'numerator' in value && 'denominator' in value;
}

/** A fraction in lowest terms; undefined where it is not one. */
function lowest({ numerator, denominator }: Exponent): Exponent | undefined {
  if (!Number.isSafeInteger(numerator) || !Number.isSafeInteger(denominator)) return undefined;
  if (denominator !== 0) return fraction(Math.sign(denominator) * numerator, Math.abs(denominator));
  return numerator === 0 ? undefined : { numerator: Math.sign(numerator), denominator };
}

function nearest(value: number): Exponent | undefined {
  for (let denominator = 1; denominator <= LARGEST_DENOMINATOR; denominator++) {
    const numerator = Math.round(value * denominator);
    if (Math.abs(numerator) > LARGEST) return undefined;
    if (Math.abs(value * denominator - numerator) <= NUMBER_ROUNDING * Math.max(1, Math.abs(numerator))) {
      return fraction(numerator, denominator);
    }
  }
  return undefined;
}

function decimal(value: number): Exponent | undefined {
  if (Math.abs(value) > LARGEST) return undefined;
  for (let digits = 0; digits <= MOST_DECIMALS; digits++) {
    const text = value.toFixed(digits);
    if (Number(text) === value) return lowest({ numerator: Number(text.replace('.', '')), denominator: 10 ** digits });
  }
  return undefined;
}

/** The first convergent of the continued fraction whose quotient is the number in f64: its denominator is below 2^27. */
function simplest(value: number): Exponent | undefined {
  if (Math.abs(value) > LARGEST) return undefined;
  let [before, now] = [
    [0, 1],
    [1, 0],
  ] as [[number, number], [number, number]];
  for (let rest = Math.abs(value); Number.isFinite(rest); rest = 1 / (rest - Math.floor(rest))) {
    const whole = Math.floor(rest);
    const next: [number, number] = [whole * now[0] + before[0], whole * now[1] + before[1]];
    if (!next.every(Number.isSafeInteger)) return undefined;
    [before, now] = [now, next];
    if (next[0] / next[1] === Math.abs(value)) return fraction(Math.sign(value) * next[0], next[1]);
  }
  return undefined;
}

function fraction(numerator: number, denominator: number): Exponent {
  if (!Number.isSafeInteger(numerator) || !Number.isSafeInteger(denominator)) throw errors.tooFine();
  const divisor = greatestCommonDivisor(Math.abs(numerator), denominator);
  // `+ 0` makes 0 of −0.
  return { numerator: numerator / divisor + 0, denominator: denominator / divisor };
}

function greatestCommonDivisor(a: number, b: number): number {
  return b === 0 ? a : greatestCommonDivisor(b, a % b);
}

/**
 * The sum of exponents, exactly; of none, 0. Throws {@link UserError} `program.too-fine` where their
 * denominators are too many for an exact sum. +∞ and −∞ must not meet.
 */
export function plus(...terms: readonly Exponent[]): Exponent {
  return terms.reduce((x, y) => {
    if (x.denominator === 0 && y.denominator === 0 && x.numerator !== y.numerator) throw errors.indefiniteSum();
    if (x.denominator === 0) return x;
    if (y.denominator === 0) return y;
    const shared = greatestCommonDivisor(x.denominator, y.denominator);
    const [left, right] = [x.denominator / shared, y.denominator / shared];
    const terms = [x.numerator * right, y.numerator * left] as const;
    if (!terms.every(Number.isSafeInteger)) throw errors.tooFine();
    return fraction(terms[0] + terms[1], x.denominator * right);
  }, ZERO);
}

/** The product of finite ones. */
export function times(x: Exponent, y: Exponent): Exponent {
  return fraction(x.numerator * y.numerator, x.denominator * y.denominator);
}

/** The exponent −x, exactly. */
export function negated({ numerator, denominator }: Exponent): Exponent {
  return { numerator: -numerator + 0, denominator };
}

/** The difference x − y, exactly. Throws as {@link plus} does. */
export function minus(x: Exponent, y: Exponent): Exponent {
  return plus(x, negated(y));
}

/** Its quotient by a whole number above 0. */
export function divided({ numerator, denominator }: Exponent, by: number): Exponent {
  return denominator === 0 ? { numerator, denominator } : fraction(numerator, by * denominator);
}

/** The absolute value of an exponent, exactly. */
export function absolute({ numerator, denominator }: Exponent): Exponent {
  return { numerator: Math.abs(numerator), denominator };
}

/** Below 0 where x < y, 0 where they are equal, above 0 otherwise. */
export function compare(x: Exponent, y: Exponent): number {
  if (x.denominator === 0 && y.denominator === 0) return x.numerator - y.numerator;
  const [left, right] = [x.numerator * y.denominator, y.numerator * x.denominator];
  if (Number.isSafeInteger(left) && Number.isSafeInteger(right)) return left - right;
  return Number(BigInt(x.numerator) * BigInt(y.denominator) - BigInt(y.numerator) * BigInt(x.denominator));
}

/** Whether two exponents are one number. They are kept in lowest terms. */
export function equal(x: Exponent, y: Exponent): boolean {
  return x.numerator === y.numerator && x.denominator === y.denominator;
}

/** −1, 0 or 1. */
export function signOf(x: Exponent): number {
  return Math.sign(x.numerator);
}

/** Whether an exponent is a number, and neither {@link NEVER} nor {@link ZERO_POWER}. */
export function finite({ denominator }: Exponent): boolean {
  return denominator !== 0;
}

/** Whether it is the power of what is exactly zero. */
export function isZeroPower({ numerator, denominator }: Exponent): boolean {
  return denominator === 0 && numerator < 0;
}

/** The smallest of them; +∞ of none. */
export function least(...all: readonly Exponent[]): Exponent {
  return all.reduce((x, y) => (compare(y, x) < 0 ? y : x), NEVER);
}

/** The largest of them; −∞ of none. */
export function most(...all: readonly Exponent[]): Exponent {
  return all.reduce((x, y) => (compare(y, x) > 0 ? y : x), ZERO_POWER);
}

/** Its value in f64. */
export function toNumber({ numerator, denominator }: Exponent): number {
  return numerator / denominator;
}

/** base^exponent in f64. */
export function raised(base: number, exponent: Exponent): number {
  return base ** toNumber(exponent);
}

/** An exponent as text in lowest terms: `1/2`, `-3`, `∞`. */
export function printExponent({ numerator, denominator }: Exponent): string {
  if (denominator === 0) return numerator > 0 ? '∞' : '-∞';
  return denominator === 1 ? String(numerator) : `${numerator}/${denominator}`;
}

/** As a decimal where one is exact, else as what is shorter: `0.5`, `-3`, `(1/3)`. Either is read as this exponent. */
export function printDecimal(exponent: Exponent): string {
  const value = toNumber(exponent);
  const read = parseExponent(value);
  if (!finite(exponent)) return printExponent(exponent);
  const fraction = `(${exponent.numerator}/${exponent.denominator})`;
  if (read === undefined || !equal(read, exponent)) return fraction;
  const isExact = 10 ** MOST_DECIMALS % exponent.denominator === 0;
  return isExact || String(value).length < fraction.length ? String(value) : fraction;
}

/** A power of n: `1`, `n`, `n^2`, `n^(-1/2)`, `0` for n^(-∞). */
export function printPower(power: Exponent): string {
  if (power.denominator === 0) return power.numerator > 0 ? '∞' : '0';
  if (power.numerator === 0) return '1';
  const text = printExponent(power);
  if (text === '1') return 'n';
  return /^\d+$/.test(text) ? `n^${text}` : `n^(${text})`;
}
