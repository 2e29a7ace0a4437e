/** Evaluation of scalar expressions in f64. */

import { required } from '../errors/index.ts';
import type { Sizes } from './axes.ts';
import { broken } from './errors.ts';
import { raised } from './exponent.ts';
import { binaryValue, type Expr } from './expressions.ts';
import { unaryFunctions } from './unary.ts';

/**
 * An expression as a function of its operands' values, one number for each operand, with sizes filled in. Throws
 * {@link InvariantError} `program.invariant` where a size is not among them.
 */
export function evaluate(expr: Expr, sizes: Sizes): (values: ArrayLike<number>) => number {
  switch (expr.op) {
    case 'constant':
      return () => expr.value;
    case 'argument':
      return (values) => required(values[expr.index], 'operand of an expression');
    case 'size': {
      const size = sizes[expr.space];
      if (size === undefined) throw broken('evaluate', `the size of ${expr.space} is not bound`);
      const value = raised(size, expr.exponent);
      return () => value;
    }
    case 'unary': {
      const arg = evaluate(expr.arg, sizes);
      const { value } = unaryFunctions[expr.name];
      return (values) => value(arg(values));
    }
    case 'binary': {
      const [left, right] = [evaluate(expr.left, sizes), evaluate(expr.right, sizes)];
      return (values) => binaryValue(expr.name, left(values), right(values));
    }
  }
}
