/**
 * Exact means of functions of jointly Gaussian variables, without sampling.
 *
 * A function is multiplied out into products of linear combinations and atoms (functions that do not open). In each
 * product the atoms fall into independent blocks; linear factors are regressed on the blocks, u = Σ (part along a block) +
 * residual, whose parts are all independent. So a mean is a sum of products of Wick moments of residuals and of
 * means over single blocks, and only what stands inside the atoms of one block counts for the dimension of a quadrature.
 */

import { at, entry, type Matrix, spectralForm } from '../numeric/index.ts';
import type { Expr } from '../program/index.ts';
import { type AtomPower, type Block, Blocks, correlated, residualCovariance } from './blocks.ts';
import { type Budget, UNLIMITED } from './budget.ts';
import { type Covariance, LinearCovariances } from './covariance.ts';
import { badCovariance } from './errors.ts';
import { FeatureFinder } from './features.ts';
import { variateOf } from './fromExpr.ts';
import { closedOr, infinite, type NotClosed, tooManyTerms } from './notClosed.ts';
import { type Perturbation, unperturbed } from './perturbation.ts';
import { Expansion, keyOf, type Term } from './terms.ts';
import { type Linear, type Variate, Variates } from './variates.ts';
import { gaussianMoment } from './wick.ts';

/** A sum of this share of its parts is 0. */
const ROUNDING = 1e-15;
/** Most ways of giving the linear factors of one product to its blocks. */
const MOST_ASSIGNMENTS = 100_000;

/** Means of variates over variables of a given covariance, each computed once. */
export class Expectations {
  readonly covariances: LinearCovariances;
  readonly expansion: Expansion;
  readonly #blocks: Blocks;
  readonly #means = new Map<number, number>();
  readonly #terms = new Map<string, number>();
  readonly #perturb: Perturbation;

  constructor(
    variates: Variates,
    covariance: Covariance,
    budget: Budget = UNLIMITED,
    perturb: Perturbation = unperturbed,
  ) {
    this.#perturb = perturb;
    this.covariances = new LinearCovariances(covariance, perturb);
    this.expansion = new Expansion(variates);
    this.#blocks = new Blocks(this.covariances, new FeatureFinder(variates), budget, perturb);
  }

  /** E variate. Throws Unclosed. */
  of(variate: Variate): number {
    const known = this.#means.get(variate.id);
    if (known !== undefined) return known;
    const mean = this.#mean(variate);
    this.#means.set(variate.id, mean);
    return mean;
  }

  #mean(variate: Variate): number {
    let [total, size] = [0, 0];
    for (const { coefficient, factors } of this.expansion.termsOf(variate)) {
      const part = coefficient * this.#term(factors);
      total += part;
      size += Math.abs(part);
    }
    if (!Number.isFinite(total)) throw infinite();
    // Sums of a number alone are exact.
    const error = size === Math.abs(total) ? 0 : Number.EPSILON * size;
    return this.#perturb({ value: Math.abs(total) <= ROUNDING * size ? 0 : total, error });
  }

  #term(factors: Term['factors']): number {
    const key = keyOf(factors);
    const known = this.#terms.get(key);
    if (known !== undefined) return known;
    const atoms: AtomPower[] = [];
    const forms: Linear[] = [];
    for (const [generator, power] of factors) {
      if (generator.op === 'linear') forms.push(...Array.from({ length: power }, () => generator));
      else atoms.push([generator, power]);
    }
    const value = this.#product(this.#blocks.split(atoms), forms);
    this.#terms.set(key, value);
    return value;
  }

  /** E Π forms Π atoms: every linear factor goes to one block or to the residual, in every way. */
  #product(blocks: readonly Block[], forms: readonly Linear[]): number {
    const residual = (i: number, j: number) => residualCovariance(this.covariances, blocks, at(forms, i), at(forms, j));
    const free = forms.map((_, i) => blocks.length === 0 || residual(i, i) > 0);
    const first = forms.map((form) => forms.indexOf(form));
    const shares = blocks.map(() => [] as Linear[]);
    const rest: number[] = [];
    let left = MOST_ASSIGNMENTS;
    const assign = (i: number): number => {
      const form = forms[i];
      if (form === undefined) {
        if (left-- === 0) throw tooManyTerms(MOST_ASSIGNMENTS);
        let value = gaussianMoment(rest, residual);
        blocks.forEach((block, k) => {
          if (value === 0) this.#blocks.expectMean(block, at(shares, k));
          else value *= this.#blocks.mean(block, at(shares, k));
        });
        return value;
      }
      let total = 0;
      if (free[i] === true) {
        rest.push(at(first, i));
        total += assign(i + 1);
        rest.pop();
      }
      blocks.forEach((block, k) => {
        if (!correlated(this.covariances, block, form)) return;
        at(shares, k).push(form);
        total += assign(i + 1);
        at(shares, k).pop();
      });
      return total;
    };
    return assign(0);
  }
}

/**
 * E expr(Z) for jointly Gaussian Z of mean 0 and the given covariance [arguments, arguments], which may be singular.
 *
 * Exact to about 1e-12 of E |expr| (1e-10 at worst), or the reason why the value is not found so: more than four
 * variables inside functions that do not factor, or no convergence. Throws InvariantError for a covariance that is not
 * symmetric and finite or is smaller than the arguments, and for a size left in the expression.
 */
export function gaussianExpectation(expr: Expr, covariance: Matrix): number | NotClosed {
  checkCovariance(covariance);
  const variates = new Variates();
  const args = Array.from({ length: covariance.rows }, (_, index) => variates.variable(index));
  const variate = variateOf(variates, expr, args);
  const entryOf = (i: number, j: number): number => entry(covariance.data, i * covariance.columns + j);
  return closedOr(() => new Expectations(variates, entryOf).of(variate));
}

/** Negative eigenvalues, relative to the largest entry, that rounding may leave. */
const NEGATIVE = 1e-10;

function checkCovariance(covariance: Matrix): void {
  if (covariance.data.length === 0) return;
  const least = Math.min(...spectralForm(covariance).values);
  const largest = covariance.data.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
  if (least < -NEGATIVE * largest) throw badCovariance(`has the eigenvalue ${least}`);
}
