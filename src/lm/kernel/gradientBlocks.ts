/** What a stage's backward pass over a batch hands out, as blocks of numbers for products of gradients. */

import { required } from '../../errors/index.ts';
import type { StageGradients, StagePrograms } from '../../finite/index.ts';
import { entries, type Tensor } from '../../program/index.ts';
import type { DenseBlock, FactorBlock } from './productBlocks.ts';

/** Gradients of one stage for one batch of examples. */
export interface GradientBlocks {
  /** In the order of the stage's matrices. */
  readonly matrices: readonly FactorBlock[];
  /** All other gradients but those of tables, side by side. */
  readonly dense: DenseBlock;
}

/** The factors and dense gradients of so many examples. */
export function gradientBlocks(
  { matrices, dense }: StageGradients,
  programs: StagePrograms,
  examples: number,
  outputs: number,
): GradientBlocks {
  return {
    matrices: matrices.map(({ input, cotangent }, k) => {
      const { places } = required(programs.matrices[k], `matrix ${k} of stage "${programs.stage.name}"`);
      // [batch, …places, …columns]
      const size = entries(input.shape.slice(1, 1 + places.length));
      return { examples, places: size, x: floats(input), d: floats(cotangent) };
    }),
    dense: { examples, gradients: sideBySide(dense, examples * outputs) },
  };
}

function floats({ data }: Tensor): Float32Array {
  return required(data instanceof Float32Array ? data : undefined, 'f32 data of a factor');
}

/** Gradients of several parameters as one row for each example and output. */
function sideBySide(values: readonly Tensor[], lines: number): Float32Array {
  const parts = values.map((value) => ({ data: floats(value), size: entries(value.shape) / lines }));
  const width = parts.reduce((sum, { size }) => sum + size, 0);
  const joined = new Float32Array(lines * width);
  let start = 0;
  for (const { data, size } of parts) {
    for (let line = 0; line < lines; line++) {
      joined.set(data.subarray(line * size, (line + 1) * size), line * width + start);
    }
    start += size;
  }
  return joined;
}
