/** Variates multiplied out, as far as a mean needs it. */

import { tooManyTerms } from './notClosed.ts';
import type { Atom, Linear, Variate, Variates } from './variates.ts';

/** What a term is a product of: a linear combination of mean 0, or an atom. */
export type Generator = Linear | Atom;

/** coefficient · Π generator^power, by rising id. */
export interface Term {
  readonly coefficient: number;
  readonly factors: readonly (readonly [generator: Generator, power: number])[];
}

const MOST_TERMS = 20_000;

/** Writes variates as sums of terms, each once. */
export class Expansion {
  readonly #variates: Variates;
  readonly #known = new Map<number, readonly Term[]>();

  constructor(variates: Variates) {
    this.#variates = variates;
  }

  termsOf(variate: Variate): readonly Term[] {
    const known = this.#known.get(variate.id);
    if (known !== undefined) return known;
    const terms = this.#expand(variate);
    this.#known.set(variate.id, terms);
    return terms;
  }

  #expand(variate: Variate): readonly Term[] {
    switch (variate.op) {
      case 'unary':
      case 'power':
        return [{ coefficient: 1, factors: [[variate, 1]] }];
      case 'linear':
        return this.#linear(variate);
      case 'sum': {
        const scaled = variate.terms.flatMap(([term, by]) =>
          this.termsOf(term).map(({ coefficient, factors }): Term => ({ coefficient: coefficient * by, factors })),
        );
        return collected([...this.#linear(variate.linear), ...scaled]);
      }
      case 'product': {
        let product: readonly Term[] = [{ coefficient: 1, factors: [] }];
        for (const [factor, power] of variate.factors) {
          if (factor.op === 'unary' || factor.op === 'power') {
            product = times(product, [{ coefficient: 1, factors: [[factor, power]] }]);
          } else {
            const terms = this.termsOf(factor);
            for (let k = 0; k < power; k++) product = times(product, terms);
          }
        }
        return product;
      }
    }
  }

  #linear({ constant, parts }: Linear): Term[] {
    const terms: Term[] = constant === 0 ? [] : [{ coefficient: constant, factors: [] }];
    if (parts.length > 0) terms.push({ coefficient: 1, factors: [[this.#variates.linear(0, parts), 1]] });
    return terms;
  }
}

/** Tells terms with the same factors. */
export function keyOf(factors: Term['factors']): string {
  return factors.map(([generator, power]) => `${generator.id}^${power}`).join();
}

function times(left: readonly Term[], right: readonly Term[]): Term[] {
  if (left.length * right.length > 10 * MOST_TERMS) throw tooManyTerms(MOST_TERMS);
  return collected(
    left.flatMap((a) =>
      right.map((b) => ({
        coefficient: a.coefficient * b.coefficient,
        factors: multiplied(a.factors, b.factors),
      })),
    ),
  );
}

function multiplied(left: Term['factors'], right: Term['factors']): Term['factors'] {
  if (left.length === 0) return right;
  const powers = new Map(left.map(([generator, power]) => [generator, power] as const));
  for (const [generator, power] of right) powers.set(generator, (powers.get(generator) ?? 0) + power);
  return [...powers].sort(([a], [b]) => a.id - b.id);
}

function collected(terms: readonly Term[]): Term[] {
  const total = new Map<string, Term>();
  for (const { coefficient, factors } of terms) {
    const key = keyOf(factors);
    total.set(key, { coefficient: coefficient + (total.get(key)?.coefficient ?? 0), factors });
  }
  const kept = [...total.values()].filter(({ coefficient }) => coefficient !== 0);
  if (kept.length > MOST_TERMS) throw tooManyTerms(MOST_TERMS);
  return kept;
}
