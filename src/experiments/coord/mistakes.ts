/**
 * Single mistakes that a network may have been given: one exponent of one parameter, of all parameters of a kind or of all
 * of them; the multiplier of one of several uses of a parameter, of the output, or of scores of attention.
 *
 * Each is told as {@link Shifts} of multipliers, initial values and gradients. A learning rate needs no entry of its own:
 * by the abcd symmetry (IVb 2.2.3) c + s is a + s, b − s and d + s.
 */

import { required } from '../../errors/index.ts';
import type { Net } from '../../nets/index.ts';
import {
  type Exponents,
  exponent,
  exponentsFor,
  type Parameter,
  type ParameterKind,
  type Parametrization,
  plus,
} from '../../parametrizations/index.ts';
import { type Mistake, mistaken, outputMistaken, SHIFTS, signed, zeroAtStart } from './causes.ts';
import { type Shifts, useKey } from './knobs.ts';
import { scoresName } from './rows.ts';
import { multipliedBy, scoresOf, startsAtZero, type Use, usesOf } from './structure.ts';

/** Mistakes that are the same network: no measurement tells them apart. */
export interface Candidate {
  readonly mistakes: readonly Mistake[];
  readonly shifts: Shifts;
  /** The parametrization with the mistake taken back; itself where the mistake is not in its exponents. */
  readonly corrected: (parametrization: Parametrization) => Parametrization;
}

const NONE: Shifts = { uses: {}, starts: {}, gradients: {}, out: 0, scores: {} };

/** All candidates. `zeros`: whether parameters that start at zero are among them. */
export function candidatesOf(net: Net, { zeros }: { readonly zeros: boolean }): Candidate[] {
  const found = new Map<string, Candidate & { readonly mistakes: Mistake[] }>();
  const add = (
    text: string,
    where: readonly string[],
    shifts: Shifts,
    corrected: Candidate['corrected'] = AS_IT_IS,
  ) => {
    const same = canonical(net, shifts);
    const key = JSON.stringify(same, (_, value: unknown) => (value === Number.POSITIVE_INFINITY ? 'zero' : value));
    const group = found.get(key) ?? { mistakes: [], shifts: same, corrected };
    group.mistakes.push({ text, where });
    found.set(key, group);
  };
  const [uses, zero] = [usesOf(net), startsAtZero(net)];
  const top = multipliedBy(net);
  const readers = uses.filter(({ values }) => values.includes(top)).map(({ parameter }) => parameter);
  for (const { parameters, words } of groupsOf(net)) {
    const names = parameters.map(({ name }) => name);
    for (const name of ['a', 'b', 'c', 'd'] as const) {
      if (name === 'b' && names.every((one) => zero.has(one))) continue;
      for (const by of SHIFTS) {
        add(mistaken(name, words, by), names, shiftsOf(uses, names, name, by), (p) => moved(p, parameters, name, -by));
      }
    }
    const [only, ...others] = names;
    if (zeros && only !== undefined && others.length === 0 && !zero.has(only)) {
      const starts = { [only]: Number.POSITIVE_INFINITY };
      add(zeroAtStart(words), names, { ...NONE, starts });
    }
  }
  for (const by of SHIFTS) {
    for (const use of uses.filter(({ parameter }) => uses.filter((one) => one.parameter === parameter).length > 1)) {
      const text = `multiplier of ${use.parameter} ${usePlace(net, use)}: a of this use is off by ${signed(by)}`;
      add(text, [use.parameter], { ...NONE, uses: { [useKey(use)]: by } });
    }
    add(outputMistaken(by), readers, { ...NONE, out: by }, (p) => ({ ...p, out: plus(p.out, exponent(-by)) }));
    const scores = scoresOf(net);
    const note = by === -0.5 ? ', as 1/√d in place of 1/d' : '';
    for (const { value, shares } of scores) {
      const name = scoresName(shares);
      add(`multiplier of the ${name}: it is off by ${signed(by)}${note}`, [name], { ...NONE, scores: { [value]: by } });
    }
    if (scores.length > 1) {
      const all = Object.fromEntries(scores.map(({ value }) => [value, by]));
      const where = scores.map(({ shares }) => scoresName(shares));
      add(`multiplier of all scores: it is off by ${signed(by)}${note}`, where, { ...NONE, scores: all });
    }
  }
  return [...found.values()];
}

