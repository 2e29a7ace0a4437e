/**
 * One run of a program whose widths are sampled, from one state to the next. Each instruction is read by its ket (IVb
 * 2.6.5), matrices as theory 3 samples them.
 */

import { walk } from '../entries/index.ts';
import { required } from '../errors/index.ts';
import {
  type Analysis,
  type Axis,
  type Form,
  isHeld,
  isZeroPower,
  type Node,
  nodeOf,
  operands,
  type Program,
  raised,
  reorder,
  type Sizes,
  signOf,
  spaceOf,
  type Tensor,
  type Tensors,
} from '../program/index.ts';
import type { Context, Parts } from './context.ts';
import { broken, notGiven, unsupported } from './errors.ts';
import type { LazyGaussian, RandomMatrix } from './gaussian/index.ts';
import type { InitialValues } from './initialValues.ts';
import { HeldMemory } from './memory.ts';
import { sampledReading } from './reading.ts';
import { type Held, KetState, settled } from './state.ts';
import type { Column, Value, Vectors } from './values.ts';

/** What a run is told besides its program and state. */
export interface RunSettings {
  readonly program: Program;
  readonly analysis: Analysis;
  readonly state: KetState;
  readonly data: Tensors;
  readonly sizes: Sizes;
  readonly initialValues: InitialValues;
  readonly width: number;
  readonly limit: boolean;
  /** How many coordinates of a width of ratio 1 averages inside nonlinear outer products read. */
  readonly subsample: number;
  /** Products whose parts are wanted. */
  readonly parts: readonly string[];
}

/** An output with a width axis: one column for each position of its fixed axes. */
export interface Columns {
  readonly axes: readonly Axis[];
  readonly shape: readonly number[];
  readonly width: Axis;
  readonly columns: readonly Column[];
}

/** Outputs of a program by name: numbers, or columns where there is a width axis. */
export type KetOutputs = Readonly<Record<string, Tensor<Float64Array> | Columns>>;

/** A product |Wx⟩ by its origin (IVb 2.6.5): together they are the product, of order 1 at every width where x is. */
export interface ProductParts {
  /** Jointly Gaussian, of covariance ⟨x|x′⟩. */
  readonly hat: Columns;
  /** The combination of what Wᵀ was applied to before. */
  readonly dot: Columns;
  /** What updates of the matrix add. */
  readonly update: Columns;
}

export class Run {
  readonly #settings: RunSettings;
  readonly #values = new Map<string, Value>();
  /** What the state comes to hold besides what the program hands on. */
  readonly #started = new Map<string, Held>();
  readonly #parts = new Map<string, Parts>();
  /** Most bytes of columns held at once: values, state, and what is known of the matrices. */
  peakBytes = 0;

  readonly #held = new HeldMemory();

  constructor(settings: RunSettings) {
    this.#settings = settings;
    for (const { value } of settings.state.values.values()) this.#held.add(value);
  }

