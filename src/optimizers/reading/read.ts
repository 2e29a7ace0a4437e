/**
 * What can be told of an optimizer's Q by reading its formulas: how it answers when all gradients are multiplied by s, and
 * whether it is linear, odd, of the gradient's sign, has a memory, reads the weight (IVb 2.1, 2.8).
 */

import { constant } from '../../program/index.ts';
import { liesIn } from '../domains.ts';
import type { Optimizer } from '../optimizer.ts';
import { resolveSettings, type Settings } from '../settings.ts';
import { type Growth, type Power, sameDegree, type Toward } from './growth.ts';
import { type Guard, type Told, walk, withoutGuards } from './walk.ts';

/** Steps that are read, one by one with what each has of the past: first steps often differ from later ones. */
const STEPS = 32;
/** The usual value of an ε is at most this; a larger number beside a gradient is a threshold, and stays. */
const MOST_EPSILON = 1e-4;

/** How `readOptimizer` reads: settings, and whether ε stays. */
export interface ReadOptions {
  readonly settings?: Settings;
  /**
   * Whether ε > 0 is kept; without it ε = 0 where Q still moves then. Default: kept where it is told larger than usual.
   */
  readonly epsilon?: boolean;
}

/** The power p of Q ~ s^p. */
export type Degree = number | 'unknown';

/** What the formulas tell of Q. Decay of the weight and rates are left out. */
export interface Reading {
  /** For s → 0, and for s → ∞: of the step that answers most, for later ones keep what it did. */
  readonly small: Degree;
  readonly large: Degree;
  /** Q(s·g) = Q(g) at every step. */
  readonly scaleInvariant: boolean;
  /** A linear function of all gradients at every step. */
  readonly linear: boolean;
  /** Q(−g) = −Q(g); false where the formulas do not tell it. */
  readonly odd: boolean;
  /** Whether the first step goes by the sign of the gradient; false where the formulas do not tell it. */
  readonly signPreserving: boolean;
  /** Whether it reads gradients of earlier steps. */
  readonly memory: boolean;
  /** Hyperparameters that keep divisors from 0. */
  readonly epsilons: readonly string[];
  /** Whether such constants are taken to be 0. */
  readonly withoutEpsilon: boolean;
  /** What was read: with ε = 0 where it is taken to be. */
  readonly read: Told;
  /** Why a degree is unknown. */
  readonly reasons: readonly string[];
  /** Whether an unknown degree may be measured; not where the weight or a size decides it. */
  readonly measurable: boolean;
}

/** Reads an optimizer. Throws {@link UserError} `optimizers.settings`. */
export function readOptimizer(optimizer: Optimizer, { settings = {}, epsilon }: ReadOptions = {}): Reading {
  const told: Told = { optimizer, settings: resolveSettings(optimizer, settings) };
  const guards = guardsOf(told);
  const epsilons = [...guards].filter((guard) => typeof guard === 'string');
  const larger = epsilons.some(
    (name) => settings[name] !== undefined && !(Number(settings[name]) <= usual(told, name)),
  );
  if (guards.size > 0 && !(epsilon ?? larger)) {
    const without = reading(withoutGuards(told, guards));
    // Some need theirs to move at all.
    if (without.small !== 'unknown' || without.large !== 'unknown')
      return { ...without, epsilons, withoutEpsilon: true };
  }
  return { ...reading(told), epsilons, withoutEpsilon: false };
}

/** Constants that stand as ε, whatever is told. */
function guardsOf(told: Told): ReadonlySet<Guard> {
  const tiny = (name: string): boolean => {
    const value = usual(told, name);
    return value > 0 && value <= MOST_EPSILON && liesIn(0, told.optimizer.hyperparameters[name]?.domain ?? {});
  };
  const settings = new Map(
    [...told.settings].map(([name, expr]) => [name, tiny(name) ? constant(usual(told, name)) : expr]),
  );
  const { guards } = walk({ ...told, settings }, { toward: 'zero', steps: STEPS });
  return new Set(
    [...guards].filter((guard) => (typeof guard === 'string' ? tiny(guard) : guard.value <= MOST_EPSILON)),
  );
}

function usual({ optimizer }: Told, name: string): number {
  const value = optimizer.hyperparameters[name]?.value;
  return typeof value === 'number' ? value : Number.NaN;
}

function reading(told: Told): Omit<Reading, 'epsilons' | 'withoutEpsilon'> {
  const at = (toward: Toward): readonly Growth[] => walk(told, { toward, steps: STEPS }).updates;
  const [zero, infinity] = [at('zero'), at('infinity')];
  const [small, large] = [degreeOf(zero, Math.min), degreeOf(infinity, Math.max)];
  const powers = zero.filter((update): update is Power => update.kind === 'power');
  const unknowns = [...zero, ...infinity].filter((update) => update.kind === 'unknown');
  const all = (holds: (update: Power) => boolean): boolean =>
    powers.length > 0 && zero.every((update) => isStill(update) || (update.kind === 'power' && holds(update)));
  return {
    small,
    large,
    scaleInvariant: all(({ degree, exact }) => exact && sameDegree(degree, 0)),
    linear: all(({ linear }) => linear),
    odd: all(({ parity }) => parity === 'odd'),
    signPreserving: powers[0]?.sign === 'g',
    memory: powers.some(({ memory }) => memory),
    read: told,
    reasons: [...new Set(unknowns.map(({ why }) => why))],
    measurable: unknowns.every(({ measurable }) => measurable) && [...zero, ...infinity].some((one) => !isStill(one)),
  };
}

/** The degree of the step that counts most. */
function degreeOf(updates: readonly Growth[], most: (...degrees: readonly number[]) => number): Degree {
  const degrees: number[] = [];
  for (const update of updates) {
    if (isStill(update)) continue;
    if (update.kind !== 'power') return 'unknown';
    degrees.push(update.degree);
  }
  return degrees.length === 0 ? 'unknown' : most(...degrees);
}

/** Whether a step does not move. */
const isStill = (update: Growth): boolean => update.kind === 'number' && update.value === 0;
