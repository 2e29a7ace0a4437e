/** How named functions are called: what of them the types of a program depend on. */

import type { Axis } from '../axes.ts';

/**
 * Names of functions that a program calls as one instruction: softmax, the logarithm of a sum of exponentials,
 * normalization, 1/deviation, the iteration of Newton and Schulz.
 */
export type FunctionName = 'softmax' | 'logSumExp' | 'normalize' | 'inverseDeviation' | 'newtonSchulz';

/** The parts of a call besides its operands. */
export interface Call {
  readonly over: readonly Axis[];
  readonly attributes: Readonly<Record<string, number>>;
}

export interface Signature {
  readonly arity: number;
  /** Whether the result keeps the first operand's axes; else the axes in `over` are gone. */
  readonly keepsAxes: boolean;
  /** What is wrong with a call besides its operands' types. */
  readonly problems?: (call: Call) => readonly string[];
}

export const signatures: Readonly<Record<FunctionName, Signature>> = {
  softmax: { arity: 1, keepsAxes: true },
  logSumExp: { arity: 1, keepsAxes: false },
  normalize: { arity: 1, keepsAxes: true },
  inverseDeviation: { arity: 1, keepsAxes: false },
  newtonSchulz: { arity: 1, keepsAxes: true, problems: matrixProblems },
};

/** Of a function of a matrix: which axes are its rows, and how many steps it takes. */
function matrixProblems({ over, attributes }: Call): readonly string[] {
  const { rows = 1, steps = 1 } = attributes;
  const problems: string[] = [];
  if (over.length < 2)
    problems.push(`is a function of a matrix, expected two axes or more, given [${over.join(', ')}]`);
  else if (!(Number.isInteger(rows) && rows >= 1 && rows < over.length))
    problems.push(`takes the first ${rows} axes as rows, expected a whole number from 1 to ${over.length - 1}`);
  if (!(Number.isInteger(steps) && steps >= 0))
    problems.push(`takes ${steps} steps, expected a whole number from 0 on`);
  return problems;
}

/** Whether a word names a function. */
export function isFunctionName(name: string): name is FunctionName {
  return Object.hasOwn(signatures, name);
}

/** An attribute of a call, or what it is when left out. */
export function attribute(call: Call, name: string, fallback: number): number {
  return call.attributes[name] ?? fallback;
}
