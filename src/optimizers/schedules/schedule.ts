/**
 * Schedules: factors on a learning rate (or any hyperparameter) as expressions of the number of steps done.
 *
 * `argument(0)` is 0 at the first step. A factor is a function of that number alone, so that it can be drawn, shifted,
 * multiplied, and resumed anywhere.
 *
 * Each names its source; that they are expressions is ours.
 */

import { argument, type Expr, maximum, mul, sub, substitute } from '../../program/index.ts';
import { choose } from '../common.ts';
import { type Domain, describeDomain, liesIn } from '../domains.ts';
import { type BadSetting, badSettings, missingSetting, outOfDomain, unknownSetting } from '../errors.ts';
import { atLeast, line } from './parts.ts';

/** The settings of a schedule, all numbers. */
export type ScheduleSettings = Readonly<Record<string, number | boolean>>;

/** Something a schedule may be told. */
export interface ScheduleSetting {
  /** What it is unless told otherwise; without it, it must be told. */
  readonly value?: number | boolean;
  readonly domain: Domain;
  readonly meaning: string;
}

/** A schedule: its source, its settings, and the factor that it multiplies a hyperparameter by. */
export interface Schedule {
  readonly name: string;
  readonly source: string;
  readonly settings: Readonly<Record<string, ScheduleSetting>>;
  /** The factor at t steps done. */
  readonly factor: (t: Expr, settings: Readonly<Record<string, number>>) => Expr;
}

/** What every schedule may begin with. */
const WARM_UP = {
  warmUp: { value: 0, domain: { atLeast: 0, whole: true }, meaning: 'steps of a linear rise before the schedule' },
  warmUpFrom: { value: 0, domain: { atLeast: 0, atMost: 1 }, meaning: 'the factor that the rise begins with' },
} as const satisfies Schedule['settings'];

/**
 * The factor of a schedule, an expression in the number of steps done. With `warmUp` it first rises for so many steps in
 * a line from `warmUpFrom`, and the schedule begins after that.
 *
 * Throws {@link UserError} `optimizers.settings` with everything wrong.
 */
export function factorOf(schedule: Schedule, given: ScheduleSettings = {}): Expr {
  const { warmUp = 0, warmUpFrom = 0, ...settings } = resolve(schedule, given);
  const factor = schedule.factor(argument(0), settings);
  return warmUp === 0 ? factor : afterWarmUp(factor, warmUp, warmUpFrom);
}

/** A factor on top of a linear rise from `from` to its first value, over so many steps. */
function afterWarmUp(factor: Expr, steps: number, from: number): Expr {
  const t = argument(0);
  const later = substitute(factor, (leaf) => (leaf.op === 'argument' ? maximum(sub(t, steps), 0) : leaf));
  const begun = atLeast(t, steps);
  return mul(later, choose(begun, 1, line(from, 1, t, steps)));
}

function resolve({ name, settings }: Schedule, given: ScheduleSettings): Record<string, number> {
  const known: Schedule['settings'] = { ...settings, ...WARM_UP };
  const problems: BadSetting[] = Object.keys(given)
    .filter((entry) => !Object.hasOwn(known, entry))
    .map((entry) => unknownSetting(entry, Object.keys(known)));
  const found = Object.entries(known).map(([entry, { value, domain }]): [string, number] => {
    const setting = given[entry] ?? value;
    if (setting === undefined) problems.push(missingSetting(entry, describeDomain(domain)));
    else if (typeof value === 'boolean') {
      if (typeof setting !== 'boolean') problems.push(outOfDomain(entry, setting, 'true or false'));
    } else if (typeof setting !== 'number' || !liesIn(setting, domain)) {
      problems.push(outOfDomain(entry, setting, describeDomain(domain)));
    }
    return [entry, Number(setting)];
  });
  if (problems.length > 0) throw badSettings(`schedule "${name}"`, problems);
  return Object.fromEntries(found);
}
