/** The initial data of a run: vectors and scalars drawn by their laws, matrices as lazy or stored ones. */

import { deviationOf, drawLaw, type Stream } from '../numeric/index.ts';
import {
  type Axis,
  entries,
  type Form,
  type Law,
  type Node,
  type RandomLaw,
  reorder,
  type Sizes,
  shapeOf,
  spaceOf,
  type Tensor,
  ZERO,
} from '../program/index.ts';
import { onesColumn } from './decompose.ts';
import {
  denseMatrix,
  type LazyGaussianOptions,
  lazyGaussian,
  type NormalSource,
  type RandomMatrix,
} from './gaussian/index.ts';
import { NOTHING } from './pointwise.ts';
import { columnSource, type Sampling } from './sources.ts';
import { type Column, entryAt, type Operator, type Value } from './values.ts';

/** Makes a Gaussian matrix. */
export type MatrixSampler = (options: LazyGaussianOptions) => RandomMatrix;

export interface InitialOptions {
  readonly width: number;
  readonly sizes: Sizes;
  readonly stream: Stream;
  readonly sampling: Sampling;
  readonly limit: boolean;
  readonly matrices: 'lazy' | 'dense' | MatrixSampler;
  readonly tolerance?: number;
  readonly isWidth: (axis: Axis) => boolean;
}

/**
 * Values of order 1: powers of n in a law are taken out, as the forms have them. Vectors and the fresh directions of
 * matrices take columns from one source for each width space, in the order in which they are needed.
 */
export class InitialValues {
  readonly #options: InitialOptions;
  readonly #sources = new Map<string, NormalSource>();
  readonly #matrices: RandomMatrix[] = [];
  readonly #ones = new Map<string, Column>();

  constructor(options: InitialOptions) {
    this.#options = options;
  }

  /** The matrices made so far. */
  get matrices(): readonly RandomMatrix[] {
    return this.#matrices;
  }

  /** The column of ones along an axis. */
  ones(axis: Axis): Column {
    const space = spaceOf(axis);
    let column = this.#ones.get(space);
    if (column === undefined) {
      column = onesColumn(this.#count(axis));
      this.#ones.set(space, column);
    }
    return column;
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
      const scale = form.kind === 'plain' && form.exponent !== ZERO ? width ** -form.exponent : 1;
      const data = Array.from({ length: count }, (_, p) =>
        given === undefined
          ? this.#vector(law, rows, scale, `${node.name} ${p}`)
          : this.#given(given, axes, rows, p).map((x) => x * scale),
      );
      return { kind: 'vectors', width: rows, axes, shape, data };
    }
    const exponent = form.kind === 'operator' ? (form.matrices[0]?.exponent ?? 0) : 0;
    const data = Array.from({ length: count }, (_, p): Operator => {
      if (law.kind === 'constant') return this.#constant(law.value, rows, columns);
      const matrix = this.#matrix(
        node.name,
        law,
        [rows, columns],
        width ** -exponent,
        p,
        given === undefined ? undefined : reorder(given, [...axes, rows, columns]),
      );
      return { matrices: [{ matrix, rows, columns, coefficient: 1, exponent }], pointwise: NOTHING };
    });
    return { kind: 'operators', widths: [rows, columns], axes, shape, data };
  }

  #count(axis: Axis): number {
    return this.#options.sizes[spaceOf(axis)] ?? 0;
  }

  #vector(law: Law, axis: Axis, power: number, label: string): Column {
    const length = this.#count(axis);
    if (law.kind === 'constant') return law.value === 1 ? this.ones(axis) : new Float64Array(length).fill(law.value);
    const { sizes, stream } = this.#options;
    const scale = deviationOf(law, sizes) * power;
    const values = law.kind === 'gaussian' ? this.#source(axis).next() : stream.substream(label).signs(length);
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

  #matrix(
    name: string,
    law: RandomLaw,
    [rowAxis, columnAxis]: readonly [Axis, Axis],
    power: number,
    place: number,
    given: Tensor | undefined,
  ): RandomMatrix {
    const { sizes, stream, matrices, limit, tolerance } = this.#options;
    const [rows, columns] = [this.#count(rowAxis), this.#count(columnAxis)];
    const deviation = deviationOf(law, sizes) * power;
    const size = rows * columns;
    // Signs have the Gaussian's limit (IVb 2.6.4), not its law at a finite width, where they are stored.
    const stored = given !== undefined || matrices === 'dense' || (law.kind === 'rademacher' && !limit);
    let matrix: RandomMatrix;
    if (stored) {
      const own = stream.substream(name).substream(place);
      const values =
        given === undefined
          ? law.kind === 'gaussian'
            ? own.normals(size)
            : own.signs(size)
          : Float64Array.from({ length: size }, (_, i) => entryAt(given.data, place * size + i));
      const scale = given === undefined ? deviation : power;
      matrix = denseMatrix(rows, columns, scale === 1 ? values : values.map((x) => x * scale));
    } else {
      const sampler = matrices === 'lazy' ? lazyGaussian : matrices;
      const source = { rows: this.#source(rowAxis), columns: this.#source(columnAxis) };
      matrix = sampler({ rows, columns, deviation, source, ...(tolerance === undefined ? {} : { tolerance }) });
    }
    this.#matrices.push(matrix);
    return matrix;
  }

  #source(axis: Axis): NormalSource {
    const space = spaceOf(axis);
    let source = this.#sources.get(space);
    if (source === undefined) {
      const { sampling, stream } = this.#options;
      source = columnSource(sampling, stream.substream(`width ${space}`), this.#count(axis));
      this.#sources.set(space, source);
    }
    return source;
  }
}

/** Scales that differ from 1 by rounding of their powers. */
const UNIT = 1e-12;
