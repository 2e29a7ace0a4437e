/** Kets on copies of a width axis, and means over a copy (the primed axes of an OuterNonlin, IVb 2.6.1). */

import {
  type Expectations,
  type Generator,
  inVariables,
  type Linear,
  type Part,
  type Variate,
  type Variates,
  variablesOf,
} from '../../expectations/index.ts';
import { mixesCopies } from '../errors.ts';
import type { GaussianVariables } from './variables.ts';

/** What the functions of this file work on. */
export interface Kets {
  readonly variates: Variates;
  readonly variables: GaussianVariables;
  readonly expectations: Expectations;
}

/** The same ket on the k-th copy of the axis. */
export function onCopy({ variates, variables }: Kets, ket: Variate, copy: number): Variate {
  return inVariables(variates, ket, (variable) => variables.onCopy(variable, copy));
}

/**
 * The mean over a copy as a function of what is on the others: E[f g′ | f] = f E g′ for every product. Throws Unclosed
 * where a function takes both copies at once.
 */
export function meanOverCopy(kets: Kets, ket: Variate, copy: number): Variate {
  const { variates, expectations } = kets;
  const one = variates.constant(1);
  const inner = new Map<Variate, Variate>();
  for (const { coefficient, factors } of expectations.expansion.termsOf(ket)) {
    let products: { on: Variate; off: Variate }[] = [{ on: variates.constant(coefficient), off: one }];
    for (const [generator, power] of factors) {
      const { on, off } = parts(kets, generator, copy);
      for (let k = 0; k < power; k++) {
        products = products.flatMap((product) => [
          ...(on === undefined ? [] : [{ ...product, on: variates.multiply(product.on, on) }]),
          ...(off === undefined ? [] : [{ ...product, off: variates.multiply(product.off, off) }]),
        ]);
      }
    }
    for (const { on, off } of products) inner.set(off, variates.add(inner.get(off) ?? variates.constant(0), on));
  }
  let total: Variate = variates.constant(0);
  for (const [off, on] of inner) total = variates.add(total, variates.scale(off, expectations.of(on)));
  return total;
}

/** A factor as the sum of what is on the copy and what is off it. */
function parts({ variates, variables }: Kets, generator: Generator, copy: number): { on?: Variate; off?: Variate } {
  const isOn = (variable: number): boolean => variables.copyOf(variable) === copy;
  if (generator.op === 'linear') {
    const on = generator.parts.filter(([variable]) => isOn(variable));
    const off = generator.parts.filter(([variable]) => !isOn(variable));
    const linear = (chosen: readonly Part[]): Linear => variates.linear(0, chosen);
    return { ...(on.length > 0 && { on: linear(on) }), ...(off.length > 0 && { off: linear(off) }) };
  }
  const read = [...variablesOf(generator)];
  if (read.every(isOn)) return { on: generator };
  if (!read.some(isOn)) return { off: generator };
  throw mixesCopies();
}
