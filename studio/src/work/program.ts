/** What the program page computes: a check at several widths, and the table of kets. */

import { type CheckResult, check } from 'nexort/experiments';
import { estimateLimit } from 'nexort/kets';
import {
  argument,
  checkFragment,
  extend,
  type Node,
  nodeOf,
  type Program,
  parseProgram,
  parseWithPlaces,
  pow,
  spaceOf,
} from 'nexort/program';
import { interpret } from 'nexort/reference';

export interface ProgramJob {
  readonly text: string;
  readonly steps: number;
}

/** A value on one width in the limit: a random variable, for each place of its other axes; shown is the first. */
export interface KetRow {
  readonly name: string;
  readonly axes: readonly string[];
  readonly mean: Estimated;
  /** ⟨x|x⟩ = E[x²]. */
  readonly square: Estimated;
  /** Of a product with an initial matrix: σ²⟨x|x⟩ of what it multiplies, the variance of its hat part. */
  readonly hat?: Estimated;
}

export interface Estimated {
  readonly value: number;
  readonly standardError: number;
}

export type ProgramJobs = {
  readonly check: { readonly given: ProgramJob; readonly part: number; readonly gives: CheckResult };
  readonly kets: { readonly given: ProgramJob; readonly part: number; readonly gives: readonly KetRow[] };
};

/** Small enough for a page: `nexort check` takes five widths up to 512 and 100 seeds. */
export const [CHECK_SEEDS, CHECK_SAMPLES, CHECK_SCRAMBLINGS] = [20, 2048, 8] as const;
/** By the most width axes of a value: its numbers are their product. */
const [WIDTHS, CUBIC_WIDTHS] = [
  [16, 32, 64, 128],
  [8, 16, 32],
] as const;

/** The widths that a program runs at. */
export const checkWidths = (program: Program): readonly number[] =>
  program.nodes.some((node) => widthsOf(program, node).length > 2) ? CUBIC_WIDTHS : WIDTHS;

/** Throws {@link UserError} as `check`. */
export function checkProgram(
  { text, steps }: ProgramJob,
  tell: (share: number) => void = () => {},
): Promise<CheckResult> {
  const program = parseProgram(text);
  return check(program, {
    ...{
      widths: checkWidths(program),
      seeds: CHECK_SEEDS,
      samples: CHECK_SAMPLES,
      scramblings: CHECK_SCRAMBLINGS,
      steps,
    },
    run: interpret,
    onProgress: tell,
  });
}

/** Samples of a table, and the most rows. */
const [KET_SAMPLES, KET_SEEDS, MOST_ROWS] = [1024, 4, 40] as const;

/** Kets of a program in NE⊗OR⊤, in its order. Throws {@link UserError} as `estimateLimit`. */
export async function ketTable({ text, steps }: ProgramJob): Promise<readonly KetRow[]> {
  const { program, places } = parseWithPlaces(text);
  // Those that the text names: others are steps of formulas.
  const rows = program.nodes
    .filter((node) => places.has(node.name) && widthsOf(program, node).length === 1 && hasKet(program, node))
    .slice(0, MOST_ROWS);
  if (rows.length === 0) return [];
  const asked = withMoments(program, rows);
  const estimated = await estimateLimit(asked, { width: KET_SAMPLES, seeds: KET_SEEDS, steps });
  const last = estimated.at(-1) ?? [];
  const first = (name: string): Estimated =>
    last.find((output) => output.name === name)?.entries[0] ?? { value: Number.NaN, standardError: Number.NaN };
  const squareOf = new Map(rows.map(({ name }, k) => [sourceOf(program, name).name, first(`square.${k}`)]));
  return rows.map((node, k): KetRow => {
    const product = productOf(program, node);
    const square = product === undefined ? undefined : squareOf.get(product.of);
    return {
      name: node.name,
      axes: node.type.axes,
      mean: first(`mean.${k}`),
      square: first(`square.${k}`),
      ...(product === undefined || square === undefined
        ? {}
        : { hat: { value: product.variance * square.value, standardError: product.variance * square.standardError } }),
    };
  });
}

/** The program with the mean and the mean square of values, each an output. */
function withMoments(program: Program, rows: readonly Node[]): Program {
  return extend(program, (writer) => {
    for (const [k, { name }] of rows.entries()) {
      const value = writer.value(name);
      const over = widthsOf(program, value);
      writer.output(`mean.${k}`, writer.reduce('mean', value, over));
      writer.output(`square.${k}`, writer.reduce('mean', writer.map(pow(argument(0), 2), [value]), over));
    }
  });
}

/** Whether a value stays of order 1; parameters are read by products alone. */
const hasKet = (program: Program, node: Node): boolean =>
  node.instruction.op !== 'parameter' && checkFragment(withMoments(program, [node])).inFragment;

function widthsOf(program: Program, { type }: Pick<Node, 'type'>) {
  return type.axes.filter((axis) => program.spaces.find(({ name }) => name === spaceOf(axis))?.kind === 'width');
}

/** Of a product of a Gaussian matrix of deviation σ n^(-1/2) with a vector: the vector, and σ². */
function productOf(program: Program, { name }: Node): { readonly of: string; readonly variance: number } | undefined {
  const { instruction } = sourceOf(program, name);
  if (instruction.op !== 'contract') return undefined;
  const sources = instruction.args.map((ref) => sourceOf(program, ref));
  const place = sources.findIndex((node) => widthsOf(program, node).length === 2);
  const [matrix, of] = [sources[place], instruction.args[1 - place]];
  const law = matrix?.instruction.op === 'parameter' ? matrix.instruction.law : undefined;
  if (law?.kind !== 'gaussian' || of === undefined) return undefined;
  return { of: sourceOf(program, of).name, variance: law.scale ** 2 };
}

/** A value before it was renamed. */
function sourceOf(program: Program, ref: string): Node {
  const node = nodeOf(program, ref);
  return node.instruction.op === 'rename' ? sourceOf(program, node.instruction.arg) : node;
}
