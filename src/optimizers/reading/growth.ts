/**
 * How a value of an optimizer's formulas grows when all gradients are multiplied by one number s: an abstract value that
 * stands for what the formula gives, and the arithmetic of such values.
 *
 * Read once for s → 0 and once for s → ∞. A value is a known number (it reads no gradient), something of the weight alone,
 * or a power: L·s^p up to smaller terms, where L ≠ 0 somewhere for almost all gradients. Where leading terms may cancel, or where
 * there is no power, it is unknown: nothing is guessed.
 */

import { type BinaryName, binaryValue } from '../../program/index.ts';

/** Which s is meant. */
export type Toward = 'zero' | 'infinity';

/** The sign of L: none below 0, none above 0, that of this step's gradient, its opposite, or not known. */
export type Sign = '+' | '-' | 'g' | '-g' | 'any';

/** L·s^p. */
export interface Power {
  readonly kind: 'power';
  readonly degree: number;
  /** Without smaller terms: multiplied by s^p exactly. */
  readonly exact: boolean;
  readonly sign: Sign;
  /** What L depends on: on no gradient (or as a sign does), on earlier ones alone, on this step's. */
  readonly lead: 'fixed' | 'past' | 'now';
  /** Whether L ≠ 0 at all entries; a step function is 0 at some. */
  readonly whole: boolean;
  /** Whether it is a linear function of all gradients. */
  readonly linear: boolean;
  /** What becomes of it where all gradients change sign. */
  readonly parity: 'even' | 'odd' | 'none';
  /** Whether it reads gradients of earlier steps. */
  readonly memory: boolean;
}

export type Growth =
  | { readonly kind: 'number'; readonly value: number }
  | { readonly kind: 'weight' }
  | Power
  | { readonly kind: 'unknown'; readonly why: string; readonly measurable: boolean };

export const known = (value: number): Growth =>
  Number.isNaN(value) ? unknown('a number that is not finite') : { kind: 'number', value };
/** Not told by formulas; measurable where gradients alone decide it. */
export const unknown = (why: string, measurable = true): Growth => ({ kind: 'unknown', why, measurable });
const ZERO = known(0);

/** This step's gradient. */
export const GRADIENT: Power = {
  kind: 'power',
  degree: 1,
  exact: true,
  sign: 'g',
  lead: 'now',
  whole: true,
  linear: true,
  parity: 'odd',
  memory: false,
};

/** What this step leaves is of the past at the next. */
export function remembered(value: Growth): Growth {
  if (value.kind !== 'power') return value;
  const sign = value.sign === 'g' || value.sign === '-g' ? 'any' : value.sign;
  return { ...value, sign, lead: value.lead === 'now' ? 'past' : value.lead, memory: true };
}

/** Two degrees are one where rounding alone tells them apart: 1/3 three times. */
export const sameDegree = (one: number, other: number): boolean => Math.abs(one - other) < 1e-9;

/** Whether a value vanishes in the end. */
export const vanishes = ({ degree }: Power, toward: Toward): boolean =>
  toward === 'zero' ? degree > 1e-9 : degree < -1e-9;

/** The value of an operation. `same`: both operands are one expression. */
export function combined(name: BinaryName, left: Growth, right: Growth, toward: Toward, same: boolean): Growth {
  if (left.kind === 'number' && right.kind === 'number') return known(binaryValue(name, left.value, right.value));
  switch (name) {
    case 'add':
      return sum(left, right, toward);
    case 'sub':
      return same ? ZERO : sum(left, opposite(right), toward);
    case 'mul':
      return product(left, right, same);
    case 'div':
      return product(left, inverse(right), false);
    case 'max':
      return larger(left, right, toward);
    case 'min':
      return opposite(larger(opposite(left), opposite(right), toward));
    case 'pow':
      return power(left, right);
  }
}

/** −x. */
export function opposite(value: Growth): Growth {
  if (value.kind === 'number') return known(-value.value);
  return value.kind === 'power' ? { ...value, sign: negative(value.sign) } : value;
}

function sum(left: Growth, right: Growth, toward: Toward): Growth {
  if (isZero(left)) return right;
  if (isZero(right)) return left;
  if (left.kind === 'unknown') return left;
  if (right.kind === 'unknown') return right;
  // Decay of the weight, which rules are read without.
  if (left.kind === 'weight') return right.kind === 'power' ? right : left;
  if (right.kind === 'weight') return left.kind === 'power' ? left : right;
  const [x, y] = [asPower(left), asPower(right)];
  const both = { memory: x.memory || y.memory, parity: x.parity === y.parity ? x.parity : ('none' as const) };
  if (!sameDegree(x.degree, y.degree))
    return { ...dominant(x, y, toward)[0], ...both, exact: false, linear: false, kind: 'power' };
  const exact = x.exact && y.exact;
  const agree = x.sign === y.sign && x.sign !== 'any';
  if (!exact && !agree && !apart(x, y) && !apart(y, x)) return unknown('terms that may cancel');
  const lead = latest(x, y);
  // Of one sign, one that is not 0 is enough; else what is ±1 may meet its opposite.
  const whole = agree ? x.whole || y.whole : x.whole && y.whole && lead !== 'fixed';
  return { ...x, ...both, exact, sign: agree ? x.sign : 'any', lead, whole, linear: x.linear && y.linear };
}

/** Whether one follows this step's gradient, and the other those before it alone: they do not cancel. */
const apart = (x: Power, y: Power): boolean =>
  x.lead === 'now' && y.lead === 'past' && (x.sign === 'g' || x.sign === '-g' || x.parity === 'odd');

