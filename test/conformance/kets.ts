/** The cases as kets with stored matrices read them: at a width's own size, so that numbers can be compared. */

import { type Columns, isColumns, ketInterpreter } from '../../src/kets/index.ts';
import {
  type Axis,
  gaussian,
  type Program,
  reorder,
  type Sizes,
  spaceOf,
  type Tensor,
} from '../../src/program/index.ts';
import type { Feeds } from './feeds.ts';

/** Sums of a few dozen f64 numbers of order 1 in another order. */
export const KET_TOLERANCE = 1e-12;

/** The symbol of the cases' widths. */
const WIDTH = 'n';

/**
 * The same program with laws for what it is given on widths: vectors of order 1, matrices whose products keep it. Drawn
 * initial data is all that a width may be given, and what is given may stand for the draw.
 */
export function drawnOnWidths(program: Program): Program {
  const isWidth = (axis: Axis): boolean =>
    program.spaces.some(({ name, kind }) => name === spaceOf(axis) && kind === 'width');
  return {
    ...program,
    nodes: program.nodes.map((node) => {
      const { instruction } = node;
      const widths = node.type.axes.filter(isWidth).length;
      if (instruction.op !== 'input' || instruction.type.kind === 'index' || widths === 0) return node;
      const law = gaussian(1, widths > 1 ? [{ space: WIDTH, exponent: -1 / 2 }] : []);
      return { ...node, instruction: { ...instruction, law } };
    }),
  };
}

/** The output f of a case by kets, on the given axes. Throws what kets throw where they have no reading of it. */
export async function byKets(program: Program, feeds: Feeds, sizes: Sizes, axes: readonly Axis[]): Promise<Tensor> {
  const { [WIDTH]: width = 1, ...fixed } = sizes;
  const drawn = drawnOnWidths(program);
  const names = new Set(
    drawn.nodes.flatMap(({ name, instruction }) =>
      instruction.op === 'input' && instruction.law !== undefined ? [name] : [],
    ),
  );
  const part = (isDrawn: boolean): Feeds =>
    Object.fromEntries(Object.entries(feeds).filter(([name]) => names.has(name) === isDrawn));
  const interpreter = ketInterpreter({ width, seed: 1, sizes: fixed, matrices: 'dense' });
  const { f } = (await interpreter.run(drawn, interpreter.start(part(true)), part(false))).outputs;
  if (f === undefined) throw new Error(`"${program.name}" has no output f`);
  return reorder(isColumns(f) ? tensorOf(f) : f, axes);
}

function tensorOf({ axes, shape, width, columns }: Columns): Tensor {
  return {
    axes: [...axes, width],
    shape: [...shape, columns[0]?.length ?? 0],
    data: Float64Array.from(columns.flatMap((column) => [...column])),
  };
}
