/**
 * Powers of n through scalar expressions: an expression becomes n^exponent times one without growing powers. Powers
 * that are left over are the scalars of IVb 3.1.1.
 */

import { required } from '../../errors/index.ts';
import {
  divided,
  type Exponent,
  isZeroPower,
  minus,
  most,
  negated,
  parseExponent,
  plus,
  printDecimal,
  raised,
  signOf,
  times,
  ZERO,
  ZERO_POWER,
} from '../exponent.ts';
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

/** An expression as n^exponent · expr. */
export interface Scaled {
  readonly exponent: Exponent;
  readonly expr: Expr;
}

/** The width spaces: size = ratio · n. */
export interface Widths {
  /** The ratio of a width space; undefined for fixed spaces. */
  readonly ratio: (space: string) => number | undefined;
  /** A width space to write powers of n with; empty where there is no width. */
  readonly reference: string;
}

/** Functions with f(cx) = c f(x) for c > 0, whose argument may have any power of n. */
const HOMOGENEOUS: ReadonlySet<UnaryName> = new Set(['neg', 'abs', 'relu']);
/** Functions with f(cx) = f(x) for c > 0. */
const SIGNS: ReadonlySet<UnaryName> = new Set(['sign', 'step']);

/** n^exponent as an expression. */
export function powerOfN(exponent: Exponent, { ratio, reference }: Widths): Expr {
  if (signOf(exponent) === 0) return constant(1);
  return mul(
    raised(required(ratio(reference), 'width to write powers of n with'), negated(exponent)),
    sizePower(reference, exponent),
  );
}

/**
 * Combines the powers of n of an expression whose argument i is n^exponents[i] · (a value of order 1). Reports growth
 * that a function cannot take as `problems`, in words that follow the instruction's name.
 */
export function scaleExpr(expr: Expr, exponents: readonly Exponent[], widths: Widths, problems: string[]): Scaled {
  switch (expr.op) {
    case 'constant':
      return { exponent: expr.value === 0 ? ZERO_POWER : ZERO, expr };
    case 'argument': {
      const exponent = required(exponents[expr.index], 'exponent of an operand');
      return { exponent, expr: isZeroPower(exponent) ? constant(0) : argument(expr.index) };
    }
    case 'size': {
      const ratio = widths.ratio(expr.space);
      if (ratio === undefined) return { exponent: ZERO, expr };
      return { exponent: expr.exponent, expr: constant(raised(ratio, expr.exponent)) };
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
          const exponent = plus(left.exponent, right.exponent);
          return { exponent, expr: isZeroPower(exponent) ? constant(0) : mul(left.expr, right.expr) };
        }
        case 'div': {
          if (isZeroPower(left.exponent) && !isZeroPower(right.exponent)) return left;
          const power = ({ exponent }: Scaled): Exponent => (isZeroPower(exponent) ? ZERO : exponent);
          return { exponent: minus(power(left), power(right)), expr: div(left.expr, right.expr) };
        }
        case 'pow':
          return power(left, right, widths, problems);
      }
    }
  }
}

/** What is small beside the larger one keeps its power as a factor θ. */
function sum(left: Scaled, right: Scaled, combine: (a: Expr, b: Expr) => Expr, widths: Widths): Scaled {
  const exponent = most(left.exponent, right.exponent);
  if (isZeroPower(exponent)) return { exponent, expr: constant(0) };
  const beside = ({ exponent: own, expr }: Scaled): Expr =>
    isZeroPower(own) ? constant(0) : mul(powerOfN(minus(own, exponent), widths), expr);
  return { exponent, expr: combine(beside(left), beside(right)) };
}

function scaleUnary(name: UnaryName, arg: Scaled, widths: Widths, problems: string[]): Scaled {
  if (HOMOGENEOUS.has(name)) return { exponent: arg.exponent, expr: unary(name, arg.expr) };
  if (SIGNS.has(name)) return { exponent: isZeroPower(arg.exponent) ? ZERO_POWER : ZERO, expr: unary(name, arg.expr) };
  if (name === 'sqrt') return { exponent: divided(arg.exponent, 2), expr: unary(name, arg.expr) };
  return { exponent: ZERO, expr: unary(name, bounded(arg, name, widths, problems)) };
}

/** An argument that must not grow; what vanishes keeps its power inside. */
function bounded({ exponent, expr }: Scaled, name: string, widths: Widths, problems: string[]): Expr {
  if (signOf(exponent) > 0) {
    const how = name === 'log' ? ', so that it grows like log n; the logarithm of a mean has a limit' : '';
    problems.push(`${name} of a value that grows like n^${printDecimal(exponent)}${how}`);
  }
  if (name === 'log' && signOf(exponent) < 0 && !isZeroPower(exponent))
    problems.push(`log of a value that tends to 0 like n^${printDecimal(exponent)}, so that it grows like log n`);
  return signOf(exponent) === 0 || isZeroPower(exponent) ? expr : mul(powerOfN(exponent, widths), expr);
}

function power(base: Scaled, exponent: Scaled, widths: Widths, problems: string[]): Scaled {
  if (exponent.expr.op === 'constant' && signOf(exponent.exponent) <= 0) {
    const { value } = exponent.expr;
    const expr = pow(base.expr, value);
    if (isZeroPower(base.exponent)) return { exponent: value > 0 ? ZERO_POWER : ZERO, expr };
    if (signOf(base.exponent) === 0) return { exponent: ZERO, expr };
    const factor = parseExponent(value);
    if (factor !== undefined) return { exponent: times(base.exponent, factor), expr };
    const size = `n^${printDecimal(base.exponent)}`;
    problems.push(`the power ${value}, which is no simple fraction, of a value of size ${size}`);
    return { exponent: ZERO, expr };
  }
  const parts = [
    bounded(base, 'a power', widths, problems),
    bounded(exponent, 'an exponent', widths, problems),
  ] as const;
  return { exponent: ZERO, expr: binary('pow', ...parts) };
}
