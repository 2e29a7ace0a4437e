/**
 * The program that the empirical kernel runs for each stage: backward, handing out what each parameter's gradient is the
 * product of.
 *
 * A matrix's gradient leaves as its pair of factors (the inputs x and the cotangents dh), which is small; products of
 * gradients are made from pairs (gradientProducts.ts). Gradients of vectors (biases, gains) leave dense, those of tables
 * as rows (sparseRows.ts).
 */

import {
  type Axis,
  cotangentName,
  densify,
  type GradientFactor,
  globalName,
  gradientName,
  nodeOf,
  type ProductFactor,
  type Program,
  type Reversed,
  type RowsFactor,
  reverse,
  type Split,
  type Stage,
  simplify,
  splitAt,
  Writer,
} from '../../program/index.ts';
import { mixedUses } from './kernelErrors.ts';

/** The axis of examples, and the axis that carries one cotangent for each output of the model. */
export const BATCH = 'batch';
export const OUTPUT = 'output';
const KEEP: readonly Axis[] = [BATCH];

/** The outputs of a stage's program that hold the cotangents of its k-th rows factor. */
export const rowsName = (parameter: string, k: number): string => `rows.${k}.${parameter}`;

/** A matrix whose gradient is Σ over places of dh ⊗ x, by the names of the outputs that hold the two. */
export interface MatrixGradient {
  readonly local: string;
  readonly input: string;
  readonly cotangent: string;
  /** Axes summed: the places where the matrix is used; none where it is used at one place only. */
  readonly places: readonly Axis[];
}

export interface StagePrograms {
  readonly stage: Stage;
  /** Outputs: the stage's own, cotangents of its inputs, factors, `g.<local>` of vectors, `rows.<k>.<local>`. */
  readonly backward: Program;
  /** The stage forward together with what its backward pass reads, and the rest of the backward pass. */
  readonly split: Split;
  /** The order of axes in which factors and dense gradients are handed out. */
  readonly orders: Readonly<Record<string, readonly Axis[]>>;
  readonly matrices: readonly MatrixGradient[];
  /** Local names of parameters whose gradients leave dense. */
  readonly dense: readonly string[];
  readonly rows: readonly RowsFactor[];
  /** Parameters left out for a zero gradient by structure, by their local names, with the reason. */
  readonly zero: readonly { readonly parameter: string; readonly reason: string }[];
}

export interface StageOptions {
  /** Number of outputs that ride on the cotangent. */
  readonly outputs: number;
  /** Whether a parameter, by its name in the net, belongs to the kernel. */
  readonly selected: (parameter: string) => boolean;
  /** The stage's output to differentiate, and the axes of its cotangent. */
  readonly from: string;
  readonly seed: readonly Axis[];
  /** Inputs whose cotangents the stage below needs. */
  readonly to: readonly string[];
  /** The stage's own outputs that are wanted beside cotangents (the logits of the last one). */
  readonly results: readonly string[];
}

/** Differentiates one stage. Throws {@link UnsupportedError} `lm.mixed-uses` for a table that is also a matrix factor. */
export function stagePrograms(stage: Stage, options: StageOptions): StagePrograms {
  const space = { name: OUTPUT, kind: 'fixed', size: options.outputs } as const;
  const reversed = reverse(
    { ...stage.program, spaces: [...stage.program.spaces, space] },
    {
      output: options.from,
      seed: options.seed,
      keep: KEEP,
      inputs: options.to,
      parameters: (local) => options.selected(globalName(stage, local)),
    },
  );
  const rows = reversed.factors.filter((factor) => factor.kind === 'rows');
  const products = reversed.factors.filter((factor) => factor.kind === 'product');
  const both = products.find((factor) => rows.some((row) => row.parameter === factor.parameter));
  if (both !== undefined) throw mixedUses(globalName(stage, both.parameter), stage.name);
  return { stage, rows, zero: reversed.zero, ...finish(reversed, options, products, rows) };
}

function finish(
  { program, factors }: Reversed,
  { to, results, from }: StageOptions,
  products: readonly ProductFactor[],
  rows: readonly RowsFactor[],
): Pick<StagePrograms, 'backward' | 'split' | 'orders' | 'matrices' | 'dense'> {
  const writer = Writer.from(program);
  const handed = new Set([...to.map(cotangentName), ...results]);
  for (const { name, value } of program.outputs) if (handed.has(name)) writer.output(name, writer.value(value));
  const orders: Record<string, readonly Axis[]> = {};
  // Query, key and value read the same input: a value is handed out once for each order asked of it.
  const hand = (ref: string, order: readonly Axis[]): string => {
    const name = `${ref}[${order}]`;
    if (orders[name] === undefined) writer.output(name, writer.value(ref));
    orders[name] = order;
    return name;
  };
  const matrices: MatrixGradient[] = [];
  const dense: string[] = [];
  for (const local of new Set(products.map((factor) => factor.parameter))) {
    const uses = products.filter((factor) => factor.parameter === local);
    const shape = matrixShape(program, uses);
    if (shape === undefined) {
      denseGradient(writer, local, factors, orders);
      dense.push(local);
      continue;
    }
    const { factor, places, columns, entries } = shape;
    matrices.push({
      local,
      places,
      input: hand(factor.input, [BATCH, ...places, ...columns]),
      cotangent: hand(factor.cotangent, [BATCH, OUTPUT, ...places, ...entries]),
    });
  }
  rows.forEach((row, k) => {
    writer.output(rowsName(row.parameter, k), writer.value(row.cotangent));
  });
  const backward = writer.finish();
  const leaving = program.outputs.filter(({ name }) => name === from && !handed.has(name));
  const both = simplify({ ...backward, outputs: [...backward.outputs, ...leaving] });
  return { backward: simplify(backward), split: splitAt(both, cotangentName(from)), orders, matrices, dense };
}

/** How a parameter of one use splits into the input's and the cotangent's axes; undefined where it does not. */
function matrixShape(program: Program, uses: readonly ProductFactor[]) {
  const [factor] = uses;
  if (factor === undefined || uses.length > 1 || factor.scale.length > 0) return undefined;
  const axes = (ref: string): readonly Axis[] => nodeOf(program, ref).type.axes;
  const parameter = axes(factor.parameter);
  const [input, cotangent] = [axes(factor.input), axes(factor.cotangent)];
  const columns = parameter.filter((axis) => input.includes(axis));
  const entries = parameter.filter((axis) => cotangent.includes(axis));
  const places = input.filter((axis) => axis !== BATCH && !parameter.includes(axis));
  const fits =
    columns.length > 0 &&
    entries.length > 0 &&
    columns.length + entries.length === parameter.length &&
    input.length === 1 + places.length + columns.length &&
    cotangent.length === 2 + places.length + entries.length &&
    [BATCH, ...places, ...columns].every((axis) => input.includes(axis)) &&
    [BATCH, OUTPUT, ...places, ...entries].every((axis) => cotangent.includes(axis));
  return fits ? { factor, places, columns, entries } : undefined;
}

/** Hands out a dense gradient on the batch, the outputs and the parameter's axes. */
function denseGradient(
  writer: Writer,
  local: string,
  factors: readonly GradientFactor[],
  orders: Record<string, readonly Axis[]>,
): void {
  const { axes } = writer.value(local).type;
  const uses = factors.filter((factor) => factor.parameter === local);
  const gradient = writer.sum(uses.map((factor) => densify(writer, factor, axes, KEEP)));
  if (gradient === undefined) return;
  writer.output(gradientName(local), gradient);
  orders[gradientName(local)] = [BATCH, OUTPUT, ...axes];
}
