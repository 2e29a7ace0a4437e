/** Optimizers and schedules as options name them, with settings: `adam:beta2=0.95,epsilon=1e-6`. */

import { type Optimizer, optimizerNamed, type ScheduleSettings, type Settings } from '../optimizers/index.ts';
import * as errors from './errors.ts';

/** A name with settings, `adam:beta2=0.95,epsilon=1e-6`; undefined where it is not written so. */
export function withSettings(
  given: string,
): { readonly name: string; readonly settings: ScheduleSettings } | undefined {
  const [name = '', list, ...rest] = given.split(':');
  if (rest.length > 0) return undefined;
  const settings: Record<string, number | boolean> = {};
  for (const part of list?.split(',') ?? []) {
    const [, key = '', value = ''] = /^\s*(\w+)\s*=\s*(\S+)\s*$/.exec(part) ?? [];
    const setting = value === 'true' || value === 'false' ? value === 'true' : Number(value);
    if (key === '' || Number.isNaN(setting)) return undefined;
    settings[key] = setting;
  }
  return { name, settings };
}

export interface ToldOptimizer {
  readonly optimizer: Optimizer;
  /** All that is told but the learning rate. */
  readonly settings: Settings;
}

/**
 * An optimizer with settings, but its rate, which options of their own give. Throws {@link UserError}
 * `cli.bad-optimizer`, `optimizers.unknown-optimizer`; what is wrong with the settings is told where they are used.
 */
export function toldOptimizer(given: string): ToldOptimizer {
  const { name, settings } = withSettings(given) ?? {};
  if (name === undefined || settings === undefined) throw errors.badOptimizer(given);
  if (Object.hasOwn(settings, 'learningRate')) throw errors.badOptimizer(given);
  return { optimizer: optimizerNamed(name), settings };
}
