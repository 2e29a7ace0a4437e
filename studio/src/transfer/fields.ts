/** The fields of the transfer page, and what is read from them. */

import { checkedValues, sweptNamed, valuesBetween } from 'nexort/experiments';
import { messageOf } from '../problem/read.ts';
import { activationOf, optimizerOf, parametrizationOf } from '../problem/rules.ts';
import type { CoordSpec, SweepSpec } from './spec.ts';

export const FIELDS = [
  'depth',
  'activation',
  'optimizer',
  'seed',
  'widths',
  'rates',
  'steps',
  'seeds',
  'parametrizations',
  'samples',
  'coordWidths',
  'coordRate',
  'coordSteps',
  'coordSeeds',
  'coordParametrization',
] as const;
export type Field = (typeof FIELDS)[number];
export type Fields = Readonly<Record<Field, string>>;

export const DEFAULTS: Fields = {
  depth: '2',
  activation: 'relu',
  optimizer: 'adam',
  seed: '0',
  widths: '16,32,64,128',
  rates: '2^-9..2^-3',
  steps: '20',
  seeds: '2',
  parametrizations: 'mup,sp',
  samples: '256',
  coordWidths: '16,32,64,128',
  coordRate: '0.01',
  coordSteps: '3',
  coordSeeds: '4',
  coordParametrization: 'mup',
};

export interface Read {
  readonly sweep?: SweepSpec;
  readonly coord?: CoordSpec;
  readonly errors: Readonly<Partial<Record<Field, string>>>;
}

/** What a page should train; for more there is the command. */
const MOST = { depth: 6, width: 512, widths: 6, rates: 16, steps: 200, seeds: 16, seed: 1_000_000 } as const;
const [LEAST_WIDTH, LEAST_SAMPLES, MOST_SAMPLES] = [4, 64, 4096] as const;
/** Of a check: two do not show whether a line is one. */
const LEAST_OF_CHECK = 3;
const SHARED: readonly Field[] = ['depth', 'activation', 'optimizer', 'seed'];
const OF_SWEEP: readonly Field[] = [...SHARED, 'widths', 'rates', 'steps', 'seeds', 'parametrizations', 'samples'];
const OF_COORD: readonly Field[] = [
  ...SHARED,
  ...(['coordWidths', 'coordRate', 'coordSteps', 'coordSeeds', 'coordParametrization'] as const),
];

/** Reads all; what is wrong with one half leaves the other. */
export function readFields(fields: Fields): Read {
  const errors: Partial<Record<Field, string>> = {};
  const attempt = <T>(field: Field, read: (text: string) => T, otherwise: T): T => {
    try {
      const text = fields[field].trim();
      if (text === '') throw new Error('Nothing was given.');
      return read(text);
    } catch (error) {
      errors[field] = messageOf(error);
      return otherwise;
    }
  };
  const whole = (field: Field, least: number, most: number): number =>
    attempt(field, (text) => wholeNumber(text, least, most), least);
  const text = (field: Field, parse: (text: string) => unknown): string =>
    attempt(
      field,
      (given) => {
        parse(given);
        return given;
      },
      '',
    );
  const shared = {
    depth: whole('depth', 1, MOST.depth),
    activation: text('activation', activationOf),
    optimizer: text('optimizer', optimizerOf),
    seed: whole('seed', 0, MOST.seed),
  };
  const sweep: SweepSpec = {
    ...shared,
    widths: attempt('widths', (given) => widthsOf(given, 2, true), []),
    rates: attempt('rates', (given) => ratesOf(given, shared.optimizer), []),
    steps: whole('steps', 1, MOST.steps),
    seeds: whole('seeds', 1, MOST.seeds),
    parametrizations: attempt('parametrizations', parametrizationsOf, []),
    samples: attempt('samples', samplesOf, LEAST_SAMPLES),
  };
  const coord: CoordSpec = {
    ...shared,
    widths: attempt('coordWidths', (given) => widthsOf(given, LEAST_OF_CHECK, false), []),
    rate: attempt('coordRate', rateOf, 1),
    steps: whole('coordSteps', 1, MOST.steps),
    seeds: whole('coordSeeds', 1, MOST.seeds),
    parametrization: text('coordParametrization', parametrizationOf),
  };
  const fine = (of: readonly Field[]): boolean => of.every((field) => errors[field] === undefined);
  return { errors, ...(fine(OF_SWEEP) ? { sweep } : {}), ...(fine(OF_COORD) ? { coord } : {}) };
}

