import type { Column } from './columns.ts';

/**
 * A rows × columns matrix of independent entries of mean 0 (IVb 2.6.3, 2.6.4), known by its products with blocks of
 * columns.
 */
export interface RandomMatrix {
  readonly rows: number;
  readonly columns: number;
  /** W x for columns x of `columns` entries. */
  apply(block: readonly Column[]): Column[];
  /** Wᵀ y for columns y of `rows` entries. */
  applyTransposed(block: readonly Column[]): Column[];
  /** The same matrix as far as it is known; what it learns from here on it draws from another source. */
  copy(source: MatrixSource): RandomMatrix;
}

/** Where fresh randomness is from: standard normals of `rows` entries for images under W, of `columns` under Wᵀ. */
export interface MatrixSource {
  readonly rows: NormalSource;
  readonly columns: NormalSource;
}

/** Columns of independent standard normals by number, the z of theory 3; they may be views, for they are only read. */
export interface NormalSource {
  column(index: number): Column;
}
