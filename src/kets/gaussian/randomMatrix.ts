import type { Column } from './columns.ts';

/** A rows × columns matrix of independent entries of mean 0, known by its products with blocks of columns. */
export interface RandomMatrix {
  readonly rows: number;
  readonly columns: number;
  /** W x for columns x of `columns` entries. */
  apply(block: readonly Column[]): Column[];
  /** Wᵀ y for columns y of `rows` entries. */
  applyTransposed(block: readonly Column[]): Column[];
}
