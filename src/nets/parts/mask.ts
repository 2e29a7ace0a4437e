/** Which places attention looks at. */

import { add, argument, type Expr, mul, sub, unary, type Value, type Writer } from '../../program/index.ts';

/**
 * Which places are looked at: by numbers on [time] that grow with time, none larger than one's own; or by what is added to
 * the scores of a place, numbers on [batch, time′] that are 0 at tokens and very negative at padding. With `near`, none farther
 * than so many places away.
 */
export type Mask =
  | { readonly by: 'time'; readonly places: Value; readonly near?: number }
  | {
      readonly by: 'padding';
      readonly added: Value;
      readonly near?: { readonly places: Value; readonly distance: number };
    };

/** Scores that softmax turns into exactly 0, and f32 can hold beside numbers of order 1. */
const NEVER = -1e9;

/** The scores of products that `scaled` makes of them, with what hides places added. */
export function masked(writer: Writer, scaled: Expr, products: Value, mask: Mask | undefined): Value {
  if (mask === undefined) return writer.map(scaled, [products]);
  const [here, there] = [argument(1), argument(2)];
  const both = (places: Value): Value[] => [places, writer.rename(places, [['time', "time'"]])];
  /** 1 where `far` is more than so many places. */
  const beyond = (far: Expr, places: number): Expr => unary('step', sub(far, places));
  if (mask.by === 'padding') {
    const { added, near } = mask;
    if (near === undefined) return writer.map(add(scaled, argument(1)), [products, added]);
    const far = beyond(unary('abs', sub(here, there)), near.distance);
    return writer.map(add(add(scaled, argument(3)), mul(NEVER, far)), [products, ...both(near.places), added]);
  }
  const later = unary('step', sub(there, here));
  const { places, near } = mask;
  const hidden = near === undefined ? later : add(later, beyond(sub(here, there), near));
  return writer.map(add(scaled, mul(NEVER, hidden)), [products, ...both(places)]);
}
