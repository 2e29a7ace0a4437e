/**
 * Optimizers and schedules as options name them, with settings: `adam:beta2=0.95,epsilon=1e-6`, `mine.json:beta=0.8`, and
 * rules without memory as expressions: `tanh(4 * gradient)`.
 */

import { basename } from 'node:path';
import {
  type Optimizer,
  optimizerNamed,
  parseOptimizer,
  type ScheduleSettings,
  type Settings,
} from '../optimizers/index.ts';
import { ruleOf, type UpdateRule, updateRule } from '../parametrizations/index.ts';
import type { Json } from '../runs/index.ts';
import * as errors from './errors.ts';
import { parseJson } from './jsonText.ts';
import { readText } from './programFile.ts';

/** A name with settings, `adam:beta2=0.95,epsilon=1e-6`; undefined where it is not written so. */
export function withSettings(
  given: string,
): { readonly name: string; readonly settings: ScheduleSettings } | undefined {
  const [, name = '', list] = FILE.exec(given) ?? /^([^:]*)(?::([^:]*))?$/.exec(given) ?? [];
  if (name === '' && given !== '') return undefined;
  const settings = new Map<string, number | boolean>();
  for (const part of list?.split(',') ?? []) {
    const [, key = '', value = ''] = /^\s*(\w+)\s*=\s*(\S+)\s*$/.exec(part) ?? [];
    const setting = value === 'true' || value === 'false' ? value === 'true' : Number(value);
    if (key === '' || Number.isNaN(setting) || settings.has(key)) return undefined;
    settings.set(key, setting);
  }
  // Keys of its own, `__proto__` among them.
  return { name, settings: Object.fromEntries(settings) };
}

/** Of a rule that has none; commands give their own. */
const OWN_RATE = 0.01;

/** A file, which may have settings behind it. */
const FILE = /^(.+\.json)(?::([^:]*))?$/i;

/** An expression in the gradient: a rule without memory and settings. */
const EXPRESSION = /\bgradient\b/;

export interface ToldOptimizer {
  readonly optimizer: Optimizer;
  /** All that is told but the learning rate. */
  readonly settings: Settings;
  /** What a run keeps to know it again: the option, with what its file says. */
  readonly identity: Json;
}

/**
 * An optimizer by its name or from a file, with settings, but its rate, which options of their own give; or a rule without
 * memory as an expression in `gradient`. Throws
 * {@link UserError} `cli.bad-optimizer`, `optimizers.unknown-optimizer`, `cli.unreadable-file`, `cli.malformed-json`,
 * `optimizers.definition`; what is wrong with the settings is told where they are used.
 */
export async function toldOptimizer(given: string): Promise<ToldOptimizer> {
  if (EXPRESSION.test(given) && !FILE.test(given)) {
    const optimizer = parseOptimizer({ learningRate: OWN_RATE, formulas: { update: given } }, given);
    return { optimizer, settings: {}, identity: given };
  }
  const { name, settings } = withSettings(given) ?? {};
  if (name === undefined || settings === undefined) throw errors.badOptimizer(given);
  if (Object.hasOwn(settings, 'learningRate')) throw errors.badOptimizer(given);
  if (!FILE.test(name)) return { optimizer: optimizerNamed(name), settings, identity: given };
  const json = parseJson(await readText(name, 'an optimizer (.json)'), name);
  const optimizer = parseOptimizer(json, basename(name).replace(/\.json$/i, ''));
  return { optimizer, settings, identity: JSON.parse(JSON.stringify({ optimizer, settings })) };
}

/**
 * The update rule of an optimizer that is named so, or otherwise known to the classification (`sign`), with `epsilon` kept.
 * Throws as {@link toldOptimizer}, and {@link UserError} `parametrizations.unknown-optimizer`, `optimizers.settings`.
 */
export async function toldRule(given: string, epsilon: boolean): Promise<UpdateRule> {
  if (!FILE.test(given) && !given.includes(':') && !EXPRESSION.test(given)) return updateRule(given, epsilon);
  const { optimizer, settings } = await toldOptimizer(given);
  return ruleOf(optimizer, { settings, ...(epsilon ? { epsilon } : {}) });
}
