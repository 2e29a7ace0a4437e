/** Rules of functions and of pairs of functions, each made once. */

import { formula, plus, productOf, quotientOf, root, two, where } from '../../numeric/wasm/formulas/index.ts';
import type { GaussianFunction } from './functions.ts';
import { moment } from './moments.ts';
import { pairMean } from './pairMeans.ts';
import type { MomentRule, PairRule } from './rules.ts';

/** A rule, told apart from others by its number. */
export interface Numbered<R> {
  readonly id: number;
  readonly rule: R;
}

export class Means {
  readonly #pairs = new Map<number, Map<number, Numbered<PairRule>>>();
  readonly #moments = new Map<number, Numbered<MomentRule>>();
  readonly #others = new Map<MomentRule, Numbered<MomentRule>>();
  #count = 0;

  /** E f(u) g(v). Quadratures throw {@link UnsupportedError} `kernels.not-closed` when they are asked for. */
  pair(f: GaussianFunction, g: GaussianFunction): Numbered<PairRule> {
    let row = this.#pairs.get(f.id);
    if (row === undefined) {
      row = new Map();
      this.#pairs.set(f.id, row);
    }
    let known = row.get(g.id);
    if (known === undefined) {
      known = this.#numbered(pairMean(f, g));
      row.set(g.id, known);
    }
    return known;
  }

  /** E f(u). */
  single(f: GaussianFunction): Numbered<MomentRule> {
    let known = this.#moments.get(f.id);
    if (known === undefined) {
      known = this.#numbered(meanOfOne(f));
      this.#moments.set(f.id, known);
    }
    return known;
  }

  /** A rule that is not that of one function. */
  ofMoment(rule: MomentRule): Numbered<MomentRule> {
    let known = this.#others.get(rule);
    if (known === undefined) {
      known = this.#numbered(rule);
      this.#others.set(rule, known);
    }
    return known;
  }

  #numbered<R>(rule: R): Numbered<R> {
    return { id: this.#count++, rule };
  }
}

/** E u^m e^(−decay u²/2) f(u): under e^(−decay u²/2) the variance is smaller. */
function meanOfOne({ power, decay, rest, name }: GaussianFunction): MomentRule {
  const own = moment(power, rest, name);
  if (decay === 0) return own;
  if (own.kind === 'function') {
    const of = (variance: number): number => {
      const factor = 1 + decay * variance;
      return factor <= 0 ? Number.POSITIVE_INFINITY : own.of(variance / factor) / Math.sqrt(factor);
    };
    return { kind: 'function', of };
  }
  return {
    kind: 'formula',
    of: (variance) => {
      const factor = plus(1, productOf(decay, variance));
      const value = quotientOf(own.of(quotientOf(variance, factor)), root(factor));
      return where(two('less', formula(0), factor), value, Number.POSITIVE_INFINITY);
    },
  };
}
