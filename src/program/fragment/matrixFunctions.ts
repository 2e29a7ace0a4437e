/**
 * Functions of matrices in the language (theory 11): a call on a value over two width axes without initial matrices is
 * kept, for X = U C Vᵀ/n has few columns and C is a function of averages; others are read by their definitions.
 */

import { spaceOf } from '../axes.ts';
import { type Exponent, isZeroPower, negated, ONE, plus, printDecimal, signOf, ZERO_POWER } from '../exponent.ts';
import { matrixAxes, newtonSchulzCall } from '../functions/newtonSchulz.ts';
import type { InstructionOf } from '../instructions.ts';
import type { Program } from '../program.ts';

/** Whether a call is a function of matrices both of whose sides grow with n. */
export function isWideMatrix({ spaces }: Pick<Program, 'spaces'>): (call: InstructionOf<'call'>) => boolean {
  const wide = new Set(spaces.filter(({ kind }) => kind === 'width').map(({ name }) => name));
  const grows = (axes: readonly string[]): boolean => axes.some((axis) => wide.has(spaceOf(axis)));
  return (call) => {
    if (call.name !== 'newtonSchulz') return false;
    const { rows, columns } = matrixAxes(call);
    return grows(rows) && grows(columns);
  };
}

/** The exponent of the norm of entries n^e · (order 1) over two widths. */
export const normExponent = (entries: Exponent): Exponent => plus(entries, ONE);

/**
 * The exponent of the entries of a function whose values are matrices of operator norm of order 1, low rank, from that of
 * its argument's; what is wrong goes to `problems`, in words that follow the instruction's name.
 */
export function matrixExponent(call: InstructionOf<'call'>, entries: Exponent, problems: string[]): Exponent {
  if (isZeroPower(entries)) return ZERO_POWER;
  const { epsilon } = newtonSchulzCall(call);
  const norm = normExponent(entries);
  if (epsilon > 0 && signOf(norm) < 0)
    problems.push(
      `divides by a norm that tends to 0 like n^${printDecimal(norm)} beside ε = ${epsilon}; multiply the gradient by a power of n (d), or take ε = 0`,
    );
  return negated(ONE);
}
