/** What a run may have beside one thread: others that share the memory, and an engine for products of matrices. */

import type { Team } from '../../numeric/wasm/index.ts';

/** a · bᵀ, [rows of a, rows of b], both of rows of `length` numbers; it may be put `into` what is given, and be that. */
export type Product = (a: Float64Array, b: Float64Array, length: number, into?: Float64Array) => Promise<Float64Array>;

/** What kernels are computed on. */
export interface KernelMachine {
  readonly team?: Team;
  readonly product?: Product;
}
