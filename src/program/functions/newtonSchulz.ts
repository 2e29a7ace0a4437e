import { type Axis, freshCopy, type Space, spaceOf, without } from '../axes.ts';
import { add, argument, div, maximum, mul, square, unary } from '../expressions.ts';
import type { Value, Writer } from '../writer.ts';
import type { NamedFunction } from './function.ts';
import { type MatrixAlgebra, type NewtonSchulz, newtonSchulzOf } from './matrixAlgebra.ts';
import { attribute, type Call } from './signatures.ts';

const [x, y] = [argument(0), argument(1)];

/** The coefficients of Muon (Jordan et al. 2024), steep at 0, and what it adds to the norm. */
const USUAL: NewtonSchulz = { a: 3.4445, b: -4.775, c: 2.0315, steps: 5, epsilon: 1e-7 };
/** Norms below this count as this, so that nothing stays nothing. */
const LEAST_NORM = 1e-30;

/** What a call asks for. */
export function newtonSchulzCall(call: Call): NewtonSchulz {
  return {
    a: attribute(call, 'a', USUAL.a),
    b: attribute(call, 'b', USUAL.b),
    c: attribute(call, 'c', USUAL.c),
    steps: attribute(call, 'steps', USUAL.steps),
    epsilon: attribute(call, 'epsilon', USUAL.epsilon),
  };
}

/** The axes of a call's matrix: the first `rows` of `over`, 1 unless told, and those behind them. */
export function matrixAxes(call: Call): { readonly rows: readonly Axis[]; readonly columns: readonly Axis[] } {
  const count = attribute(call, 'rows', 1);
  return { rows: call.over.slice(0, count), columns: call.over.slice(count) };
}

/**
 * Newton–Schulz steps of a matrix over its Frobenius norm: towards the nearest orthogonal matrix (Muon, Jordan et al.
 * 2024). Axes in `over` are the matrix's, the first `rows` of them its rows; along all others there is a matrix for each
 * place.
 */
export const newtonSchulz: NamedFunction = {
  define(writer, [input], call) {
    if (input === undefined) return writer.map(x, [input]);
    const sides = matrixAxes(call);
    const flip = extentOf(writer, sides.columns) < extentOf(writer, sides.rows);
    const [small, large] = flip ? [sides.columns, sides.rows] : [sides.rows, sides.columns];
    return newtonSchulzOf(written(writer, input, small, large), input, newtonSchulzCall(call));
  },
};

/** A number by which sides compare: any width is above all fixed sizes. */
function extentOf(writer: Writer, axes: readonly Axis[]): number {
  return axes.reduce((product, axis) => product * sizeOf(writer.spaceNamed(spaceOf(axis))), 1);
}

const WIDTH = 1e9;

function sizeOf(space: Space | undefined): number {
  if (space === undefined) return 1;
  if (typeof space.size === 'number') return space.size;
  return space.size.ratio * (space.kind === 'width' ? WIDTH : 1);
}

/** Matrices as values of a program; Grams have the axes `small` and a copy of them. */
function written(
  writer: Writer,
  input: Value,
  small: readonly Axis[],
  large: readonly Axis[],
): MatrixAlgebra<Value, Value> {
  const taken = [...input.type.axes];
  const copies = (): (readonly [Axis, Axis])[] =>
    small.map((axis) => {
      const copy = freshCopy(axis, taken);
      taken.push(copy);
      return [axis, copy] as const;
    });
  const [to, further] = [copies(), copies()];
  const copied = to.map(([, copy]) => copy);
  const sum = (a: number, left: Value, b: number, right: Value): Value =>
    writer.map(add(mul(a, x), mul(b, y)), [left, right]);
  return {
    normalized: (matrix, epsilon) => {
      const norm = writeFrobenius(writer, matrix, [...small, ...large]);
      return writer.map(div(x, maximum(add(y, epsilon), LEAST_NORM)), [matrix, norm]);
    },
    gram: (matrix) => writer.contract(matrix, writer.rename(matrix, to), large),
    product: (left, right) => {
      const moved = writer.rename(right, [...to.map(([, copy], k) => [copy, further[k]?.[1] ?? copy] as const), ...to]);
      const product = writer.contract(left, moved, copied);
      return writer.rename(
        product,
        to.map(([, copy], k) => [further[k]?.[1] ?? copy, copy] as const),
      );
    },
    applied: (gram, matrix) => writer.contract(gram, writer.rename(matrix, to), copied),
    sum,
    sumOfGrams: sum,
  };
}

/** The root of the sum of squares over axes, as a mean over widths times powers of their sizes. */
function writeFrobenius(writer: Writer, value: Value, over: readonly Axis[]): Value {
  const widths = writer.widthAxes(over);
  const summed = writer.reduce('sum', writer.map(square(x), [value]), without(over, widths));
  const mean = writer.reduce('mean', summed, widths);
  return writer.map(unary('sqrt', mul(writer.widthFactor(widths), x)), [mean]);
}
