/**
 * Functions of matrices in the language (theory 11): a call on a value over two width axes without initial matrices is
 * kept, for X = U C Vᵀ/n has few columns and C is a function of averages; others are read by their definitions.
 */

import { required } from '../../errors/index.ts';
import { spaceOf } from '../axes.ts';
import {
  divided,
  type Exponent,
  isZeroPower,
  minus,
  negated,
  ONE,
  plus,
  printDecimal,
  signOf,
  ZERO_POWER,
} from '../exponent.ts';
import { hasDefinition } from '../functions/eigenbasis.ts';
import { isMatrixFunction, matrixAxes, preconditioningCall } from '../functions/matrixFunctions.ts';
import { newtonSchulzCall } from '../functions/newtonSchulz.ts';
import type { InstructionOf } from '../instructions.ts';
import type { Program } from '../program.ts';

/** Whether a call is a function of matrices both of whose sides grow with n, or an eigenbasis of a side that does. */
export function isWideMatrix({ spaces }: Pick<Program, 'spaces'>): (call: InstructionOf<'call'>) => boolean {
  const wide = new Set(spaces.filter(({ kind }) => kind === 'width').map(({ name }) => name));
  const grows = (axes: readonly string[]): boolean => axes.some((axis) => wide.has(spaceOf(axis)));
  return (call) => {
    if (!hasDefinition(call)) return grows(call.over);
    if (!isMatrixFunction(call.name)) return false;
    const { rows, columns } = matrixAxes(call);
    return grows(rows) && grows(columns);
  };
}

/** The exponent of the norm of entries n^e · (order 1) over two widths. */
export const normExponent = (entries: Exponent): Exponent => plus(entries, ONE);

/**
 * The exponent of the entries of a function of matrices, low rank, from those of its arguments'; what is wrong goes to
 * `problems`, in words that follow the instruction's name.
 */
export function matrixExponent(
  call: InstructionOf<'call'>,
  operands: readonly Exponent[],
  problems: string[],
): Exponent {
  const [entries, ...statistics] = operands;
  const norm = normExponent(required(entries, 'operand of a function of a matrix'));
  if (isZeroPower(norm)) return ZERO_POWER;
  if (call.name === 'precondition') {
    const { root } = preconditioningCall(call);
    return preconditionedExponent(norm, statistics.map(normExponent), root);
  }
  const { epsilon } = newtonSchulzCall(call);
  if (call.name === 'newtonSchulz' && epsilon > 0 && signOf(norm) < 0)
    problems.push(
      `divides by a norm that tends to 0 like n^${printDecimal(norm)} beside ε = ${epsilon}; multiply the gradient by a power of n (d), or take ε = 0`,
    );
  // Operator norms of order 1.
  return negated(ONE);
}

/**
 * The exponent of n of the entries of L^(−1/p) X R^(−1/p), from those of norms: its norm is ‖X‖ over roots of the norms of L
 * and R, and entries over two widths are 1/n of a norm.
 */
export function preconditionedExponent(norm: Exponent, statistics: readonly Exponent[], root: number): Exponent {
  const others = statistics.filter((one) => !isZeroPower(one));
  return others.reduce((rest, one) => minus(rest, divided(one, root)), minus(norm, ONE));
}
