/** What a program multiplies and hands out at given sizes, counted from its instructions. */

import {
  type Axis,
  bind,
  entries,
  type Instruction,
  nodeOf,
  type Program,
  type Ref,
  type Sizes,
  shapeOf,
  simplify,
} from '../program/index.ts';
import { withOperators } from './operators.ts';

const prepared = new WeakMap<Program, Program>();

/** A program as the engine lowers it; made once for all sizes. */
export function asLowered(program: Program): Program {
  const known = prepared.get(program) ?? withOperators(simplify(program));
  prepared.set(program, known);
  return known;
}

/**
 * Multiplications of all contractions and scatters. Sizes are given by symbols, as to {@link bind}. Throws
 * {@link UserError} `program.mismatch` for those that are missing.
 */
export function multiplications(original: Program, given: Sizes): number {
  const program = asLowered(original);
  const sizes = bind(program, given);
  const axes = (ref: Ref): readonly Axis[] => nodeOf(program, ref).type.axes;
  return program.nodes.reduce((total, { instruction }) => {
    const multiplied = productAxes(instruction, axes);
    return multiplied === undefined ? total : total + entries(shapeOf(multiplied, sizes));
  }, 0);
}

/** Numbers in each output. Throws {@link UserError} `program.mismatch` for sizes that are missing. */
export function outputSizes(program: Program, given: Sizes): ReadonlyMap<string, number> {
  const sizes = bind(program, given);
  return new Map(
    program.outputs.map(({ name, value }) => [name, entries(shapeOf(nodeOf(program, value).type.axes, sizes))]),
  );
}

/** The axes over which a product multiplies; undefined for what is no product. */
function productAxes(instruction: Instruction, axes: (ref: Ref) => readonly Axis[]): readonly Axis[] | undefined {
  switch (instruction.op) {
    case 'contract':
      return [...new Set(instruction.args.flatMap(axes))];
    case 'scatter':
      // By a matrix product with the index's indicator; large tables, whose rows are added up, count as if they were too.
      return [...new Set([...axes(instruction.values), ...axes(instruction.index), instruction.into])];
    default:
      return undefined;
  }
}
