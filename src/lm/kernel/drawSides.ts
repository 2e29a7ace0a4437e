/** The two sides of kernels of draws. Signs stand on the training side (theory 9). */

/** The two sides of the kernel of one draw, by positions of examples. */
export interface DrawSides {
  /** The training side, in the order of the kernel's columns. */
  readonly train: readonly number[];
  /** In the order of the kernel's rows; the training side is among them. */
  readonly rows: readonly number[];
}

/** The sides of a kernel of one draw: all examples are its rows. */
export function oneDraw(examples: readonly unknown[], train: readonly number[]): readonly [DrawSides] {
  return [{ train, rows: [...examples.keys()] }];
}

/** Numbers of one kernel of every draw, all together. */
export function kernelEntries(draws: readonly DrawSides[], outputs: number): number {
  return draws.reduce((sum, { rows, train }) => sum + rows.length * train.length * outputs ** 2, 0);
}
