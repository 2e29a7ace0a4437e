/** What a family reads its configuration with: entries of config.json, whoever holds them. */

import type { EncoderActivation } from './activations.ts';

/**
 * Entries by their names. One that is absent has the value `assumed`, which is told; what is no such value is a problem that
 * is collected, and some value comes back all the same.
 */
export interface ConfigEntries {
  /** A positive whole number. */
  size(entry: string, assumed: number): number;
  /** A token's number; `null` counts as absent. */
  tokenId(entry: string, assumed: number): number;
  positive(entry: string, assumed: number): number;
  choice(entry: string, assumed: boolean): boolean;
  activation(entry: string, assumed: string): EncoderActivation;
  /** The same where absent and `null` mean that there is none, which is not told. */
  sizeIfAny(entry: string): number | undefined;
  choiceIfAny(entry: string): boolean | undefined;
  /** The entry as it is, `undefined` for `null`. */
  given(entry: string): unknown;
  /** An entry that asks for what is not built, if it is none of these; what is supported, in words. */
  allow(entry: string, allowed: readonly unknown[], supported: string): void;
  /** Entries with their numbers, of which the first is to divide the second. */
  divides(part: readonly [entry: string, number: number], whole: readonly [entry: string, number: number]): void;
  /** What is impossible of an entry. */
  problem(problem: string): void;
  /** What is possible, but not built. */
  unsupported(problem: string): void;
}
