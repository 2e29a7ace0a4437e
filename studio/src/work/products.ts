/** Products of initial matrices with vectors, and which matrix in which direction. */

import { type Node, nodeOf, type Program, spaceOf } from 'nexort/program';
import { ruleOfNode } from '../program/rules.ts';
import type { ShownProgram } from '../program/values.ts';

export interface Product {
  readonly matrix: string;
  /** The vector, as it is shown. */
  readonly of: string;
  /** Whether the rows of the matrix are summed over. */
  readonly isTransposed: boolean;
  /** σ² of entries of deviation σ n^(-1/2). */
  readonly variance: number;
}

/** A product with a Gaussian or Rademacher matrix; undefined of other values. */
export function productOf(program: Program, shown: ShownProgram, { name, instruction }: Node): Product | undefined {
  if (instruction.op !== 'contract') return undefined;
  const sources = instruction.args.map((ref) => beforeRenaming(program, ref));
  const place = sources.findIndex((node) => ruleOfNode(program, node) === 'matrix');
  const [matrix, of] = [sources[place], instruction.args[1 - place]];
  if (matrix === undefined || of === undefined) return undefined;
  const { instruction: start } = matrix;
  const law = start.op === 'parameter' || start.op === 'input' ? start.law : undefined;
  if (law === undefined || law.kind === 'constant') return undefined;
  const isWidth = (axis: string): boolean =>
    program.spaces.some((space) => space.name === spaceOf(axis) && space.kind === 'width');
  const [rows] = nodeOf(program, instruction.args[place] ?? name).type.axes.filter(isWidth);
  const summed = instruction.over.find(isWidth);
  if (summed === undefined) return undefined;
  return {
    matrix: matrix.name,
    of: shown.shownAs(of)?.name ?? of,
    isTransposed: summed === rows,
    variance: law.scale ** 2,
  };
}

function beforeRenaming(program: Program, ref: string): Node {
  const node = nodeOf(program, ref);
  return node.instruction.op === 'rename' ? beforeRenaming(program, node.instruction.arg) : node;
}

/** Products of the transposed matrix before one, in the order of their names. */
export function transposed(
  product: Product,
  products: ReadonlyMap<string, Product>,
  names: readonly string[],
): readonly Product[] {
  const found: Product[] = [];
  for (const name of names) {
    const other = products.get(name);
    if (other === product) break;
    if (other !== undefined && other.matrix === product.matrix && other.isTransposed !== product.isTransposed)
      found.push(other);
  }
  return found;
}
