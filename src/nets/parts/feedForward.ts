/** Feed-forward parts of transformers. */

import { argument, type Expr, mul, type UnaryName, type Value } from '../../program/index.ts';
import type { NetWriter } from '../netWriter.ts';
import { partOf } from './parts.ts';
import { type Projection, projected } from './projection.ts';

export interface FeedForwardParts {
  readonly up: Projection;
  readonly down: Projection;
  /** A named function, or an expression in `argument(0)`. */
  readonly activation: UnaryName | Expr;
  /** A layer beside `up` that is activated in its place; or `up` makes both, the activated one first. */
  readonly gate?: Projection | 'in up';
}

/** The space of what one layer makes for both sides of a gate. */
const SIDES = { name: 'side', kind: 'fixed', size: 2 } as const;

/**
 * down φ(up x): [n] → [wide] → [n]; weights `up` on [wide, n] and `down` on [n, wide], matrices. With a gate, down (φ(gate x)
 * ∘ up x) (Shazeer 2020), `gate` on [wide, n] too, or `up` on [side, wide, n] with both. Values are named `h` (up x), `g` (what
 * is activated) and `d`. Weights that are stored turned have their axes so.
 */
export function feedForward(net: NetWriter, x: Value, parts: FeedForwardParts): Value {
  const active = parts.gate === undefined ? activated(net, x, parts) : gated(net, x, parts, parts.gate);
  const { down } = parts;
  net.layer({ name: 'down', parameter: down.weight, preactivation: 'd' });
  return projected(net, active, down, { made: ['n'], over: ['wide'], value: 'd' });
}

const ONE = { made: ['wide'], over: ['n'] } as const;

function activated(net: NetWriter, x: Value, { up, activation }: FeedForwardParts): Value {
  const h = projected(net, x, up, { ...ONE, value: 'h' });
  net.layer({ name: 'up', parameter: up.weight, preactivation: 'h', activation: 'g' });
  return net.apply(activation, h, 'g');
}

function gated(net: NetWriter, x: Value, parts: FeedForwardParts, gate: Projection | 'in up'): Value {
  const { up, activation } = parts;
  const through = (gates: Value, h: Value): Value =>
    net.writer.map(mul(argument(0), argument(1)), [net.apply(activation, gates, 'g'), h]);
  if (gate === 'in up') {
    net.writer.space(SIDES);
    const both = projected(net, x, up, { made: [SIDES.name, 'wide'], over: ['n'], value: 'h' });
    net.layer({ name: 'up', parameter: up.weight, preactivation: 'h', activation: 'g' });
    return through(partOf(net.writer, both, SIDES.name, 0), partOf(net.writer, both, SIDES.name, 1));
  }
  const h = projected(net, x, up, { ...ONE, value: 'h' });
  net.layer({ name: 'up', parameter: up.weight, preactivation: 'h' });
  const gates = projected(net, x, gate, { ...ONE, value: 'gates' });
  net.layer({ name: 'gate', parameter: gate.weight, preactivation: 'gates', activation: 'g' });
  return through(gates, h);
}
