/**
 * The interpreter of programs whose widths are sampled: kets (IVb 2.6.5), or a width simulated exactly in law without
 * its matrices (theory: lazy Gaussian operators).
 *
 * A program runs step by step; its state, operator-valued matrices included, stays in the run.
 */

import { stream } from '../numeric/index.ts';
import {
  type Analysis,
  type Axis,
  analyze,
  bind,
  type Form,
  type Node,
  nodeOf,
  operands,
  type Program,
  reorder,
  type Sizes,
  spaceOf,
  type Tensor,
  type Tensors,
  ZERO,
} from '../program/index.ts';
import type { Context, Parts } from './context.ts';
import { badWidth, broken, notGiven, outsideFragment, unsupported } from './errors.ts';
import type { LazyGaussian, RandomMatrix } from './gaussian/index.ts';
import { InitialValues, type MatrixSampler } from './initialValues.ts';
import { bytesOf } from './memory.ts';
import { Tiles } from './pointwise.ts';
import { rules } from './rules.ts';
import type { Sampling } from './sources.ts';
import { type Column, entryAt, type Operator, type Value, type Vectors } from './values.ts';

export interface KetOptions {
  /** n: how many coordinates are sampled of a width of ratio 1. */
  readonly width: number;
  readonly seed: number;
  /** Default pseudo-random. */
  readonly sampling?: Sampling;
  /** Left-over powers of n at their limit 0 (true) or at the width (false, the default). */
  readonly limit?: boolean;
  /** Initial matrices sampled along the directions they meet (default), stored whole (n² numbers each), or a sampler. */
  readonly matrices?: 'lazy' | 'dense' | MatrixSampler;
  /** How many coordinates averages inside nonlinear outer products read; default all. */
  readonly subsample?: number;
  /** Relative size of directions that lazy matrices leave out. */
  readonly tolerance?: number;
  /** Initial values instead of drawn ones; matrices among them are stored whole. */
  readonly initial?: Tensors;
  /** Sizes of fixed spaces that are symbols. */
  readonly sizes?: Sizes;
  /** Products with matrices whose hat and dot parts are wanted ({@link KetRun.parts}), by the names of their values. */
  readonly parts?: readonly string[];
}

/** An output with a width axis: one column for each position of its fixed axes. */
export interface Columns {
  readonly axes: readonly Axis[];
  readonly shape: readonly number[];
  readonly width: Axis;
  readonly columns: readonly Column[];
}

/** A product |Wx⟩ by its origin (IVb 2.6.5): together they are the product. */
export interface ProductParts {
  /** Jointly Gaussian, of covariance ⟨x|x′⟩. */
  readonly hat: Columns;
  /** The combination of what Wᵀ was applied to before. */
  readonly dot: Columns;
  /** What updates of the matrix add. */
  readonly update: Columns;
}

/** One program at one width from one seed. */
export class KetRun {
  readonly #program: Program;
  readonly #options: KetOptions;
  readonly #sizes: Sizes;
  readonly #initialValues: InitialValues;
  readonly #drawn = new Map<string, Value>();
  #state = new Map<string, { readonly value: Value; readonly form: Form }>();
  #parts = new Map<string, Parts>();
  #peakBytes = 0;

