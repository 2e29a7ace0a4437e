/** Scalar expressions of the language as variates. */

import type { BinaryName, Expr } from '../program/index.ts';
import { badArgument, unboundSize } from './errors.ts';
import { constantOf, type Variate, type Variates } from './variates.ts';

/**
 * The expression with `args` in place of its arguments. Sizes must have been filled in: in a limit none is left. Throws
 * {@link InvariantError} `expectations.bad-argument`, `expectations.unbound-size`.
 */
export function variateOf(variates: Variates, expr: Expr, args: readonly Variate[]): Variate {
  switch (expr.op) {
    case 'constant':
      return variates.constant(expr.value);
    case 'argument': {
      const arg = args[expr.index];
      if (arg === undefined) throw badArgument('exact expectation', expr.index, args.length);
      return arg;
    }
    case 'size':
      throw unboundSize('exact expectation', expr.space);
    case 'unary':
      return variates.unary(expr.name, variateOf(variates, expr.arg, args));
    case 'binary':
      return binary(variates, expr.name, variateOf(variates, expr.left, args), variateOf(variates, expr.right, args));
  }
}

function binary(variates: Variates, name: BinaryName, left: Variate, right: Variate): Variate {
  switch (name) {
    case 'add':
      return variates.add(left, right);
    case 'sub':
      return variates.add(left, variates.scale(right, -1));
    case 'mul':
      return variates.multiply(left, right);
    case 'div':
      return variates.multiply(left, variates.power(right, -1));
    case 'max':
      return variates.add(right, reluOfDifference(variates, left, right));
    case 'min':
      return variates.add(right, variates.scale(reluOfDifference(variates, right, left), -1));
    case 'pow': {
      const exponent = constantOf(right);
      if (exponent !== undefined) return variates.power(left, exponent);
      return variates.unary('exp', variates.multiply(right, variates.unary('log', left)));
    }
  }
}

function reluOfDifference(variates: Variates, left: Variate, right: Variate): Variate {
  return variates.unary('relu', variates.add(left, variates.scale(right, -1)));
}
