/** What a limit is asked of: one program, or several on one state. */

import type { Phase, Program, StepData } from '../program/index.ts';

/** The phases; of one program, so many steps of it on these data. */
export function phasesOf(
  what: Program | readonly Phase[],
  { steps = 1, data = {} }: { readonly steps?: number; readonly data?: StepData },
): readonly Phase[] {
  return 'nodes' in what ? [{ program: what, steps, data }] : what;
}
