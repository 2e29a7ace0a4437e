/** Moving through a graph by keys: to what is read, to what reads, and to the neighbors of a layer. */

import type { PlacedEdge, PlacedGraph, PlacedValue } from './placed.ts';

export type Key = 'ArrowUp' | 'ArrowDown' | 'ArrowLeft' | 'ArrowRight' | 'Home' | 'End';
const KEYS: readonly Key[] = ['ArrowUp', 'ArrowDown', 'ArrowLeft', 'ArrowRight', 'Home', 'End'];
export const isKey = (key: string): key is Key => KEYS.some((one) => one === key);

/** The value that a key leads to from another; undefined where there is none. */
export function walked({ values, edges }: PlacedGraph, from: string | undefined, key: Key): string | undefined {
  const here = values.find(({ value }) => value.name === from);
  if (here === undefined || key === 'Home') return values[0]?.value.name;
  if (key === 'End') return values.at(-1)?.value.name;
  if (key === 'ArrowLeft' || key === 'ArrowRight') {
    const side = key === 'ArrowLeft' ? -1 : 1;
    const beside = values.filter(({ x, y }) => Math.abs(y - here.y) < here.height && side * (x - here.x) > 0);
    return nearest(beside, here)?.value.name;
  }
  const names = new Set(edges.flatMap((edge) => (key === 'ArrowUp' ? read(edge, from) : readers(edge, from))));
  return nearest(
    values.filter(({ value }) => names.has(value.name)),
    here,
  )?.value.name;
}

type Ends = Omit<PlacedEdge, 'points'>;
const read = ({ from, to }: Ends, name: string | undefined): string[] => (to === name ? [from] : []);
const readers = ({ from, to }: Ends, name: string | undefined): string[] => (from === name ? [to] : []);

const nearest = (values: readonly PlacedValue[], { x, y }: PlacedValue): PlacedValue | undefined =>
  [...values].sort((p, q) => Math.hypot(p.x - x, p.y - y) - Math.hypot(q.x - x, q.y - y))[0];
