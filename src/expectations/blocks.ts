/** Atoms of one product in groups that are independent of each other, and the mean of a group. */

import { at, entry } from '../numeric/index.ts';
import type { Budget } from './budget.ts';
import { type LinearCovariances, NOISE } from './covariance.ts';
import type { Plane } from './cuts.ts';
import { dualActivation } from './dual.ts';
import type { FeatureFinder, Features } from './features.ts';
import { growsFast } from './growth.ts';
import { integrandOf } from './integrand.ts';
import type { Perturbation } from './perturbation.ts';
import { checkPoles } from './poles.ts';
import { type Approximation, gaussianMean } from './quadrature.ts';
import type { Atom, Linear } from './variates.ts';
import { Whitening } from './whitening.ts';

/** Roundings of a formula, relative. */
const FORMULA = 4 * Number.EPSILON;
/** A linear argument of this deviation makes functions such as tanh steps to the eye of a quadrature. */
const STEEP = 3;

export type AtomPower = readonly [atom: Atom, power: number];

/** Atoms that depend on each other, with independent coordinates for what they depend on. */
export interface Block {
  readonly key: string;
  readonly atoms: readonly AtomPower[];
  readonly features: Features;
  readonly whitening: Whitening;
}

/** Splits atoms into blocks and integrates over them. */
export class Blocks {
  readonly #covariances: LinearCovariances;
  readonly #finder: FeatureFinder;
  readonly #budget: Budget;
  readonly #perturb: Perturbation;
  readonly #whitenings = new Map<string, Whitening>();
  readonly #means = new Map<string, number>();

  constructor(covariances: LinearCovariances, finder: FeatureFinder, budget: Budget, perturb: Perturbation) {
    this.#covariances = covariances;
    this.#finder = finder;
    this.#budget = budget;
    this.#perturb = perturb;
  }

  split(atoms: readonly AtomPower[]): Block[] {
    let groups: AtomPower[][] = [];
    for (const pair of atoms) {
      const joined = groups.filter((group) => group.some(([other]) => this.#dependent(pair[0], other)));
      groups = [...groups.filter((group) => !joined.includes(group)), [...joined.flat(), pair]];
    }
    return groups.map((group) => this.#block(group));
  }

  /**
   * Throws Unclosed where that mean need not exist, for a singularity or its growth: an independent factor of mean 0 does
   * not make it 0. Of what cannot grow so fast, however many variables it is of, no mean is computed.
   */
  expectMean(block: Block, forms: readonly Linear[]): void {
    if (block.atoms.some(([atom]) => growsFast(atom))) this.mean(block, forms);
    else this.#checkSingularities(block, forms);
  }

  #checkSingularities(block: Block, forms: readonly Linear[]): void {
    checkPoles({
      atoms: block.atoms,
      linear: forms,
      rank: (some) =>
        new Whitening(
          this.#covariances,
          some.map((form) => this.#finder.form(form)),
        ).dimension,
    });
  }

  /** E Π atom^power Π form, where each form is replaced by its regression on what the atoms depend on. */
  mean(block: Block, forms: readonly Linear[]): number {
    const key = `${block.key}|${forms.map(({ id }) => id).join()}`;
    const known = this.#means.get(key);
    if (known !== undefined) return known;
    this.#checkSingularities(block, forms);
    const closed = forms.length === 0 ? this.#closedForm(block) : undefined;
    const value = this.#perturb(closed ?? this.#quadrature(block, forms));
    this.#means.set(key, value);
    return value;
  }

  #block(group: readonly AtomPower[]): Block {
    const atoms = [...group].sort(([a], [b]) => a.id - b.id);
    const features = this.#finder.union(atoms.map(([atom]) => atom));
    const forms = [...features.forms].sort((a, b) => a.id - b.id);
    const cut = [...features.kinks, ...features.sharp].map((linear) => this.#finder.form(linear));
    const kinked = new Set(cut);
    const key = forms.map((form) => `${form.id}${kinked.has(form) ? 'k' : ''}`).join();
    const whitening = this.#whitenings.get(key) ?? new Whitening(this.#covariances, forms, kinked);
    this.#whitenings.set(key, whitening);
    return { key: atoms.map(([atom, power]) => `${atom.id}^${power}`).join(), atoms, features, whitening };
  }

  #dependent(a: Atom, b: Atom): boolean {
    const [left, right] = [this.#finder.of(a).forms, this.#finder.of(b).forms];
    const covariances = this.#covariances;
    for (const f of left) {
      for (const g of right) {
        // A form that is 0 has covariances of rounding.
        const bound = NOISE ** 2 * covariances.of(f, f) * covariances.of(g, g);
        if (bound > 0 && covariances.of(f, g) ** 2 > bound) return true;
      }
    }
    return false;
  }

  /** φ(u) φ(v) or φ(u)² of linear u, v without constants. */
  #closedForm({ atoms }: Block): Approximation | undefined {
    const args = atoms.flatMap(([atom, power]) => Array.from({ length: power }, () => atom));
    const [first, second] = [args[0], args[1]];
    if (args.length !== 2 || first?.op !== 'unary' || second?.op !== 'unary') return undefined;
    const [u, v] = [first.arg, second.arg];
    if (first.name !== second.name || u.op !== 'linear' || v.op !== 'linear') return undefined;
    if (u.constant !== 0 || v.constant !== 0) return undefined;
    const [uu, uv, vv] = [this.#covariances.of(u, u), this.#covariances.of(u, v), this.#covariances.of(v, v)];
    const value = dualActivation(first.name, uu, uv, vv);
    return value === undefined ? undefined : { value, error: FORMULA * Math.abs(value) };
  }

  #quadrature({ atoms, features, whitening }: Block, forms: readonly Linear[]): Approximation {
    const { dimension } = whitening;
    const rowOf = (linear: Linear): Float64Array => whitening.project(this.#finder.form(linear));
    const planes = (of: Iterable<Linear>, sharp: boolean): Plane[] =>
      [...of].map((linear) => ({ normal: rowOf(linear), offset: linear.constant, sharp }));
    const steep = planes(features.gentle, true).filter(({ normal }) => Math.hypot(...normal) > STEEP);
    const vectors = forms.map((form) => whitening.project(form));
    const shape = {
      dimension,
      kinks: planes(features.kinks, false),
      sharp: [...planes(features.sharp, true), ...steep],
      curvedKinks: [...features.curvedKinks].map((kink) => integrandOf({ atoms: [[kink, 1]], vectors: [], rowOf })),
    };
    return gaussianMean(integrandOf({ atoms, vectors, rowOf }), shape, this.#budget);
  }
}

/** The part of a form that its regressions on independent blocks leave, as a covariance with another such part. */
export function residualCovariance(
  covariances: LinearCovariances,
  blocks: readonly Block[],
  a: Linear,
  b: Linear,
): number {
  const total = covariances.of(a, b);
  let [rest, size] = [total, Math.abs(total)];
  for (const { whitening } of blocks) {
    const [left, right] = [whitening.project(a), whitening.project(b)];
    for (let k = 0; k < left.length; k++) {
      const part = entry(left, k) * entry(right, k);
      rest -= part;
      size += Math.abs(part);
    }
  }
  return Math.abs(rest) <= NOISE * size ? 0 : rest;
}

/** Whether a form has any correlation with what a block depends on. */
export function correlated(covariances: LinearCovariances, block: Block, form: Linear): boolean {
  const projection = block.whitening.project(form);
  let square = 0;
  for (let k = 0; k < projection.length; k++) square += at(projection, k) ** 2;
  return square > NOISE ** 2 * covariances.of(form, form);
}
