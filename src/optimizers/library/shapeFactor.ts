/** Factors of a matrix's shape that frameworks multiply updates of whole matrices by. */

import { div, type Expr, maximum, mul, pow } from '../../program/index.ts';
import { choose, flag } from '../common.ts';

/** What libraries multiply the root of the larger side by, so that entries are as large as AdamW's. */
const RMS = 0.2;

const root = (expr: Expr): Expr => pow(expr, 0.5);

/** The settings that choose one: the last that is set counts; `aspect` as `usual` has it, for an optimizer that has a factor of its own. */
export const shapeFlags = (usual: { readonly aspect: boolean }) =>
  ({
    aspect: flag(usual.aspect, 'multiply by √max(1, rows/columns)'),
    spectral: flag(false, 'multiply by √(rows/columns) instead'),
    matchRms: flag(false, 'multiply by 0.2·√max(rows, columns) instead'),
  }) as const;

interface Shaped {
  readonly fanOut: Expr;
  readonly fanIn: Expr;
  readonly aspect: Expr;
  readonly spectral: Expr;
  readonly matchRms: Expr;
}

/** The factor that is chosen, 1 where none is. */
export const shapeFactor = ({ fanOut, fanIn, aspect, spectral, matchRms }: Shaped): Expr =>
  choose(
    matchRms,
    mul(RMS, root(maximum(fanOut, fanIn))),
    choose(spectral, root(div(fanOut, fanIn)), choose(aspect, root(maximum(1, div(fanOut, fanIn))), 1)),
  );
