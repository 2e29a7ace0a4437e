/** Multiplications of a chain's stages for one example, counted from their programs. */

import { required } from '../../errors/index.ts';
import { type ChainPrograms, multiplications, outputSizes, type StagePrograms } from '../../finite/index.ts';
import { bind, entries, gradientName, nodeOf, type Sizes, shapeOf } from '../../program/index.ts';
import type { MatrixSize } from './productBlocks.ts';

/** One matrix of a stage, and the places where an example uses it. */
export interface MatrixUse extends MatrixSize {
  readonly places: number;
}

export interface StageWork {
  readonly forward: number;
  /** With the forward pass in it. */
  readonly backward: number;
  /** From what the forward pass has kept. */
  readonly after: number;
  readonly matrices: readonly MatrixUse[];
  /** Numbers of dense gradients. */
  readonly dense: number;
  /** Whether the stage hands out gradients of matrices or dense ones, and so has a part in the kernel's products. */
  readonly multiplies: boolean;
}

/** By stage. Sizes are those of one example. */
export function stageWork({ stages }: ChainPrograms, given: Sizes): StageWork[] {
  // Stages of one program count alike.
  const known = new Map<StagePrograms['backward'], StageWork>();
  return stages.map((programs) => {
    const work = known.get(programs.backward) ?? workOf(programs, given);
    known.set(programs.backward, work);
    return work;
  });
}

function workOf(programs: StagePrograms, given: Sizes): StageWork {
  const { stage, forward, backward, split, matrices, dense } = programs;
  const sizes = bind(stage.program, given);
  const handed = outputSizes(backward, given);
  const size = (name: string): number => required(handed.get(name), `size of output "${name}"`);
  return {
    forward: multiplications(forward, given),
    backward: multiplications(backward, given),
    after: multiplications(split.after, given),
    matrices: matrices.map(({ local, input, places }) => {
      const uses = entries(shapeOf(places, sizes));
      const columns = size(input) / uses;
      const all = entries(shapeOf(nodeOf(stage.program, local).type.axes, sizes));
      return { places: uses, columns, rows: all / columns };
    }),
    dense: dense.reduce((total, local) => total + size(gradientName(local)), 0),
    multiplies: matrices.length + dense.length > 0,
  };
}
