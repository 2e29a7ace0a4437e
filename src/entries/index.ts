/**
 * Values as entries over fixed axes, and the one walk over them that all readings at infinite width share.
 *
 * Axes of a fixed size are ordinary tensor axes, in whatever way the widths are read: an entry may be a number, a sampled
 * column, an expression in Gaussian variables. What instructions do to fixed axes alone (repeat, pick, add up, move,
 * rename) is written once here over an algebra of entries; a reading supplies the algebra and rules of its own for feeds,
 * maps and contractions.
 */

export type { EntryAlgebra } from './algebra.ts';
export type { Entries, Extent } from './extent.ts';
export { type FixedAxes, type Pairs, pair } from './pairs.ts';
export { type OwnRules, type Reading, type SplitAxes, splitAxes } from './reading.ts';
export { walk } from './walk.ts';
