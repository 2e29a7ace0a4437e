/** The check of the page on the command line. */

import type { Program } from 'nexort/program';
import { shellWord } from '../problem/quoting.ts';
import { CHECK_SAMPLES, CHECK_SCRAMBLINGS, CHECK_SEEDS, checkWidths } from '../work/program.ts';

/** `nexort check …` of a file, with the settings of the page where it is a program. */
export function checkCommand(file: string, program: Program | undefined, steps: string): string {
  const settings =
    program === undefined
      ? []
      : [
          ...['--widths', checkWidths(program).join(','), '--seeds', String(CHECK_SEEDS)],
          ...['--samples', String(CHECK_SAMPLES), '--scramblings', String(CHECK_SCRAMBLINGS)],
          ...(steps === '1' ? [] : ['--steps', steps]),
        ];
  return ['nexort', 'check', ...[file, ...settings].map(shellWord)].join(' ');
}
