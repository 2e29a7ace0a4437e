/** The two programs of an empirical kernel: one gives factors of a block of examples, one multiplies those of two blocks. */

import {
  type Axis,
  entries,
  intersection,
  nodeOf,
  type Program,
  simplify,
  spaceOf,
  type Tensors,
  type Value,
  Writer,
  without,
} from '../../program/index.ts';
import { writeShare } from './products.ts';
import type { Differentiated, Factors, UsedParameter } from './uses.ts';

/** Hands out the factors of parameters by the names of their values. */
export function factorsProgram({ program }: Differentiated, parameters: readonly UsedParameter[]): Program {
  const names = new Set(parameters.flatMap(({ uses }) => uses.flatMap(({ input, cotangent }) => [input, cotangent])));
  const outputs = [...names].map((name) => ({ name, value: name, role: 'data' as const }));
  return simplify({ ...program, name: `${program.name}, factors of gradients`, outputs });
}

export interface ProductsOptions {
  /** What counts examples on the left, and the space that does on the right. */
  readonly examples: Axis;
  readonly other: Axis;
  /** Whether pairs of outputs are kept apart. */
  readonly each: boolean;
  /** Examples in a block, outputs, and sizes of spaces, for the choice between two ways. */
  readonly block: number;
  readonly count: number;
  readonly size: (space: string) => number;
}

const sideOf = (side: 'left' | 'right', name: string): string => `${side} ${name}`;

/** Tensors by the names that products know them by, one axis under another name. */
export function named(side: 'left' | 'right', factors: Tensors, from?: Axis, to?: Axis): Tensors {
  return Object.fromEntries(
    Object.entries(factors).map(([name, { axes, shape, data }]) => {
      const own = axes.map((axis) => (axis === from && to !== undefined ? to : axis));
      return [sideOf(side, name), { axes: own, shape, data }];
    }),
  );
}

/** Hands out each parameter's share by its name, from the factors of two blocks. */
export function productsProgram(
  { program, ride }: Differentiated,
  parameters: readonly UsedParameter[],
  options: ProductsOptions,
): Program {
  const { examples, other, each } = options;
  const writer = new Writer(`${program.name}, products of gradients`);
  for (const space of program.spaces) {
    const { name, kind } = space;
    writer.space(name === spaceOf(examples) ? { name, kind, size: { symbol: name, ratio: 1 } } : space);
  }
  writer.space({ name: other, kind: 'fixed', size: { symbol: other, ratio: 1 } });
  const given = (side: 'left' | 'right', ref: string): Value => {
    const name = sideOf(side, ref);
    if (writer.has(name)) return writer.value(name);
    const { axes } = nodeOf(program, ref).type;
    const own = side === 'left' ? axes : axes.map((axis) => (axis === examples ? other : axis));
    return writer.write({ op: 'input', role: 'data', type: { kind: 'real', axes: own } }, name);
  };
  for (const { name, axes, uses } of parameters) {
    const sideFactors = (side: 'left' | 'right'): Factors[] =>
      uses.map(({ input, cotangent, scale }) => ({ x: given(side, input), d: given(side, cotangent), scale }));
    const [left, right] = [sideFactors('left'), sideFactors('right')];
    const explicit = isCheaperWritten(left, axes, options);
    const share = writeShare(writer, left, right, { axes, examples: [examples, other], ride, each, explicit });
    if (share !== undefined) writer.output(name, share);
  }
  return writer.finish();
}

/** Numbers of gradients that are written out at once at most. */
const MOST_WRITTEN = 2 ** 24;

/** Whether gradients take fewer multiplications than their factors, and are not too large to be held. */
function isCheaperWritten(
  uses: readonly Factors[],
  axes: readonly Axis[],
  { block, count, each: apart, size, examples }: ProductsOptions,
): boolean {
  const sizeOf = (own: readonly Axis[]): number => entries(own.map((axis) => size(spaceOf(axis))));
  const numbers = sizeOf(axes);
  if (block * count * numbers > MOST_WRITTEN) return false;
  const pairs = apart ? count ** 2 : count;
  const each = uses.map(({ x, d }) => ({
    places: sizeOf(without(x.type.axes, axes, [examples])),
    columns: sizeOf(intersection(axes, x.type.axes)),
    rows: sizeOf(intersection(axes, d.type.axes)),
  }));
  const all = each.reduce((total, { places }) => total + places, 0);
  const written = block * count * numbers * (2 * all + (block * pairs) / count);
  const multiplied = each.map(({ places, columns, rows }) => block ** 2 * places * all * (columns + pairs * rows));
  return written < multiplied.reduce((total, own) => total + own, 0);
}
