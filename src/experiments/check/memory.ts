/** What finite widths will take of memory, before anything is run. */

import { bind, entries, feedsOf, type Node, type Program, type Sizes, shapeOf } from '../../program/index.ts';
import { tooLarge } from './errors.ts';

/** Bytes of an entry as it is drawn, in f64, and as it is run on, in f32. */
const [DRAWN, RUN] = [8, 4];
/** Values of the largest size that are held at once: operands and a result. */
const HELD = 3;

/**
 * Refuses widths at which a run would take more than `memory` bytes, by what it is fed and the largest of its values.
 * Throws {@link UserError} `experiments.too-large`, and `program.mismatch` for widths whose multiples are no whole
 * numbers.
 */
export function checkMemory(
  program: Program,
  widths: readonly number[],
  symbol: string,
  sizes: Sizes,
  memory: number,
): void {
  for (const width of [...widths].sort((a, b) => b - a)) {
    const bound = bind(program, { ...sizes, [symbol]: width });
    const { bytes, largest } = forecast(program, bound);
    if (bytes > memory) throw tooLarge(width, bytes, memory, largest.name, shapeOf(largest.type.axes, bound));
  }
}

function forecast(program: Program, sizes: Sizes): { readonly bytes: number; readonly largest: Node } {
  const size = ({ type }: Node): number => entries(shapeOf(type.axes, sizes));
  const largest = program.nodes.reduce((most, node) => (size(node) > size(most) ? node : most));
  const fed = feedsOf(program).reduce((sum, node) => sum + size(node), 0);
  return { bytes: (DRAWN + RUN) * fed + HELD * RUN * size(largest), largest };
}
