/**
 * The initial values of feeds: vectors and scalars drawn by their laws, matrices as lazy or stored ones. Laws are those
 * of IVb 2.6.3 and 2.6.4.
 */

import { required } from '../errors/index.ts';
import { deviationOf, drawLaw, type Stream } from '../numeric/index.ts';
import {
  type Axis,
  entries,
  type Form,
  isZeroPower,
  type Law,
  type Node,
  negated,
  type RandomLaw,
  raised,
  reorder,
  type Sizes,
  shapeOf,
  spaceOf,
  type Tensor,
  textKey,
  ZERO,
} from '../program/index.ts';
import { NOTHING } from './combination.ts';
import type { EntrywiseGroups } from './entrywiseGroups.ts';
import { unsupported } from './errors.ts';
import {
  denseMatrix,
  type LazyGaussianOptions,
  lazyGaussian,
  type MatrixSource,
  type RandomMatrix,
} from './gaussian/index.ts';
import type { DrawnMatrix, Known } from './known.ts';
import type { DrawnAlong, Normals } from './normals.ts';
import { type Column, entryAt, type Operator, type Operators, type Value } from './values.ts';

/** Makes a Gaussian matrix. */
export type MatrixSampler = (options: LazyGaussianOptions) => RandomMatrix;

export interface InitialOptions {
  readonly width: number;
  readonly sizes: Sizes;
  /** Numbers and signs, and matrices that are stored; normals along a width come from `known`. */
  readonly stream: Stream;
  readonly known: Known;
  readonly limit: boolean;
  readonly matrices: 'lazy' | 'dense' | MatrixSampler;
  readonly tolerance?: number;
  readonly isWidth: (axis: Axis) => boolean;
  readonly groups: EntrywiseGroups;
}

/**
 * Values of order 1: powers of n in a law are taken out, as the forms have them. Everything is drawn by the name of the
 * feed and the position on its fixed axes.
 */
export class InitialValues {
  readonly #options: InitialOptions;

  constructor(options: InitialOptions) {
    this.#options = options;
  }

  /** The column of ones along an axis. */
  ones(axis: Axis): Column {
    return this.#options.known.ones(axis, this.#count(axis));
  }

