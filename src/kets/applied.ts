/** Matrices, initial or trained, times vectors. */

import type { Pairs } from '../entries/index.ts';
import { required } from '../errors/index.ts';
import { type Axis, isZeroPower, minus, ONE, plus, without } from '../program/index.ts';
import { sumOfColumns } from './algebra.ts';
import type { Combination, Outer } from './combination.ts';
import { type Context, exponentOf } from './context.ts';
import { broken, unsupported } from './errors.ts';
import type { ImageParts, LazyGaussian, RandomMatrix } from './gaussian/index.ts';
import { combine } from './gaussian/index.ts';
import { meanProducts } from './products.ts';
import { type Column, entryAt, type MatrixUse, type Operator, type Operators, type Vectors } from './values.ts';

/** What a part of a product comes from. */
type Origin = 'whole' | 'hat' | 'dot' | 'update';

/** weight · columns, one for each vector of a block. */
interface Piece {
  readonly origin: Origin;
  readonly weight: number;
  readonly columns: readonly Column[];
}

/** The product of an instruction, of operators and vectors named in that order. */
export interface Product {
  readonly name: string;
  readonly operators: string;
  readonly vectors: string;
}

/** Operators times vectors, summed over the vectors' width axis. */
export function applied(
  operators: Operators,
  vectors: Vectors,
  pairs: Pairs,
  { name, ...refs }: Product,
  context: Context,
): Vectors {
  const axis = vectors.width;
  const [rest] = without(operators.widths, [axis]);
  if (rest === undefined) throw broken(name, 'an operator has one width axis');
  const own = exponentOf(context, name);
  const input = exponentOf(context, refs.vectors);
  const length = context.count(rest);
  const take = context.takeParts(name);
  if (isZeroPower(own)) {
    const zero = new Float64Array(length);
    return { kind: 'vectors', width: rest, axes: pairs.axes, shape: pairs.shape, data: pairs.groups.map(() => zero) };
  }
  const power = context.power(minus(plus(exponentOf(context, refs.operators), input, ONE), own));
  const along = { over: axis, samples: context.subsample(axis), rest, length };

  const described = (pointwise: Combination, block: readonly Column[]): Piece[] => {
    if (pointwise.outers.length + pointwise.terms.length === 0 || power === 0) return [];
    const columns = meanProducts(pointwise, block, along);
    return [{ origin: 'update', weight: power * context.ratio(axis), columns }];
  };

  /** All pieces of one operator's products with a block. */
  const piecesOf = ({ matrices, pointwise }: Operator, block: readonly Column[]): Piece[] => {
    const [only, more] = matrices;
    if (only !== undefined && more === undefined && take === undefined && isLazy(only.matrix)) {
      const weight = only.coefficient * context.power(minus(plus(only.exponent, input), own));
      const factor = (power * context.ratio(axis)) / (weight * context.count(axis));
      if (pointwise.outers.length > 0 && power !== 0 && Number.isFinite(factor)) {
        const columns = updated({ ...only, matrix: only.matrix }, axis, block, pointwise.outers, factor);
        const whole: Piece = { origin: 'whole', weight, columns };
        return [whole, ...described({ outers: [], terms: pointwise.terms }, block)];
      }
    }
    const pieces = matrices.flatMap((use) =>
      multiplied(name, use, axis, block, take !== undefined).map(
        ({ origin, columns }): Piece => ({
          origin,
          weight: use.coefficient * context.power(minus(plus(use.exponent, input), own)),
          columns,
        }),
      ),
    );
    return [...pieces, ...described(pointwise, block)];
  };

  const blocks = wanted(pairs);
  const pieces = new Map(
    [...blocks].map(([entry, places]) => [
      entry,
      piecesOf(
        entryAt(operators.data, entry),
        places.map((k) => entryAt(vectors.data, k)),
      ),
    ]),
  );
  const gathered = (accept: (origin: Origin) => boolean): Vectors => {
    const flat: Column[] = [];
    const position = new Map<string, number>();
    for (const [entry, places] of blocks) {
      places.forEach((k, place) => {
        const terms = required(pieces.get(entry), `products of operator ${entry}`).filter(({ origin }) =>
          accept(origin),
        );
        position.set(`${entry} ${k}`, flat.push(total(terms, place, length)) - 1);
      });
    }
    const data = pairs.groups.map((group) =>
      sumOfColumns(
        group.map(([a, b]) => entryAt(flat, required(position.get(`${a} ${b}`), `product of ${a} and ${b}`))),
        1,
      ),
    );
    return { kind: 'vectors', width: rest, axes: pairs.axes, shape: pairs.shape, data };
  };
  if (take !== undefined) {
    const of = (wantedOrigin: Origin): readonly Column[] =>
      Array.from(gathered((origin) => origin === wantedOrigin).data);
    take({ axes: pairs.axes, shape: pairs.shape, width: rest, hat: of('hat'), dot: of('dot'), update: of('update') });
  }
  return gathered(() => true);
}

/** A matrix, or its transpose, and factor · outer products, times a block. */
function updated(
  { matrix, rows, columns }: MatrixUse & { readonly matrix: LazyGaussian },
  axis: Axis,
  block: readonly Column[],
  outers: readonly Outer[],
  factor: number,
): Column[] {
  const updates = outers.map(({ coefficient, left, leftAxis, right }) => {
    const [along, across] = leftAxis === rows ? [left, right] : [right, left];
    return { coefficient: coefficient * factor, left: along, right: across };
  });
  return columns === axis ? matrix.applyUpdated(block, updates) : matrix.applyTransposedUpdated(block, updates);
}

/** A matrix, or its transpose, times a block. */
function multiplied(
  name: string,
  { matrix, columns }: MatrixUse,
  axis: Axis,
  block: readonly Column[],
  split: boolean,
): { readonly origin: Origin; readonly columns: readonly Column[] }[] {
  const forward = columns === axis;
  if (!split) return [{ origin: 'whole', columns: forward ? matrix.apply(block) : matrix.applyTransposed(block) }];
  if (!isLazy(matrix)) throw unsupported(name, 'hat and dot parts are known of lazily sampled matrices only');
  const { hat, dot }: ImageParts = forward ? matrix.applyParts(block) : matrix.applyTransposedParts(block);
  return [
    { origin: 'hat', columns: hat },
    { origin: 'dot', columns: dot },
  ];
}

function isLazy(matrix: RandomMatrix): matrix is LazyGaussian {
  return 'applyParts' in matrix;
}

/** Σ weight · column of the pieces at a place of their blocks. */
function total(pieces: readonly Piece[], place: number, length: number): Column {
  const [only] = pieces;
  if (only !== undefined && pieces.length === 1 && only.weight === 1) return entryAt(only.columns, place);
  if (only === undefined) return new Float64Array(length);
  const [sum] = combine(
    pieces.map(({ columns }) => entryAt(columns, place)),
    Float64Array.from(pieces, ({ weight }) => weight),
    1,
    length,
  );
  if (sum === undefined) throw broken('a product', 'a sum of columns gave none');
  return sum;
}

/** For each operator the vectors that it multiplies, once each. */
function wanted({ groups }: Pairs): Map<number, number[]> {
  const found = new Map<number, Set<number>>();
  for (const [a, b] of groups.flat()) {
    const known = found.get(a);
    if (known === undefined) found.set(a, new Set([b]));
    else known.add(b);
  }
  return new Map([...found].map(([entry, columns]) => [entry, [...columns]]));
}
