/**
 * How large the update of a whole matrix is: the power of n of its entries, by its formulas. The sizes are those of
 * theory 11.
 */

import { required } from '../../errors/index.ts';
import {
  argumentsOf,
  constant,
  type Exponent,
  type Expr,
  negated,
  ONE,
  plus,
  preconditionedExponent,
  preconditioningCall,
  scaleExpr,
  substitute,
  ZERO,
} from '../../program/index.ts';
import { type MatrixFormula, nextName, type Optimizer } from '../optimizer.ts';
import { resolveSettings, type Settings } from '../settings.ts';

/** One width, n. */
const WIDTH = { ratio: () => 1, reference: 'n' };

/**
 * The exponent of the entries of the update of an n × n matrix whose gradients, and states with them, are of order 1; undefined for
 * optimizers entry by entry. Throws {@link UserError} `optimizers.settings`.
 */
export function matrixUpdateSize(optimizer: Optimizer, settings: Settings = {}): Exponent | undefined {
  const { arguments: names, formulas, state } = optimizer;
  if (Object.values(formulas).every(({ matrix }) => matrix === undefined)) return undefined;
  const told = resolveSettings(optimizer, settings);
  const known = new Map<string, Exponent>();
  const sizeOf = (name: string): Exponent => {
    if (name === 'fanOut' || name === 'fanIn') return ONE;
    const own = name.slice(nextName('').length);
    const formula = name === nextName(own) && state[own] === undefined ? formulas[own] : undefined;
    if (formula === undefined) return ZERO;
    if (formula.matrix !== undefined) return ofMatrices(formula.matrix, told);
    const found = known.get(name) ?? ofExpr(formula.expr);
    known.set(name, found);
    return found;
  };
  const ofExpr = (expr: Expr): Exponent => {
    const nameAt = (index: number): string => required(names[index], 'argument of a formula');
    const folded = substitute(expr, (leaf) => {
      const setting = leaf.op === 'argument' ? told.get(nameAt(leaf.index)) : undefined;
      return setting?.op === 'constant' ? setting : leaf;
    });
    return scaleExpr(
      folded,
      names.map((name, index) => (reads(folded, index) ? sizeOf(name) : ZERO)),
      WIDTH,
      [],
    ).exponent;
  };
  return sizeOf(nextName('update'));
}

/** Of operator norms of order 1 and few columns (numbers of order 1 between few eigenvectors too), but where roots of statistics, that are quadratic in gradients, differ. */
function ofMatrices({ name, attributes }: MatrixFormula, told: ReadonlyMap<string, Expr>): Exponent {
  if (name !== 'precondition') return negated(ONE);
  const { root = preconditioningCall({ over: [], attributes: {} }).root } = attributes;
  const value = typeof root === 'number' ? constant(root) : told.get(root);
  const power = value?.op === 'constant' ? value.value : Number.NaN;
  return preconditionedExponent(ONE, [QUADRATIC, QUADRATIC], power);
}

/** The norm of G Gᵀ where that of G is n. */
const QUADRATIC = plus(ONE, ONE);

const reads = (expr: Expr, index: number): boolean => argumentsOf(expr).has(index);
