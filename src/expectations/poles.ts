/**
 * Whether a mean exists where a power or logarithm is singular.
 *
 * Near the set where k independent linear functions are 0, with |u| ≥ c |functions|^p, u^e is integrable for e p > −k, and
 * a logarithm always is. What is not seen to be integrable is refused: quadratures give numbers for means that do not exist.
 */

import { required } from '../errors/index.ts';
import { poleReached } from './notClosed.ts';
import { rangeOf } from './ranges.ts';
import type { Atom, Linear, Variate } from './variates.ts';

/** Where a variate is 0, and how fast it leaves 0 at least. */
interface Zero {
  readonly forms: ReadonlySet<Linear>;
  readonly order: number;
}

/** What of an expectation decides: its atoms with their powers, its linear factors, and the rank of linear functions. */
export interface Integrals {
  readonly atoms: readonly (readonly [atom: Atom, power: number])[];
  readonly linear: readonly Linear[];
  readonly rank: (forms: readonly Linear[]) => number;
}

/** Throws Unclosed where a singularity is reached that is not seen to be integrable. */
export function checkPoles({ atoms, linear, rank }: Integrals): void {
  const poles = atoms.flatMap(([atom, power]) => {
    checkInside(atom.arg);
    return reaches(atom) ? [{ atom, power, zero: zeroOf(atom.arg) }] : [];
  });
  if (poles.length === 0) return;
  let [total, forms] = [0, undefined as ReadonlySet<Linear> | undefined];
  let codimension = Number.POSITIVE_INFINITY;
  for (const { atom, power, zero } of poles) {
    if (zero === undefined) throw poleReached(wordOf(atom));
    // Logarithms and their powers are smaller than any negative power.
    if (atom.op === 'power') total += atom.exponent * power * zero.order;
    codimension = Math.min(codimension, rank([...zero.forms]));
    forms = zero.forms;
  }
  const around = forms ?? new Set();
  const single = poles.every(({ zero }) => zero !== undefined && same(zero.forms, around)) && around.size === 1;
  if (single) total += numerators(atoms, linear, around);
  const [first] = poles;
  if (first !== undefined && !(total > -codimension)) throw poleReached(wordOf(first.atom));
}

/** Refuses singularities inside other functions, but for quotients that stay bounded. */
function checkInside(variate: Variate): void {
  switch (variate.op) {
    case 'linear':
      return;
    case 'sum':
      for (const [term] of variate.terms) checkInside(term);
      return;
    case 'product': {
      const factors = variate.factors.filter(([factor]) => !isAtom(factor) || !reaches(factor));
      const poles = variate.factors.filter((pair): pair is [Atom, number] => isAtom(pair[0]) && reaches(pair[0]));
      for (const [factor] of factors) checkInside(factor);
      for (const [pole] of poles) checkInside(pole.arg);
      const [first] = poles;
      if (first === undefined) return;
      const zero = zeroOf(first[0].arg);
      if (poles.length > 1 || first[0].op !== 'power' || zero?.forms.size !== 1) throw poleReached(wordOf(first[0]));
      const others = factors.filter((pair): pair is [Atom, number] => isAtom(pair[0]));
      const linear = factors.flatMap(([factor, power]) =>
        factor.op === 'linear' ? Array<Linear>(power).fill(factor) : [],
      );
      const order = first[0].exponent * first[1] * zero.order + numerators(others, linear, zero.forms);
      if (order < 0) throw poleReached(wordOf(first[0]));
      return;
    }
    case 'unary':
    case 'power':
      checkInside(variate.arg);
      if (reaches(variate)) throw poleReached(wordOf(variate));
  }
}

const isAtom = (variate: Variate): variate is Atom => variate.op === 'unary' || variate.op === 'power';

/** Whether an atom is infinite somewhere. */
function reaches(atom: Atom): boolean {
  const singular = atom.op === 'power' ? atom.exponent < 0 : atom.name === 'log';
  return singular && !rangeOf(atom.arg).nonzero;
}

