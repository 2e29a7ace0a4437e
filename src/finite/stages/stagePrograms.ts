/**
 * The programs of one stage: forward to what leaves it, and backward, handing out what each parameter's gradient is the
 * product of.
 *
 * A matrix's gradient leaves as its pair of factors (the inputs x and the cotangents dh), which is small. Gradients of
 * vectors (biases, gains) and of parameters with several uses leave dense, those of tables as rows.
 */

import { required } from '../../errors/index.ts';
import {
  type Axis,
  argument,
  cotangentName,
  densify,
  type GradientFactor,
  globalName,
  gradientName,
  mul,
  nodeOf,
  type ProductFactor,
  type Program,
  type Reversed,
  type RowsFactor,
  reverse,
  type Seed,
  type SizePower,
  type Split,
  type Stage,
  simplify,
  sizeProduct,
  spaceOf,
  splitAt,
  type Value,
  Writer,
  type ZeroGradient,
} from '../../program/index.ts';
import type { Orders } from '../orders.ts';

/** A matrix whose gradient is Σ over places of dh ⊗ x, by the names of the outputs that hold the two. */
export interface MatrixGradient {
  readonly local: string;
  /** x, [keep, …places, …columns]. */
  readonly input: string;
  /** dh, [keep, ride, …places, …rows]. */
  readonly cotangent: string;
  /** Axes summed: the places where the matrix is used; none where it is used at one place only. */
  readonly places: readonly Axis[];
}

/** A table whose gradient is cotangents added to the rows that an index names. */
export interface RowsGradient {
  readonly local: string;
  /** The axis of the table that the index replaces. */
  readonly axis: Axis;
  /** A data input, or a constant of the program. */
  readonly index: string;
  readonly indexAxes: readonly Axis[];
  /** The output that holds the cotangents. */
  readonly cotangent: string;
  readonly cotangentAxes: readonly Axis[];
}

/** The programs of one stage, forward and backward. */
export interface StagePrograms {
  readonly stage: Stage;
  /** What leaves the stage, and nothing else. */
  readonly forward: Program;
  /** Outputs: the results wanted, cotangents of inputs, factors, `g.<local>` of dense gradients, cotangents of rows. */
  readonly backward: Program;
  /** The stage forward together with what its backward pass reads, and the rest of the backward pass. */
  readonly split: Split;
  /** The orders of axes in which outputs are handed out; rows of tables come as they are. */
  readonly orders: Orders;
  readonly matrices: readonly MatrixGradient[];
  /** Local names of parameters whose gradients leave dense, [keep, ride, …places apart, …axes of the parameter]. */
  readonly dense: readonly string[];
  readonly rows: readonly RowsGradient[];
  /** Parameters left out for a zero gradient by structure, by their local names, with the reason. */
  readonly zero: readonly ZeroGradient[];
}

export interface StageOptions {
  /** The axis along which nothing is summed. */
  readonly keep: Axis;
  /** The axis that carries one cotangent for each function differentiated, and how many these are. */
  readonly ride: { readonly axis: Axis; readonly size: number };
  /** Whether a parameter, by its name in the net, is to have a gradient. */
  readonly selected: (parameter: string) => boolean;
  /** A space along which dense gradients are not summed, where the parameter is used at all its places. */
  readonly apart?: string;
  /** Outputs that have a cotangent; none where nothing is to be differentiated. */
  readonly seeds: readonly Seed[];
  /** Inputs whose cotangents the stages below need. */
  readonly to: readonly string[];
  /** Outputs that later stages read. */
  readonly leaving: readonly string[];
  /** Outputs that the backward pass is to hand out beside cotangents. */
  readonly results: readonly string[];
  /** Orders of what crosses the stage's boundaries, of cotangents and of results. */
  readonly orders: Orders;
}

