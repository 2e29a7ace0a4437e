/**
 * Gradient factors: a parameter's gradient as the list, over its uses, of what it is the product of.
 *
 * A matrix used as h = W x has gradient Σ dh ⊗ x: the pair (x, dh) is kept and the outer product is left to whoever needs
 * it dense. A row gather has gradient "these cotangents at these rows". Both keep the batch axis, and any axes that ride
 * on the seed. The ordinary derivative ∂f/∂W is Π size^exponent (`scale`) times the sum over uses, all cross terms
 * included, which is why tied weights need nothing special.
 */

import { type Axis, intersection, without } from './axes.ts';
import { argument, mul, type SizePower, sizeProduct } from './expressions.ts';
import type { FlatGradient } from './flat.ts';
import type { Ref } from './instructions.ts';
import { nodeOf, type Program } from './program.ts';
import { extend } from './rewrite.ts';
import type { Value, Writer } from './writer.ts';

/** cotangent ⊗ input, summed over the axes that both have and neither the parameter nor the kept axes hold. */
export interface ProductFactor {
  readonly kind: 'product';
  readonly parameter: string;
  readonly input: Ref;
  readonly cotangent: Ref;
  readonly scale: readonly SizePower[];
}

/** The cotangent's entries added to the rows of `axis` that the index names. */
export interface RowsFactor {
  readonly kind: 'rows';
  readonly parameter: string;
  readonly axis: Axis;
  readonly index: Ref;
  readonly cotangent: Ref;
  readonly scale: readonly SizePower[];
}

/** The gradient of one use of a parameter: the product of two values, or rows of a table. */
export type GradientFactor = ProductFactor | RowsFactor;

/** A parameter whose gradient vanishes by structure, and why. */
export interface ZeroGradient {
  readonly parameter: string;
  readonly reason: string;
}

/** What `reverse` makes of a program: cotangents, and gradients as lists of factors. */
export interface Reversed {
  /** The original outputs, and `d.<input>` for each wanted input that the output depends on. */
  readonly program: Program;
  /**
   * The gradient of each wanted parameter as factors over its uses, which name values of the program (not outputs);
   * parameters of zero gradient have none.
   */
  readonly factors: readonly GradientFactor[];
  /** Wanted parameters declared to have zero gradient. */
  readonly zero: readonly ZeroGradient[];
  /**
   * Wanted parameters that bear on the outputs through `sign` or `step` alone, whose derivatives are 0 wherever there are
   * any: they have no factors either.
   */
  readonly flat: readonly FlatGradient[];
}

/** Axes that a product factor sums over when it is made dense. */
export function summedAxes(
  input: readonly Axis[],
  cotangent: readonly Axis[],
  parameter: readonly Axis[],
  keep: readonly Axis[],
): Axis[] {
  return without(intersection(cotangent, input), parameter, keep);
}

/** Writes the ordinary derivative that one factor stands for, on the parameter's, the kept and the riding axes. */
export function densify(
  writer: Writer,
  factor: GradientFactor,
  parameter: readonly Axis[],
  keep: readonly Axis[],
): Value {
  const cotangent = writer.value(factor.cotangent);
  const dense = factor.kind === 'product' ? product(factor, cotangent) : rows(factor, cotangent);
  const whole = writer.broadcast(dense, without(keep, dense.type.axes));
  return factor.scale.length === 0 ? whole : writer.map(mul(sizeProduct(factor.scale), argument(0)), [whole]);

  function product({ input }: ProductFactor, dh: Value): Value {
    const x = writer.value(input);
    return writer.contract(dh, x, summedAxes(x.type.axes, dh.type.axes, parameter, keep));
  }

  function rows({ index, axis }: RowsFactor, dz: Value): Value {
    const indexAxes = writer.value(index).type.axes;
    const values = writer.broadcast(dz, without(indexAxes, dz.type.axes));
    return writer.write({ op: 'scatter', values: values.name, index, into: axis, over: without(indexAxes, keep) });
  }
}

/**
 * The differentiated program with the ordinary dense gradient of every parameter that has one as output `g.<parameter>`,
 * all its uses summed.
 */
export function denseGradients({ program, factors }: Reversed, keep: readonly Axis[] = []): Program {
  return extend(program, (writer) => {
    for (const parameter of new Set(factors.map((factor) => factor.parameter))) {
      const { axes } = nodeOf(program, parameter).type;
      const uses = factors.filter((factor) => factor.parameter === parameter);
      const total = writer.sum(uses.map((factor) => densify(writer, factor, axes, keep)));
      if (total !== undefined) writer.output(gradientName(parameter), total);
    }
  });
}

/** The name under which a dense gradient is handed out. */
export const gradientName = (parameter: string): string => `g.${parameter}`;
