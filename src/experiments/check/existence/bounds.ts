/**
 * What is known of the entries of a value at infinite width: between which numbers they lie, whether they come near 0,
 * and how they grow with the Gaussian variables Z that they are functions of. Enough to tell whether means exist.
 */

/** |v| ≤ C (1 + |Z|^degree), or |v| ≤ exp(C (1 + |Z|^order)) where the order is not 0. */
export interface Growth {
  readonly degree: number;
  readonly order: number;
}

/** Powers of other values, by their names. */
export type Orders = ReadonlyMap<string, number>;

export interface Bounds {
  readonly low: number;
  readonly high: number;
  /** Whether no finite Z makes it 0. */
  readonly nonzero: boolean;
  readonly growth: Growth;
  /** The growth of 1/v, where it is never 0. */
  readonly decay: Growth;
  /** Where v is small, |v| ≥ c Σ |value|^power. */
  readonly floor?: Orders;
  /** Where the values are small, |v| ≤ C Σ |value|^power. */
  readonly ceiling?: Orders;
}

export const BOUNDED: Growth = { degree: 0, order: 0 };
export const LINEAR: Growth = { degree: 1, order: 0 };

/** Entries between two numbers, 0 among them or not. */
export function between(low: number, high: number, nonzero = low > 0 || high < 0): Bounds {
  const bounded = Number.isFinite(low) && Number.isFinite(high);
  const whole = { low, high, nonzero, growth: bounded ? BOUNDED : LINEAR, decay: BOUNDED };
  return low === 0 && high === 0 ? { ...whole, ceiling: new Map() } : whole;
}

/** A Gaussian vector, or another of which nothing is known but that it grows so. */
export function anything(name: string, growth: Growth = LINEAR): Bounds {
  const self = new Map([[name, 1]]);
  return { low: -Infinity, high: Infinity, nonzero: false, growth, decay: BOUNDED, floor: self, ceiling: self };
}

export function larger(a: Growth, b: Growth): Growth {
  return { degree: Math.max(a.degree, b.degree), order: Math.max(a.order, b.order) };
}

export function product(a: Growth, b: Growth): Growth {
  return { degree: a.degree + b.degree, order: Math.max(a.order, b.order) };
}

export const toPower = ({ degree, order }: Growth, power: number): Growth => ({ degree: degree * power, order });

/** The growth of exp of what grows so: beyond all means where it is exponential already. */
export const exponential = ({ degree, order }: Growth): Growth => ({
  degree: 0,
  order: order > 0 ? Number.POSITIVE_INFINITY : degree,
});

/** Values between finite numbers do not grow. */
export function settled(bounds: Bounds): Bounds {
  return Number.isFinite(bounds.low) && Number.isFinite(bounds.high) ? { ...bounds, growth: BOUNDED } : bounds;
}

/** Both sums of powers together; of a value in both the smaller power counts where it is small. */
export function together(a: Orders | undefined, b: Orders | undefined): Orders | undefined {
  if (a === undefined || b === undefined) return undefined;
  const all = new Map(a);
  for (const [name, power] of b) all.set(name, Math.min(power, all.get(name) ?? power));
  return all;
}

export function raisedOrders(orders: Orders | undefined, power: number): Orders | undefined {
  return orders && new Map([...orders].map(([name, own]) => [name, own * power]));
}

/** Products of powers of one and the same value. */
export function joined(a: Orders | undefined, b: Orders | undefined): Orders | undefined {
  const [first, second] = [onlyPower(a), onlyPower(b)];
  if (first === undefined || second === undefined || first[0] !== second[0]) return undefined;
  return new Map([[first[0], first[1] + second[1]]]);
}

function onlyPower(orders: Orders | undefined): readonly [name: string, power: number] | undefined {
  const [first, ...others] = orders ?? [];
  return others.length === 0 ? first : undefined;
}

/** The same with other names for what the powers are of. */
export function renamedOrders({ floor, ceiling, ...rest }: Bounds, rename: (name: string) => string): Bounds {
  const moved = (orders: Orders): Orders => new Map([...orders].map(([name, power]) => [rename(name), power]));
  return { ...rest, ...(floor && { floor: moved(floor) }), ...(ceiling && { ceiling: moved(ceiling) }) };
}

/**
 * The bounds of a value under its name: it is its own ceiling, and one of its floors. What it was a ceiling of by its
 * operands is the name's definition.
 */
export function named(name: string, bounds: Bounds): Bounds {
  return { ...bounds, ceiling: new Map([[name, 1]]), floor: new Map([...(bounds.floor ?? []), [name, 1]]) };
}

/** Without what is known near 0, and with floors and ceilings where they are. */
export function withOrders(bounds: Bounds, floor: Orders | undefined, ceiling: Orders | undefined): Bounds {
  const { low, high, nonzero, growth, decay } = bounds;
  return { low, high, nonzero, growth, decay, ...(floor && { floor }), ...(ceiling && { ceiling }) };
}
