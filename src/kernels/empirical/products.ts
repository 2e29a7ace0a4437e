/**
 * A parameter's share of the tangent kernel, written into a program: Σ over pairs of its uses of the inner products of
 * dh ⊗ x and dh′ ⊗ x′, either without any gradient, (x · x′)(dh · dh′) summed over places, or from gradients in full.
 */

import {
  type Axis,
  argument,
  intersection,
  mul,
  sizeProduct,
  spaceOf,
  type Value,
  type Writer,
  without,
} from '../../program/index.ts';
import { type Factors, otherRide } from './uses.ts';

export interface ShareOptions {
  /** The parameter's axes. */
  readonly axes: readonly Axis[];
  /** What counts examples on the left and on the right. */
  readonly examples: readonly [left: Axis, right: Axis];
  /** The axis that counts outputs, if any; `each`: pairs of them are kept apart, else they are summed over. */
  readonly ride: Axis | undefined;
  readonly each: boolean;
  /** Whether gradients are to be written out; they are where no other way is open. */
  readonly explicit: boolean;
}

/** The share, [left, right], with `ride` and its copy if outputs are kept apart. */
export function writeShare(
  writer: Writer,
  left: readonly Factors[],
  right: readonly Factors[],
  options: ShareOptions,
): Value | undefined {
  const { axes, ride, each, examples } = options;
  const taken = new Set([...left, ...right].flatMap(({ x, d }) => [...x.type.axes, ...d.type.axes, ...axes]));
  const own = right.map(({ x, d, scale }): Factors => {
    const moved = new Map<Axis, Axis>();
    for (const axis of new Set([...x.type.axes, ...d.type.axes])) {
      if (axes.includes(axis) || examples.includes(axis)) continue;
      if (axis !== ride) moved.set(axis, fresh(axis, taken));
      else if (each) moved.set(axis, otherRide(axis));
    }
    const renamed = (value: Value): Value =>
      writer.rename(
        value,
        [...moved].filter(([from]) => value.type.axes.includes(from)),
      );
    return { x: renamed(x), d: renamed(d), scale };
  });
  const factored = !options.explicit && left.every((a) => own.every((b) => pairing(a, b, options) !== undefined));
  const terms = factored
    ? left.flatMap((a) => own.map((b) => factoredTerm(writer, a, b, options)))
    : [explicitTerm(writer, left, own, options)];
  const total = writer.sum(terms.flatMap((term) => (term === undefined ? [] : [term])));
  if (total === undefined) return undefined;
  const outputs = ride !== undefined && each ? [ride, otherRide(ride)] : [];
  return writer.broadcast(total, without([...examples, ...outputs], total.type.axes));
}

/** Which axes of the parameter x carries, if the other use's x (`straight`) or its dh (`crossed`) carries the same. */
export function pairing(
  a: Factors,
  b: Factors,
  { axes }: Pick<ShareOptions, 'axes'>,
): 'straight' | 'crossed' | undefined {
  const [ax, ad, bx, bd] = [a.x, a.d, b.x, b.d].map(({ type }) => intersection(axes, type.axes).join());
  const parts = intersection(a.x.type.axes, a.d.type.axes).concat(intersection(b.x.type.axes, b.d.type.axes));
  // An axis on both sides of a product is one that the gradient does not sum over: a gain, say.
  if (intersection(axes, parts).length > 0) return undefined;
  if (ax === bx && ad === bd) return 'straight';
  return ax === bd && ad === bx ? 'crossed' : undefined;
}

function factoredTerm(writer: Writer, a: Factors, b: Factors, options: ShareOptions): Value {
  const crossed = pairing(a, b, options) === 'crossed';
  const first = pairProduct(writer, a.x, crossed ? b.d : b.x, options);
  const second = pairProduct(writer, a.d, crossed ? b.x : b.d, options);
  const { examples, ride, each } = options;
  const kept = [...examples, ...(ride !== undefined && each ? [ride, otherRide(ride)] : [])];
  const places = without(intersection(first.type.axes, second.type.axes), kept);
  return scaled(writer, writer.contract(first, second, places), [...a.scale, ...b.scale]);
}

/** Summed over the parameter's axes, and over outputs where both factors have them. */
function pairProduct(writer: Writer, a: Value, b: Value, { axes, ride, each }: ShareOptions): Value {
  const summed = ride === undefined || each ? axes : [...axes, ride];
  return writer.contract(a, b, intersection(summed, intersection(a.type.axes, b.type.axes)));
}

function explicitTerm(
  writer: Writer,
  left: readonly Factors[],
  right: readonly Factors[],
  options: ShareOptions,
): Value | undefined {
  const { axes, examples, ride, each } = options;
  const gradient = (uses: readonly Factors[]): Value | undefined =>
    writer.sum(
      uses.map(({ x, d, scale }) => {
        const summed = without(intersection(d.type.axes, x.type.axes), axes, examples);
        const own = scaled(writer, writer.contract(d, x, summed), scale);
        return writer.broadcast(own, without(axes, own.type.axes));
      }),
    );
  const [a, b] = [gradient(left), gradient(right)];
  if (a === undefined || b === undefined) return undefined;
  return writer.contract(a, b, ride === undefined || each ? axes : [...axes, ride]);
}

function scaled(writer: Writer, value: Value, powers: Factors['scale']): Value {
  return powers.length === 0 ? value : writer.map(mul(sizeProduct(powers), argument(0)), [value]);
}

/** A copy of an axis that nothing has, which is then taken. */
function fresh(axis: Axis, taken: Set<Axis>): Axis {
  let copy: Axis = spaceOf(axis);
  while (taken.has(copy)) copy += "'";
  taken.add(copy);
  return copy;
}
