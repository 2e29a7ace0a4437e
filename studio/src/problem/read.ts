/** From what was typed to what is trained, or what is wrong, field by field. */

import { NexortError } from 'nexort/errors';
import type { Field, Fields } from './fields.ts';
import { INFINITE } from './fields.ts';
import { readPoints } from './points.ts';
import { activationOf, optimizerOf, parametrizationOf } from './rules.ts';
import type { LimitSpec, PageSpec } from './spec.ts';

export type FieldErrors = Readonly<Partial<Record<Field, string>>>;

export interface Read {
  /** Absent where something is wrong. */
  readonly spec?: PageSpec;
  readonly errors: FieldErrors;
}

/** Widths of the slider, from the left; then infinity. */
export const WIDTHS = [16, 32, 64, 128, 256, 512] as const;

const [MOST_DEPTH, MOST_STEPS, MOST_SEEDS, MOST_SEED] = [6, 100, 16, 1_000_000] as const;
/** What trains within seconds in a page. */
const [LEAST_WIDTH, MOST_WIDTH, MOST_BESIDE] = [2, 512, 6] as const;
const [LEAST_SAMPLES, MOST_SAMPLES, MOST_SCRAMBLINGS] = [64, 8192, 64] as const;

/** Reads everything; all that is wrong is told at once. */
export function readFields(fields: Fields): Read {
  const errors: Partial<Record<Field, string>> = {};
  const whole = (field: Field, least: number, most: number): number => {
    const text = fields[field].trim();
    const value = Number(text);
    if (text === '' || !Number.isSafeInteger(value) || value < least || value > most)
      errors[field] = `“${shown(text)}” was given; expected a whole number from ${least} to ${most}.`;
    return value;
  };
  const parsed = (field: Field, parse: (text: string) => unknown): string => {
    const text = fields[field].trim();
    try {
      if (text === '') throw new Error('Nothing was given.');
      parse(text);
    } catch (error) {
      errors[field] = messageOf(error);
    }
    return text;
  };
  const rate = Number(fields.rate);
  if (fields.rate.trim() === '' || !Number.isFinite(rate) || rate <= 0)
    errors.rate = `“${shown(fields.rate)}” was given; expected a number above 0, such as 0.1.`;
  const points = readPoints(fields.points);
  if (typeof points === 'string') errors.points = points;
  const samples = whole('samples', LEAST_SAMPLES, MOST_SAMPLES);
  if (errors.samples === undefined && !Number.isInteger(Math.log2(samples)))
    errors.samples = `${samples} was given; expected a power of two, such as 512.`;
  const width = fields.width === INFINITE ? Number.POSITIVE_INFINITY : Number(fields.width);
  if (width !== Number.POSITIVE_INFINITY && !WIDTHS.some((one) => one === width))
    errors.width = `“${shown(fields.width)}” was given; expected one of ${WIDTHS.join(', ')} or ${INFINITE}.`;
  const beside = [...new Set(fields.beside.split(',').map((word) => Number(word.trim() === '' ? Number.NaN : word)))];
  const isWidth = (one: number): boolean => Number.isSafeInteger(one) && one >= LEAST_WIDTH && one <= MOST_WIDTH;
  if (!beside.every(isWidth) || beside.length > MOST_BESIDE)
    errors.beside = `“${shown(fields.beside)}” was given; expected at most ${MOST_BESIDE} whole numbers from ${LEAST_WIDTH} to ${MOST_WIDTH}, such as 16,64,256. For more, take nexort limit --widths.`;
  const common: Omit<LimitSpec, 'parametrization'> = {
    depth: whole('depth', 1, MOST_DEPTH),
    activation: parsed('activation', activationOf),
    optimizer: parsed('optimizer', optimizerOf),
    rate,
    steps: whole('steps', 1, MOST_STEPS),
    seed: whole('seed', 0, MOST_SEED),
    samples,
    scramblings: whole('scramblings', 2, MOST_SCRAMBLINGS),
    points: typeof points === 'string' ? [] : points,
  };
  const seeds = whole('seeds', 1, MOST_SEEDS);
  const [left, right] = [parsed('left', parametrizationOf), parsed('right', parametrizationOf)];
  if (Object.keys(errors).length > 0) return { errors };
  const side = (parametrization: string): LimitSpec => ({ parametrization, ...common });
  return { spec: { width, beside: beside.sort((a, b) => a - b), seeds, sides: [side(left), side(right)] }, errors };
}

const MOST_SHOWN = 40;
const shown = (text: string): string => (text.length > MOST_SHOWN ? `${text.slice(0, MOST_SHOWN)}…` : text);

/** What an error says to a person. */
export const messageOf = (error: unknown): string =>
  error instanceof NexortError || error instanceof Error ? error.message : String(error);
