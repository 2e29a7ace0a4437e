/** A graph whose values have places. */

import type { ShownValue } from '../values.ts';

export interface PlacedValue {
  readonly value: ShownValue;
  /** Of its middle. */
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
  /** What is written in it: its name, and its formula where that is more. */
  readonly lines: readonly string[];
}

export interface PlacedEdge {
  readonly from: string;
  readonly to: string;
  readonly points: readonly { readonly x: number; readonly y: number }[];
}

export interface PlacedGraph {
  readonly width: number;
  readonly height: number;
  readonly values: readonly PlacedValue[];
  readonly edges: readonly PlacedEdge[];
}

/** Pixels of a line of text. */
export const LINE = 16;
