/** Walks over variates. */

import { type Part, partsOf, type Variate, type Variates } from './variates.ts';

const readBy = new WeakMap<Variate, ReadonlySet<number>>();

/** The Gaussian variables that an expression reads. */
export function variablesOf(a: Variate): ReadonlySet<number> {
  const known = readBy.get(a);
  if (known !== undefined) return known;
  const found = new Set(a.op === 'linear' ? a.parts.map(([variable]) => variable) : []);
  for (const part of partsOf(a)) for (const variable of variablesOf(part)) found.add(variable);
  readBy.set(a, found);
  return found;
}

/** The same expression in other variables. */
export function inVariables(variates: Variates, a: Variate, rename: (variable: number) => number): Variate {
  const known = new Map<number, Variate>();
  const visit = (part: Variate): Variate => {
    const before = known.get(part.id);
    if (before !== undefined) return before;
    const image = rebuilt(variates, part, rename, visit);
    known.set(part.id, image);
    return image;
  };
  return visit(a);
}

function rebuilt(
  variates: Variates,
  a: Variate,
  rename: (variable: number) => number,
  visit: (part: Variate) => Variate,
): Variate {
  switch (a.op) {
    case 'linear':
      return variates.combination(
        a.constant,
        a.parts.map(([variable, coefficient]): Part => [rename(variable), coefficient]),
      );
    case 'sum':
      return a.terms.reduce((sum, [term, by]) => variates.add(sum, variates.scale(visit(term), by)), visit(a.linear));
    case 'product':
      return a.factors.reduce<Variate>(
        (product, [factor, power]) => variates.multiply(product, variates.power(visit(factor), power)),
        variates.constant(1),
      );
    case 'unary':
      return variates.unary(a.name, visit(a.arg));
    case 'power':
      return variates.power(visit(a.arg), a.exponent);
  }
}
