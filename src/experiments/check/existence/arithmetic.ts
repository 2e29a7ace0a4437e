/** Bounds through the operations of expressions. Where a function is singular, the caller has seen to it. */

import { type UnaryName, unaryFunctions } from '../../../program/index.ts';
import {
  BOUNDED,
  type Bounds,
  between,
  exponential,
  joined,
  LINEAR,
  larger,
  product,
  raisedOrders,
  settled,
  together,
  toPower,
  withOrders,
} from './bounds.ts';

const times = (a: number, b: number): number => (a === 0 || b === 0 ? 0 : a * b);

export function added(a: Bounds, b: Bounds): Bounds {
  const [low, high] = [a.low + b.low, a.high + b.high];
  const oneSided = (a.low >= 0 && b.low >= 0) || (a.high <= 0 && b.high <= 0);
  const nonzero = low > 0 || high < 0 || (oneSided && (a.nonzero || b.nonzero));
  const apart = low > 0 || high < 0;
  const [first, second] = a.nonzero ? [a, b] : [b, a];
  const floor = oneSided ? (together(a.floor, b.floor) ?? a.floor ?? b.floor) : undefined;
  const decay = apart || !second.nonzero ? first.decay : least(a, b);
  const sum = { low, high, nonzero, growth: larger(a.growth, b.growth), decay: apart ? BOUNDED : decay };
  return withOrders(settled(sum), floor, together(a.ceiling, b.ceiling));
}

/** Of two one-sided values the one that decays less bounds the sum. */
function least(a: Bounds, b: Bounds): Bounds['decay'] {
  if (a.decay.order !== b.decay.order) return a.decay.order < b.decay.order ? a.decay : b.decay;
  return a.decay.degree < b.decay.degree ? a.decay : b.decay;
}

export function negative(a: Bounds): Bounds {
  return { ...a, low: -a.high, high: -a.low };
}

export function multiplied(a: Bounds, b: Bounds): Bounds {
  const ends = [times(a.low, b.low), times(a.low, b.high), times(a.high, b.low), times(a.high, b.high)];
  const whole = {
    low: Math.min(...ends),
    high: Math.max(...ends),
    nonzero: a.nonzero && b.nonzero,
    growth: product(a.growth, b.growth),
    decay: product(a.decay, b.decay),
  };
  // Near 0 the other factor is bounded, and where it is never 0 bounded below.
  const floor = b.nonzero ? a.floor : a.nonzero ? b.floor : joined(a.floor, b.floor);
  const ceiling = joined(a.ceiling, b.ceiling) ?? a.ceiling ?? b.ceiling;
  return withOrders(settled(whole), floor, ceiling);
}

/** |a|. */
export function magnitude(a: Bounds): Bounds {
  if (a.low >= 0) return a;
  if (a.high <= 0) return negative(a);
  return { ...a, low: 0, high: Math.max(-a.low, a.high) };
}

/** a^power for a positive power; a is not negative where the power is no whole number. */
export function raisedTo(a: Bounds, power: number): Bounds {
  const odd = power % 2 === 1;
  const base = odd ? a : magnitude(a);
  const at = (x: number): number => Math.sign(x) * Math.abs(x) ** power;
  const raised = {
    low: at(base.low),
    high: at(base.high),
    nonzero: base.nonzero,
    growth: toPower(base.growth, power),
    decay: toPower(base.decay, power),
  };
  return withOrders(settled(raised), raisedOrders(base.floor, power), raisedOrders(base.ceiling, power));
}

/** 1/a for an a that is never 0. */
export function inverse(a: Bounds): Bounds {
  const [low, high] =
    a.low >= 0 ? [1 / a.high, 1 / a.low] : a.high <= 0 ? [1 / a.low, 1 / a.high] : [-Infinity, Infinity];
  const ends = { low: a.high === 0 ? -Infinity : low, high: a.low === 0 ? Infinity : high };
  return { ...ends, nonzero: true, growth: a.decay, decay: a.growth };
}

