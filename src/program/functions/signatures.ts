/** How named functions are called: what of them the types of a program depend on. */

import type { Axis } from '../axes.ts';

/**
 * Names of functions that a program calls as one instruction: softmax, the logarithm of a sum of exponentials,
 * normalization, 1/deviation.
 */
export type FunctionName = 'softmax' | 'logSumExp' | 'normalize' | 'inverseDeviation';

/** The parts of a call besides its operands. */
export interface Call {
  readonly over: readonly Axis[];
  readonly attributes: Readonly<Record<string, number>>;
}

export interface Signature {
  readonly arity: number;
  /** Whether the result keeps the first operand's axes; else the axes in `over` are gone. */
  readonly keepsAxes: boolean;
}

export const signatures: Readonly<Record<FunctionName, Signature>> = {
  softmax: { arity: 1, keepsAxes: true },
  logSumExp: { arity: 1, keepsAxes: false },
  normalize: { arity: 1, keepsAxes: true },
  inverseDeviation: { arity: 1, keepsAxes: false },
};

/** Whether a word names a function. */
export function isFunctionName(name: string): name is FunctionName {
  return Object.hasOwn(signatures, name);
}

/** An attribute of a call, or what it is when left out. */
export function attribute(call: Call, name: string, fallback: number): number {
  return call.attributes[name] ?? fallback;
}
