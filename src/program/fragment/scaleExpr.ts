/** Powers of n through scalar expressions: an expression becomes n^exponent times one without growing powers. */

import {
  add,
  argument,
  binary,
  constant,
  div,
  type Expr,
  maximum,
  minimum,
  mul,
  pow,
  sizePower,
  sub,
  unary,
} from '../expressions.ts';
import type { UnaryName } from '../unary.ts';
import { ZERO } from './forms.ts';

/** An expression as n^exponent · expr. */
export interface Scaled {
  readonly exponent: number;
  readonly expr: Expr;
}

/** The width spaces: size = ratio · n. */
export interface Widths {
  /** The ratio of a width space; undefined for fixed spaces. */
  readonly ratio: (space: string) => number | undefined;
  /** A width space to write powers of n with. */
  readonly reference: string;
}

/** Functions with f(cx) = c f(x) for c > 0, whose argument may have any power of n. */
const HOMOGENEOUS: ReadonlySet<UnaryName> = new Set(['neg', 'abs', 'relu']);
/** Functions with f(cx) = f(x) for c > 0. */
const SIGNS: ReadonlySet<UnaryName> = new Set(['sign', 'step']);

/** Rounds away what sums of thirds leave. */
export const tidy = (exponent: number): number => Math.round(exponent * 1e9) / 1e9 + 0;

/** n^exponent as an expression. */
export function powerOfN(exponent: number, { ratio, reference }: Widths): Expr {
  if (exponent === 0) return constant(1);
  return mul((ratio(reference) ?? 1) ** -exponent, sizePower(reference, exponent));
}

/**
 * Combines the powers of n of an expression whose argument i is n^exponents[i] · (a value of order 1). Reports growth
 * that a function cannot take as `problems`, in words that follow the instruction's name.
 */
export function scaleExpr(expr: Expr, exponents: readonly number[], widths: Widths, problems: string[]): Scaled {
  switch (expr.op) {
    case 'constant':
      return { exponent: expr.value === 0 ? ZERO : 0, expr };
    case 'argument': {
      const exponent = exponents[expr.index] ?? 0;
      return { exponent, expr: exponent === ZERO ? constant(0) : argument(expr.index) };
    }
    case 'size': {
      const ratio = widths.ratio(expr.space);
      if (ratio === undefined) return { exponent: 0, expr };
      return { exponent: expr.exponent, expr: constant(ratio ** expr.exponent) };
    }
    case 'unary':
      return scaleUnary(expr.name, scaleExpr(expr.arg, exponents, widths, problems), widths, problems);
    case 'binary': {
      const left = scaleExpr(expr.left, exponents, widths, problems);
      const right = scaleExpr(expr.right, exponents, widths, problems);
      switch (expr.name) {
        case 'add':
          return sum(left, right, add, widths);
        case 'sub':
          return sum(left, right, sub, widths);
        case 'max':
          return sum(left, right, maximum, widths);
        case 'min':
          return sum(left, right, minimum, widths);
        case 'mul': {
          const exponent = tidy(left.exponent + right.exponent);
          return { exponent, expr: exponent === ZERO ? constant(0) : mul(left.expr, right.expr) };
        }
        case 'div': {
          if (left.exponent === ZERO && right.exponent !== ZERO) return left;
          const below = right.exponent === ZERO ? 0 : right.exponent;
          return {
            exponent: tidy((left.exponent === ZERO ? 0 : left.exponent) - below),
            expr: div(left.expr, right.expr),
          };
        }
        case 'pow':
          return power(left, right, widths, problems);
      }
    }
  }
}

/** What is small beside the larger one keeps its power as a factor θ. */
function sum(left: Scaled, right: Scaled, combine: (a: Expr, b: Expr) => Expr, widths: Widths): Scaled {
  const exponent = Math.max(left.exponent, right.exponent);
  if (exponent === ZERO) return { exponent, expr: constant(0) };
  const beside = ({ exponent: own, expr }: Scaled): Expr =>
    own === ZERO ? constant(0) : mul(powerOfN(tidy(own - exponent), widths), expr);
  return { exponent, expr: combine(beside(left), beside(right)) };
}

function scaleUnary(name: UnaryName, arg: Scaled, widths: Widths, problems: string[]): Scaled {
  if (HOMOGENEOUS.has(name)) return { exponent: arg.exponent, expr: unary(name, arg.expr) };
  if (SIGNS.has(name)) return { exponent: arg.exponent === ZERO ? ZERO : 0, expr: unary(name, arg.expr) };
  if (name === 'sqrt') return { exponent: arg.exponent / 2, expr: unary(name, arg.expr) };
  return { exponent: 0, expr: unary(name, bounded(arg, name, widths, problems)) };
}

/** An argument that must not grow; what vanishes keeps its power inside. */
function bounded({ exponent, expr }: Scaled, name: string, widths: Widths, problems: string[]): Expr {
  if (exponent > 0) problems.push(`${name} of a value that grows like n^${tidy(exponent)}`);
  return exponent === 0 || exponent === ZERO ? expr : mul(powerOfN(tidy(exponent), widths), expr);
}

function power(base: Scaled, exponent: Scaled, widths: Widths, problems: string[]): Scaled {
  if (exponent.expr.op === 'constant' && exponent.exponent <= 0) {
    const { value } = exponent.expr;
    if (base.exponent === ZERO) return { exponent: value > 0 ? ZERO : 0, expr: pow(base.expr, value) };
    return { exponent: tidy(base.exponent * value), expr: pow(base.expr, value) };
  }
  const parts = [
    bounded(base, 'a power', widths, problems),
    bounded(exponent, 'an exponent', widths, problems),
  ] as const;
  return { exponent: 0, expr: binary('pow', ...parts) };
}
