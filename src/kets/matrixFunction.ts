/**
 * Functions of matrices of low rank (theory 11): of X = U C Vᵀ all that is computed is C, by products with the Gram
 * averages A = UᵀU/n and B = VᵀV/n, which are exact for as many coordinates as there are.
 */

import { required } from '../errors/index.ts';
import { at, type Matrix, matrix, transpose } from '../numeric/index.ts';
import {
  type Axis,
  type InstructionOf,
  intersection,
  isMatrixFunction,
  type MatrixAlgebra,
  matrixAxes,
  matrixFunctionOf,
  type Node,
  negated,
  newtonSchulzCall,
  normExponent,
  offsets,
  type SymmetricAlgebra,
  without,
} from '../program/index.ts';
import type { Outer } from './combination.ts';
import { NOTHING } from './combination.ts';
import { type Context, exponentOf } from './context.ts';
import { broken, unsupported } from './errors.ts';
import { combine, gram } from './gaussian/index.ts';
import { type Column, entryAt, type Operator, type Operators, type Value } from './values.ts';

/** A column of one side; columns of different places along the side's fixed axes are orthogonal. */
interface Side {
  readonly axis: Axis;
  readonly columns: { readonly place: number; readonly column: Column }[];
  /** Where columns are among them, by their places. */
  readonly known: Map<Column, Map<number, number>>;
}

/** An entry of the operand, and its place along the fixed axes of either side. */
interface Block {
  readonly position: number;
  readonly row: number;
  readonly column: number;
}

/** A call of a matrix function on a value over two widths, for each place along the axes that are no part of the matrix. */
export function matrixFunction(call: InstructionOf<'call'>, node: Node, context: Context): Value {
  const { name } = call;
  if (!isMatrixFunction(name)) throw broken(node.name, `${name} was not written out`);
  const values = call.args.map((ref) => {
    const value = context.value(ref);
    if (value.kind !== 'operators' || value.widths.length !== 2)
      throw unsupported(node.name, `it takes ${name} of a value that is not on two width axes`);
    return value;
  });
  const [value, ...statistics] = values;
  if (value === undefined) throw broken(node.name, 'it has no operand');
  const { rows, columns } = matrixAxes(call);
  const sides = [rows, columns] as const;
  const axes = sides.map((side) => widthOf(side, value, node)) as [Axis, Axis]; // one for each side
  const apart = without(value.axes, call.over);
  const each = [
    blocksOf(value, sides, apart, context),
    ...statistics.map((one, k) => {
      const side = required(sides[k], 'side of a matrix');
      return blocksOf(one, [side, without(one.axes, apart, side)], apart, context);
    }),
  ];
  const data = new Array<Operator>(value.data.length);
  const [own, ...others] = each;
  required(own, 'matrices of an operand').forEach((blocks, place) => {
    const [left, right]: [Side, Side] = [
      { axis: axes[0], columns: [], known: new Map() },
      { axis: axes[1], columns: [], known: new Map() },
    ];
    const terms = termsOf(blocks, value, [left, right], axes[0], node);
    const onSides = statistics.map((one, k) => {
      const [side, axis] = k === 0 ? [left, axes[0]] : [right, axes[1]];
      return { side, terms: termsOf(required(others[k]?.[place], 'statistics'), one, [side, side], axis, node) };
    });
    const factors = betweenColumns(terms, left, right);
    const found = matrixFunctionOf(
      name,
      atOrderOne(call, context),
      smallAlgebra(gramOf(left, context), gramOf(right, context)),
      factors,
      onSides.map((one) => betweenColumns(one.terms, one.side, one.side)),
    );
    for (const block of blocks) {
      data[block.position] = { matrices: [], pointwise: { ...NOTHING, outers: outersOf(block, found, left, right) } };
    }
  });
  return { ...value, data };
}

/** The call with what is added to a norm in units of the norm's power of n, which the values here are without. */
function atOrderOne(call: InstructionOf<'call'>, context: Context): InstructionOf<'call'> {
  if (call.name !== 'newtonSchulz') return call;
  const exponent = normExponent(exponentOf(context, required(call.args[0], 'operand of a function of a matrix')));
  const epsilon = newtonSchulzCall(call).epsilon * context.power(negated(exponent));
  return { ...call, attributes: { ...call.attributes, epsilon } };
}

/** The one width among the axes of a side. */
function widthOf(side: readonly Axis[], { widths }: Operators, { name }: Node): Axis {
  const [axis, more] = intersection(side, widths);
  if (axis === undefined || more !== undefined)
    throw unsupported(name, 'it is a function of a matrix whose rows and columns have no width axis each');
  return axis;
}

/** The entries of each matrix, whose rows and columns run over fixed axes too. */
function blocksOf(
  value: Operators,
  sides: readonly [readonly Axis[], readonly Axis[]],
  apart: readonly Axis[],
  { count }: Context,
): Block[][] {
  const [places, down, along] = [apart, ...sides.map((side) => fixedOf(side, value))].map((axes) => [
    ...offsets(axes, axes.map(count), value),
  ]);
  return required(places, 'places of matrices').map((place) =>
    required(down, 'places of rows').flatMap((own, row) =>
      required(along, 'places of columns').map((other, column) => ({ position: place + own + other, row, column })),
    ),
  );
}

const fixedOf = (side: readonly Axis[], { axes }: Operators): Axis[] => intersection(side, axes);

/** coefficient · the column of the left side at `row` ⊗ that of the right side at `column`. */
interface Factor {
  readonly row: number;
  readonly column: number;
  readonly coefficient: number;
}

