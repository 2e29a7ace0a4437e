/** On which linear combinations an atom depends, and where it is not smooth. */

import type { UnaryName } from '../program/index.ts';
import type { Atom, Linear, Variate, Variates } from './variates.ts';

/** What quadrature has to know of an atom. */
export interface Features {
  /** Linear combinations of mean 0 that determine the value. */
  readonly forms: ReadonlySet<Linear>;
  /** Linear functions (with their constants) on whose zeros a kink or a jump lies. */
  readonly kinks: ReadonlySet<Linear>;
  /** Linear functions inside powers, roots and logarithms: near their zeros the value may change fast. */
  readonly sharp: ReadonlySet<Linear>;
  /** Linear functions inside other functions: the same, if they are steep. */
  readonly gentle: ReadonlySet<Linear>;
  /** Other functions on whose zeros a kink or a jump lies. */
  readonly curvedKinks: ReadonlySet<Variate>;
}

const KINKED: ReadonlySet<UnaryName> = new Set(['abs', 'sign', 'step', 'relu']);
const SHARP: ReadonlySet<UnaryName> = new Set(['sqrt', 'log']);

/** Finds the features of variates, each once. */
export class FeatureFinder {
  readonly #variates: Variates;
  readonly #known = new Map<number, Features>();

  constructor(variates: Variates) {
    this.#variates = variates;
  }

  of(variate: Variate): Features {
    const known = this.#known.get(variate.id);
    if (known !== undefined) return known;
    const features = this.#find(variate);
    this.#known.set(variate.id, features);
    return features;
  }

  /** A linear function without its constant. */
  form(linear: Linear): Linear {
    return this.#variates.linear(0, linear.parts);
  }

  union(variates: readonly Variate[]): Features {
    const all = variates.map((variate) => this.of(variate));
    return {
      forms: new Set(all.flatMap(({ forms }) => [...forms])),
      kinks: new Set(all.flatMap(({ kinks }) => [...kinks])),
      sharp: new Set(all.flatMap(({ sharp }) => [...sharp])),
      gentle: new Set(all.flatMap(({ gentle }) => [...gentle])),
      curvedKinks: new Set(all.flatMap(({ curvedKinks }) => [...curvedKinks])),
    };
  }

  #find(variate: Variate): Features {
    switch (variate.op) {
      case 'linear': {
        if (variate.parts.length === 0) return this.union([]);
        const forms = new Set([this.form(variate)]);
        return { forms, kinks: new Set(), sharp: new Set(), gentle: new Set([variate]), curvedKinks: new Set() };
      }
      case 'sum':
        return this.union([variate.linear, ...variate.terms.map(([term]) => term)]);
      case 'product':
        return this.union(variate.factors.map(([factor]) => factor));
      case 'unary':
      case 'power':
        return this.#ofAtom(variate);
    }
  }

  #ofAtom(atom: Atom): Features {
    const inner = this.of(atom.arg);
    if (atom.op === 'power' || SHARP.has(atom.name)) {
      return { ...inner, sharp: new Set([...inner.sharp, ...inner.gentle]), gentle: new Set() };
    }
    if (!KINKED.has(atom.name)) return inner;
    if (atom.arg.op === 'linear') return { ...inner, kinks: new Set([...inner.kinks, atom.arg]) };
    return { ...inner, curvedKinks: new Set([...inner.curvedKinks, atom.arg]) };
  }
}
