/** A program's values while kernels are read: tensors over fixed axes of entries, or of combinations of matrices. */

import type { Entries } from '../../entries/index.ts';
import type { Axis } from '../../program/index.ts';
import type { Entry, MatrixSymbol } from './entry.ts';

/** A matrix inside a value, its rows and columns on two axes of that value. */
export interface MatrixUse {
  readonly symbol: DrawnMatrix;
  readonly rows: Axis;
  readonly columns: Axis;
  readonly coefficient: number;
}

/** An initial matrix with the axis that its products are summed over, known once it is first used. */
export interface DrawnMatrix {
  readonly name: string;
  /** Variance of an entry, and the rate at which it is trained. */
  readonly variance: number;
  readonly rate: number;
  /** The space of the columns, and its symbol, once there is a product. */
  used: { readonly direction: 'forward' | 'transposed'; readonly symbol: MatrixSymbol } | undefined;
}

/** Σ coefficient · matrix. */
export interface Operator {
  readonly matrices: readonly MatrixUse[];
}

export type KernelEntry = Entry | Operator;

export interface KernelValue extends Entries<KernelEntry> {
  readonly data: readonly KernelEntry[];
  readonly widths: readonly Axis[];
}

export function isOperator(entry: KernelEntry): entry is Operator {
  return 'matrices' in entry;
}