/** Differentiates one stage. Throws the errors of {@link reverse}. */
export function stagePrograms(stage: Stage, options: StageOptions): StagePrograms {
  const { keep, ride, selected, seeds, to, leaving } = options;
  const forward = handingOut(stage.program, leaving);
  const [first, ...also] = seeds;
  if (first === undefined) {
    const backward = handingOut(stage.program, []);
    const split = { before: forward, after: backward, kept: [] };
    return { stage, forward, backward, split, orders: options.orders, matrices: [], dense: [], rows: [], zero: [] };
  }
  const space = { name: ride.axis, kind: 'fixed', size: ride.size } as const;
  const reversed = reverse(
    { ...stage.program, spaces: [...stage.program.spaces, space] },
    { ...first, also, keep: [keep], inputs: to, parameters: (local) => selected(globalName(stage, local)) },
  );
  return { stage, forward, zero: reversed.zero, ...new Handing(reversed, options).run() };
}

/** The same program with the outputs of these names alone. */
function handingOut(program: Program, names: readonly string[]): Program {
  const outputs = program.outputs.filter(({ name }) => names.includes(name));
  return outputs.length === program.outputs.length ? program : simplify({ ...program, outputs });
}

type Handed = Pick<StagePrograms, 'backward' | 'split' | 'orders' | 'matrices' | 'dense' | 'rows'>;

/** Writes what a differentiated stage hands out. */
class Handing {
  readonly #program: Program;
  readonly #factors: readonly GradientFactor[];
  readonly #options: StageOptions;
  readonly #writer: Writer;
  readonly #orders: Record<string, readonly Axis[]>;

  constructor({ program, factors }: Reversed, options: StageOptions) {
    this.#program = program;
    this.#factors = factors;
    this.#options = options;
    this.#writer = Writer.from(program);
    this.#orders = { ...options.orders };
  }

