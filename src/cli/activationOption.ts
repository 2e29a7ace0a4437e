/** What `--activation` gives to a network that is trained. */

import {
  argumentsOf,
  differentiate,
  type Expr,
  isUnaryName,
  parseExpression,
  type UnaryName,
} from '../program/index.ts';
import { flatActivation, unknownActivation } from './errors.ts';

/** Functions whose derivative is 0 wherever they have one, with what takes the same values smoothly. */
const FLAT: Partial<Readonly<Record<UnaryName, UnaryName>>> = { sign: 'tanh', step: 'sigmoid' };

/** Words that a name may be; whatever else is given is an expression, as `x` by itself is. */
const NAME = /^(?!x$)[a-z][\w-]*$/i;

/**
 * The function of that name, or what an expression in x says: `x * sigmoid(x)`. Throws {@link UserError}
 * `cli.unknown-activation`, `cli.flat-activation` for one through which no gradient passes, and what parsing throws.
 */
export function trainableActivation(given: string): UnaryName | Expr {
  if (!NAME.test(given.trim())) return ownActivation(given);
  if (!isUnaryName(given)) throw unknownActivation(given);
  const smooth = FLAT[given];
  if (smooth !== undefined) throw flatActivation(given, smooth);
  return given;
}

function ownActivation(given: string): Expr {
  const { expr, mean } = parseExpression(given, { names: ['x'], source: '--activation' });
  if (mean !== undefined) throw unknownActivation(given);
  const derivative = differentiate(expr, 0);
  const flat = derivative.op === 'constant' && derivative.value === 0;
  if (flat || !argumentsOf(expr).has(0)) throw flatActivation(given);
  return expr;
}
