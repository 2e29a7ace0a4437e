/**
 * Kets whose limits are computed without sampling (IVb 2.6.5).
 *
 * A ket is an expression in jointly Gaussian variables of mean 0: initial vectors and the hats of products. Two kets are
 * equal as random variables only if they are built from the same variables, so the class holds one growing world.
 */

import { required } from '../../errors/index.ts';
import {
  closedOr,
  Expectations,
  type Linear,
  type NotClosed,
  type Perturbation,
  unperturbed,
  type Variate,
  Variates,
  variablesOf,
  variateOf,
  Whitening,
} from '../../expectations/index.ts';
import { argument, type Expr, mul } from '../../program/index.ts';
import { unknownMatrix } from '../errors.ts';
import { type Kets, meanOverCopy, onCopy } from './copies.ts';
import { GaussianVariables, type HatGroup } from './variables.ts';

/** The law of a coordinate of a vector in the limit. */
export type Ket = Variate;

/** W x, or Wᵀ x. */
export type Direction = 'forward' | 'transposed';

/** An initial matrix W [n_out, n_in] of independent entries of mean 0. */
export interface ExactMatrix {
  /** n_in times the variance of an entry. */
  readonly variance: number;
  /** n_out / n_in. */
  readonly ratio: number;
}

/** A product with an initial matrix; ket = hat + dot. */
export interface ExactProduct {
  readonly ket: Ket;
  readonly hat: Ket;
  readonly dot: Ket;
}

interface Uses {
  readonly group: HatGroup;
  readonly products: Map<number, ExactProduct>;
  /** By the hat's variable: what the matrix was applied to. */
  readonly inputs: Map<number, Ket>;
}

export class ExactKets {
  readonly #kets: Kets;
  readonly #uses = new Map<ExactMatrix, Readonly<Record<Direction, Uses>>>();

  /**
   * `evaluations` is what all quadratures together may take of their integrands; no bound if left out. `perturb` moves
   * means by their errors.
   */
  constructor(evaluations = Number.POSITIVE_INFINITY, perturb: Perturbation = unperturbed) {
    const variates = new Variates();
    const variables = new GaussianVariables((x, y) => this.#kets.expectations.of(variates.multiply(x, y)));
    const covariance = (i: number, j: number): number => variables.covariance(i, j);
    const expectations = new Expectations(variates, covariance, { left: evaluations }, perturb);
    this.#kets = { variates, variables, expectations };
  }

  /** A vector of independent N(0, deviation²) entries, independent of everything before. */
  initial(deviation = 1): Ket {
    const { variates, variables } = this.#kets;
    return variates.variable(variables.initial(deviation * deviation));
  }

  /** A vector whose entries are all the same number. */
  constant(value: number): Ket {
    return this.#kets.variates.constant(value);
  }

  /** A new initial matrix, independent of everything before. */
  matrix({ variance = 1, ratio = 1 }: Partial<ExactMatrix> = {}): ExactMatrix {
    const symbol = { variance, ratio };
    const uses = (scale: number): Uses => ({ group: { scale }, products: new Map(), inputs: new Map() });
    this.#uses.set(symbol, { forward: uses(variance), transposed: uses(variance * ratio) });
    return symbol;
  }

  /** expr(args), coordinate by coordinate. */
  map(expr: Expr, args: readonly (Ket | number)[]): Ket {
    const { variates } = this.#kets;
    const kets = args.map((arg) => (typeof arg === 'number' ? variates.constant(arg) : arg));
    return variateOf(variates, expr, kets);
  }

  /**
   * |Wx⟩ or |Wᵀx⟩ (IVb 2.6.5, MatMul). The hat is a new Gaussian variable; dot = Σ_y |y⟩ E ∂|x⟩/∂hat over the y of the
   * opposite direction whose hats |x⟩ depends on, times the variance (and for Wᵀ the ratio of widths).
   */
  multiply(matrix: ExactMatrix, direction: Direction, input: Ket): ExactProduct | NotClosed {
    const both = this.#uses.get(matrix);
    if (both === undefined) throw unknownMatrix();
    const [own, opposite] = direction === 'forward' ? [both.forward, both.transposed] : [both.transposed, both.forward];
    const known = own.products.get(input.id);
    if (known !== undefined) return known;
    const { variates, variables } = this.#kets;
    return closedOr(() => {
      const dot = this.#dot(own.group.scale, opposite.inputs, input);
      const variable = variables.hat(own.group, input);
      const hat = variates.variable(variable);
      const product = { ket: variates.add(hat, dot), hat, dot };
      own.products.set(input.id, product);
      own.inputs.set(variable, input);
      return product;
    });
  }

  /** The limit of the average of a vector's coordinates. */
  mean(ket: Ket): number | NotClosed {
    return closedOr(() => this.#kets.expectations.of(ket));
  }

  /** ⟨x|y⟩, the limit of xᵀy/n. */
  covariance(x: Ket, y: Ket): number | NotClosed {
    return this.mean(this.map(mul(argument(0), argument(1)), [x, y]));
  }

  /** The same vector on the k-th copy of its axis, independent of the axis itself. */
  onCopy(ket: Ket, copy: number): Ket {
    return onCopy(this.#kets, ket, copy);
  }

  /** The mean over a copy of the width axis: what is left is a ket on the other axes. */
  meanOverCopy(ket: Ket, copy: number): Ket | NotClosed {
    return closedOr(() => meanOverCopy(this.#kets, ket, copy));
  }

  #dot(scale: number, inputs: ReadonlyMap<number, Ket>, ket: Ket): Ket {
    const { variates } = this.#kets;
    let dot: Ket = variates.constant(0);
    const read = [...variablesOf(ket)].filter((variable) => inputs.has(variable));
    for (const [variable, slope] of this.#slopes(read, ket)) {
      dot = variates.add(dot, variates.scale(inputs.get(variable) ?? dot, scale * slope));
    }
    return dot;
  }

  /**
   * E ∂|x⟩/∂hat for some hats. The linear part of |x⟩ has its coefficients; for the rest Stein's lemma solves
   * Cov(hat_i, hat_j) a = E hat_i |x⟩, where hats that are combinations of others may get 0: the ket is the same.
   */
  #slopes(hats: readonly number[], ket: Ket): Map<number, number> {
    const { variates, expectations } = this.#kets;
    const { linear, rest } = variates.linearPart(ket);
    const slopes = new Map(linear.parts.filter(([variable]) => hats.includes(variable)));
    const read = variablesOf(rest);
    const forms = new Map<Linear, number>();
    for (const hat of hats) if (read.has(hat)) forms.set(variates.variable(hat), hat);
    const whitening = new Whitening(expectations.covariances, [...forms.keys()]);
    for (const [form, slope] of whitening.solve((hat) => expectations.of(variates.multiply(hat, rest)))) {
      const hat = required(forms.get(form), 'variable of a form');
      slopes.set(hat, (slopes.get(hat) ?? 0) + slope);
    }
    return slopes;
  }
}
