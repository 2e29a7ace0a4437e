/** Scalar outputs of a program as one list of numbers. */

import { entryNames } from '../../src/experiments/check/entries.ts';
import { type Columns, isColumns } from '../../src/kets/index.ts';
import {
  analyze,
  bind,
  entries,
  feedsOf,
  nodeOf,
  type Output,
  type Program,
  type Sizes,
  shapeOf,
  type Tensor,
} from '../../src/program/index.ts';

/** The sizes of a program at a width. */
export function sizesAt(program: Program, width: number): Sizes {
  const { symbol } = analyze(program).widths;
  return bind(program, symbol === undefined ? {} : { [symbol]: width });
}

/** `f[0]`, `f[1]`, `loss`: names of the numbers that {@link scalarsOf} lists. */
export function scalarNames(program: Program, width: number): string[] {
  const sizes = sizesAt(program, width);
  return scalarOutputs(program).flatMap(({ name, value }) => {
    const { axes } = nodeOf(program, value).type;
    return entryNames(name, axes, shapeOf(axes, sizes));
  });
}

/** The numbers of outputs without a width axis, output by output. */
export function scalarsOf(program: Program, outputs: Readonly<Record<string, Tensor | Columns>>): number[] {
  return scalarOutputs(program).flatMap(({ name }) => {
    const output = outputs[name];
    return output === undefined || isColumns(output) ? [] : Array.from(output.data);
  });
}

/** How many numbers a run of the program trains. */
export function trainedNumbers(program: Program, width: number): number {
  const sizes = sizesAt(program, width);
  return feedsOf(program)
    .filter(({ instruction }) => instruction.op === 'input' && instruction.role === 'state')
    .reduce((sum, { type }) => sum + entries(shapeOf(type.axes, sizes)), 0);
}

function scalarOutputs(program: Program): Output[] {
  const { isWidth } = analyze(program).widths;
  return program.outputs.filter(
    ({ role, value }) => role === 'data' && !nodeOf(program, value).type.axes.some((axis) => isWidth(axis)),
  );
}
