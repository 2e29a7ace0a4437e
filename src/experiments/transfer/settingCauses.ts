/**
 * Why a best value moves, by theory: settings at hand whose power of the width is another than maximal updates ask for. Of
 * what is swept, the best value follows the power that is missing.
 */

import { type SettingName, settingPowers, type TrainedWith } from '../settingPowers.ts';
import { LEARNING_RATE } from './hyperparameter.ts';
import type { MetricEstimate, TransferCause } from './result.ts';

/** What moves by less is said to stay; what a mixture of several powers, and corrections of lower order, leave of one. */
const [STILL, NEAR] = [0.1, 0.35];
/** A single seed has no interval; its exponent is told from this one on. */
const ALONE = 0.25;

const SWEPT: Readonly<Partial<Record<SettingName, (name: string) => boolean>>> = {
  'learning rate': (name) => name === LEARNING_RATE.name,
  'embedding rate': (name) => name === LEARNING_RATE.name,
  'scale mode': (name) => name === LEARNING_RATE.name,
  ε: (name) => name === 'epsilon' || name === 'othersEpsilon',
  'coupled decay': (name) => name === 'coupledDecay',
  'decoupled decay': (name) => name === 'decoupledDecay',
};

/**
 * The causes of a best value of the swept hyperparameter that follows n^exponent: none where that stays. First those of what
 * is swept whose missing power is near, then the rest of them that pull the same way, then other settings at hand.
 */
export function transferCauses(
  swept: string,
  { value, interval }: MetricEstimate,
  trained: TrainedWith,
): TransferCause[] {
  if (value === null) return [];
  const moves = interval === null ? Math.abs(value) >= ALONE : interval[0] > STILL || interval[1] < -STILL;
  if (!moves) return [];
  const found = settingPowers(trained).map((power): TransferCause & { readonly rank: number } => {
    const missing = power.should - power.has;
    const own = SWEPT[power.setting]?.(swept) === true;
    const near = interval === null ? Math.abs(missing - value) <= NEAR : reaches(interval, missing);
    const rank = !own ? 2 : near ? 0 : Math.sign(missing) === Math.sign(value) ? 1 : 3;
    const words = !own
      ? 'not swept'
      : `the best ${swept} should follow n^${Number(missing.toFixed(2))}, and follows n^${value.toFixed(2)}`;
    return { ...power, likely: rank === 0, text: `${power.text} (${words})`, rank };
  });
  return found
    .filter(({ rank }) => rank < 3)
    .sort((one, other) => one.rank - other.rank)
    .map(({ rank: _, ...cause }) => cause);
}

const reaches = ([low, high]: readonly [number, number], missing: number): boolean =>
  missing >= low - NEAR && missing <= high + NEAR;
