/** An entrywise map over several width axes as a combination: what is of low rank as factors, the rest described. */

import { required } from '../errors/index.ts';
import { at, elementwise } from '../numeric/index.ts';
import {
  type Axis,
  argumentsOf,
  constant,
  div,
  type Expr,
  mul,
  raised,
  renumber,
  substitute,
} from '../program/index.ts';
import { type Combination, combined, NOTHING, type Source } from './combination.ts';
import { multiple, outerOf } from './multiples.ts';
import type { Column } from './values.ts';

/** What a decomposition needs of its surroundings. */
export interface Setting {
  /** The width axes of the result. */
  readonly widths: readonly Axis[];
  /** What argument i is. */
  readonly sources: readonly Source[];
  readonly size: (space: string) => number;
  /** A column of ones along an axis. */
  readonly ones: (axis: Axis) => Column;
}

/** The map expr(sources) over the result's width axes. */
export function decompose(expr: Expr, setting: Setting): Combination {
  const { widths, sources } = setting;
  const [first, second] = widths;
  if (widths.length !== 2 || first === undefined || second === undefined) return described(expr, setting);
  const support = axesRead(expr, sources);
  if (support.size === 0) {
    const value = numberOf(expr, setting);
    return value === 0
      ? NOTHING
      : { outers: [outerOf(value, setting.ones(first), first, setting.ones(second), second)], terms: [] };
  }
  if (expr.op === 'argument') {
    const source = sources[expr.index];
    if (source !== undefined && typeof source !== 'number' && !('column' in source)) return source;
  }
  if (expr.op === 'unary' && expr.name === 'neg') return combined([{ scale: -1, value: decompose(expr.arg, setting) }]);
  if (expr.op === 'binary') {
    const { name, left, right } = expr;
    if (name === 'add' || name === 'sub') {
      return combined([
        { scale: 1, value: decompose(left, setting) },
        { scale: name === 'add' ? 1 : -1, value: decompose(right, setting) },
      ]);
    }
    const scale = (factor: Expr, rest: Expr): Combination =>
      combined([{ scale: numberOf(factor, setting), value: decompose(rest, setting) }]);
    if (name === 'mul' && axesRead(left, sources).size === 0) return scale(left, right);
    if (name === 'mul' && axesRead(right, sources).size === 0) return scale(right, left);
    if (name === 'div' && axesRead(right, sources).size === 0) return scale(div(constant(1), right), left);
  }
  return product(expr, setting, first, second) ?? described(expr, setting);
}

/** A product of functions of one axis each. */
function product(expr: Expr, setting: Setting, first: Axis, second: Axis): Combination | undefined {
  const parts = new Map<Axis | undefined, Expr>();
  for (const factor of factorsOf(expr)) {
    const [axis, other] = axesRead(factor, setting.sources);
    if (other !== undefined) return undefined;
    const known = parts.get(axis);
    parts.set(axis, known === undefined ? factor : mul(known, factor));
  }
  const column = (axis: Axis): Column => {
    const part = parts.get(axis);
    return part === undefined ? setting.ones(axis) : columnOf(part, axis, setting);
  };
  const scalar = parts.get(undefined);
  const coefficient = scalar === undefined ? 1 : numberOf(scalar, setting);
  return { outers: [outerOf(coefficient, column(first), first, column(second), second)], terms: [] };
}

function factorsOf(expr: Expr): Expr[] {
  if (expr.op === 'unary' && expr.name === 'neg') return [constant(-1), ...factorsOf(expr.arg)];
  if (expr.op !== 'binary') return [expr];
  if (expr.name === 'mul') return [...factorsOf(expr.left), ...factorsOf(expr.right)];
  if (expr.name === 'div') return [...factorsOf(expr.left), div(constant(1), expr.right)];
  return [expr];
}

/** A function of one axis, which may be read from combinations that repeat a vector along the other. */
function columnOf(expr: Expr, axis: Axis, { sources, size, ones }: Setting): Column {
  const out = new Float64Array(ones(axis).length);
  // Other operands of the map, such as the matrix that this is added to, vary along both axes.
  const used = [...argumentsOf(expr)];
  const operands = used.map((index) => {
    const source = required(sources[index], `operand ${index} of a map`);
    if (typeof source === 'number') return source;
    return 'column' in source ? source.column : required(repeated(source), 'vector among operands').column;
  });
  elementwise(renumber(expr, used), size)(operands, out, 0, out.length);
  return out;
}

/** A function of scalars; not a number where it reads anything else. */
export function numberOf(expr: Expr, { sources, size }: Pick<Setting, 'sources' | 'size'>): number {
  const out = new Float64Array(1);
  elementwise(expr, size)(
    sources.map((source) => (typeof source === 'number' ? source : Number.NaN)),
    out,
    0,
    1,
  );
  return at(out, 0);
}

/** The width axes along which an expression varies. */
function axesRead(expr: Expr, sources: readonly Source[]): Set<Axis> {
  const axes = new Set<Axis>();
  for (const index of argumentsOf(expr)) {
    const source = sources[index];
    if (source === undefined || typeof source === 'number') continue;
    const vector = 'column' in source ? source : repeated(source);
    if (vector !== undefined) axes.add(vector.axis);
    else for (const axis of axesOf(source as Combination)) axes.add(axis); // vectors were taken above
  }
  return axes;
}

/** Two marks stand for "more than one axis", whichever they are. */
function axesOf(combination: Combination): readonly Axis[] {
  const [one] = combination.outers;
  return one === undefined ? ['(rows)', '(columns)'] : [one.leftAxis, one.rightAxis];
}

/** The vector that a combination repeats along its other axis, if that is all it does. */
function repeated({ outers, terms }: Combination): { readonly axis: Axis; readonly column: Column } | undefined {
  const [only, more] = outers;
  if (only === undefined || more !== undefined || terms.length > 0) return undefined;
  const whole = (column: Column): Column => (only.coefficient === 1 ? column : multiple(column, only.coefficient));
  if (isOnes(only.right)) return { axis: only.leftAxis, column: whole(only.left) };
  if (isOnes(only.left)) return { axis: only.rightAxis, column: whole(only.right) };
  return undefined;
}

const allOnes = new WeakSet<Column>();

/** A column of ones that repeated vectors are recognized by. */
export function onesColumn(length: number): Column {
  const column = new Float64Array(length).fill(1);
  allOnes.add(column);
  return column;
}

const isOnes = (column: Column): boolean => allOnes.has(column);

/** The map as a description, its operands in order. */
function described(expr: Expr, { sources, size }: Setting): Combination {
  const used = [...argumentsOf(expr)];
  const local = withSizes(renumber(expr, used), size);
  const read = used.map((index) => required(sources[index], `operand ${index} of a map`));
  return { outers: [], terms: [{ coefficient: 1, pointwise: { kind: 'map', expr: local, sources: read } }] };
}

/** The expression with its powers of sizes as numbers. */
function withSizes(expr: Expr, size: (space: string) => number): Expr {
  return substitute(expr, (leaf) => (leaf.op === 'size' ? constant(raised(size(leaf.space), leaf.exponent)) : leaf));
}
