/** What the program page computes of a program at finite widths: a check at several of them. */

import { type CheckResult, check } from 'nexort/experiments';
import { type Program, parseProgram } from 'nexort/program';
import { interpret } from 'nexort/reference';
import { widthsIn } from '../program/rules.ts';
import type { KetTable } from './kets.ts';

export interface ProgramJob {
  readonly text: string;
  readonly steps: number;
}

export type ProgramJobs = {
  readonly check: { readonly given: ProgramJob; readonly part: number; readonly gives: CheckResult };
  readonly kets: { readonly given: ProgramJob; readonly part: number; readonly gives: KetTable };
};

/** Small enough for a page: `nexort check` takes five widths up to 512 and 100 seeds. */
export const [CHECK_SEEDS, CHECK_SAMPLES, CHECK_SCRAMBLINGS] = [20, 2048, 8] as const;
/** By the most width axes of a value: its numbers are their product. */
const [WIDTHS, CUBIC_WIDTHS] = [
  [16, 32, 64, 128],
  [8, 16, 32],
] as const;

/** The widths that a program runs at. */
export const checkWidths = (program: Program): readonly number[] =>
  program.nodes.some((node) => widthsIn(program, node) > 2) ? CUBIC_WIDTHS : WIDTHS;

/** Throws {@link UserError} as `check`. */
export function checkProgram(
  { text, steps }: ProgramJob,
  tell: (share: number) => void = () => {},
): Promise<CheckResult> {
  const program = parseProgram(text);
  return check(program, {
    ...{
      widths: checkWidths(program),
      seeds: CHECK_SEEDS,
      samples: CHECK_SAMPLES,
      scramblings: CHECK_SCRAMBLINGS,
      steps,
    },
    run: interpret,
    onProgress: tell,
  });
}
