/** How the mean of a function of one Gaussian variable, or of a product of two functions, is found. */

import type { Formula } from '../../numeric/wasm/formulas/index.ts';
import type { SmoothFunction } from './smooth.ts';

/** E f(v) by Var v. */
export type MomentRule =
  | { readonly kind: 'formula'; readonly of: (variance: Formula) => Formula }
  /** A quadrature. */
  | { readonly kind: 'function'; readonly of: (variance: number) => number };

/**
 * A mean of a pair: `of(s, uv, t)` where s and t are what `side` makes of the variances, which is done once for each
 * input and not for each pair.
 */
export interface PairFormula {
  readonly side: MomentRule & { readonly kind: 'formula' };
  readonly of: (s: Formula, uv: Formula, t: Formula) => Formula;
}

/** E f(u) g(v) by Var u, Cov(u, v), Var v. */
export type PairRule =
  | { readonly kind: 'formula'; readonly pair: PairFormula }
  /** u^power regressed on v: Σ over k of what u takes from v times E v^k g(v). `swapped` where it is f(u) v^power. */
  | { readonly kind: 'regressed'; readonly swapped: boolean; readonly moments: readonly MomentRule[] }
  | PairQuadrature;

/** A mean without a formula; with `smooth` a series finds it for most correlations. */
export interface PairQuadrature {
  readonly kind: 'function';
  readonly of: (uu: number, uv: number, vv: number) => number;
  readonly smooth?: readonly [f: SmoothFunction, g: SmoothFunction];
}