  /**
   * Throws {@link UserError} `kets.outside-fragment` for programs that leave NE⊗OR⊤, `kets.bad-width`, and
   * `program.mismatch` for sizes that are missing.
   */
  constructor(program: Program, options: KetOptions) {
    this.#program = program;
    this.#options = options;
    const { widths, violations } = analyze(program);
    if (violations.length > 0) throw outsideFragment(program.name, violations);
    const { width, seed, sampling = 'pseudo', limit = false, matrices = 'lazy', tolerance } = options;
    if (!Number.isSafeInteger(width) || width < 1) throw badWidth(width);
    const symbol = widths.symbol === undefined ? {} : { [widths.symbol]: width };
    this.#sizes = bind(program, { ...options.sizes, ...symbol }, options.initial);
    this.#initialValues = new InitialValues({
      width,
      sizes: this.#sizes,
      stream: stream(seed, 'kets'),
      sampling,
      limit,
      matrices,
      ...(tolerance === undefined ? {} : { tolerance }),
      isWidth: widths.isWidth,
    });
  }

  /** Most bytes of columns that were held at once so far: values, state, and what is known of the matrices. */
  get peakBytes(): number {
    return this.#peakBytes;
  }

  /** Runs a step; the first one draws initial data and starts the state from its laws. */
  step(data: Tensors = {}): Readonly<Record<string, Tensor<Float64Array> | Columns>> {
    const forms = new Map([...this.#state].map(([name, { form }]) => [name, form]));
    const analysis = analyze(this.#program, forms);
    if (analysis.violations.length > 0) throw outsideFragment(this.#program.name, analysis.violations);
    const values = new Map<string, Value>();
    const context = this.#context(analysis, values, data);
    this.#parts = new Map();
    const last = lastReaders(analysis.program);
    for (const node of analysis.program.nodes) {
      const rule = rules[node.instruction.op] as (i: Node['instruction'], node: Node, c: Context) => Value; // total map
      values.set(node.name, rule(node.instruction, node, context));
      this.#account(values);
      for (const ref of last.get(node.name) ?? []) values.delete(ref);
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

  /** The parts of a product of the last step that was asked for, under the name of it or of a renaming of it. Throws {@link UnsupportedError} `kets.unsupported`. */
  parts(name: string): ProductParts {
    const found = this.#parts.get(productOf(this.#program, name));
    if (found === undefined) throw unsupported(name, 'its parts were not asked for, or it is no product with a matrix');
    const { axes, shape } = found;
    const width = nodeOf(this.#program, name).type.axes.find((axis) => !axes.includes(axis)) ?? found.width;
    const of = (columns: readonly Column[]): Columns => ({ axes, shape, width, columns });
    return { hat: of(found.hat), dot: of(found.dot), update: of(found.update) };
  }

  #account(values: ReadonlyMap<string, Value>): void {
    const held = [...values.values(), ...this.#drawn.values(), ...[...this.#state.values()].map(({ value }) => value)];
    const matrices = this.#initialValues.matrices.reduce((sum, matrix) => sum + matrixBytes(matrix), 0);
    this.#peakBytes = Math.max(this.#peakBytes, bytesOf(held) + matrices);
  }

  #context(analysis: Analysis, values: ReadonlyMap<string, Value>, data: Tensors): Context {
    const { widths } = analysis;
    const { width, limit = false, subsample, parts = [] } = this.#options;
    const products = new Set(parts.map((name) => productOf(this.#program, name)));
    const count = (axis: Axis): number => this.#sizes[spaceOf(axis)] ?? 0;
    const ratio = (axis: Axis): number => widths.ratio(spaceOf(axis)) ?? 1;
    return {
      analysis,
      value: (ref) => {
        const value = values.get(ref);
        if (value === undefined) throw broken(ref, 'it is read before it is made or after it is dropped');
        return value;
      },
      form: (ref) => analysis.forms.get(ref) ?? { kind: 'plain', exponent: 0 },
      feed: (node) => this.#feed(node, data, analysis),
      count,
      ratio,
      subsample: (axis) => Math.min(count(axis), Math.round((subsample ?? width) * ratio(axis))),
      size: (space) =>
        limit && widths.ratio(space) !== undefined ? Number.POSITIVE_INFINITY : (this.#sizes[space] ?? Number.NaN),
      ones: (axis) => this.#initialValues.ones(axis),
      power: (exponent) => (exponent === 0 ? 1 : limit || exponent === ZERO ? 0 : width ** exponent),
      takeParts: (name) => (products.has(name) ? (found) => this.#parts.set(name, found) : undefined),
    };
  }

  #feed(node: Node, data: Tensors, analysis: Analysis): Value {
    const known = this.#state.get(node.name)?.value ?? this.#drawn.get(node.name);
    if (known !== undefined) return known;
    const { instruction } = node;
    const law = instruction.op === 'input' || instruction.op === 'parameter' ? instruction.law : undefined;
    const given = this.#options.initial?.[node.name] ?? data[node.name];
    if (law === undefined) {
      if (given === undefined) throw notGiven(this.#program.name, node.name);
      return scalarsOf(given, node.type.axes);
    }
    const form = analysis.forms.get(node.name) ?? { kind: 'plain', exponent: 0 };
    const value = this.#initialValues.draw(node, law, form, given);
    // A state is carried by the run; other initial data stay.
    if (instruction.op !== 'input' || instruction.role !== 'state') this.#drawn.set(node.name, value);
    return value;
  }
}

/** The value that a name is a renaming of. Throws {@link UserError} `program.unknown-value`. */
function productOf(program: Program, name: string): string {
  const { instruction } = nodeOf(program, name);
  return instruction.op === 'rename' ? productOf(program, instruction.arg) : name;
}

/** For each node the values that nothing reads after it. */
function lastReaders(program: Program): Map<string, string[]> {
  const last = new Map<string, string>();
  for (const node of program.nodes) {
    last.set(node.name, node.name);
    for (const ref of operands(node.instruction)) last.set(ref, node.name);
  }
  for (const { value } of program.outputs) last.delete(value);
  const found = new Map<string, string[]>();
  for (const [ref, reader] of last) found.set(reader, [...(found.get(reader) ?? []), ref]);
  return found;
}

const BYTES = 8;

function matrixBytes(matrix: RandomMatrix | LazyGaussian): number {
  return 'bytes' in matrix ? matrix.bytes : BYTES * matrix.rows * matrix.columns;
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
  return { axes, shape, width: value.width, columns: scaledColumns(value, factor) };
}

function scaledColumns({ data }: Vectors, factor: number): Column[] {
  return Array.from(data, (column) => (factor === 1 ? column : column.map((x) => x * factor)));
}

/** State keeps its factors, and of what is not of low rank the regions that were read. */
function settled(value: Value, before: Value | undefined): Value {
  if (value.kind !== 'operators') return value;
  const data = Array.from(value.data, ({ matrices, pointwise }, p): Operator => {
    const { outers, terms } = pointwise;
    if (terms.length === 0) return { matrices, pointwise };
    const tiles = new Tiles(
      { outers: [], terms },
      before?.kind === 'operators' ? tilesOf(entryAt(before.data, p)) : undefined,
    );
    tiles.settle();
    return { matrices, pointwise: { outers, terms: [{ coefficient: 1, pointwise: { kind: 'kept', tiles } }] } };
  });
  return { ...value, data };
}

function tilesOf({ pointwise }: Operator): Tiles | undefined {
  const only = pointwise.terms[0]?.pointwise;
  return only?.kind === 'kept' ? only.tiles : undefined;
}
