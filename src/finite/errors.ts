/** Words of the errors of the finite engine. */

import { UnsupportedError, UserError } from '../errors/index.ts';
import { gigabytes } from '../errors/wording/index.ts';

/** One parameter with its optimizer's state does not fit into a memory of 32-bit addresses. */
export function kernelTooLarge(name: string, arrays: readonly number[], most: number): UnsupportedError {
  const [entries, all] = [Math.max(...arrays), arrays.reduce((sum, count) => sum + count, 0)];
  return new UnsupportedError(
    'finite.kernel-too-large',
    `state "${name}" has ${entries} entries, and its update works on ${arrays.length} arrays of them: ` +
      `${gigabytes(4 * all)} of f32. Compiled updates reach ${gigabytes(most)} per parameter: train ` +
      'at a smaller width, or split the parameter into several.',
    { name, entries, arrays: arrays.length },
  );
}

/** A state lacks what a program carries and no law can draw, or has it with other axes or sizes. */
export function badState(program: string, problems: readonly string[]): UserError {
  return new UserError(
    'finite.bad-state',
    `state of program "${program}":\n${problems.map((problem) => `  ${problem}`).join('\n')}\n` +
      'Give every state and parameter of the program with its axes and sizes, or a seed to draw by their laws what is not given.',
    { problems },
  );
}

/** Data whose sizes are not those of what is held. */
export function otherSizes(program: string, problems: readonly string[]): UserError {
  return new UserError(
    'finite.other-sizes',
    `data of a step of program "${program}" are of other sizes than its state:\n${problems.map((problem) => `  ${problem}`).join('\n')}\n` +
      'A state keeps its sizes: give data of these, or make another stepper with a state of the others.',
    { problems },
  );
}

/** A stepper that was released, itself or with its engine. */
export function releasedStepper(program: string): UserError {
  return new UserError(
    'finite.released',
    `the stepper of program "${program}" has been released; make another one. A state is read before its release.`,
    { program },
  );
}

/** An output that a stepper does not hand out. */
export function notHandedOut(program: string, name: string, known: readonly string[]): UserError {
  return new UserError(
    'finite.not-handed-out',
    `program "${program}" hands out no "${name}" at a step; it hands out ${known.map((one) => `"${one}"`).join(', ') || 'nothing'}. ` +
      'States are read with state().',
    { name, known },
  );
}

/** An index that names no row of the table that its gradient is. */
export function noSuchRow(table: string, row: number, rows: number): UserError {
  return new UserError(
    'finite.no-such-row',
    `an index of "${table}" is ${row}; expected whole numbers from 0 to ${rows - 1}, of which each names a row.`,
    { table, row, rows },
  );
}
