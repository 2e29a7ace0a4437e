/**
 * Which functions of one variable are analytic on the line, so that means by the trapezoid rule converge exponentially
 * (Trefethen and Weideman, SIAM Review 56, 2014). Those with kinks, jumps or poles are left to the quadrature of
 * `nexort/expectations`, which splits at them.
 */

import { type Elementwise, elementwise } from '../../numeric/index.ts';
import { type Expr, textKey, type UnaryName } from '../../program/index.ts';
import { expressionOf, type GaussianFunction } from './functions.ts';

/** Functions with a kink, a jump or a pole on the line. */
const ROUGH: ReadonlySet<UnaryName> = new Set(['abs', 'sign', 'step', 'relu']);
/** Functions that are analytic for positive arguments. */
const HALF: ReadonlySet<UnaryName> = new Set(['log', 'sqrt']);
const POSITIVE: ReadonlySet<UnaryName> = new Set(['exp', 'sigmoid', 'normalCdf', 'normalDensity']);

/** A function that is analytic on the line. */
export class SmoothFunction {
  readonly #values: Elementwise;

  constructor(expr: Expr) {
    this.#values = elementwise(expr, () => Number.NaN);
  }

  /** f at each of the points. */
  at(points: Float64Array): Float64Array {
    const values = new Float64Array(points.length);
    this.#values([points], values, 0, points.length);
    return values;
  }
}

const known = new WeakMap<GaussianFunction, SmoothFunction | 'rough'>();

/** The function, where it is analytic and no e^(u²) grows in front. */
export function smoothOf(of: GaussianFunction): SmoothFunction | undefined {
  let found = known.get(of);
  if (found === undefined) {
    found = (of.decay >= 0 ? smoothFunction(expressionOf(of)) : undefined) ?? 'rough';
    known.set(of, found);
  }
  return found === 'rough' ? undefined : found;
}

/** An expression of argument 0, where it is seen to be analytic. */
export function smoothFunction(expr: Expr): SmoothFunction | undefined {
  return isSmooth(expr) ? new SmoothFunction(expr) : undefined;
}

/** Whether an expression is seen to be analytic for all arguments. */
function isSmooth(expr: Expr): boolean {
  switch (expr.op) {
    case 'constant':
    case 'argument':
      return true;
    case 'size':
      return false;
    case 'unary':
      if (HALF.has(expr.name) && signOf(expr.arg) !== 'positive') return false;
      return !ROUGH.has(expr.name) && isSmooth(expr.arg);
    case 'binary': {
      if (expr.name === 'max' || expr.name === 'min') return false;
      if (expr.name === 'div' && signOf(expr.right) !== 'positive') return false;
      if (expr.name === 'pow' && !isCount(expr.right) && signOf(expr.left) !== 'positive') return false;
      return isSmooth(expr.left) && isSmooth(expr.right);
    }
  }
}

function isCount(exponent: Expr): boolean {
  return exponent.op === 'constant' && Number.isInteger(exponent.value) && exponent.value >= 0;
}

/** What is seen of the sign of an expression. */
function signOf(expr: Expr): 'positive' | 'atLeast0' | undefined {
  switch (expr.op) {
    case 'constant':
      return expr.value > 0 ? 'positive' : expr.value === 0 ? 'atLeast0' : undefined;
    case 'unary':
      if (POSITIVE.has(expr.name)) return 'positive';
      return expr.name === 'sqrt' ? signOf(expr.arg) : undefined;
    case 'binary': {
      const [left, right] = [signOf(expr.left), signOf(expr.right)];
      const both = left !== undefined && right !== undefined;
      const isSquare =
        expr.name === 'mul'
          ? textKey([expr.left]) === textKey([expr.right])
          : expr.name === 'pow' && isCount(expr.right) && expr.right.op === 'constant' && expr.right.value % 2 === 0;
      if (expr.name === 'add' && both) return left === 'positive' || right === 'positive' ? 'positive' : 'atLeast0';
      if ((expr.name === 'mul' || expr.name === 'div') && both)
        return left === 'positive' && right === 'positive' ? 'positive' : 'atLeast0';
      if (expr.name === 'pow' && left === 'positive') return 'positive';
      return isSquare ? 'atLeast0' : undefined;
    }
    default:
      return undefined;
  }
}
