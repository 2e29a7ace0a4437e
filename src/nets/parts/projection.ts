/** Dense layers: a product with a weight, and a bias where there is one. */

import type { Axis, Law, Value } from '../../program/index.ts';
import type { NetWriter, Start } from '../netWriter.ts';

/** Names of the parameters, and how they start where it is not as usual. */
export interface Projection {
  readonly weight: string;
  /** Default standard Gaussian. */
  readonly law?: Law;
  /** A vector on the axes that the product leaves; none if absent. */
  readonly bias?: string;
  /** Default zero. */
  readonly biasLaw?: Law;
}

/** The shape of a projection: the weight's axes, those summed over, and the name of what comes out. */
export interface Shape {
  readonly axes: readonly Axis[];
  readonly over: readonly Axis[];
  readonly value?: string;
  /** Why the bias has no gradient, where the structure of the network makes it zero. */
  readonly zeroGradient?: string;
}

/** weight x + bias, x on `over` and more, `weight` on `axes`, a matrix. */
export function projected(net: NetWriter, x: Value, projection: Projection, shape: Shape): Value {
  const { weight, law, bias, biasLaw } = projection;
  const { axes, over, value, zeroGradient } = shape;
  const matrix = net.parameter(weight, 'matrix', axes, law === undefined ? {} : { law });
  const product = net.writer.contract(x, matrix, over, bias === undefined ? value : undefined);
  if (bias === undefined) return product;
  const start: Start = {
    ...(biasLaw === undefined ? {} : { law: biasLaw }),
    ...(zeroGradient === undefined ? {} : { zeroGradient }),
  };
  const left = axes.filter((axis) => !over.includes(axis));
  return net.sum([product, net.vector(bias, left, start)], value);
}
