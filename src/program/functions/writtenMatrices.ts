/** Functions of matrices as instructions of a program: products are contractions, norms are means times powers of sizes. */

import { type Axis, freshCopy, type Space, spaceOf, without } from '../axes.ts';
import { add, argument, div, type Expr, maximum, mul, pow, square, unary } from '../expressions.ts';
import type { Value, Writer } from '../writer.ts';
import type { NamedFunction } from './function.ts';
import type { MatrixAlgebra, SymmetricAlgebra } from './matrixAlgebra.ts';
import { type MatrixFunctionName, matrixAxes, matrixFunctionOf } from './matrixFunctions.ts';

const [x, y] = [argument(0), argument(1)];
/** Norms below this count as this, so that nothing stays nothing. */
const LEAST_NORM = 1e-30;

/**
 * A function of matrices by its definition in products. Axes in `over` are the matrix's, the first `rows` of them its
 * rows; along all others there is a matrix for each place. Statistics of rows lie on the rows and copies of them, in the
 * rows' order, and those of columns alike.
 */
export function matrixFunction(name: MatrixFunctionName): NamedFunction {
  return {
    define(writer, [input, ...statistics], call) {
      if (input === undefined) return writer.map(x, [input]);
      const { rows, columns } = matrixAxes(call);
      const sides = [new WrittenSide(writer, input, rows), new WrittenSide(writer, input, columns)] as const;
      const given = statistics.flatMap((value, k) =>
        value === undefined ? [] : [sides[k === 0 ? 0 : 1].taken(value)],
      );
      return matrixFunctionOf(name, call, written(writer, sides), input, given);
    },
  };
}

/** Whole matrices; Grams are of the side that has fewer entries. */
function written(writer: Writer, [rows, columns]: readonly [WrittenSide, WrittenSide]): MatrixAlgebra<Value, Value> {
  const [small, large] = columns.extent < rows.extent ? [columns, rows] : [rows, columns];
  return {
    normalized: (matrix, epsilon) => {
      const norm = writeFrobenius(writer, matrix, [...rows.axes, ...columns.axes]);
      return writer.map(div(x, maximum(add(y, epsilon), LEAST_NORM)), [matrix, norm]);
    },
    sum: (a, left, b, right) => writeSum(writer, a, left, b, right),
    gram: (matrix) => writer.contract(matrix, small.copied(matrix), large.axes),
    rows,
    columns,
    small,
  };
}

/** One side of a matrix, with the copies of its axes that symmetric matrices on it have. */
class WrittenSide implements SymmetricAlgebra<Value, Value> {
  readonly axes: readonly Axis[];
  readonly #writer: Writer;
  readonly #others: readonly Axis[];
  readonly #copies: readonly Axis[];
  readonly #further: readonly Axis[];
  /** Norms that are written, by what they are of. */
  readonly #norms = new Map<string, Value>();

  constructor(writer: Writer, matrix: Value, axes: readonly Axis[]) {
    const taken = [...matrix.type.axes];
    const copies = (): Axis[] =>
      axes.map((axis) => {
        const copy = freshCopy(axis, taken);
        taken.push(copy);
        return copy;
      });
    this.axes = axes;
    this.#writer = writer;
    this.#others = matrix.type.axes;
    this.#copies = copies();
    this.#further = copies();
  }

  /** A number by which sides compare: any width is above all fixed sizes. */
  get extent(): number {
    return this.axes.reduce((product, axis) => product * sizeOf(this.#writer.spaceNamed(spaceOf(axis))), 1);
  }

  /** Symmetric matrices that are given, on copies of our own. */
  taken(s: Value): Value {
    const copies = without(s.type.axes, this.#others);
    return this.#writer.rename(s, pairs(copies, this.#copies));
  }

  /** A matrix with the side's axes replaced by their copies. */
  copied(matrix: Value): Value {
    return this.#writer.rename(matrix, pairs(this.axes, this.#copies));
  }

  product(left: Value, right: Value): Value {
    const moved = this.#writer.rename(right, [
      ...pairs(this.#copies, this.#further),
      ...pairs(this.axes, this.#copies),
    ]);
    return this.#writer.rename(this.#writer.contract(left, moved, this.#copies), pairs(this.#further, this.#copies));
  }

  sum(...terms: readonly (readonly [number, Value])[]): Value {
    const expr = terms.map(([factor], k) => mul(factor, argument(k))).reduce((total, term) => add(total, term));
    return this.#writer.map(
      expr,
      terms.map(([, value]) => value),
    );
  }

  applied(s: Value, matrix: Value): Value {
    return this.#writer.contract(s, this.copied(matrix), this.#copies);
  }

  normalized(s: Value): Value {
    return this.#writer.map(div(x, guarded(y)), [s, this.#norm(s)]);
  }

  overNorm(matrix: Value, s: Value, power: number): Value {
    return this.#writer.map(div(x, pow(guarded(y), power)), [matrix, this.#norm(s)]);
  }

  #norm(s: Value): Value {
    const norm = this.#norms.get(s.name) ?? writeFrobenius(this.#writer, s, [...this.axes, ...this.#copies]);
    this.#norms.set(s.name, norm);
    return norm;
  }
}

const guarded = (norm: Expr): Expr => maximum(norm, LEAST_NORM);

const pairs = (from: readonly Axis[], to: readonly Axis[]): (readonly [Axis, Axis])[] =>
  from.map((axis, k) => [axis, to[k] ?? axis] as const);

const writeSum = (writer: Writer, a: number, left: Value, b: number, right: Value): Value =>
  writer.map(add(mul(a, x), mul(b, y)), [left, right]);

const WIDTH = 1e9;

function sizeOf(space: Space | undefined): number {
  if (space === undefined) return 1;
  if (typeof space.size === 'number') return space.size;
  return space.size.ratio * (space.kind === 'width' ? WIDTH : 1);
}

/** The root of the sum of squares over axes, as a mean over widths times powers of their sizes. */
function writeFrobenius(writer: Writer, value: Value, over: readonly Axis[]): Value {
  const widths = writer.widthAxes(over);
  const summed = writer.reduce('sum', writer.map(square(x), [value]), without(over, widths));
  const mean = writer.reduce('mean', summed, widths);
  return writer.map(unary('sqrt', mul(writer.widthFactor(widths), x)), [mean]);
}
