/** Arrays that are written on again: zeroing and mapping fresh ones takes about as long as writing what belongs there. */

export class Spares {
  readonly #free: Float64Array[] = [];

  /** An array of so many entries, of any values. */
  take(length: number): Float64Array {
    const place = this.#free.findIndex((one) => one.length === length);
    const [found] = place < 0 ? [] : this.#free.splice(place, 1);
    return found ?? new Float64Array(length);
  }

  /** Takes back arrays that nothing reads any more, in place of those that were not wanted since the last ones came. */
  give(arrays: Iterable<Float64Array>): void {
    this.#free.splice(0, this.#free.length, ...arrays);
  }
}