/** The order to which what is not singular vanishes where one linear function does. */
function numerators(
  atoms: readonly (readonly [Atom, number])[],
  linear: readonly Linear[],
  around: ReadonlySet<Linear>,
): number {
  let order = linear.filter((form) => [...around].some((other) => parallel(form, other))).length;
  for (const [atom, power] of atoms) {
    if (reaches(atom)) continue;
    const zero = zeroOf(atom);
    if (zero !== undefined && zero.forms.size === 1 && same(zero.forms, around)) order += power * zero.order;
  }
  return order;
}

/** Where a variate is 0, if that is where linear functions all are; they are told by their directions. */
function zeroOf(variate: Variate): Zero | undefined {
  switch (variate.op) {
    case 'linear':
      return variate.parts.length === 0 ? undefined : { forms: new Set([variate]), order: 1 };
    case 'sum': {
      const { linear, terms } = variate;
      const parts = [
        ...(linear.parts.length === 0 ? [] : [rangeOf(linear)]),
        ...terms.map(([term, by]) => signed(term, by)),
      ];
      const positive = parts.every(({ low }) => low >= 0) && linear.constant >= 0;
      const negative = parts.every(({ high }) => high <= 0) && linear.constant <= 0;
      if ((!positive && !negative) || linear.constant !== 0) return undefined;
      const zeros = terms.map(([term]) => zeroOf(term));
      const found = zeros.filter((zero) => zero !== undefined);
      // Terms of unknown zeros only help.
      return found.length === 0
        ? undefined
        : { forms: union(found), order: Math.max(...found.map(({ order }) => order)) };
    }
    case 'product': {
      const vanishing = variate.factors.filter(([factor]) => !rangeOf(factor).nonzero);
      const zeros = vanishing.map(([factor, power]) => ({ zero: zeroOf(factor), power }));
      const [first, ...others] = zeros;
      if (first?.zero === undefined) return undefined;
      const { forms } = first.zero;
      if (others.some(({ zero }) => zero === undefined || !same(zero.forms, forms))) return undefined;
      return {
        forms,
        order: zeros.reduce((sum, { zero, power }) => sum + power * required(zero, 'zero of a factor').order, 0),
      };
    }
    case 'power': {
      const zero = zeroOf(variate.arg);
      return zero && variate.exponent > 0 ? { ...zero, order: zero.order * variate.exponent } : undefined;
    }
    case 'unary': {
      const zero = zeroOf(variate.arg);
      if (variate.name === 'sqrt') return zero && { ...zero, order: zero.order / 2 };
      return ['abs', 'tanh', 'erf'].includes(variate.name) ? zero : undefined;
    }
  }
}

const signed = (term: Variate, by: number): { low: number; high: number } => {
  const { low, high } = rangeOf(term);
  return by > 0 ? { low, high } : { low: -high, high: -low };
};

const union = (zeros: readonly Zero[]): ReadonlySet<Linear> => new Set(zeros.flatMap(({ forms }) => [...forms]));

/** Whether two sets of one linear function each vanish together, or two sets are the same. */
function same(a: ReadonlySet<Linear>, b: ReadonlySet<Linear>): boolean {
  const [first, second] = [[...a], [...b]];
  if (first.length !== second.length) return false;
  return first.every((form) => second.some((other) => parallel(form, other)));
}

/** Whether one is a multiple of the other. */
function parallel(a: Linear, b: Linear): boolean {
  if (a === b) return true;
  const [first, second] = [a.parts[0], b.parts[0]];
  if (a.parts.length !== b.parts.length || first === undefined || second === undefined) return false;
  const ratio = first[1] / second[1];
  const near = (x: number, y: number): boolean => Math.abs(x - ratio * y) <= 1e-12 * Math.abs(x);
  return (
    near(a.constant, b.constant) &&
    a.parts.every(([variable, by], k) => {
      const [other, otherBy] = required(b.parts[k], 'part of a linear function of as many');
      return variable === other && near(by, otherBy);
    })
  );
}

const wordOf = (atom: Atom): string => (atom.op === 'power' ? `power ${atom.exponent}` : atom.name);