function product(left: Growth, right: Growth, same: boolean): Growth {
  // A choice that is not made, whatever it would be: formulas are folded so too.
  if (isZero(left) || isZero(right)) return ZERO;
  if (left.kind === 'unknown') return left;
  if (right.kind === 'unknown') return right;
  if (left.kind === 'weight' || right.kind === 'weight') {
    return left.kind === 'power' || right.kind === 'power'
      ? unknown('the weight scales it', false)
      : { kind: 'weight' };
  }
  const [x, y] = [asPower(left), asPower(right)];
  if (!x.whole && !y.whole && !same) return unknown('factors that may be 0 in turn');
  const linear = (x.linear && right.kind === 'number') || (y.linear && left.kind === 'number');
  return {
    kind: 'power',
    degree: x.degree + y.degree,
    exact: x.exact && y.exact,
    linear,
    lead: latest(x, y),
    whole: x.whole && y.whole,
    sign: same ? '+' : signsMultiplied(x.sign, y.sign),
    parity: x.parity === 'none' || y.parity === 'none' ? 'none' : x.parity === y.parity ? 'even' : 'odd',
    memory: x.memory || y.memory,
  };
}

/** 1/x. */
function inverse(value: Growth): Growth {
  if (value.kind === 'number') return value.value === 0 ? unknown('a division by 0') : known(1 / value.value);
  if (value.kind !== 'power') return value;
  if (!value.whole && !value.exact) return unknown('a division by what may be 0');
  return { ...value, degree: -value.degree, linear: false };
}

function larger(left: Growth, right: Growth, toward: Toward): Growth {
  if (left.kind === 'unknown') return left;
  if (right.kind === 'unknown') return right;
  if (left.kind === 'weight' || right.kind === 'weight') {
    return left.kind === 'power' || right.kind === 'power'
      ? unknown('it is compared with the weight', false)
      : { kind: 'weight' };
  }
  if (isZero(left)) return positivePart(asPower(right));
  if (isZero(right)) return positivePart(asPower(left));
  const [x, y] = [asPower(left), asPower(right)];
  const both = {
    kind: 'power' as const,
    linear: false,
    memory: x.memory || y.memory,
    lead: latest(x, y),
    parity: x.parity === 'even' && y.parity === 'even' ? ('even' as const) : ('none' as const),
  };
  const positive = [x, y].filter(({ sign }) => sign === '+');
  if (sameDegree(x.degree, y.degree)) {
    const sign = positive.length > 0 ? '+' : x.sign === y.sign ? x.sign : 'any';
    const whole = positive.length > 0 ? positive.some((one) => one.whole) : x.whole && y.whole;
    return { ...both, degree: x.degree, exact: x.exact && y.exact, sign, whole };
  }
  const [most, least] = dominant(x, y, toward);
  if (most.sign === '-') return { ...least, ...both, exact: false, whole: least.whole && most.whole };
  if (most.sign === '+') return { ...most, ...both, exact: false };
  // Where it is below 0 the smaller one stays; but it may never be above.
  if (!most.whole) return unknown('the larger of what may be 0');
  return { ...most, ...both, exact: false, sign: positive.length > 0 ? '+' : 'any', whole: false };
}

/** max(x, 0). */
export function positivePart(value: Power): Growth {
  if (value.sign === '-') return ZERO;
  if (value.sign === '+') return value;
  if (!value.whole && !value.exact) return unknown('the positive part of what may be 0');
  return { ...value, sign: '+', linear: false, parity: 'none', whole: false };
}

function power(base: Growth, exponent: Growth): Growth {
  if (base.kind === 'unknown') return base;
  if (exponent.kind !== 'number') return unknown('an exponent that is not a number');
  const { value } = exponent;
  if (base.kind !== 'power') return base;
  const even = Number.isInteger(value) && value % 2 === 0;
  const odd = Number.isInteger(value) && !even;
  if (value === 0) return known(1);
  if (base.sign !== '+' && !even && !odd) return unknown('a broken power of what may be negative');
  const parity = base.parity === 'odd' ? (even ? 'even' : odd ? 'odd' : 'none') : base.parity;
  const sign = even ? '+' : base.sign;
  if (value < 0 && !base.whole && !base.exact) return unknown('a division by what may be 0');
  return { ...base, degree: base.degree * value, sign, parity, linear: base.linear && value === 1 };
}

/** What counts in the end, and what does not. */
function dominant(x: Power, y: Power, toward: Toward): readonly [Power, Power] {
  return x.degree > y.degree === (toward === 'infinity') ? [x, y] : [y, x];
}

function asPower(value: Power | (Growth & { kind: 'number' })): Power {
  if (value.kind === 'power') return value;
  return {
    kind: 'power',
    degree: 0,
    exact: true,
    sign: value.value > 0 ? '+' : '-',
    lead: 'fixed',
    whole: true,
    linear: false,
    parity: 'even',
    memory: false,
  };
}

const isZero = (value: Growth): boolean => value.kind === 'number' && value.value === 0;

const LEADS = ['fixed', 'past', 'now'] as const;
const latest = (x: Power, y: Power): Power['lead'] => (LEADS.indexOf(x.lead) > LEADS.indexOf(y.lead) ? x.lead : y.lead);

const negative = (sign: Sign): Sign => (({ '+': '-', '-': '+', g: '-g', '-g': 'g', any: 'any' }) as const)[sign];

function signsMultiplied(x: Sign, y: Sign): Sign {
  if (x === 'any' || y === 'any') return 'any';
  const follows = x.endsWith('g') !== y.endsWith('g');
  const turned = x.startsWith('-') !== y.startsWith('-');
  if (follows) return turned ? '-g' : 'g';
  return turned ? '-' : '+';
}
