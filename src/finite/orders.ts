import type { Axis } from '../program/index.ts';

/** Axes in the order in which outputs are wanted, by output; others list them as the program does. */
export type Orders = Readonly<Record<string, readonly Axis[]>>;