  run(): Handed {
    const { to, results, leaving, seeds } = this.#options;
    const { outputs } = this.#program;
    const handed = new Set([...to.map(cotangentName), ...results]);
    for (const { name, value } of outputs) if (handed.has(name)) this.#writer.output(name, this.#writer.value(value));
    const matrices: MatrixGradient[] = [];
    const dense: string[] = [];
    const tables: RowsFactor[] = [];
    for (const local of this.#inOrder()) {
      const uses = this.#factors.filter((factor) => factor.parameter === local);
      const picks = uses.filter((factor) => factor.kind === 'rows');
      if (picks.length === uses.length && picks.every(({ index }) => this.#isGiven(index))) {
        tables.push(...picks);
        continue;
      }
      const matrix = this.#matrix(local, uses);
      if (matrix !== undefined) matrices.push(matrix);
      else if (this.#dense(local, uses)) dense.push(local);
    }
    const rows = tables.map((factor, k) => this.#rows(factor, k));
    const backward = this.#writer.finish();
    const left = outputs.filter(({ name }) => leaving.includes(name) && !handed.has(name));
    const both = simplify({ ...backward, outputs: [...backward.outputs, ...left] });
    const split = splitAt(both, ...seeds.map(({ output }) => cotangentName(output)));
    return { backward: simplify(backward), split, orders: this.#orders, matrices, dense, rows };
  }

  /** Parameters in the order in which the backward pass reaches them. */
  #inOrder(): Set<string> {
    return new Set(this.#factors.map(({ parameter }) => parameter));
  }

  /** Whether the rows that an index names are known without running the program. */
  #isGiven(index: string): boolean {
    const { op } = nodeOf(this.#program, index).instruction;
    return op === 'input' || op === 'constant';
  }

  /** Hands a value out: once for each order asked of it, for several matrices may read the same input. */
  #hand(value: Value, order: readonly Axis[]): string {
    const name = `${value.name}[${order}]`;
    if (this.#orders[name] === undefined) this.#writer.output(name, value);
    this.#orders[name] = order;
    return name;
  }

  /** A parameter of one use that splits into the input's and the cotangent's axes; undefined where it does not. */
  #matrix(local: string, uses: readonly GradientFactor[]): MatrixGradient | undefined {
    const [factor] = uses;
    if (factor?.kind !== 'product' || uses.length > 1) return undefined;
    const { keep, ride } = this.#options;
    const shape = matrixShape(this.#program, factor, keep, ride.axis);
    if (shape === undefined) return undefined;
    const { places, columns, entries } = shape;
    const cotangent = this.#scaled(factor);
    return {
      local,
      places,
      input: this.#hand(this.#writer.value(factor.input), [keep, ...places, ...columns]),
      cotangent: this.#hand(cotangent, [keep, ride.axis, ...places, ...entries]),
    };
  }

  /** Hands a dense gradient out on the kept and riding axes and the parameter's; false where there is none. */
  #dense(local: string, uses: readonly GradientFactor[]): boolean {
    const { keep, ride } = this.#options;
    const { axes } = this.#writer.value(local).type;
    const unsummed = uses.map((factor) => this.#unsummed(factor));
    const places = this.#placesApart(unsummed, axes);
    const gradient = this.#writer.sum(unsummed.map((factor) => densify(this.#writer, factor, axes, [keep, ...places])));
    if (gradient === undefined) return false;
    this.#writer.output(gradientName(local), gradient);
    this.#orders[gradientName(local)] = [keep, ride.axis, ...places, ...axes];
    return true;
  }

  /** A vector that is added at every place has the sum of its cotangents over them as its own: they are what it sums. */
  #unsummed(factor: GradientFactor): GradientFactor {
    const { apart } = this.#options;
    const { instruction } = nodeOf(this.#program, factor.cotangent);
    if (apart === undefined || instruction.op !== 'reduce' || instruction.by !== 'sum') return factor;
    const rest = instruction.over.filter((axis) => spaceOf(axis) !== apart);
    if (rest.length === instruction.over.length) return factor;
    const cotangent = this.#writer.reduce('sum', this.#writer.value(instruction.arg), rest);
    return Object.assign({}, factor, { cotangent: cotangent.name });
  }

  /** Axes along which a dense gradient is not summed, the same in all uses. */
  #placesApart(uses: readonly GradientFactor[], parameter: readonly Axis[]): readonly Axis[] {
    const { apart } = this.#options;
    if (apart === undefined) return [];
    const found = uses.map(({ cotangent }) =>
      this.#writer.value(cotangent).type.axes.filter((axis) => spaceOf(axis) === apart && !parameter.includes(axis)),
    );
    const [first = []] = found;
    const same = found.every((axes) => axes.length === first.length && axes.every((axis) => first.includes(axis)));
    return required(same ? first : undefined, `places of all uses of a parameter along "${apart}"`);
  }

  #rows(factor: RowsFactor, k: number): RowsGradient {
    const { parameter, axis, index } = factor;
    const [cotangent, value] = [`rows.${k}.${parameter}`, this.#scaled(factor)];
    this.#writer.output(cotangent, value);
    const indexAxes = nodeOf(this.#program, index).type.axes;
    return { local: parameter, axis, index, indexAxes, cotangent, cotangentAxes: value.type.axes };
  }

  /** The cotangent times the powers of widths that make the ordinary derivative of it. */
  #scaled({ cotangent, scale }: { readonly cotangent: string; readonly scale: readonly SizePower[] }): Value {
    const value = this.#writer.value(cotangent);
    return scale.length === 0 ? value : this.#writer.map(mul(sizeProduct(scale), argument(0)), [value]);
  }
}

/** How the axes of a parameter, its input and its cotangent fit a sum of outer products over places. */
function matrixShape(program: Program, factor: ProductFactor, keep: Axis, ride: Axis) {
  const axes = (ref: string): readonly Axis[] => nodeOf(program, ref).type.axes;
  const parameter = axes(factor.parameter);
  const [input, cotangent] = [axes(factor.input), axes(factor.cotangent)];
  const columns = parameter.filter((axis) => input.includes(axis));
  const entries = parameter.filter((axis) => cotangent.includes(axis));
  const places = input.filter((axis) => axis !== keep && !parameter.includes(axis));
  const fits =
    columns.length > 0 &&
    entries.length > 0 &&
    columns.length + entries.length === parameter.length &&
    input.length === 1 + places.length + columns.length &&
    cotangent.length === 2 + places.length + entries.length &&
    [keep, ...places, ...columns].every((axis) => input.includes(axis)) &&
    [keep, ride, ...places, ...entries].every((axis) => cotangent.includes(axis));
  return fits ? { places, columns, entries } : undefined;
}
