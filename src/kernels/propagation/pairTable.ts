/** Values by two names, each a small whole number. */
export class PairTable<T> {
  readonly #rows: (Map<number, T> | undefined)[] = [];

  get(a: number, b: number): T | undefined {
    return this.#rows[a]?.get(b);
  }

  set(a: number, b: number, value: T): T {
    let row = this.#rows[a];
    if (row === undefined) {
      row = new Map();
      this.#rows[a] = row;
    }
    row.set(b, value);
    return value;
  }
}
