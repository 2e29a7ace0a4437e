/** What the phase page holds: exponents as typed, and what becomes of a network with them. */

import { computed, signal } from '@preact/signals';
import {
  type Classification,
  classify,
  MUP,
  NTP,
  ruleOf,
  toNumber,
  UPDATE_RULE_NAMES,
  uniform,
  updateRule,
} from 'nexort/parametrizations';
import { COLUMNS, type Columns, columnsOf, ofColumns } from '../problem/exponents.ts';
import { messageOf } from '../problem/read.ts';
import { optimizerOf } from '../problem/rules.ts';
import type { Defined } from './Definitions.tsx';
import { Measurement } from './measurement.ts';

export const PHASE_FIELDS = [...COLUMNS, 'depth', 'optimizer'] as const;
export type PhaseField = (typeof PHASE_FIELDS)[number];
export type PhaseFields = Readonly<Record<PhaseField, string>>;

export const PHASE_DEFAULTS: PhaseFields = { ...columnsOf('mup'), depth: '3', optimizer: 'adam' };
const MOST_DEPTH = 12;

export interface PhasePlace {
  readonly name: string;
  readonly x: number;
  readonly r: number;
}

export interface Classified {
  readonly result?: Classification;
  readonly errors: Readonly<Partial<Record<PhaseField | 'exponents', string>>>;
}

export class PhaseSession {
  readonly usual: Readonly<Record<string, string>> = PHASE_DEFAULTS;
  readonly told = signal<PhaseFields>(PHASE_DEFAULTS);
  readonly found = computed((): Classified => classified(this.told.value));
  /** Where named ones stand, for the rule that is given. */
  readonly named = computed((): readonly PhasePlace[] => {
    const { result } = this.found.value;
    if (result === undefined) return [];
    const { optimizer, depth } = result;
    return [['µP', MUP] as const, ['NTP', NTP] as const, ['UP 1/4', uniform('1/4')] as const].flatMap(([name, one]) =>
      placeOf(name, classify(one, { depth, optimizer })),
    );
  });

  readonly measurement = new Measurement(this.told);
  /** The word of the verdict that is pointed at. */
  readonly lit = signal<Defined | undefined>(undefined);
  /** The column of exponents that is typed into. */
  readonly column = signal<(typeof COLUMNS)[number] | undefined>(undefined);

  tell(told: Readonly<Record<string, string>>): void {
    const known = Object.entries(told).filter(([name]) => PHASE_FIELDS.some((field) => field === name));
    this.told.value = { ...PHASE_DEFAULTS, ...Object.fromEntries(known) };
  }

  change(fields: Partial<PhaseFields>): void {
    this.told.value = { ...this.told.peek(), ...fields };
  }
}

/** Its place in the diagram; none where something is infinite. */
export function placeOf(name: string, { readout, r }: Classification): PhasePlace[] {
  const [x, y] = [toNumber(readout), toNumber(r)];
  return Number.isFinite(x) && Number.isFinite(y) ? [{ name, x, r: y }] : [];
}

function classified(told: PhaseFields): Classified {
  const errors: Partial<Record<PhaseField | 'exponents', string>> = {};
  const depth = Number(told.depth);
  if (!Number.isSafeInteger(depth) || depth < 1 || depth > MOST_DEPTH)
    errors.depth = `“${told.depth}” was given; expected a whole number from 1 to ${MOST_DEPTH}.`;
  const rule = attempt(
    () => ruleNamed(told.optimizer),
    (text) => {
      errors.optimizer = text;
    },
  );
  const own = attempt(
    () => ofColumns(told satisfies Columns),
    (text) => {
      errors.exponents = text;
    },
  );
  if (errors.depth !== undefined || rule === undefined || own === undefined) return { errors };
  const result = attempt(
    () => classify(own, { depth, optimizer: rule }),
    (text) => {
      errors.exponents = text;
    },
  );
  return result === undefined ? { errors } : { result, errors };
}

/** Adaptive rules without ε, as `nexort classify` takes them. */
function ruleNamed(given: string) {
  const name = given.trim();
  if (UPDATE_RULE_NAMES.includes(name)) return updateRule(name);
  const { optimizer, settings } = optimizerOf(name);
  return ruleOf(optimizer, { settings });
}

/** What is computed, or undefined with the words of what is wrong. */
function attempt<T>(compute: () => T, wrong: (text: string) => void): T | undefined {
  try {
    return compute();
  } catch (error) {
    wrong(messageOf(error));
    return undefined;
  }
}
