/**
 * Scalar expressions: the coordinatewise maps of a program as small trees.
 *
 * One tree gives the value (reference interpreter), the derivative (differentiation), the lowering to an engine and the
 * printed formula. `argument` reads the i-th operand of the map; `size` is a power of the size of a space, which is how
 * powers of the width stay explicit until the simplifier combines them (IVb 3.1.1).
 */

import * as errors from './errors.ts';
import { type Exponent, type ExponentLike, exponent, finite, plus, signOf, ZERO } from './exponent.ts';
import { type UnaryName, unaryFunctions } from './unary.ts';

/** The operations on two expressions. */
export type BinaryName = 'add' | 'sub' | 'mul' | 'div' | 'max' | 'min' | 'pow';

/** A power of a space's size, size(space)^exponent: the powers of n, which stay explicit. */
export interface SizePower {
  readonly space: string;
  readonly exponent: Exponent;
}

/** What the constructors accept in place of a power of a size. */
export interface SizePowerLike {
  readonly space: string;
  readonly exponent: ExponentLike;
}

/** A scalar expression over what a map reads at one coordinate: a tree of plain data. */
export type Expr =
  | { readonly op: 'constant'; readonly value: number }
  | { readonly op: 'argument'; readonly index: number }
  | ({ readonly op: 'size' } & SizePower)
  | { readonly op: 'unary'; readonly name: UnaryName; readonly arg: Expr }
  | { readonly op: 'binary'; readonly name: BinaryName; readonly left: Expr; readonly right: Expr };

/** What the constructors accept in place of an expression. */
export type ExprLike = Expr | number;

/** A number as an expression. */
export const constant = (value: number): Expr => ({ op: 'constant', value });

/** The value that a map reads at a coordinate, of the operand at this place, counted from 0. */
export const argument = (index: number): Expr => ({ op: 'argument', index });

/** size(space)^power. Throws {@link UserError} `program.bad-exponent`. */
export function sizePower(space: string, power: ExponentLike): Expr {
  return { op: 'size', ...powerOfSize({ space, exponent: power }) };
}

/** A power of a size with its exponent as programs hold it. Throws {@link UserError} `program.bad-exponent`. */
export function powerOfSize({ space, exponent: given }: SizePowerLike): SizePower {
  const where = `the power of the size of ${space}`;
  const found = exponent(given, where);
  if (!finite(found)) throw errors.badExponent(where, given);
  return { space, exponent: found };
}

function lift(value: ExprLike): Expr {
  return typeof value === 'number' ? constant(value) : value;
}

const isConstant = (expr: Expr, value: number): boolean => expr.op === 'constant' && expr.value === value;

/** f(arg), folded when the argument is a constant. */
export function unary(name: UnaryName, arg: ExprLike): Expr {
  const inner = lift(arg);
  if (inner.op === 'constant') return constant(unaryFunctions[name].value(inner.value));
  if (name === 'neg' && inner.op === 'unary' && inner.name === 'neg') return inner.arg;
  return { op: 'unary', name, arg: inner };
}

/**
 * left ∘ right, with the identities that differentiation produces folded away: x+0, x·1, x·0, x/1, products of powers of
 * one size, constants moved to the front. Folding x·0 to 0 assumes finite x, as derivatives of kinks at ±∞ do.
 */
export function binary(name: BinaryName, leftLike: ExprLike, rightLike: ExprLike): Expr {
  const left = lift(leftLike);
  const right = lift(rightLike);
  if (left.op === 'constant' && right.op === 'constant') return constant(binaryValue(name, left.value, right.value));
  switch (name) {
    case 'add':
      if (isConstant(left, 0)) return right;
      if (isConstant(right, 0)) return left;
      break;
    case 'sub':
      if (isConstant(right, 0)) return left;
      if (isConstant(left, 0)) return unary('neg', right);
      break;
    case 'mul':
      return product(left, right);
    case 'div':
      if (isConstant(right, 1)) return left;
      if (isConstant(left, 0)) return left;
      break;
    case 'pow':
      if (isConstant(right, 1)) return left;
      break;
    case 'max':
    case 'min':
      break;
  }
  return { op: 'binary', name, left, right };
}

/**
 * A product in normal form: one constant, then size powers in order of space, then the rest. Powers of one size are
 * combined exactly here, which is what lets the fragment check see what is left over.
 */
function product(left: Expr, right: Expr): Expr {
  const [a, b] = [coefficient(left), coefficient(right)];
  const value = a.value * b.value;
  if (value === 0) return constant(0);
  const powers = combinePowers([...a.powers, ...b.powers]).sort((p, q) => (p.space < q.space ? -1 : 1));
  const rest = a.rest !== undefined && b.rest !== undefined ? productOf(a.rest, b.rest) : (a.rest ?? b.rest);
  const sizes = powers.map(({ space, exponent }) => sizePower(space, exponent));
  const front = value === 1 ? sizes : [constant(value), ...sizes];
  const factors = rest === undefined ? front : [...front, rest];
  return (
    factors.reduceRight<Expr | undefined>((tail, f) => (tail === undefined ? f : productOf(f, tail)), undefined) ??
    constant(1)
  );
}

