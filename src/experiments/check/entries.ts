/** Entries of outputs by the names that people read. */

import type { Axis } from '../../program/index.ts';

/** `kernel[0, 1]`: an output's name and the place of an entry, row-major; a single number has the name alone. */
export function entryNames(name: string, axes: readonly Axis[], shape: readonly number[]): string[] {
  if (axes.length === 0) return [name];
  return places(shape).map((place) => `${name}[${place.join(', ')}]`);
}

function places(shape: readonly number[]): number[][] {
  const [first, ...rest] = shape;
  if (first === undefined) return [[]];
  const inner = places(rest);
  return Array.from({ length: first }, (_, k) => inner.map((place) => [k, ...place])).flat();
}