const MOST_SHOWN = 40;
const shown = (text: string): string => `“${text.length > MOST_SHOWN ? `${text.slice(0, MOST_SHOWN)}…` : text}”`;

function wholeNumber(text: string, least: number, most: number): number {
  const value = Number(text);
  if (!Number.isSafeInteger(value) || value < least || value > most)
    throw new Error(`${shown(text)} was given; expected a whole number from ${least} to ${most}.`);
  return value;
}

function widthsOf(text: string, least: number, mayBeInfinite: boolean): readonly number[] {
  const words = text.split(',').map((word) => word.trim());
  const isInfinite = (word: string): boolean => mayBeInfinite && /^(inf|infinity|∞)$/i.test(word);
  const finite = [
    ...new Set(words.filter((word) => !isInfinite(word)).map((word) => (word === '' ? Number.NaN : Number(word)))),
  ];
  const isWidth = (one: number): boolean => Number.isSafeInteger(one) && one >= LEAST_WIDTH && one <= MOST.width;
  if (!finite.every(isWidth) || finite.length < least || finite.length > MOST.widths)
    throw new Error(
      `${shown(text)} was given; expected ${least} to ${MOST.widths} different whole numbers from ${LEAST_WIDTH} to ${MOST.width}${mayBeInfinite ? ', and “inf” for the infinite network' : ''}. For more there is the command below.`,
    );
  finite.sort((a, b) => a - b);
  return words.some(isInfinite) ? [...finite, Number.POSITIVE_INFINITY] : finite;
}

function ratesOf(text: string, optimizer: string): readonly number[] {
  const swept = sweptNamed('learningRate', optimizerOf(optimizer === '' ? 'sgd' : optimizer).optimizer);
  const ends = text.split('..');
  const [from = Number.NaN, to = Number.NaN] = ends.map((word) =>
    ends.length === 2 ? powerOf(word, text) : Number.NaN,
  );
  if (ends.length > 2) throw badRates(text);
  const values =
    ends.length === 2 ? valuesBetween(swept, from, to) : text.split(',').map((word) => powerOf(word, text));
  const rates = checkedValues(swept, values);
  if (rates.length > MOST.rates)
    throw new Error(
      `${rates.length} values were given; a page tries up to ${MOST.rates}. For more there is the command below.`,
    );
  return rates;
}

/** `0.01`, `2^-7`. */
function powerOf(word: string, text: string): number {
  const [, base = '', power = '1'] = /^\s*([^\s^]+?)(?:\^([^\s^]+))?\s*$/.exec(word) ?? [];
  const value = Number(base) ** Number(power);
  if (base === '' || !Number.isFinite(value)) throw badRates(text);
  return value;
}

const badRates = (text: string): Error =>
  new Error(`${shown(text)} was given; expected numbers such as 0.001,0.002,0.004, or a range such as 2^-9..2^-3.`);

function parametrizationsOf(text: string): readonly string[] {
  const names = [...new Set(text.split(',').map((word) => word.trim()))];
  for (const name of names) parametrizationOf(name);
  return names;
}

function samplesOf(text: string): number {
  const value = wholeNumber(text, LEAST_SAMPLES, MOST_SAMPLES);
  if (!Number.isInteger(Math.log2(value))) throw new Error(`${value} was given; expected a power of two, such as 256.`);
  return value;
}

function rateOf(text: string): number {
  const value = Number(text);
  if (!Number.isFinite(value) || value <= 0)
    throw new Error(`${shown(text)} was given; expected a number above 0, such as 0.01.`);
  return value;
}
