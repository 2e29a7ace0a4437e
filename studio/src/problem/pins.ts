/** Pinned states, in links as what differs from the present one: `pin1.left=mup&pin1.rate=0.5`. */

import { FIELDS, type Field, type Fields } from './fields.ts';
import { nameOf } from './nameOf.ts';

/** As many as line styles that one tells apart. */
export const MOST_PINS = 4;

/** Dashes and gaps of the curves of each. */
export const DASHES = ['7 3', '2 3', '10 3 2 3', '5 2 1 2 1 2'] as const;

/** Always in a link, so that the present state is there too. */
const ALWAYS: Field = 'left';
const WORD = /^pin([1-4])\.(\w+)$/;

/** The pins of what a link tells, in their order, beside the present state. */
export function pinsOf(told: Readonly<Record<string, string>>, now: Fields): readonly Fields[] {
  const pins = new Map<number, Partial<Record<Field, string>>>();
  for (const [key, value] of Object.entries(told)) {
    const [, place, name] = WORD.exec(key) ?? [];
    const field = FIELDS.find((one) => one === name);
    if (field === undefined) continue;
    pins.set(Number(place), { ...pins.get(Number(place)), [field]: value });
  }
  return [...pins].sort(([a], [b]) => a - b).map(([, given]) => ({ ...now, ...given }));
}

/** Pins as words of a link that has the present state. */
export function pinWords(pins: readonly Fields[], now: Fields): Readonly<Record<string, string>> {
  return Object.fromEntries(
    pins.flatMap((pin, k) =>
      FIELDS.filter((field) => field === ALWAYS || pin[field] !== now[field]).map((field) => [
        `pin${k + 1}.${field}`,
        pin[field],
      ]),
    ),
  );
}

/** What fields are called in a sentence; a list of points or widths is no number to read. */
const LABELS: Readonly<Record<Field, string>> = {
  width: 'width',
  beside: 'other widths beside',
  left: 'parametrization on the left',
  right: 'parametrization on the right',
  depth: 'hidden layers',
  activation: 'activation',
  optimizer: 'optimizer',
  rate: 'learning rate',
  steps: 'updates',
  seeds: 'networks a width',
  seed: 'first seed',
  samples: 'samples',
  scramblings: 'scramblings',
  points: 'other points',
};

/** Of fields that a sentence does not spell out. */
const UNSPELLED: readonly Field[] = ['points', 'beside'];

/** What a pinned state has otherwise than the present one, in words. */
export function differenceWords(pin: Fields, now: Fields): string {
  const shown = (field: Field, value: string): string =>
    field === 'left' || field === 'right' ? nameOf(value) : value === 'infinity' ? '∞' : value;
  const parts = FIELDS.filter((field) => pin[field] !== now[field]).map((field) =>
    UNSPELLED.includes(field)
      ? LABELS[field]
      : `${LABELS[field]} ${shown(field, pin[field])} (now ${shown(field, now[field])})`,
  );
  return parts.length === 0 ? 'as now' : parts.join(', ');
}
