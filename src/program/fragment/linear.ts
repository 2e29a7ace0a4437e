/**
 * The coefficients of an expression that is linear in some of its arguments. Only so may an initial matrix be read in
 * NE⊗OR⊤ (IVb 2.6.1).
 */

import { add, argumentsOf, constant, div, type Expr, mul, neg } from '../expressions.ts';

/**
 * expr = Σ coefficient_k · argument_k + rest, for the arguments in `linear`, no coefficient and no rest reading any of
 * them; undefined where it is not so.
 */
export interface LinearParts {
  readonly coefficients: ReadonlyMap<number, Expr>;
  /** Undefined for 0. */
  readonly rest: Expr | undefined;
}

/**
 * Writes an expression as Σ coefficient · argument + rest over the arguments in `linear`, or tells (undefined) that it
 * is not linear in them.
 */
export function linearParts(expr: Expr, linear: ReadonlySet<number>): LinearParts | undefined {
  if (![...argumentsOf(expr)].some((index) => linear.has(index))) return { coefficients: new Map(), rest: expr };
  switch (expr.op) {
    case 'argument':
      return { coefficients: new Map([[expr.index, constant(1)]]), rest: undefined };
    case 'unary': {
      const inner = expr.name === 'neg' ? linearParts(expr.arg, linear) : undefined;
      return inner && transform(inner, neg);
    }
    case 'binary': {
      const [left, right] = [linearParts(expr.left, linear), linearParts(expr.right, linear)];
      if (left === undefined || right === undefined) return undefined;
      switch (expr.name) {
        case 'add':
          return merge(left, right);
        case 'sub':
          return merge(left, transform(right, neg));
        case 'mul': {
          if (right.coefficients.size === 0) return transform(left, (part) => mul(part, expr.right));
          if (left.coefficients.size === 0) return transform(right, (part) => mul(expr.left, part));
          return undefined;
        }
        case 'div':
          return right.coefficients.size === 0 ? transform(left, (part) => div(part, expr.right)) : undefined;
        default:
          return undefined;
      }
    }
    default:
      return undefined;
  }
}

function transform({ coefficients, rest }: LinearParts, change: (part: Expr) => Expr): LinearParts {
  return {
    coefficients: new Map([...coefficients].map(([index, part]) => [index, change(part)])),
    rest: rest === undefined ? undefined : change(rest),
  };
}

function merge(left: LinearParts, right: LinearParts): LinearParts {
  const coefficients = new Map(left.coefficients);
  for (const [index, part] of right.coefficients) {
    const known = coefficients.get(index);
    coefficients.set(index, known === undefined ? part : add(known, part));
  }
  const rests = [left.rest, right.rest].filter((part) => part !== undefined);
  const [first, second] = rests;
  return { coefficients, rest: first !== undefined && second !== undefined ? add(first, second) : first };
}
