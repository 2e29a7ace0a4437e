/** The jointly Gaussian variables that kets are made of, and their covariances, found when they are asked for. */

import type { Variate } from '../../expectations/index.ts';
import { at } from '../../numeric/index.ts';

/** All products of one initial matrix in one direction: hats of one group depend on each other, no others do. */
export interface HatGroup {
  /** Cov(hat Wx, hat Wx′) / E x x′. */
  readonly scale: number;
}

type Origin =
  | { readonly kind: 'initial'; readonly variance: number }
  | { readonly kind: 'hat'; readonly group: HatGroup; readonly input: Variate };

interface Variable {
  readonly origin: Origin;
  /** Index of the same variable on the axis itself. */
  readonly base: number;
  /** 0 on the width axis itself, k on its k-th copy, whose coordinates are independent of the others. */
  readonly copy: number;
}

/** A growing list of Gaussian variables of mean 0. */
export class GaussianVariables {
  readonly #variables: Variable[] = [];
  readonly #copies = new Map<string, number>();
  readonly #known = new Map<string, number>();
  readonly #productMean: (left: Variate, right: Variate) => number;

  /** `productMean` is E x y. */
  constructor(productMean: (left: Variate, right: Variate) => number) {
    this.#productMean = productMean;
  }

  initial(variance: number): number {
    return this.#add({ kind: 'initial', variance });
  }

  /** The hat of the product of a matrix with `input`. */
  hat(group: HatGroup, input: Variate): number {
    return this.#add({ kind: 'hat', group, input });
  }

  /** The same variable on another copy of the axis. */
  onCopy(variable: number, copy: number): number {
    const { base, origin } = at(this.#variables, variable);
    if (copy === 0) return base;
    const key = `${base},${copy}`;
    const known = this.#copies.get(key);
    if (known !== undefined) return known;
    const made = this.#variables.push({ origin, base, copy }) - 1;
    this.#copies.set(key, made);
    return made;
  }

  copyOf(variable: number): number {
    return at(this.#variables, variable).copy;
  }

  /** Throws Unclosed where E x x′ of two products' inputs is not found. */
  covariance(left: number, right: number): number {
    const [a, b] = [at(this.#variables, left), at(this.#variables, right)];
    if (a.copy !== b.copy) return 0;
    if (a.origin.kind === 'initial' || b.origin.kind === 'initial') {
      return a.base === b.base && a.origin.kind === 'initial' ? a.origin.variance : 0;
    }
    if (a.origin.group !== b.origin.group) return 0;
    const key = a.base < b.base ? `${a.base},${b.base}` : `${b.base},${a.base}`;
    const known = this.#known.get(key);
    if (known !== undefined) return known;
    const value = a.origin.group.scale * this.#productMean(a.origin.input, b.origin.input);
    this.#known.set(key, value);
    return value;
  }

  #add(origin: Origin): number {
    const base = this.#variables.length;
    this.#variables.push({ origin, base, copy: 0 });
    return base;
  }
}
