/** Where expressions have singularities, and their bounds where they keep away from them. */

import { required } from '../../../errors/index.ts';
import { argumentsOf, type Expr } from '../../../program/index.ts';
import {
  added,
  inverse,
  largest,
  magnitude,
  multiplied,
  negative,
  raisedTo,
  unaryBounds,
  variablePower,
} from './arithmetic.ts';
import { type Bounds, between, type Orders } from './bounds.ts';

/** The operations that are singular where an operand is 0. */
export type Operation = 'division' | 'logarithm' | 'power';

/** What an operation is singular at the zeros of. */
export interface Site {
  readonly operation: Operation;
  readonly operand: Expr;
}

/** How near 0 the operand of a site comes, as far as it was computed: a number, which has a limit. */
export interface Reach {
  readonly bounds: Bounds;
  /** Whether an entry is 0 in the limit, for certain or within the error of its estimate. */
  readonly zero: 'no' | 'perhaps' | 'exactly';
}

/** What reading an expression takes and finds. */
export interface Scope {
  readonly args: readonly Bounds[];
  /** The computed number that an operand of a site is. */
  readonly reach: (operand: Expr) => Reach | undefined;
  /** The ceiling of a value by those that it was computed from. */
  readonly definition: (name: string) => Orders | undefined;
  /** A singularity that is reached, or may be. */
  readonly singular: (site: Site, reach: Reach | undefined) => void;
  /** A quotient that stays bounded where both sides tend to 0, such as m/√v. */
  readonly jump: (site: Site) => void;
}

/** The site of an operation, if it is one. */
export function siteOf(expr: Expr): Site | undefined {
  const reads = (operand: Expr): boolean => argumentsOf(operand).size > 0;
  if (expr.op === 'unary') {
    return expr.name === 'log' && reads(expr.arg) ? { operation: 'logarithm', operand: expr.arg } : undefined;
  }
  if (expr.op !== 'binary') return undefined;
  const { name, left, right } = expr;
  if (name === 'div') return reads(right) ? { operation: 'division', operand: right } : undefined;
  if (name !== 'pow' || !reads(left)) return undefined;
  return right.op !== 'constant' || right.value < 0 ? { operation: 'power', operand: left } : undefined;
}

/** The bounds of an expression. */
export function boundsOf(expr: Expr, scope: Scope): Bounds {
  switch (expr.op) {
    case 'constant':
      return between(expr.value, expr.value);
    case 'argument':
      return required(scope.args[expr.index], `bounds of operand ${expr.index}`);
    case 'size':
      // A power of n that is left over tends to 0, or cancels what others grow by.
      return between(0, Infinity, true);
    case 'unary': {
      const arg = boundsOf(expr.arg, scope);
      const site = siteOf(expr);
      if (site !== undefined && !keepsAway(site, arg, scope)) return between(-Infinity, Infinity);
      return unaryBounds[expr.name](site === undefined ? arg : (scope.reach(site.operand)?.bounds ?? arg));
    }
    case 'binary':
      return binaryBounds(expr, boundsOf(expr.left, scope), boundsOf(expr.right, scope), scope);
  }
}

function binaryBounds(expr: Expr & { op: 'binary' }, left: Bounds, right: Bounds, scope: Scope): Bounds {
  const site = siteOf(expr);
  switch (expr.name) {
    case 'add':
      return added(left, right);
    case 'sub':
      return added(left, negative(right));
    case 'max':
      return largest(left, right);
    case 'min':
      return negative(largest(negative(left), negative(right)));
    case 'mul':
      return sameExpr(expr.left, expr.right) ? raisedTo(left, 2) : multiplied(left, right);
    case 'div': {
      if (site === undefined) return right.nonzero ? multiplied(left, inverse(right)) : between(-Infinity, Infinity);
      const reach = scope.reach(site.operand);
      if (reach === undefined && !right.nonzero && dominated(left.ceiling, right.floor, scope)) {
        scope.jump(site);
        return { ...between(-Infinity, Infinity), growth: left.growth };
      }
      if (!keepsAway(site, right, scope)) return between(-Infinity, Infinity);
      return multiplied(left, inverse(reach?.bounds ?? right));
    }
    case 'pow': {
      const base = (site && scope.reach(site.operand)?.bounds) ?? left;
      if (expr.right.op === 'constant' && expr.right.value >= 0) return raisedTo(base, expr.right.value);
      if (site !== undefined && !keepsAway(site, left, scope)) return between(-Infinity, Infinity);
      if (expr.right.op !== 'constant') return variablePower(magnitude(base), right);
      return raisedTo(inverse(base), -expr.right.value);
    }
  }
}

/** Whether the operand of a site keeps away from 0. */
function keepsAway(site: Site, operand: Bounds, scope: Scope): boolean {
  const reach = scope.reach(site.operand);
  if (reach === undefined ? operand.nonzero : reach.zero === 'no') return true;
  scope.singular(site, reach);
  return false;
}

/** Whether what lies below some powers is small wherever what lies above others is, so that a quotient stays bounded. */
function dominated(above: Orders | undefined, below: Orders | undefined, scope: Scope, scale = 1): boolean {
  if (above === undefined || below === undefined) return false;
  return [...above].every(([name, power]) => {
    const other = below.get(name);
    if (other !== undefined && other <= scale * power) return true;
    return dominated(scope.definition(name), below, scope, scale * power);
  });
}

const sameExpr = (a: Expr, b: Expr): boolean => JSON.stringify(a) === JSON.stringify(b);