  /** Computes everything once. */
  run(): { readonly outputs: KetOutputs; readonly state: KetState } {
    const { analysis, state } = this.#settings;
    const context = this.#context();
    const reading = sampledReading(context);
    const last = lastReaders(analysis.program);
    for (const node of analysis.program.nodes) {
      const value = walk(node, reading);
      this.#values.set(node.name, value);
      this.#held.add(value);
      this.#account();
      for (const ref of last.get(node.name) ?? []) this.#forget(ref);
    }
    const outputs: Record<string, Tensor<Float64Array> | Columns> = {};
    const next = new Map([...state.values, ...this.#started]);
    for (const { name, value: ref, role } of analysis.program.outputs) {
      const [value, form] = [context.value(ref), context.form(ref)];
      if (role === 'state') next.set(name, { value: settled(value, next.get(name)?.value), form });
      else outputs[name] = handedOut(name, value, form, context);
    }
    const given = Object.fromEntries(Object.entries(state.given).filter(([name]) => !next.has(name)));
    return { outputs, state: new KetState(state.known, given, next) };
  }

  /** The parts of a product that was asked for, under the name of it or of a renaming of it. Throws {@link UnsupportedError} `kets.unsupported`. */
  parts(name: string): ProductParts {
    const { program } = this.#settings;
    const found = this.#parts.get(productOf(program, name));
    if (found === undefined) throw unsupported(name, 'its parts were not asked for, or it is no product with a matrix');
    const { axes, shape } = found;
    const width = nodeOf(program, name).type.axes.find((axis) => !axes.includes(axis)) ?? found.width;
    const of = (columns: readonly Column[]): Columns => ({ axes, shape, width, columns });
    return { hat: of(found.hat), dot: of(found.dot), update: of(found.update) };
  }

  #forget(ref: string): void {
    const value = this.#values.get(ref);
    if (value !== undefined) this.#held.drop(value);
    this.#values.delete(ref);
  }

  #account(): void {
    const matrices = this.#settings.state.known.matrices().reduce((sum, matrix) => sum + matrixBytes(matrix), 0);
    this.peakBytes = Math.max(this.peakBytes, this.#held.bytes + matrices);
  }

  #context(): Context {
    const { program, analysis, sizes, width, limit, subsample, parts, initialValues } = this.#settings;
    const { widths } = analysis;
    // Programs that a state goes through need not have them all.
    const own = new Set(program.nodes.map(({ name }) => name));
    const products = new Set(parts.filter((name) => own.has(name)).map((name) => productOf(program, name)));
    const size = (space: string): number => required(sizes[space], `size of space "${space}"`);
    const count = (axis: Axis): number => size(spaceOf(axis));
    const ratio = (axis: Axis): number => widths.ratio(spaceOf(axis)) ?? 1;
    return {
      analysis,
      value: (ref) => {
        const value = this.#values.get(ref);
        if (value === undefined) throw broken(ref, 'it is read before it is made or after it is dropped');
        return value;
      },
      isWidth: widths.isWidth,
      form: (ref) => required(analysis.forms.get(ref), `form of "${ref}"`),
      feed: (node) => this.#feed(node),
      count,
      ratio,
      subsample: (axis) => Math.min(count(axis), Math.round(subsample * ratio(axis))),
      size: (space) => (limit && widths.ratio(space) !== undefined ? Number.POSITIVE_INFINITY : size(space)),
      ones: (axis) => initialValues.ones(axis),
      power: (exponent) => (signOf(exponent) === 0 ? 1 : limit || isZeroPower(exponent) ? 0 : raised(width, exponent)),
      takeParts: (name) => (products.has(name) ? (found) => this.#parts.set(name, found) : undefined),
    };
  }

  /** States and parameters are the state's; initial data is what data say, else the state's; all else is drawn. */
  #feed(node: Node): Value {
    const { program, state, data, initialValues, analysis } = this.#settings;
    const { instruction, name } = node;
    if (instruction.op !== 'input' && instruction.op !== 'parameter') throw broken(name, 'it is no feed');
    const { law } = instruction;
    const held = isHeld(name, instruction, data);
    const own = held ? state.values.get(name)?.value : undefined;
    if (own !== undefined) return own;
    const given = (held ? state.given[name] : undefined) ?? data[name];
    if (law === undefined) {
      if (given === undefined) throw notGiven(program.name, name);
      return scalarsOf(given, node.type.axes);
    }
    const form = required(analysis.forms.get(name), `form of "${name}"`);
    const value = initialValues.draw(node, law, form, given);
    if (held) {
      this.#started.set(name, { value, form });
      this.#held.add(value);
    }
    return value;
  }
}

/** The value that a name is a renaming of. Throws {@link UserError} `program.unknown-value`. */
function productOf(program: Program, name: string): string {
  const { instruction } = nodeOf(program, name);
  return instruction.op === 'rename' ? productOf(program, instruction.arg) : name;
}

const readers = new WeakMap<Program, ReadonlyMap<string, readonly string[]>>();

/** For each node the values that nothing reads after it. */
function lastReaders(program: Program): ReadonlyMap<string, readonly string[]> {
  const known = readers.get(program);
  if (known !== undefined) return known;
  const last = new Map<string, string>();
  for (const node of program.nodes) {
    last.set(node.name, node.name);
    for (const ref of operands(node.instruction)) last.set(ref, node.name);
  }
  for (const { value } of program.outputs) last.delete(value);
  const found = new Map<string, string[]>();
  for (const [ref, reader] of last) found.set(reader, [...(found.get(reader) ?? []), ref]);
  readers.set(program, found);
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
  const factor = form.kind === 'plain' && !isZeroPower(form.exponent) ? power(form.exponent) : 1;
  const { axes, shape } = value;
  if (value.kind === 'scalars') return { axes, shape, data: Float64Array.from(value.data, (x) => x * factor) };
  return { axes, shape, width: value.width, columns: scaledColumns(value, factor) };
}

function scaledColumns({ data }: Vectors, factor: number): Column[] {
  return Array.from(data, (column) => (factor === 1 ? column : column.map((x) => x * factor)));
}

/** Whether an output has a width axis. */
export function isColumns(output: Columns | { readonly data: unknown }): output is Columns {
  return 'columns' in output;
}
