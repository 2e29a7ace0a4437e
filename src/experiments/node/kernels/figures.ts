/** What a table says of a kernel. */

/** The least, the largest and the mean entry of a kernel. */
export interface KernelFigures {
  readonly least: number;
  readonly most: number;
  readonly mean: number;
}

/** Figures of entries that are shown block by block. */
export class Figures {
  #least = Number.POSITIVE_INFINITY;
  #most = Number.NEGATIVE_INFINITY;
  #sum = 0;
  #count = 0;

  /** Entries of which the kernel has so many copies. */
  add(entries: Float64Array, times: number): void {
    let [least, most, sum] = [this.#least, this.#most, 0];
    for (const value of entries) {
      if (value < least) least = value;
      if (value > most) most = value;
      sum += value;
    }
    this.#least = least;
    this.#most = most;
    this.#sum += times * sum;
    this.#count += times * entries.length;
  }

  get found(): KernelFigures {
    return { least: this.#least, most: this.#most, mean: this.#sum / this.#count };
  }
}
