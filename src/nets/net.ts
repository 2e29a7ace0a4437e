/** A network before any parametrization: standard Gaussian weights and no multipliers. */

import type { Parameter } from '../parametrizations/index.ts';
import type { Program } from '../program/index.ts';

export interface Net {
  readonly program: Program;
  /** Its parameters with their kinds, in order. */
  readonly parameters: readonly Parameter[];
  /** The output that a loss reads. */
  readonly output: string;
  /** What a parametrization's multiplier of the output multiplies: the output itself unless a bias is added to it. */
  readonly multiplied?: string;
  /** Values that a coordinate check looks at, first to last: preactivations and activations by layer. */
  readonly layers: readonly Layer[];
  /** Hidden layers of a multilayer perceptron, the nets that the classification of parametrizations knows; else absent. */
  readonly depth?: number;
}

/** The values of one layer. */
export interface Layer {
  readonly name: string;
  /** The weight that makes it. */
  readonly parameter: string;
  readonly preactivation: string;
  /** Absent at the output. */
  readonly activation?: string;
}
