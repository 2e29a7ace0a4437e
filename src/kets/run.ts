/**
 * The interpreter of programs whose widths are sampled: kets (IVb 2.6.5), or a width simulated exactly in law without
 * its matrices (theory: lazy Gaussian operators).
 *
 * A program runs step by step; its state, operator-valued matrices included, stays in the run.
 */

import { deviationOf, drawLaw, type Stream, stream } from '../numeric/index.ts';
import {
  type Analysis,
  type Axis,
  analyze,
  bind,
  entries,
  type Form,
  type Law,
  type Node,
  type Program,
  reorder,
  type Sizes,
  shapeOf,
  spaceOf,
  type Tensor,
  type Tensors,
  ZERO,
} from '../program/index.ts';
import type { Context } from './context.ts';
import { onesColumn } from './decompose.ts';
import { badWidth, notGiven, outsideFragment, unsupported } from './errors.ts';
import { denseMatrix, lazyGaussian, type NormalSource, type RandomMatrix } from './gaussian/index.ts';
import { NOTHING, Tiles } from './pointwise.ts';
import { rules } from './rules.ts';
import { columnSource, type Sampling } from './sources.ts';
import { type Column, entryAt, type Operator, type Value } from './values.ts';

export interface KetOptions {
  /** n: how many coordinates are sampled of a width of ratio 1. */
  readonly width: number;
  readonly seed: number;
  /** Default pseudo-random. */
  readonly sampling?: Sampling;
  /** Left-over powers of n at their limit 0 (true) or at the width (false, the default). */
  readonly limit?: boolean;
  /** Initial matrices sampled along the directions they meet (default), or stored whole: n² numbers each. */
  readonly matrices?: 'lazy' | 'dense';
  /** How many coordinates averages inside nonlinear outer products read; default all. */
  readonly subsample?: number;
  /** Relative size of directions that lazy matrices leave out. */
  readonly tolerance?: number;
  /** Initial values instead of drawn ones; matrices among them are stored whole. */
  readonly initial?: Tensors;
  /** Sizes of fixed spaces that are symbols. */
  readonly sizes?: Sizes;
}

/** One program at one width from one seed. */
export class KetRun {
  readonly #program: Program;
  readonly #options: KetOptions;
  readonly #sizes: Sizes;
  readonly #sources = new Map<string, NormalSource>();
  readonly #matrices = new Map<string, readonly RandomMatrix[]>();
  readonly #ones = new Map<string, Column>();
  readonly #stream: Stream;
  #state = new Map<string, { readonly value: Value; readonly form: Form }>();
  readonly #initial = new Map<string, Value>();

  /**
   * Throws {@link UserError} `kets.outside-fragment` for programs that leave NE⊗OR⊤, `kets.bad-width`, and
   * `program.mismatch` for sizes that are missing.
   */
  constructor(program: Program, options: KetOptions) {
    this.#program = program;
    this.#options = options;
    const { widths, violations } = analyze(program);
    if (violations.length > 0) throw outsideFragment(program.name, violations);
    const { width, seed } = options;
    if (!Number.isSafeInteger(width) || width < 1) throw badWidth(width);
    const symbol = widths.symbol === undefined ? {} : { [widths.symbol]: width };
    this.#sizes = bind(program, { ...options.sizes, ...symbol }, options.initial);
    this.#stream = stream(seed, 'kets');
  }

