/** What scalar functions make of growing and of vanishing values: their asymptotics, and nothing that has none. */

import { type UnaryName, unaryFunctions } from '../../program/index.ts';
import { type Growth, known, opposite, type Power, positivePart, type Toward, unknown, vanishes } from './growth.ts';

/** Behavior at an end: like x, or a number other than 0; undefined where it is no power of x. */
type End = 'proportional' | number | undefined;

interface Asymptotics {
  readonly zero: End;
  readonly above: End;
  readonly below: End;
  /** Its values: of the sign of x and 0 at 0 alone, or above 0; undefined where neither. */
  readonly values?: 'odd' | 'signed' | 'positive';
}

const SIGMOIDAL = { zero: 0.5, above: 1, below: undefined, values: 'positive' } as const;
/** x Φ(x) and what resembles it: x/2 near 0, x far above. */
const GATED = { zero: 'proportional', above: 'proportional', below: undefined, values: 'signed' } as const;
const SATURATING = { zero: 'proportional', above: 1, below: -1, values: 'odd' } as const;

/** Functions that are told by their asymptotics; the others are exact, or have rules of their own. */
const ASYMPTOTICS = {
  tanh: SATURATING,
  erf: SATURATING,
  gelu: GATED,
  geluTanh: GATED,
  sigmoid: SIGMOIDAL,
  normalCdf: SIGMOIDAL,
  exp: { zero: 1, above: undefined, below: undefined, values: 'positive' },
  normalDensity: { zero: 1 / Math.sqrt(2 * Math.PI), above: undefined, below: undefined, values: 'positive' },
  sin: { zero: 'proportional', above: undefined, below: undefined },
  cos: { zero: 1, above: undefined, below: undefined },
  log: { zero: undefined, above: undefined, below: undefined },
} as const satisfies Partial<Record<UnaryName, Asymptotics>>;

/** f of a value. */
export function applied(name: UnaryName, value: Growth, toward: Toward): Growth {
  if (value.kind === 'number') return known(unaryFunctions[name].value(value.value));
  if (value.kind !== 'power') return value;
  switch (name) {
    case 'neg':
      return opposite(value);
    case 'abs':
      return { ...value, sign: '+', linear: false, parity: value.parity === 'none' ? 'none' : 'even' };
    case 'sqrt': {
      if (value.sign !== '+') return unknown('a root of what may be negative');
      return { ...value, degree: value.degree / 2, linear: false };
    }
    case 'sign':
      return { ...value, degree: 0, lead: 'fixed', linear: false };
    case 'step': {
      if (value.sign === '-') return known(0);
      const parity = value.parity === 'even' ? 'even' : 'none';
      if (!value.whole && !value.exact) return unknown('a step of what may be 0');
      return {
        ...value,
        degree: 0,
        sign: '+',
        lead: 'fixed',
        linear: false,
        parity,
        whole: value.whole && value.sign === '+',
      };
    }
    case 'relu':
      return positivePart(value);
    default:
      return asymptotic(name, ASYMPTOTICS[name], value, toward);
  }
}

function asymptotic(name: UnaryName, ends: Asymptotics, value: Power, toward: Toward): Growth {
  const { values } = ends;
  const parity =
    value.parity === 'even' ? 'even' : (values === 'odd' || name === 'sin') && value.parity === 'odd' ? 'odd' : 'none';
  const sign = values === 'odd' || values === 'signed' ? value.sign : values === 'positive' ? '+' : 'any';
  const made = { ...value, parity, sign, linear: false, exact: false } as const;
  const none = unknown(`${name} of what ${vanishes(value, toward) ? 'vanishes' : 'grows'}`);
  if (vanishes(value, toward)) {
    if (ends.zero === undefined) return none;
    return ends.zero === 'proportional'
      ? { ...made, sign: value.sign }
      : { ...made, degree: 0, lead: 'fixed', sign: '+', whole: true };
  }
  if (Math.abs(value.degree) < 1e-9) {
    // Of the same numbers it is the same; of what tends to some, it may tend to 0.
    if (value.exact)
      return { ...made, exact: true, whole: values === 'positive' || (values !== undefined && value.whole) };
    return values === undefined ? unknown(`${name} of what tends to a number`) : made;
  }
  const end = value.sign === '+' ? ends.above : value.sign === '-' ? ends.below : undefined;
  // Entries whose leading term is 0 need not grow.
  if (!value.whole) return none;
  const both = value.sign === '+' || value.sign === '-' ? end : either(ends);
  if (both === undefined) return none;
  // Where signs differ, one end may vanish.
  const whole = value.sign === '+' || value.sign === '-' || typeof ends.below === 'number';
  return both === 'proportional' ? { ...made, whole } : { ...made, degree: 0, lead: 'fixed', whole };
}

/** Of entries of both signs those count that do not vanish. */
function either({ above, below }: Asymptotics): End {
  if (above === 'proportional' || below === undefined) return above;
  return typeof above === 'number' && typeof below === 'number' ? above : undefined;
}