export function largest(a: Bounds, b: Bounds): Bounds {
  const [low, high] = [Math.max(a.low, b.low), Math.max(a.high, b.high)];
  const positive = [a, b].filter((one) => one.low >= 0 && one.nonzero);
  const nonzero = low > 0 || high < 0 || positive.length > 0 || (a.nonzero && b.nonzero);
  const decay = low > 0 || high < 0 ? BOUNDED : (positive[0]?.decay ?? larger(a.decay, b.decay));
  const floor = a.low >= 0 && b.low >= 0 ? (together(a.floor, b.floor) ?? a.floor ?? b.floor) : undefined;
  const whole = { low, high, nonzero, growth: larger(a.growth, b.growth), decay };
  return withOrders(settled(whole), floor, together(a.ceiling, b.ceiling));
}

type UnaryRule = (a: Bounds) => Bounds;

const monotone = (name: UnaryName, a: Bounds): Pick<Bounds, 'low' | 'high'> => ({
  low: unaryFunctions[name].value(a.low),
  high: unaryFunctions[name].value(a.high),
});

/** tanh and its like: odd, of slope 1 or so at 0, and bounded. */
const squashed =
  (name: UnaryName): UnaryRule =>
  (a) => ({ ...a, ...monotone(name, a), growth: BOUNDED });

/** A function that is positive and bounded, and decays like exp of a power of its argument. */
const positive =
  (name: UnaryName, power: number): UnaryRule =>
  (a) => ({ ...monotone(name, a), nonzero: true, growth: BOUNDED, decay: lowered(a, power) });

function lowered(a: Bounds, power: number): Bounds['decay'] {
  return a.low > -Infinity ? BOUNDED : exponential(toPower(a.growth, power));
}

/** gelu and its like, which lie above x when x is negative. */
const gated: UnaryRule = (a) => {
  const high = Math.max(0, a.high);
  return withOrders(
    settled({ low: Math.min(0, Math.max(a.low, -0.2)), high, nonzero: a.low > 0, growth: a.growth, decay: a.decay }),
    undefined,
    a.ceiling,
  );
};

/** Functions of one variable; `exp`, and `log` and `sqrt` of what they are defined for. */
export const unaryBounds: Readonly<Record<UnaryName, UnaryRule>> = {
  neg: negative,
  abs: magnitude,
  exp: (a) => {
    const [low, high] = [Math.exp(a.low), Math.exp(a.high)];
    const growth = a.high < Infinity ? BOUNDED : exponential(a.growth);
    return { low, high, nonzero: true, growth, decay: lowered(a, 1) };
  },
  log: (a) => {
    const degree = Math.max(1, a.growth.order, a.decay.order);
    const ends = { low: Math.log(Math.max(0, a.low)), high: Math.log(Math.max(0, a.high)) };
    return settled({ ...between(ends.low, ends.high), growth: { degree, order: 0 } });
  },
  sqrt: (a) => raisedTo({ ...a, low: Math.max(0, a.low) }, 0.5),
  tanh: squashed('tanh'),
  erf: squashed('erf'),
  sigmoid: positive('sigmoid', 1),
  normalCdf: positive('normalCdf', 2),
  normalDensity: (a) => ({
    ...between(0, 0.4, true),
    decay: Number.isFinite(a.low) && Number.isFinite(a.high) ? BOUNDED : exponential(toPower(a.growth, 2)),
  }),
  sin: (a) => withOrders(between(-1, 1), undefined, a.ceiling),
  cos: () => between(-1, 1),
  sign: (a) => ({ ...between(a.low >= 0 ? 0 : -1, a.high <= 0 ? 0 : 1), nonzero: a.nonzero }),
  step: (a) => between(a.low > 0 ? 1 : 0, a.high > 0 ? 1 : 0),
  relu: (a) =>
    withOrders(
      settled({
        low: Math.max(0, a.low),
        high: Math.max(0, a.high),
        nonzero: a.low > 0,
        growth: a.growth,
        decay: BOUNDED,
      }),
      undefined,
      a.ceiling,
    ),
  gelu: gated,
  geluTanh: gated,
};

/** base^exponent of a base that is never negative, the exponent a value too. */
export function variablePower(base: Bounds, exponent: Bounds): Bounds {
  const logarithm = settled({ ...between(Math.log(base.low), Math.log(base.high)), growth: LINEAR });
  const power = multiplied(exponent, { ...logarithm, growth: larger(logarithm.growth, LINEAR) });
  return unaryBounds.exp(power);
}