  /** The initial value of a feed of this law and form; `given` replaces what would be drawn. */
  draw(node: Node, law: Law, form: Form, given: Tensor | undefined): Value {
    const { isWidth, limit, sizes, stream, width } = this.#options;
    const [rows, columns] = node.type.axes.filter(isWidth);
    const axes = node.type.axes.filter((axis) => !isWidth(axis));
    const shape = shapeOf(axes, sizes);
    const count = entries(shape);
    if (rows === undefined) {
      if (given !== undefined)
        return { kind: 'scalars', axes, shape, data: Float64Array.from(reorder(given, axes).data) };
      // Initial scalars tend to 0 (IVb 2.6.3).
      const vanishes = limit && law.kind !== 'constant';
      const data = vanishes ? new Float64Array(count) : drawLaw(law, count, sizes, stream.substream(node.name));
      return { kind: 'scalars', axes, shape, data };
    }
    if (columns === undefined) {
      const scale = form.kind === 'plain' && !isZeroPower(form.exponent) ? raised(width, negated(form.exponent)) : 1;
      const data = Array.from({ length: count }, (_, p) =>
        given === undefined
          ? this.#vector(law, this.#along(node.name, rows), rows, scale, `${node.name} ${p}`)
          : this.#given(given, axes, rows, p).map((x) => x * scale),
      );
      return { kind: 'vectors', width: rows, axes, shape, data };
    }
    // What starts without a matrix starts at zero, of every power.
    const exponent = form.kind === 'operator' ? (form.matrices[0]?.exponent ?? ZERO) : ZERO;
    const operators = (entry: (position: number) => Operator): Operators => ({
      kind: 'operators',
      widths: [rows, columns],
      axes,
      shape,
      data: Array.from({ length: count }, (_, p) => entry(p)),
    });
    const scaled = (matrix: RandomMatrix): Operator => ({
      matrices: [{ matrix, rows, columns, coefficient: 1, exponent }],
      pointwise: NOTHING,
    });
    const power = raised(width, negated(exponent));
    const { name } = node;
    if (law.kind === 'constant') {
      // What starts from a constant is no initial matrix: functions of it are taken, which need it as a formula.
      if (given?.data.some((value) => value !== law.value)) throw unsupported(name, NOT_THE_CONSTANT);
      return operators(() => this.#constant(law.value, rows, columns));
    }
    if (given !== undefined) {
      const flat = reorder(given, [...axes, rows, columns]);
      return operators((p) => scaled(this.#stored(flat, rows, columns, p, power)));
    }
    const key = textKey([law, node.type.axes, shapeOf(node.type.axes, sizes)]);
    return this.#options.known.matrix(name, key, (): Omit<DrawnMatrix, 'key'> => {
      const sides = [this.#side(name, rows), this.#side(name, columns)] as const;
      const source = (normals: Normals, p: number): MatrixSource => sourceOf(normals, `${name} ${p}`, sides);
      return { source, value: operators((p) => scaled(this.#drawn(name, law, [rows, columns], power, p, source))) };
    });
  }

  #count(axis: Axis): number {
    return required(this.#options.sizes[spaceOf(axis)], `size of axis "${axis}"`);
  }

  #along(name: string, axis: Axis): DrawnAlong {
    return { space: spaceOf(axis), group: this.#options.groups(name, axis) };
  }

  #side(name: string, axis: Axis): Side {
    return { along: this.#along(name, axis), length: this.#count(axis) };
  }

  #vector(law: Law, along: DrawnAlong, axis: Axis, power: number, label: string): Column {
    const length = this.#count(axis);
    if (law.kind === 'constant') return law.value === 1 ? this.ones(axis) : new Float64Array(length).fill(law.value);
    const { sizes, stream } = this.#options;
    const scale = deviationOf(law, sizes) * power;
    const { normals } = this.#options.known;
    const gaussian = law.kind === 'gaussian';
    const values = gaussian ? normals.column(along, length, label) : stream.substream(label).signs(length);
    return Math.abs(scale - 1) < UNIT ? values : values.map((x) => x * scale);
  }

  #given(given: Tensor, axes: readonly Axis[], axis: Axis, place: number): Column {
    const flat = reorder(given, [...axes, axis]).data;
    const length = this.#count(axis);
    return Float64Array.from({ length }, (_, i) => entryAt(flat, place * length + i));
  }

  #constant(value: number, rows: Axis, columns: Axis): Operator {
    if (value === 0) return { matrices: [], pointwise: NOTHING };
    const [left, right] = [this.ones(rows), this.ones(columns)];
    const outer = { coefficient: value, left, leftAxis: rows, right, rightAxis: columns };
    return { matrices: [], pointwise: { outers: [outer], terms: [] } };
  }

  #drawn(
    name: string,
    law: RandomLaw,
    [rowAxis, columnAxis]: readonly [Axis, Axis],
    power: number,
    position: number,
    source: DrawnMatrix['source'],
  ): RandomMatrix {
    const { sizes, stream, matrices, limit, tolerance, known } = this.#options;
    const [rows, columns] = [this.#count(rowAxis), this.#count(columnAxis)];
    const deviation = deviationOf(law, sizes) * power;
    // Signs have the Gaussian's limit (IVb 2.6.4), not its law at a finite width, where they are stored.
    if (matrices === 'dense' || (law.kind === 'rademacher' && !limit)) {
      const own = stream.substream(name).substream(position);
      const values = law.kind === 'gaussian' ? own.normals(rows * columns) : own.signs(rows * columns);
      return denseMatrix(rows, columns, deviation === 1 ? values : values.map((x) => x * deviation));
    }
    const sampler = matrices === 'lazy' ? lazyGaussian : matrices;
    const options = { rows, columns, deviation, source: source(known.normals, position) };
    return sampler({ ...options, ...(tolerance === undefined ? {} : { tolerance }) });
  }

  /** The entries of a matrix that are given, times `power`. */
  #stored({ data }: Tensor, rowAxis: Axis, columnAxis: Axis, position: number, power: number): RandomMatrix {
    const [rows, columns] = [this.#count(rowAxis), this.#count(columnAxis)];
    const start = position * rows * columns;
    const values = Float64Array.from({ length: rows * columns }, (_, i) => entryAt(data, start + i));
    return denseMatrix(rows, columns, power === 1 ? values : values.map((x) => x * power));
  }
}

/** Where the images of a matrix, or of its transpose, are drawn. */
interface Side {
  readonly along: DrawnAlong;
  readonly length: number;
}

/** Columns for the directions that a matrix, or its transpose, is asked about, by their number. */
function sourceOf(normals: Normals, label: string, [rows, columns]: readonly [Side, Side]): MatrixSource {
  const of = ({ along, length }: Side, side: string): MatrixSource['rows'] => ({
    column: (index) => normals.column(along, length, `${label} ${side} ${index}`),
  });
  return { rows: of(rows, 'forward'), columns: of(columns, 'transposed') };
}

const NOT_THE_CONSTANT = 'its law is a constant, but other numbers are given for it on two width axes';

/** Scales that differ from 1 by rounding of their powers. */
const UNIT = 1e-12;
