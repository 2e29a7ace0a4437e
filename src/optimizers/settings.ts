/** What an optimizer is told: numbers, flags and schedules, each checked against its domain. */

import { argumentsOf, constant, type Expr, evaluate, sizesOf } from '../program/index.ts';
import { describeDomain, liesIn } from './domains.ts';
import {
  type BadSetting,
  badSettings,
  initialReadsSize,
  outOfDomain,
  readsArguments,
  unknownSetting,
} from './errors.ts';
import type { Hyperparameter, Optimizer } from './optimizer.ts';

/**
 * A number, a flag, or an expression: of the number of steps done (its argument 0), and of powers of sizes. A schedule
 * and a rate that falls with the width are such expressions, alone or in one product.
 */
export type Setting = number | boolean | Expr;

/** Settings by the name of the hyperparameter. */
export type Settings = Readonly<Record<string, Setting>>;

/**
 * The expressions of all hyperparameters, defaults included. Throws {@link UserError} `optimizers.settings` with
 * everything wrong, `where` in front.
 */
export function resolveSettings(
  optimizer: Optimizer,
  settings: Settings = {},
  where = `optimizer "${optimizer.name}"`,
): ReadonlyMap<string, Expr> {
  const known = Object.keys(optimizer.hyperparameters);
  const problems: BadSetting[] = Object.keys(settings)
    .filter((name) => !known.includes(name))
    .map((name) => unknownSetting(name, known));
  const initial = new Set(Object.values(optimizer.state).map((field) => field.initial));
  const found = new Map<string, Expr>();
  for (const [name, hyperparameter] of Object.entries(optimizer.hyperparameters)) {
    const setting = Object.hasOwn(settings, name) ? settings[name] : undefined;
    const expr = expressionOf(name, setting ?? hyperparameter.value, hyperparameter, problems);
    if (initial.has(name) && sizesOf(expr).size > 0) problems.push(initialReadsSize(name));
    found.set(name, expr);
  }
  if (problems.length > 0) throw badSettings(where, problems);
  return found;
}

function expressionOf(name: string, setting: Setting, { value, domain }: Hyperparameter, problems: BadSetting[]): Expr {
  if (typeof value === 'boolean') {
    if (typeof setting !== 'boolean') problems.push(outOfDomain(name, setting, 'true or false'));
    return constant(setting === true ? 1 : 0);
  }
  if (typeof setting === 'number') {
    if (!liesIn(setting, domain)) problems.push(outOfDomain(name, setting, describeDomain(domain)));
    return constant(setting);
  }
  if (typeof setting === 'boolean' || setting === null || typeof setting !== 'object') {
    problems.push(outOfDomain(name, setting, `${describeDomain(domain)}, or an expression`));
    return constant(Number.NaN);
  }
  if ([...argumentsOf(setting)].some((index) => index !== 0)) problems.push(readsArguments(name));
  else checkFirstValue(name, setting, domain, problems);
  return setting;
}

/** A schedule may begin at an open end of its domain: a warm-up from 0. */
function checkFirstValue(
  name: string,
  expr: Expr,
  { above, below, ...closed }: Hyperparameter['domain'],
  problems: BadSetting[],
): void {
  if (sizesOf(expr).size > 0) return;
  const domain = {
    ...closed,
    ...(above === undefined ? {} : { atLeast: above }),
    ...(below === undefined ? {} : { atMost: below }),
  };
  const first = evaluate(expr, {})([0]);
  if (!liesIn(first, domain)) problems.push(outOfDomain(`${name} at the first step`, first, describeDomain(domain)));
}

/** The number that a state starts from. Settings of that name read no size. */
export function initialValue(initial: number | string, settings: ReadonlyMap<string, Expr>): number {
  if (typeof initial === 'number') return initial;
  const expr = settings.get(initial) ?? constant(Number.NaN);
  return evaluate(expr, {})([0]);
}
