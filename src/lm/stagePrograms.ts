/**
 * The programs that the empirical kernel runs for each stage: backward with dense gradients for the training side, and
 * backward with the products of dense gradients against the training side's for everything else. Both come from one
 * differentiation; gradients of tables leave as factors (sparseRows.ts).
 */

import {
  type Axis,
  cotangentName,
  densify,
  globalName,
  gradientName,
  nodeOf,
  type Program,
  type Reversed,
  type RowsFactor,
  reverse,
  type Stage,
  simplify,
  Writer,
} from '../program/index.ts';
import { mixedUses } from './kernelErrors.ts';

/** The axis of examples, and the axis that carries one cotangent for each output of the model. */
export const BATCH = 'batch';
export const OUTPUT = 'output';
const TRAIN = 'train';
const KEEP: readonly Axis[] = [BATCH];

/** Feeds `<parameter>` of the training side's dense gradients, and results of their products. */
export const trainName = (parameter: string): string => `train.${parameter}`;
export const productName = (parameter: string): string => `product.${parameter}`;
/** The cotangents of the k-th rows factor of a stage. */
export const rowsName = (parameter: string, k: number): string => `rows.${k}.${parameter}`;

export interface StagePrograms {
  readonly stage: Stage;
  /** Outputs: the stage's own, cotangents of its inputs, `g.<local>` of dense parameters, `rows.<k>.<local>`. */
  readonly gradients: Program;
  /** The same with `product.<local>`[batch, output, train, output′] in place of gradients. */
  readonly products: Program;
  /** Local names of parameters with dense gradients, with the axes of their gradients without the batch. */
  readonly dense: readonly { readonly local: string; readonly axes: readonly Axis[] }[];
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
  const program = withSpaces(stage.program, options.outputs);
  const wanted = (local: string): boolean => options.selected(globalName(stage, local));
  const reversed = reverse(program, {
    output: options.from,
    seed: options.seed,
    keep: KEEP,
    inputs: options.to,
    parameters: wanted,
  });
  const rows = reversed.factors.filter((factor) => factor.kind === 'rows');
  const products = reversed.factors.filter((factor) => factor.kind === 'product');
  const both = products.find((factor) => rows.some((row) => row.parameter === factor.parameter));
  if (both !== undefined) throw mixedUses(globalName(stage, both.parameter), stage.name);
  const locals = [...new Set(products.map((factor) => factor.parameter))];
  const dense = locals.map((local) => ({ local, axes: nodeOf(program, local).type.axes }));
  return {
    stage,
    gradients: finish(reversed, options, dense, rows, false),
    products: finish(reversed, options, dense, rows, true),
    dense,
    rows,
    zero: reversed.zero,
  };
}

/** The stage's program with the spaces of outputs and of training examples. */
function withSpaces(program: Program, outputs: number): Program {
  return {
    ...program,
    spaces: [
      ...program.spaces,
      { name: OUTPUT, kind: 'fixed', size: outputs },
      { name: TRAIN, kind: 'fixed', size: { symbol: TRAIN, ratio: 1 } },
    ],
  };
}

function finish(
  { program, factors }: Reversed,
  { to, results }: StageOptions,
  dense: StagePrograms['dense'],
  rows: readonly RowsFactor[],
  products: boolean,
): Program {
  const writer = Writer.from(program);
  const handed = new Set([...to.map(cotangentName), ...results]);
  for (const { name, value } of program.outputs) if (handed.has(name)) writer.output(name, writer.value(value));
  for (const { local, axes } of dense) {
    const uses = factors.filter((factor) => factor.parameter === local);
    const gradient = writer.sum(uses.map((factor) => densify(writer, factor, axes, KEEP)));
    if (gradient === undefined) continue;
    if (!products) {
      writer.output(gradientName(local), gradient);
      continue;
    }
    const type = { kind: 'real', axes: [TRAIN, `${OUTPUT}'`, ...axes] } as const;
    const train = writer.write({ op: 'input', role: 'data', type }, trainName(local));
    writer.output(productName(local), writer.contract(gradient, train, axes));
  }
  rows.forEach((row, k) => {
    writer.output(rowsName(row.parameter, k), writer.value(row.cotangent));
  });
  return simplify(writer.finish());
}
