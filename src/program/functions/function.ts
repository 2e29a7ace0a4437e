/** The shape of a named function; see index.ts for the table of them. */

import type { Value, Writer } from '../writer.ts';
import type { Call } from './signatures.ts';

/** A named function: its definition in primitives, and a rule of its own for derivatives where it has one. */
export interface NamedFunction {
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
