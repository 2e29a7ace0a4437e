/** What `nexort train` is told, and what of it decides the numbers. */

import { InvalidArgumentError } from 'commander';
import { type Setting, schedule, schedules } from '../../optimizers/index.ts';
import { mul } from '../../program/index.ts';
import type { DeviceOption } from '../deviceOption.ts';
import { withSettings } from '../optimizerOption.ts';
import { countUpTo } from '../options.ts';
import * as errors from './errors.ts';

export interface TrainCommandOptions extends DeviceOption {
  readonly net: string;
  readonly depth: number;
  readonly width: number;
  readonly activation?: string;
  readonly biases: boolean;
  readonly heads: number;
  readonly context: number;
  readonly data: string;
  readonly pixels?: number;
  readonly label: string;
  readonly ignore?: readonly string[];
  readonly classes?: number;
  readonly standardize: boolean;
  readonly heldOut: number;
  readonly loss?: string;
  readonly optimizer: string;
  readonly learningRate?: number;
  readonly schedule?: string;
  readonly clipNorm?: number;
  readonly freeze?: readonly string[];
  readonly parametrization: string;
  readonly baseWidth?: number;
  readonly steps: number;
  readonly batch: number;
  readonly evaluateEvery?: number;
  readonly checkpointEvery?: number;
  readonly seed: number;
  readonly threads?: number;
  readonly from?: string;
  readonly out?: string;
  readonly plot?: string;
  readonly json: boolean;
}

/** A share between 0 and 1, both excluded. */
export function share(text: string): number {
  const value = Number(text);
  if (!(value > 0 && value < 1)) throw new InvalidArgumentError('Give a number between 0 and 1, such as 0.2.');
  return value;
}

/** Names of parameters separated by commas, with `*` and `?`. */
export function globs(text: string): string[] {
  const given = text.split(',').map((glob) => glob.trim());
  if (given.includes('')) throw new InvalidArgumentError("Give names separated by commas, such as 'w1,b*'.");
  return given;
}

/** Names of columns separated by commas; a table may have one without a name. */
export const columnList = (text: string): string[] => text.split(',').map((name) => name.trim());

/** Every example has a number for each. */
const MOST_CLASSES = 100_000;

/** A number of classes: one is not enough. */
export const classCount = (text: string): number => countUpTo(MOST_CLASSES, text, 2);

/** A schedule in one line, and its factor on a rate. */
export interface Scheduled {
  /** With all its settings. */
  readonly text: string;
  readonly rate: Setting;
}

/**
 * A rate on a schedule written as `cosine`, `step:every=100,gamma=0.5`. Where it takes a number of steps and is given
 * none, it takes those of the training that its warm-up leaves. Throws {@link UserError} `cli.bad-schedule`,
 * `optimizers.unknown-schedule`, `optimizers.settings`.
 */
export function scheduled(given: string, rate: number, steps: number): Scheduled {
  const { name, settings } = withSettings(given) ?? {};
  if (name === undefined || settings === undefined) throw errors.badSchedule(given);
  const takesSteps = Object.hasOwn(schedules, name) && Object.hasOwn(schedules[name]?.settings ?? {}, 'steps');
  const left = Math.max(1, steps - Number(settings.warmUp ?? 0));
  const all = takesSteps ? { steps: left, ...settings } : settings;
  const text = Object.entries(all).map(([key, value]) => `${key}=${value}`);
  return {
    text: [name, ...(text.length === 0 ? [] : [text.join(',')])].join(':'),
    rate: mul(rate, schedule(name, all)),
  };
}
