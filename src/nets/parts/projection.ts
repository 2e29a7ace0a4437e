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
  /** Whether the weight has the axes that it sums over first; else those that it makes. */
  readonly turned?: boolean;
}

/** The shape of a projection: the axes that it makes, those summed over, and the name of what comes out. */
export interface Shape {
  readonly made: readonly Axis[];
  readonly over: readonly Axis[];
  readonly value?: string;
  /** Why the bias has no gradient, where the structure of the network makes it zero. */
  readonly zeroGradient?: string;
  /** The entries of the bias that count, 1 and 0 on some of its axes, and why the others have no gradient. */
  readonly counted?: { readonly entries: Value; readonly reason: string };
}

/** weight x + bias, x on `over` and more, `weight` on `made` and `over`, a matrix; with `lora`, scale · B A x is added (lora.ts). */
export function projected(net: NetWriter, x: Value, projection: Projection, shape: Shape): Value {
  const { weight, law, bias, biasLaw, lora, turned = false } = projection;
  const { made, over, value, zeroGradient, counted } = shape;
  const axes = turned ? [...over, ...made] : [...made, ...over];
  const matrix = net.parameter(weight, 'matrix', axes, law === undefined ? {} : { law });
  const alone = bias === undefined && lora === undefined;
  const terms = [net.writer.contract(x, matrix, over, alone ? value : undefined)];
  if (alone) return required(terms[0], 'product with a weight');
  if (bias !== undefined) {
    const start: Start = {
      ...(biasLaw === undefined ? {} : { law: biasLaw }),
      ...(zeroGradient === undefined ? {} : { zeroGradient }),
    };
    const whole = net.vector(bias, made, start);
    terms.push(counted === undefined ? whole : net.counting(bias, whole, counted.entries, counted.reason));
  }
  if (lora === undefined) return net.sum(terms, value);
  const change = lowRankChange(net, x, lora, { over, left: made });
  const sum = terms.slice(1).reduce((total, _, k) => add(total, argument(k + 1)), argument(0));
  return net.writer.map(add(sum, mul(lora.scale, argument(terms.length))), [...terms, change], value);
}
