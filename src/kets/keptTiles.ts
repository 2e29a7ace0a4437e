/** What states keep of values that are evaluated entry by entry. */

import { required } from '../errors/index.ts';
import type { Combination, KeptTiles, Region, Whole } from './combination.ts';
import { blockRows, extent, fillCombination, rowLength, rowLoop } from './pointwise.ts';

const keyOf = ({ axes, extents }: Whole): string => axes.map((axis) => `${axis} ${extent(extents, axis)}`).join(', ');

/**
 * Entries of a state on whole regions, computed once from its definition, which may read the tiles of the state before.
 * A region once asked for is asked for again at the next step, so a new state takes over the regions of the old one.
 *
 * Tiles are kept for the states that hold them; the last one that lets go lets the entries go. They can be computed again
 * from the definition, so what was made of them stays right.
 */
export class Tiles implements KeptTiles {
  readonly #definition: Combination;
  readonly #before: KeptTiles | undefined;
  readonly #tiles = new Map<string, Float64Array>();
  readonly #regions = new Map<string, Whole>();
  #holders = 0;

  constructor(definition: Combination, before: KeptTiles | undefined) {
    this.#definition = definition;
    this.#before = before;
  }

  /** Computes all regions that the state before was asked for. */
  settle(): void {
    for (const region of this.#before?.regions() ?? []) this.#compute(region);
    this.#before?.tidy();
  }

  regions(): readonly Whole[] {
    return [...this.#regions.values()];
  }

  /** One more state holds them. */
  hold(): void {
    this.#holders++;
  }

  /** One state less does. */
  letGo(): void {
    this.#holders--;
    this.tidy();
  }

  /** Forgets entries that no state holds. */
  tidy(): void {
    if (this.#holders === 0) this.#tiles.clear();
  }

  /** The same entries, held by nobody yet. */
  copy(): Tiles {
    const copy = new Tiles(this.#definition, this.#before);
    for (const [key, tile] of this.#tiles) copy.#tiles.set(key, tile);
    for (const [key, region] of this.#regions) copy.#regions.set(key, region);
    return copy;
  }

  /** Bytes held. */
  get bytes(): number {
    return [...this.#tiles.values()].reduce((sum, tile) => sum + tile.byteLength, 0);
  }

  /** All entries on a region of two axes, row-major. */
  entries(region: Whole): Float64Array {
    return this.#tile(region);
  }

  fill(region: Region, out: Float64Array): void {
    const length = rowLength(region);
    const from = region.start * length;
    out.set(this.#tile(region).subarray(from, from + region.count * length));
  }

  /** A region asked for late is computed from the beginning; the states before keep nothing of it. */
  #tile(region: Whole): Float64Array {
    const known = this.#tiles.get(keyOf(region));
    if (known !== undefined) return known;
    const tile = this.#compute(region);
    this.#before?.tidy();
    return tile;
  }

  #compute({ axes, extents }: Whole): Float64Array {
    const rows = extent(extents, required(axes[0], 'axis of a region'));
    const length = rowLength({ axes, extents });
    const tile = new Float64Array(rows * length);
    const loop = rowLoop(this.#definition, axes, extents);
    if (loop !== undefined) loop.fill(rows, tile);
    else {
      const step = blockRows(axes, extents);
      for (let start = 0; start < rows; start += step) {
        const count = Math.min(step, rows - start);
        fillCombination(this.#definition, { axes, extents, start, count }, tile.subarray(start * length));
      }
    }
    this.#tiles.set(keyOf({ axes, extents }), tile);
    this.#regions.set(keyOf({ axes, extents }), { axes, extents });
    return tile;
  }
}