/** A matrix as products of columns of two sides, which columns join where they are new. */
function termsOf(
  blocks: readonly Block[],
  value: Operators,
  [left, right]: readonly [Side, Side],
  rowAxis: Axis,
  { name }: Node,
): Factor[] {
  return blocks.flatMap(({ position, row, column }) => {
    const { matrices, pointwise } = entryAt(value.data, position);
    if (matrices.length > 0 || pointwise.terms.length > 0)
      throw unsupported(name, 'it is a function of a matrix that is no sum of outer products');
    return pointwise.outers.map((outer): Factor => {
      const [down, across] = outer.leftAxis === rowAxis ? [outer.left, outer.right] : [outer.right, outer.left];
      return { row: placeIn(left, down, row), column: placeIn(right, across, column), coefficient: outer.coefficient };
    });
  });
}

/** The matrix between the columns of two sides. */
function betweenColumns(terms: readonly Factor[], left: Side, right: Side): Matrix {
  const width = right.columns.length;
  const data = new Float64Array(left.columns.length * width);
  for (const { row, column, coefficient } of terms)
    data[row * width + column] = at(data, row * width + column) + coefficient;
  return matrix(left.columns.length, width, data);
}

/** The place of a column among those of a side, which it joins where it is new. */
function placeIn({ columns, known }: Side, column: Column, place: number): number {
  const places = known.get(column) ?? new Map<number, number>();
  known.set(column, places);
  const index = places.get(place) ?? columns.push({ place, column }) - 1;
  places.set(place, index);
  return index;
}

/** UᵀU/n. */
function gramOf({ axis, columns }: Side, { count, ratio }: Context): Matrix {
  const plain = columns.map(({ column }) => column);
  const factor = ratio(axis) / count(axis);
  const products = gram(plain, plain);
  const size = columns.length;
  const data = products.map((product, k) => {
    const [one, other] = [columns[Math.floor(k / size)], columns[k % size]];
    return one?.place === other?.place ? factor * product : 0;
  });
  return matrix(size, size, data);
}

/** X = U C Vᵀ/n by its C, and S = U D Uᵀ/n or V D Vᵀ/n by its D. */
function smallAlgebra(a: Matrix, b: Matrix): MatrixAlgebra<Matrix, Matrix> {
  const rows = sideAlgebra(a, (s, c) => smallProduct(smallProduct(s, a), c));
  const columns = sideAlgebra(b, (s, c) => smallProduct(smallProduct(c, b), s));
  return {
    normalized: (c, epsilon) => {
      const norm = Math.sqrt(Math.max(0, inner(c, smallProduct(smallProduct(a, c), b))));
      return timesNumber(c, 1 / Math.max(norm + epsilon, LEAST_NORM));
    },
    sum: sumOf,
    gram: (c) => smallProduct(smallProduct(c, b), transpose(c)),
    rows,
    columns,
    small: rows,
  };
}

/** Symmetric matrices between columns of these averages of products. */
function sideAlgebra(grams: Matrix, act: (s: Matrix, c: Matrix) => Matrix): SymmetricAlgebra<Matrix, Matrix> {
  const normOf = (s: Matrix): number =>
    Math.max(Math.sqrt(Math.max(0, inner(s, smallProduct(smallProduct(grams, s), grams)))), LEAST_NORM);
  return {
    product: (left, right) => smallProduct(smallProduct(left, grams), right),
    sum: (...terms) => terms.map(([factor, s]) => timesNumber(s, factor)).reduce((x, y) => sumOf(1, x, 1, y)),
    applied: act,
    normalized: (s) => timesNumber(s, 1 / normOf(s)),
    overNorm: (c, s, power) => timesNumber(c, normOf(s) ** -power),
  };
}

const timesNumber = (m: Matrix, factor: number): Matrix => ({ ...m, data: m.data.map((value) => factor * value) });

const sumOf = (p: number, left: Matrix, q: number, right: Matrix): Matrix => ({
  ...left,
  data: left.data.map((value, k) => p * value + q * at(right.data, k)),
});

/** a · b, by the products of columns that kets are made of: k × k matrices of many steps take most of the time. */
function smallProduct(a: Matrix, b: Matrix): Matrix {
  const columns = Array.from({ length: a.columns }, (_, j) =>
    Float64Array.from({ length: a.rows }, (__, i) => at(a.data, i * a.columns + j)),
  );
  const data = new Float64Array(a.rows * b.columns);
  if (a.columns > 0)
    combine(columns, b.data, b.columns, a.rows).forEach((column, j) => {
      for (let i = 0; i < a.rows; i++) data[i * b.columns + j] = at(column, i);
    });
  return matrix(a.rows, b.columns, data);
}

const LEAST_NORM = 1e-30;

const inner = (left: Matrix, right: Matrix): number =>
  left.data.reduce((sum, value, k) => sum + value * at(right.data, k), 0);

/** The outer products of one entry, one for each column of its right side. */
function outersOf({ row, column }: Block, found: Matrix, left: Side, right: Side): Outer[] {
  const own = (side: Side, place: number): number[] =>
    side.columns.flatMap((one, k) => (one.place === place ? [k] : []));
  const [down, across] = [own(left, row), own(right, column)];
  const [first] = down;
  if (first === undefined) return [];
  const columns = down.map((k) => required(left.columns[k], 'column of a matrix').column);
  const coefficients = Float64Array.from(down.flatMap((k) => across.map((j) => at(found.data, k * found.columns + j))));
  const sums = combine(columns, coefficients, across.length, required(columns[0], 'column of a matrix').length);
  return across.map((j, k) => ({
    coefficient: 1,
    left: required(sums[k], 'column of a product'),
    leftAxis: left.axis,
    right: required(right.columns[j], 'column of a matrix').column,
    rightAxis: right.axis,
  }));
}
