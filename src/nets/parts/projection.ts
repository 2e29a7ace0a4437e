/** Dense layers: a product with a weight, and a bias where there is one. */

import { required } from '../../errors/index.ts';
import { type Axis, add, argument, type Law, mul, type Value } from '../../program/index.ts';
import type { NetWriter, Start } from '../netWriter.ts';
import { type LoraFactors, lowRankChange } from './lora.ts';

/** Names of the parameters, and how they start where it is not as usual. */
export interface Projection {
  readonly weight: string;
  /** Default standard Gaussian. */
  readonly law?: Law;
  /** A vector on the axes that the product leaves; none if absent. */
  readonly bias?: string;
  /** Default zero. */
  readonly biasLaw?: Law;
  /** A change of low rank beside the weight; none if absent. */
  readonly lora?: LoraFactors;
}

/** The shape of a projection: the weight's axes, those summed over, and the name of what comes out. */
export interface Shape {
  readonly axes: readonly Axis[];
  readonly over: readonly Axis[];
  readonly value?: string;
  /** Why the bias has no gradient, where the structure of the network makes it zero. */
  readonly zeroGradient?: string;
}

/** weight x + bias, x on `over` and more, `weight` on `axes`, a matrix; with `lora`, scale · B A x is added (lora.ts). */
export function projected(net: NetWriter, x: Value, projection: Projection, shape: Shape): Value {
  const { weight, law, bias, biasLaw, lora } = projection;
  const { axes, over, value, zeroGradient } = shape;
  const left = axes.filter((axis) => !over.includes(axis));
  const matrix = net.parameter(weight, 'matrix', axes, law === undefined ? {} : { law });
  const alone = bias === undefined && lora === undefined;
  const terms = [net.writer.contract(x, matrix, over, alone ? value : undefined)];
  if (alone) return required(terms[0], 'product with a weight');
  if (bias !== undefined) {
    const start: Start = {
      ...(biasLaw === undefined ? {} : { law: biasLaw }),
      ...(zeroGradient === undefined ? {} : { zeroGradient }),
    };
    terms.push(net.vector(bias, left, start));
  }
  if (lora === undefined) return net.sum(terms, value);
  const change = lowRankChange(net, x, lora, { over, left });
  const sum = terms.slice(1).reduce((total, _, k) => add(total, argument(k + 1)), argument(0));
  return net.writer.map(add(sum, mul(lora.scale, argument(terms.length))), [...terms, change], value);
}
