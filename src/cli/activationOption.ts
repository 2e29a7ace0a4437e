/** What `--activation` gives. */

import { argumentsOf, type Expr, isUnaryName, parseExpression, type UnaryName } from '../program/index.ts';
import { unknownActivation } from './errors.ts';

/** Words that a name may be; whatever else is given is an expression, as `x` by itself is. */
const NAME = /^(?!x$)[a-z_][\w-]*$/i;

/**
 * The function of that name, or what an expression in x says: `x * sigmoid(x)`. Throws {@link UserError}
 * `cli.unknown-activation`, and what parsing throws.
 */
export function activationNamed(given: string): UnaryName | Expr {
  if (NAME.test(given.trim())) {
    if (!isUnaryName(given)) throw unknownActivation(given);
    return given;
  }
  const { expr, mean } = parseExpression(given, { names: ['x'], source: '--activation' });
  if (mean !== undefined || !argumentsOf(expr).has(0)) throw unknownActivation(given);
  return expr;
}
