/**
 * Entries of values: the law of one coordinate of a width for every input at once, as a sum of products of functions of
 * Gaussian forms. An entry without factors is a number for each input.
 */

import type { Expr } from '../../program/index.ts';
import type { GaussianFunction } from '../dual/functions.ts';
import type { Planned } from '../plan/quantities.ts';
import type { Numbers } from './numbers.ts';
import type { Form } from './variables.ts';

/** A function of one form. */
export interface Single {
  readonly kind: 'single';
  readonly id: number;
  readonly form: Form;
  readonly of: GaussianFunction;
}

/** An argument of a function of several: a form, or a number for each input. */
export type Argument = Form | Planned;

/** A function of several arguments that does not fall into a product. */
export interface Joint {
  readonly kind: 'joint';
  readonly id: number;
  readonly expr: Expr;
  readonly args: readonly Argument[];
}

export type Factor = Single | Joint;

/** coefficient · Π factors, of different forms where they are single, by rising id. */
export interface Term {
  readonly coefficient: Numbers;
  readonly factors: readonly Factor[];
}

/** Σ terms; equal entries are one object. */
export interface Entry {
  readonly id: number;
  readonly terms: readonly Term[];
}

export function isForm(argument: Argument): argument is Form {
  return 'byGroup' in argument;
}

/** The forms that a factor reads. */
export function formsOfFactor(factor: Factor): readonly Form[] {
  return factor.kind === 'single' ? [factor.form] : factor.args.filter(isForm);
}

/** The forms that an entry reads, each once. */
export function formsOf(entry: Entry): readonly Form[] {
  return [...new Set(entry.terms.flatMap(({ factors }) => factors.flatMap(formsOfFactor)))];
}

/** The numbers that an entry without factors is. */
export function numbersOf({ terms }: Entry): Numbers | undefined {
  const [first, second] = terms;
  if (first === undefined) return 0;
  return second === undefined && first.factors.length === 0 ? first.coefficient : undefined;
}
