/** Entrywise maps in the limit. */

import { splitAxes } from '../../entries/index.ts';
import { whereClosed } from '../../expectations/index.ts';
import { at } from '../../numeric/index.ts';
import {
  type Expr,
  entries,
  type InstructionOf,
  type Node,
  offsets,
  plus,
  type ScaledMap,
} from '../../program/index.ts';
import { broken } from '../errors.ts';
import { mergedUses } from '../values.ts';
import type { ExactContext } from './context.ts';
import { type ExactEntry, type ExactUse, type ExactValue, exactWidthsOf, isOperator } from './values.ts';

/** The map of a node. */
export function mapExact(
  { args }: InstructionOf<'map'>,
  node: Node,
  context: ExactContext,
  scaled: ScaledMap | undefined,
): ExactValue {
  if (scaled === undefined) throw broken(`map "${node.name}"`, 'its powers were not combined');
  const { axes, shape, widths } = splitAxes(node, context);
  const operands = args.map((ref) => context.value(ref));
  const places = operands.map((operand) => offsets(axes, shape, operand));
  const axesOf = operands.map(exactWidthsOf);
  const expr = context.arithmetic.withSizes(scaled.expr);
  const data = Array.from(
    { length: entries(shape) },
    (_, p): ExactEntry =>
      whereClosed(
        operands.map((operand, k) => at<ExactEntry>(operand.data, at(at(places, k), p))),
        (closed): ExactEntry => {
          if (widths.length < 2) return context.combine(expr, closed);
          const sources = closed.map((entry, k) => context.onAxes(at(axesOf, k), entry));
          const matrices = closed.flatMap((operator, k): ExactUse[] => {
            const coefficient = scaled.coefficients.get(k);
            if (coefficient === undefined || !isOperator(operator)) return [];
            const factor = exactNumberOf(coefficient.expr, sources, context);
            return operator.matrices.map((use) => ({
              ...use,
              coefficient: use.coefficient * factor,
              exponent: plus(use.exponent, coefficient.exponent),
            }));
          });
          const nothing = expr.op === 'constant' && expr.value === 0;
          return {
            matrices: mergedUses(matrices),
            pointwise: nothing ? undefined : context.arithmetic.onAxes(expr, sources),
          };
        },
      ),
  );
  return context.made(data, { axes, shape }, widths);
}

/** A function of scalars; where it has no value it is not a number, and neither is what it multiplies. */
function exactNumberOf(expr: Expr, sources: readonly unknown[], context: ExactContext): number {
  const numbers = sources.map((source) => (typeof source === 'number' ? source : Number.NaN));
  const value = context.combine(expr, numbers);
  return typeof value === 'number' ? value : Number.NaN;
}
