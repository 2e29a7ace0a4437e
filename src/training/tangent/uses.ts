/**
 * What a frozen network knows of a parameter: over each of its uses g = W y the pair (y, dg), whose outer product is the
 * derivative of one output at one example (theory 4). Two readings of it make a tangent step: the gradient that the rule
 * sees, Σ_b χ_b dg_b ⊗ y_b, and how outputs move with the parameter, ⟨dg_b | P y_b⟩.
 */

import {
  type Axis,
  argument,
  densify,
  type GradientFactor,
  intersection,
  mul,
  sizeProduct,
  union,
  type Value,
  type Writer,
  without,
} from '../../program/index.ts';

/** Axes of a frozen network's derivatives. */
export interface Riding {
  /** Examples, which no other example bears on. */
  readonly batch: Axis;
  /** Other axes of the output and the copies of them along which derivatives of different outputs lie. */
  readonly outputs: readonly (readonly [output: Axis, copy: Axis])[];
}

/** Σ over examples and outputs of χ times the derivative of f by a parameter: the ordinary derivative of the loss. */
export function writeGradient(
  writer: Writer,
  uses: readonly GradientFactor[],
  axes: readonly Axis[],
  error: Value,
  { outputs }: Riding,
): Value | undefined {
  const signal = writer.rename(error, outputs);
  const copies = outputs.map(([, copy]) => copy);
  return writer.sum(
    uses.map((factor) => {
      const weighted = writer.contract(writer.value(factor.cotangent), signal, copies);
      // Where examples share what the parameter is multiplied by, as biases do, their cotangents are added up at once.
      const shared = writer.value(factor.kind === 'product' ? factor.input : factor.index).type.axes;
      const total = writer.reduce('sum', weighted, without(weighted.type.axes, shared, axes));
      return densify(writer, { ...factor, cotangent: total.name }, axes, []);
    }),
  );
}

/** How f [batch, and its other axes] moves, to first order, when a parameter moves by `moved`. */
export function writeResponse(
  writer: Writer,
  uses: readonly GradientFactor[],
  moved: Value,
  { batch, outputs }: Riding,
): Value | undefined {
  const kept = [batch, ...outputs.map(([, copy]) => copy)];
  const terms = uses.map((factor) => {
    const cotangent = writer.value(factor.cotangent);
    const along = alongUse(writer, factor, moved, cotangent);
    const shared = intersection(along.type.axes, cotangent.type.axes);
    const product = writer.contract(along, cotangent, without(shared, kept));
    const rest = without(product.type.axes, kept);
    const summed = writer.reduce('sum', product, rest);
    // The cotangent is an adjoint of means over widths; `scale` makes it one of sums.
    return factor.scale.length === 0 ? summed : writer.map(mul(sizeProduct(factor.scale), argument(0)), [summed]);
  });
  const total = writer.sum(terms);
  if (total === undefined) return undefined;
  const wide = writer.broadcast(total, without(kept, total.type.axes));
  return writer.rename(
    wide,
    outputs.map(([output, copy]) => [copy, output] as const),
  );
}

/** What the use makes of the parameter's move: P y, or rows of P. */
function alongUse(writer: Writer, factor: GradientFactor, moved: Value, cotangent: Value): Value {
  if (factor.kind === 'rows')
    return writer.write({ op: 'gather', table: moved.name, index: factor.index, axis: factor.axis });
  const input = writer.value(factor.input);
  const shared = intersection(moved.type.axes, input.type.axes);
  return writer.contract(moved, input, without(shared, cotangent.type.axes));
}

/** Axes that any value of a program is on. */
export function usedAxes(nodes: readonly { readonly type: { readonly axes: readonly Axis[] } }[]): Axis[] {
  return union(...nodes.map(({ type }) => type.axes));
}
