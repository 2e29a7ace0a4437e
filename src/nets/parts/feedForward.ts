/** Feed-forward parts of transformers. */

import type { Expr, UnaryName, Value } from '../../program/index.ts';
import type { NetWriter } from '../netWriter.ts';
import { type Projection, projected } from './projection.ts';

export interface FeedForwardParts {
  readonly up: Projection;
  readonly down: Projection;
  /** A named function, or an expression in `argument(0)`. */
  readonly activation: UnaryName | Expr;
}

/**
 * down φ(up x): [n] → [wide] → [n]; weights `up` on [wide, n] and `down` on [n, wide], matrices. Values are named `h`
 * (up x), `g` (φ of it) and `d`.
 */
export function feedForward(net: NetWriter, x: Value, { up, down, activation }: FeedForwardParts): Value {
  const h = projected(net, x, up, { axes: ['wide', 'n'], over: ['n'], value: 'h' });
  const g = net.apply(activation, h, 'g');
  net.layer({ name: 'up', parameter: up.weight, preactivation: 'h', activation: 'g' });
  net.layer({ name: 'down', parameter: down.weight, preactivation: 'd' });
  return projected(net, g, down, { axes: ['n', 'wide'], over: ['wide'], value: 'd' });
}
