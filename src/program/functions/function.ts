/** The shape of a named function; see index.ts for the table of them. */

import type { Axis } from '../axes.ts';
import type { Value, Writer } from '../writer.ts';

export type FunctionName = 'softmax' | 'logSumExp' | 'normalize' | 'inverseDeviation';

/** The parts of a call besides its operands. */
export interface Call {
  readonly over: readonly Axis[];
  readonly attributes: Readonly<Record<string, number>>;
}

export interface NamedFunction {
  readonly arity: number;
  /** Whether the result keeps the first operand's axes; else the axes in `over` are gone. */
  readonly keepsAxes: boolean;
  /** The definition in primitives. */
  define(writer: Writer, args: readonly Value[], call: Call): Value;
  /**
   * Cotangents of the operands given the result's (mean inner product on width axes, sum on fixed ones). The cotangent
   * may carry further axes, and may lack kept ones. Without a rule the definition is differentiated.
   */
  derivative?(writer: Writer, args: readonly Value[], call: Call, result: Value, cotangent: Value): readonly Value[];
  /**
   * The result's tangent given the operands', all on the axes of their values. Without a rule the definition is
   * differentiated.
   */
  tangent?(writer: Writer, args: readonly Value[], call: Call, result: Value, tangents: readonly Value[]): Value;
}

/** An attribute of a call, or what it is when left out. */
export function attribute(call: Call, name: string, fallback: number): number {
  return call.attributes[name] ?? fallback;
}