const productOf = (left: Expr, right: Expr): Expr => ({ op: 'binary', name: 'mul', left, right });

/** Splits c · Π size^e · rest. */
function coefficient(expr: Expr): { value: number; powers: SizePower[]; rest: Expr | undefined } {
  if (expr.op === 'constant') return { value: expr.value, powers: [], rest: undefined };
  if (expr.op === 'size') return { value: 1, powers: [expr], rest: undefined };
  if (expr.op === 'unary' && expr.name === 'neg') {
    const inner = coefficient(expr.arg);
    return { ...inner, value: -inner.value };
  }
  if (expr.op === 'binary' && expr.name === 'mul' && (expr.left.op === 'constant' || expr.left.op === 'size')) {
    const [head, tail] = [coefficient(expr.left), coefficient(expr.right)];
    return { value: head.value * tail.value, powers: [...head.powers, ...tail.powers], rest: tail.rest };
  }
  return { value: 1, powers: [], rest: expr };
}

/** The expression left + right; numbers stand for constants. */
export const add = (left: ExprLike, right: ExprLike): Expr => binary('add', left, right);

/** The expression left − right; numbers stand for constants. */
export const sub = (left: ExprLike, right: ExprLike): Expr => binary('sub', left, right);

/** The expression left · right; numbers stand for constants. */
export const mul = (left: ExprLike, right: ExprLike): Expr => binary('mul', left, right);

/** The expression left / right; numbers stand for constants. */
export const div = (left: ExprLike, right: ExprLike): Expr => binary('div', left, right);

/** The expression base ^ exponent; numbers stand for constants. */
export const pow = (base: ExprLike, exponent: ExprLike): Expr => binary('pow', base, exponent);

/** The larger of two expressions; at a tie the derivative is that of the right one. */
export const maximum = (left: ExprLike, right: ExprLike): Expr => binary('max', left, right);

/** The smaller of two expressions; at a tie the derivative is that of the right one. */
export const minimum = (left: ExprLike, right: ExprLike): Expr => binary('min', left, right);

/** The expression −arg. */
export const neg = (arg: ExprLike): Expr => unary('neg', arg);

/** The expression arg · arg. */
export const square = (arg: ExprLike): Expr => mul(arg, arg);

/** A product of powers of sizes as an expression, such as n^(−1/2); the empty product is 1. */
export function sizeProduct(powers: readonly SizePowerLike[]): Expr {
  return powers.reduce<Expr>((total, { space, exponent }) => mul(total, sizePower(space, exponent)), constant(1));
}

/** Adds exponents of equal spaces and drops those that cancel. */
export function combinePowers(powers: readonly SizePowerLike[]): SizePower[] {
  const total = new Map<string, Exponent>();
  for (const { space, exponent } of powers.map(powerOfSize)) {
    total.set(space, plus(total.get(space) ?? ZERO, exponent));
  }
  return [...total].filter(([, power]) => signOf(power) !== 0).map(([space, power]) => ({ space, exponent: power }));
}

/** The value of a binary operation in f64. */
export function binaryValue(name: BinaryName, left: number, right: number): number {
  switch (name) {
    case 'add':
      return left + right;
    case 'sub':
      return left - right;
    case 'mul':
      return left * right;
    case 'div':
      return left / right;
    case 'max':
      return Math.max(left, right);
    case 'min':
      return Math.min(left, right);
    case 'pow':
      return left ** right;
  }
}

/**
 * The same expression reading other operands: argument i becomes argument `order.indexOf(i)`; `order` has one old index
 * for each operand.
 */
export function renumber(expr: Expr, order: readonly number[]): Expr {
  return substitute(expr, (leaf) => (leaf.op === 'argument' ? argument(order.indexOf(leaf.index)) : leaf));
}

/** Rebuilds an expression with its leaves replaced, folding as it goes. */
export function substitute(expr: Expr, leaf: (leaf: Expr & { op: 'argument' | 'size' }) => Expr): Expr {
  switch (expr.op) {
    case 'constant':
      return expr;
    case 'argument':
    case 'size':
      return leaf(expr);
    case 'unary':
      return unary(expr.name, substitute(expr.arg, leaf));
    case 'binary':
      return binary(expr.name, substitute(expr.left, leaf), substitute(expr.right, leaf));
  }
}

/** Indices of the arguments that an expression reads. */
export function argumentsOf(expr: Expr): Set<number> {
  const found = new Set<number>();
  substitute(expr, (leaf) => {
    if (leaf.op === 'argument') found.add(leaf.index);
    return leaf;
  });
  return found;
}

/** How often an expression reads an argument. */
export function readings(expr: Expr, index: number): number {
  let count = 0;
  substitute(expr, (leaf) => {
    if (leaf.op === 'argument' && leaf.index === index) count++;
    return leaf;
  });
  return count;
}

/** The powers of sizes that an expression reads. */
export function sizePowersOf(expr: Expr): SizePower[] {
  const found: SizePower[] = [];
  substitute(expr, (leaf) => {
    if (leaf.op === 'size') found.push(leaf);
    return leaf;
  });
  return found;
}

/** Spaces whose size an expression reads. */
export function sizesOf(expr: Expr): Set<string> {
  return new Set(sizePowersOf(expr).map(({ space }) => space));
}
