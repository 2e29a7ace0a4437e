/**
 * The numbers behind lazy kets: a matrix that is sampled along what it meets is asked about all basis vectors after
 * the run, on the state that the run began from. The oracle, given these numbers, must then say what the run said.
 */

import { type Columns, isColumns, type KetInterpreter, type KetState } from '../../src/kets/index.ts';
import {
  type Axis,
  argument,
  bind,
  feedsOf,
  gaussian,
  mul,
  type Program,
  reorder,
  type Sizes,
  sizePower,
  spaceOf,
  type Tensor,
  type Tensors,
  Writer,
} from '../../src/program/index.ts';

/** Values on a width are handed out times n^(-SHRUNK), which no usual law outgrows, and given back their size. */
const SHRUNK = 2;
/** The axis of basis vectors. */
const BASIS = 'basis';

/** What a program's feeds were drawn as: those with a law that is random, by name, in the program's order of axes. */
export function realized(program: Program, kets: KetInterpreter, start: KetState, sizes: Sizes): Tensors {
  const { n: width = 1 } = sizes;
  const bound = bind(program, sizes);
  const isWidth = (axis: Axis): boolean =>
    program.spaces.some(({ name, kind }) => name === spaceOf(axis) && kind === 'width');
  return Object.fromEntries(
    feedsOf(program).flatMap(({ name, instruction, type }): [string, Tensor][] => {
      const { law } = instruction;
      if (law === undefined || law.kind === 'constant') return [];
      const { axes } = type;
      const writer = new Writer(`probe of ${name}`);
      for (const space of program.spaces) writer.space(space);
      const drawn = writer.write({ op: 'input', role: 'data', type, law }, name);
      const widths = axes.filter(isWidth);
      const small = widths.length === 0 ? drawn : writer.map(mul(sizePower('n', -SHRUNK), argument(0)), [drawn]);
      const [, columns] = widths;
      const data: Record<string, Tensor> = {};
      if (columns === undefined) writer.output('drawn', small);
      else {
        const count = bound[spaceOf(columns)] ?? Number.NaN;
        writer.space({ name: BASIS, kind: 'fixed', size: count });
        const vectors = { kind: 'real', axes: [BASIS, columns] } as const;
        const basis = writer.write({ op: 'input', role: 'data', type: vectors, law: gaussian() }, 'basis vectors');
        data['basis vectors'] = {
          ...{ axes: [BASIS, columns], shape: [count, count] },
          data: Float64Array.from({ length: count ** 2 }, (_, k) => (k % (count + 1) === 0 ? 1 : 0)),
        };
        writer.output('drawn', writer.contract(small, basis, [columns]));
      }
      const { drawn: found } = kets.run(writer.finish(), start, data).outputs;
      if (found === undefined) throw new Error(`"${name}" was not handed out`);
      const dense = tensorOf(found);
      const scale = widths.length === 0 ? 1 : width ** SHRUNK;
      const named = { ...dense, axes: dense.axes.map((axis) => (axis === BASIS ? (columns ?? axis) : axis)) };
      return [[name, reorder({ ...named, data: Float64Array.from(named.data, (x) => x * scale) }, axes)]];
    }),
  );
}

/** An output of kets as a tensor, its width axis last. */
export function tensorOf(output: Columns | Tensor): Tensor {
  if (!isColumns(output)) return output;
  const { axes, shape, width, columns } = output;
  return {
    axes: [...axes, width],
    shape: [...shape, columns[0]?.length ?? 0],
    data: Float64Array.from(columns.flatMap((column) => [...column])),
  };
}
