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
  type MatrixAlgebra,
  matrixAxes,
  type Node,
  negated,
  newtonSchulzCall,
  newtonSchulzOf,
  normExponent,
  offsets,
  without,
} from '../program/index.ts';
import type { Outer } from './combination.ts';
import { NOTHING } from './combination.ts';
import { type Context, exponentOf } from './context.ts';
import { unsupported } from './errors.ts';
import { combine, gram } from './gaussian/index.ts';
import { type Column, entryAt, type Operator, type Operators, type Value } from './values.ts';

/** A column of one side; columns of different places along the side's fixed axes are orthogonal. */
interface Side {
  readonly axis: Axis;
  readonly columns: { readonly place: number; readonly column: Column }[];
}

/** An entry of the operand, and its place along the fixed axes of either side. */
interface Block {
  readonly position: number;
  readonly row: number;
  readonly column: number;
}

/** A call of a matrix function on a value over two widths, for each place along the axes that are no part of the matrix. */
export function matrixFunction(call: InstructionOf<'call'>, node: Node, context: Context): Value {
  const ref = required(call.args[0], 'operand of a function of a matrix');
  const value = context.value(ref);
  if (value.kind !== 'operators' || value.widths.length !== 2)
    throw unsupported(node.name, `it takes ${call.name} of a value that is not on two width axes`);
  const { rows, columns } = matrixAxes(call);
  const [rowAxis, columnAxis] = [widthOf(rows, value, node), widthOf(columns, value, node)];
  const epsilon = newtonSchulzCall(call).epsilon * context.power(negated(normExponent(exponentOf(context, ref))));
  const data = new Array<Operator>(value.data.length);
  for (const blocks of blocksOf(value, call, context)) {
    const { left, right, factors } = factored(blocks, value, node, [rowAxis, columnAxis]);
    const grams = [gramOf(left, context), gramOf(right, context)] as const;
    const found = newtonSchulzOf(smallAlgebra(...grams), factors, { ...newtonSchulzCall(call), epsilon });
    for (const block of blocks) {
      data[block.position] = { matrices: [], pointwise: { ...NOTHING, outers: outersOf(block, found, left, right) } };
    }
  }
  return { ...value, data };
}

/** The one width among the axes of a side. */
function widthOf(side: readonly Axis[], { widths }: Operators, { name }: Node): Axis {
  const [axis, more] = intersection(side, widths);
  if (axis === undefined || more !== undefined)
    throw unsupported(name, 'it is a function of a matrix whose rows and columns have no width axis each');
  return axis;
}

/** The entries of each matrix. */
function blocksOf(value: Operators, call: InstructionOf<'call'>, { count }: Context): Block[][] {
  const fixed = (axes: readonly Axis[]): Axis[] => intersection(axes, value.axes);
  const { rows, columns } = matrixAxes(call);
  const [places, down, along] = [without(value.axes, call.over), fixed(rows), fixed(columns)].map((axes) => [
    ...offsets(axes, axes.map(count), value),
  ]);
  return required(places, 'places of matrices').map((place) =>
    required(down, 'places of rows').flatMap((own, row) =>
      required(along, 'places of columns').map((other, column) => ({ position: place + own + other, row, column })),
    ),
  );
}

/** Distinct columns of both sides, and the matrix between them. */
function factored(
  blocks: readonly Block[],
  value: Operators,
  { name }: Node,
  [rowAxis, columnAxis]: readonly [Axis, Axis],
): { readonly left: Side; readonly right: Side; readonly factors: Matrix } {
  const [left, right]: [Side, Side] = [
    { axis: rowAxis, columns: [] },
    { axis: columnAxis, columns: [] },
  ];
  const terms: { readonly row: number; readonly column: number; readonly coefficient: number }[] = [];
  const [ofLeft, ofRight] = [finder(left), finder(right)];
  for (const { position, row, column } of blocks) {
    const { matrices, pointwise } = entryAt(value.data, position);
    if (matrices.length > 0 || pointwise.terms.length > 0)
      throw unsupported(name, 'it is a function of a matrix that is no sum of outer products');
    for (const outer of pointwise.outers) {
      const [down, across] = outer.leftAxis === rowAxis ? [outer.left, outer.right] : [outer.right, outer.left];
      terms.push({ row: ofLeft(down, row), column: ofRight(across, column), coefficient: outer.coefficient });
    }
  }
  const width = right.columns.length;
  const data = new Float64Array(left.columns.length * width);
  for (const { row, column, coefficient } of terms)
    data[row * width + column] = at(data, row * width + column) + coefficient;
  return { left, right, factors: matrix(left.columns.length, width, data) };
}

/** Gives the place of a column among those of a side, which it joins where it is new. */
function finder({ columns }: Side): (column: Column, place: number) => number {
  const known = new Map<Column, Map<number, number>>();
  return (column, place) => {
    const places = known.get(column) ?? new Map<number, number>();
    known.set(column, places);
    const index = places.get(place) ?? columns.push({ place, column }) - 1;
    places.set(place, index);
    return index;
  };
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

/** X = U C Vᵀ/n by its C, and S = U D Uᵀ/n by its D. */
function smallAlgebra(a: Matrix, b: Matrix): MatrixAlgebra<Matrix, Matrix> {
  const sum = (p: number, left: Matrix, q: number, right: Matrix): Matrix => ({
    ...left,
    data: left.data.map((value, k) => p * value + q * at(right.data, k)),
  });
  return {
    normalized: (c, epsilon) => {
      const norm = Math.sqrt(Math.max(0, inner(c, smallProduct(smallProduct(a, c), b))));
      return { ...c, data: c.data.map((value) => value / Math.max(norm + epsilon, LEAST_NORM)) };
    },
    gram: (c) => smallProduct(smallProduct(c, b), transpose(c)),
    product: (left, right) => smallProduct(smallProduct(left, a), right),
    applied: (s, c) => smallProduct(smallProduct(s, a), c),
    sum,
    sumOfGrams: sum,
  };
}

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