  /** Runs a step; the first one draws initial data and starts the state from its laws. */
  step(data: Tensors = {}): Readonly<Record<string, Tensor<Float64Array> | Columns>> {
    const forms = new Map([...this.#state].map(([name, { form }]) => [name, form]));
    const analysis = analyze(this.#program, forms);
    if (analysis.violations.length > 0) throw outsideFragment(this.#program.name, analysis.violations);
    const values = new Map<string, Value>();
    const context = this.#context(analysis, values, data);
    for (const node of analysis.program.nodes) {
      const rule = rules[node.instruction.op] as (i: Node['instruction'], node: Node, c: Context) => Value; // total map
      values.set(node.name, rule(node.instruction, node, context));
    }
    const outputs: Record<string, Tensor<Float64Array> | Columns> = {};
    const next = new Map<string, { value: Value; form: Form }>();
    for (const { name, value: ref, role } of analysis.program.outputs) {
      const [value, form] = [context.value(ref), context.form(ref)];
      if (role === 'state') next.set(name, { value: settled(value, this.#state.get(name)?.value), form });
      else outputs[name] = handedOut(name, value, form, context);
    }
    this.#state = next;
    return outputs;
  }

  #context(analysis: Analysis, values: ReadonlyMap<string, Value>, data: Tensors): Context {
    const { widths } = analysis;
    const { width, limit = false, subsample } = this.#options;
    const count = (axis: Axis): number => this.#sizes[spaceOf(axis)] ?? 0;
    const form = (ref: string): Form => analysis.forms.get(ref) ?? { kind: 'plain', exponent: 0 };
    return {
      analysis,
      value: (ref) => {
        const value = values.get(ref);
        if (value === undefined) throw unsupported(ref, 'it is read before it is made');
        return value;
      },
      form,
      feed: (node) => this.#feed(node, data, analysis),
      count,
      ratio: (axis) => widths.ratio(spaceOf(axis)) ?? 1,
      subsample: (axis) => Math.min(count(axis), Math.round((subsample ?? width) * (widths.ratio(spaceOf(axis)) ?? 1))),
      size: (space) =>
        limit && widths.ratio(space) !== undefined ? Number.POSITIVE_INFINITY : (this.#sizes[space] ?? Number.NaN),
      ones: (axis) => this.#onesOf(spaceOf(axis), count(axis)),
      power: (exponent) => (exponent === 0 ? 1 : limit || exponent === ZERO ? 0 : width ** exponent),
    };
  }

  #onesOf(space: string, length: number): Column {
    let column = this.#ones.get(space);
    if (column === undefined) {
      column = onesColumn(length);
      this.#ones.set(space, column);
    }
    return column;
  }

  #feed(node: Node, data: Tensors, analysis: Analysis): Value {
    const carried = this.#state.get(node.name);
    if (carried !== undefined) return carried.value;
    const { instruction } = node;
    const law = instruction.op === 'input' || instruction.op === 'parameter' ? instruction.law : undefined;
    const given = this.#options.initial?.[node.name] ?? data[node.name];
    const wide = node.type.axes.some(analysis.widths.isWidth);
    if (law === undefined || (given !== undefined && !wide)) {
      if (given === undefined) throw notGiven(this.#program.name, node.name);
      return scalarsOf(given, node.type.axes);
    }
    let value = this.#initial.get(node.name);
    if (value === undefined) {
      value = this.#draw(node, law, given, analysis);
      this.#initial.set(node.name, value);
    }
    return value;
  }

  /** Initial data of order 1: powers of n in the law are taken out, as the forms have them. */
  #draw(node: Node, law: Law, given: Tensor | undefined, analysis: Analysis): Value {
    const { isWidth } = analysis.widths;
    const form = analysis.forms.get(node.name);
    const widths = node.type.axes.filter(isWidth);
    const axes = node.type.axes.filter((axis) => !isWidth(axis));
    const shape = shapeOf(axes, this.#sizes);
    const count = entries(shape);
    const [rows, columns] = widths;
    const n = this.#options.width;
    if (rows === undefined) {
      const data = drawLaw(law, count, this.#sizes, this.#stream.substream(node.name));
      const power = form?.kind === 'plain' && form.exponent !== ZERO ? n ** -form.exponent : 1;
      return { kind: 'scalars', axes, shape, data: data.map((x) => x * power) };
    }
    const lengths = shapeOf(widths, this.#sizes);
    if (columns === undefined) {
      const exponent = form?.kind === 'plain' ? form.exponent : 0;
      const length = lengths[0] ?? 0;
      if (given !== undefined) return this.#givenColumns(given, axes, shape, rows, length, n ** -exponent);
      const data = Array.from({ length: count }, (_, p) =>
        this.#column(law, spaceOf(rows), length, exponent, `${node.name} ${p}`),
      );
      return { kind: 'vectors', width: rows, axes, shape, data };
    }
    if (form?.kind !== 'operator' || law.kind === 'constant') return this.#constantOperator(law, widths, axes, shape);
    const exponent = form.matrices[0]?.exponent ?? 0;
    const matrices = this.#matricesOf(node, law, given, n ** -exponent, [rows, columns], axes, count);
    const data = matrices.map(
      (matrix): Operator => ({
        matrices: [{ matrix, rows, columns, coefficient: 1, exponent }],
        pointwise: NOTHING,
      }),
    );
    return { kind: 'operators', widths, axes, shape, data };
  }

  #constantOperator(law: Law, widths: readonly Axis[], axes: readonly Axis[], shape: readonly number[]): Value {
    const value = law.kind === 'constant' ? law.value : 0;
    const [rows, columns] = widths;
    const data = Array.from({ length: entries(shape) }, (): Operator => {
      if (value === 0 || rows === undefined || columns === undefined) return { matrices: [], pointwise: NOTHING };
      const [left, right] = [rows, columns].map((axis) => this.#onesOf(spaceOf(axis), this.#sizes[spaceOf(axis)] ?? 0));
      if (left === undefined || right === undefined) return { matrices: [], pointwise: NOTHING };
      const outer = { coefficient: value, left, leftAxis: rows, right, rightAxis: columns };
      return { matrices: [], pointwise: { outers: [outer], terms: [] } };
    });
    return { kind: 'operators', widths, axes, shape, data };
  }

  #column(law: Law, space: string, length: number, exponent: number, label: string): Column {
    if (law.kind === 'constant') return new Float64Array(length).fill(law.value);
    const scale = deviationOf(law, this.#sizes) * this.#options.width ** -exponent;
    const values = law.kind === 'gaussian' ? this.#source(space).next() : this.#stream.substream(label).signs(length);
    return Math.abs(scale - 1) < 1e-12 ? values : values.map((x) => x * scale);
  }

  #givenColumns(
    given: Tensor,
    axes: readonly Axis[],
    shape: readonly number[],
    width: Axis,
    length: number,
    scale: number,
  ): Value {
    const flat = reorder(given, [...axes, width]).data;
    const data = Array.from({ length: entries(shape) }, (_, p) =>
      Float64Array.from({ length }, (__, i) => entryAt(flat, p * length + i) * scale),
    );
    return { kind: 'vectors', width, axes, shape, data };
  }

  #matricesOf(
    node: Node,
    law: Exclude<Law, { kind: 'constant' }>,
    given: Tensor | undefined,
    scale: number,
    [rowAxis, columnAxis]: readonly [Axis, Axis],
    axes: readonly Axis[],
    count: number,
  ): readonly RandomMatrix[] {
    const known = this.#matrices.get(node.name);
    if (known !== undefined) return known;
    const [rows, columns] = shapeOf([rowAxis, columnAxis], this.#sizes) as [number, number];
    const deviation = deviationOf(law, this.#sizes) * scale;
    const flat = given === undefined ? undefined : reorder(given, [...axes, rowAxis, columnAxis]).data;
    const made = Array.from({ length: count }, (_, p): RandomMatrix => {
      const size = rows * columns;
      if (flat !== undefined) {
        return denseMatrix(
          rows,
          columns,
          Float64Array.from({ length: size }, (__, i) => entryAt(flat, p * size + i) * scale),
        );
      }
      // Signs have the Gaussian's limit (IVb 2.6.4), not its law at a finite width.
      const { tolerance, limit = false } = this.#options;
      const matrices = law.kind === 'rademacher' && !limit ? 'dense' : (this.#options.matrices ?? 'lazy');
      const own = this.#stream.substream(node.name).substream(p);
      if (matrices === 'dense') {
        const values = law.kind === 'gaussian' ? own.normals(size) : own.signs(size);
        return denseMatrix(
          rows,
          columns,
          values.map((x) => x * deviation),
        );
      }
      const source = { rows: this.#source(spaceOf(rowAxis)), columns: this.#source(spaceOf(columnAxis)) };
      return lazyGaussian({ rows, columns, deviation, source, ...(tolerance === undefined ? {} : { tolerance }) });
    });
    this.#matrices.set(node.name, made);
    return made;
  }

  #source(space: string): NormalSource {
    let source = this.#sources.get(space);
    if (source === undefined) {
      const length = this.#sizes[space] ?? 0;
      source = columnSource(this.#options.sampling ?? 'pseudo', this.#stream.substream(`width ${space}`), length);
      this.#sources.set(space, source);
    }
    return source;
  }
}

/** An output with a width axis: one column for each position of its fixed axes. */
export interface Columns {
  readonly axes: readonly Axis[];
  readonly shape: readonly number[];
  readonly width: Axis;
  readonly columns: readonly Column[];
}

function scalarsOf(given: Tensor, axes: readonly Axis[]): Value {
  const { shape, data } = reorder(given, axes);
  return { kind: 'scalars', axes, shape, data: Float64Array.from(data) };
}

function handedOut(name: string, value: Value, form: Form, { power }: Context): Tensor<Float64Array> | Columns {
  if (value.kind === 'operators')
    throw unsupported(name, 'an output on two width axes; hand out a product or a mean of it');
  const factor = form.kind === 'plain' && form.exponent !== ZERO ? power(form.exponent) : 1;
  const { axes, shape } = value;
  if (value.kind === 'scalars') return { axes, shape, data: Float64Array.from(value.data, (x) => x * factor) };
  const columns = Array.from(value.data, (column) => (factor === 1 ? column : column.map((x) => x * factor)));
  return { axes, shape, width: value.width, columns };
}

/** State keeps its factors, and of what is not of low rank the regions that were read. */
function settled(value: Value, before: Value | undefined): Value {
  if (value.kind !== 'operators') return value;
  const data = Array.from(value.data, ({ matrices, pointwise }, p): Operator => {
    if (pointwise.terms.length === 0) return { matrices, pointwise };
    const old = before?.kind === 'operators' ? tilesOf(before.data[p]) : undefined;
    const tiles = new Tiles({ outers: [], terms: pointwise.terms }, old);
    tiles.settle();
    return {
      matrices,
      pointwise: { outers: pointwise.outers, terms: [{ coefficient: 1, pointwise: { kind: 'kept', tiles } }] },
    };
  });
  return { ...value, data };
}

function tilesOf(operator: Operator | undefined): Tiles | undefined {
  const only = operator?.pointwise.terms[0]?.pointwise;
  return only?.kind === 'kept' ? only.tiles : undefined;
}