const AS_IT_IS = (parametrization: Parametrization): Parametrization => parametrization;

/** One exponent of some parameters moved. */
function moved(
  parametrization: Parametrization,
  parameters: readonly Parameter[],
  name: 'a' | 'b' | 'c' | 'd',
  by: number,
): Parametrization {
  const changed = (own: Exponents): Exponents => ({ ...own, [name]: plus(own[name], exponent(by)) });
  const one = parameters.map(
    (parameter) => [parameter.name, changed(exponentsFor(parametrization, parameter))] as const,
  );
  return { ...parametrization, parameters: { ...parametrization.parameters, ...Object.fromEntries(one) } };
}

/** Each parameter; all of a kind; all. */
function groupsOf({ parameters }: Net): { readonly parameters: readonly Parameter[]; readonly words: string }[] {
  const kinds = [...new Set(parameters.map(({ kind }) => kind))];
  const ofKind = (kind: ParameterKind): Parameter[] => parameters.filter((one) => one.kind === kind);
  return [
    ...parameters.map((one) => ({ parameters: [one], words: one.name })),
    ...kinds
      .filter((kind) => ofKind(kind).length > 1)
      .map((kind) => ({ parameters: ofKind(kind), words: PLURALS[kind] })),
    ...(kinds.length > 1 ? [{ parameters, words: 'all parameters' }] : []),
  ];
}

const PLURALS: Readonly<Record<ParameterKind, string>> = {
  matrix: 'all matrices',
  vector: 'all vectors',
  readout: 'all readouts',
  scalar: 'all scalars',
};

function shiftsOf(uses: readonly Use[], names: readonly string[], name: 'a' | 'b' | 'c' | 'd', by: number): Shifts {
  const each = (shift: number): Record<string, number> => Object.fromEntries(names.map((one) => [one, shift]));
  const multipliers = Object.fromEntries(
    uses.filter(({ parameter }) => names.includes(parameter)).map((use) => [useKey(use), by]),
  );
  switch (name) {
    case 'a':
      return { ...NONE, uses: multipliers };
    case 'b':
      return { ...NONE, starts: each(by) };
    case 'c':
      return { ...NONE, uses: multipliers, starts: each(-by), gradients: each(by) };
    case 'd':
      return { ...NONE, gradients: each(by) };
  }
}

/** One way to tell shifts of the same network: zeros stay zero, and the output's multiplier is that of what it reads. */
function canonical(net: Net, { uses, starts, gradients, out, scores }: Shifts): Shifts {
  const [zero, top] = [startsAtZero(net), multipliedBy(net)];
  const [reader, ...others] = usesOf(net).filter(({ values }) => values.includes(top));
  const folded =
    out === 0 || reader === undefined || others.length > 0 || reader.values.length > 1
      ? { uses, out }
      : { uses: { ...uses, [useKey(reader)]: (uses[useKey(reader)] ?? 0) + out }, out: 0 };
  const random = Object.fromEntries(Object.entries(starts).filter(([name]) => !zero.has(name)));
  return {
    uses: ordered(folded.uses),
    starts: ordered(random),
    gradients: ordered(gradients),
    out: folded.out,
    scores: ordered(scores),
  };
}

function ordered(shifts: Readonly<Record<string, number>>): Record<string, number> {
  return Object.fromEntries(
    Object.entries(shifts)
      .filter(([, shift]) => shift !== 0)
      .sort(([x], [y]) => (x < y ? -1 : 1)),
  );
}

/** Where a use is, by the layer that it makes. */
function usePlace({ layers }: Net, { values, op }: Use): string {
  const layer = layers.find(({ preactivation }) => values.includes(preactivation));
  if (layer !== undefined) return layer.name === 'output' ? 'in the output' : `in ${layer.name}`;
  return op === 'gather' ? 'where its rows are looked up' : `in ${required(values[0], 'value of a use')}`;
}

/** The opposite: what takes a mistake back. */
export function takenBack({ uses, starts, gradients, out, scores }: Shifts): Shifts {
  const back = (shifts: Readonly<Record<string, number>>): Record<string, number> =>
    Object.fromEntries(Object.entries(shifts).map(([name, shift]) => [name, -shift]));
  return {
    uses: back(uses),
    starts: back(starts),
    gradients: back(gradients),
    out: 0 - out,
    scores: back(scores),
  };
}
