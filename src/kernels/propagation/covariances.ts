/**
 * Covariances over pairs of inputs: the pair (nngp, ntk) of forms and of entries, found when it is asked for.
 *
 * nngp(u, v) = E u v′ and ntk(u, v) = Σ over trained numbers θ of E ∂u/∂θ ∂v′/∂θ · rate, the prime for the second input
 * of the pair. Both go forward with one rule for each way that a variable arises (theory 2 and 7):
 *
 *     hat W x:   nngp = s ⟨x x′⟩,           ntk = r ⟨x x′⟩ + s ⟨∂x ∂x′⟩,   s = columns · variance, r = columns · rate
 *     entry φ:   ⟨φ ψ′⟩ by dual functions,  ⟨∂φ ∂ψ′⟩ = Σ_uv ntk(u, v) ⟨∂_u φ ∂_v ψ′⟩
 *
 * What is found is a plan: numbers, or nodes of {@link Plan} that are computed afterwards for all pairs of inputs.
 */

import { required } from '../../errors/index.ts';
import type { Formula } from '../../numeric/wasm/formulas/index.ts';
import { argument, constant, type Expr, mul, substitute } from '../../program/index.ts';
import { isLinear, isOne } from '../dual/functions.ts';
import type { Means, Numbered } from '../dual/means.ts';
import { quadrature } from '../dual/moments.ts';
import { regression } from '../dual/pairMeans.ts';
import type { MomentRule, PairFormula, PairRule } from '../dual/rules.ts';
import { broken } from '../errors.ts';
import { isPlanned, type Plan, type Quantity, type Side } from '../plan/quantities.ts';
import { quantityProduct, Total } from '../plan/total.ts';
import { type DrawnRows, Grams, isDrawn } from './drawn.ts';
import {
  type Argument,
  type Entry,
  type Factor,
  type Form,
  formsOfFactor,
  isForm,
  type Part,
  related,
  type Single,
} from './entry.ts';
import { expressionOfFactor, type Maps } from './maps.ts';
import type { Numbers } from './numbers.ts';
import { PairTable } from './pairTable.ts';

/** What covariances of the same program share. */
export interface Shared {
  readonly maps: Maps;
  readonly means: Means;
  readonly rows: DrawnRows;
}

export class Covariances {
  readonly plan: Plan;
  readonly #shared: Shared;
  readonly #maps: Maps;
  /** Of every input with itself; these are, if absent. */
  readonly #own: Covariances;
  readonly #nngp = new PairTable<Quantity>();
  readonly #ntk = new PairTable<Quantity>();
  readonly #means = new PairTable<Quantity>();
  readonly #tangents = new PairTable<Quantity>();
  readonly #moments = new PairTable<Quantity>();
  readonly #keys = new PairTable<number>();
  readonly #grams: Grams;
  #lastKey = 0;

  constructor(plan: Plan, shared: Shared, own?: Covariances) {
    this.plan = plan;
    this.#shared = shared;
    this.#maps = shared.maps;
    this.#own = own ?? this;
    this.#grams = new Grams(plan, shared.rows);
  }

  /** E u v′. */
  nngp(u: Form, v: Form): Quantity {
    return this.#nngp.get(u.id, v.id) ?? this.#nngp.set(u.id, v.id, this.#nngpOf(u, v));
  }

  /** Σ rate · E ∂u/∂θ ∂v′/∂θ. */
  ntk(u: Form, v: Form): Quantity {
    return this.#ntk.get(u.id, v.id) ?? this.#ntk.set(u.id, v.id, this.#ntkOf(u, v));
  }

  /** E x y′. Throws {@link UnsupportedError} `kernels.not-closed`. */
  mean(x: Entry, y: Entry): Quantity {
    return this.#means.get(x.id, y.id) ?? this.#means.set(x.id, y.id, this.#meanOf(x, y));
  }

  /** Σ rate · E ∂x/∂θ ∂y′/∂θ. Throws {@link UnsupportedError} `kernels.not-closed`. */
  tangent(x: Entry, y: Entry): Quantity {
    return this.#tangents.get(x.id, y.id) ?? this.#tangents.set(x.id, y.id, this.#tangentOf(x, y));
  }

  /** Takes what an entry is with itself from elsewhere. */
  know(entry: Entry, mean: Quantity, tangent: Quantity): void {
    this.#means.set(entry.id, entry.id, mean);
    this.#tangents.set(entry.id, entry.id, tangent);
  }

  #nngpOf(u: Form, v: Form): Quantity {
    const total = new Total(this.plan);
    this.#grams.addTo(total, u, v, 'variance');
    this.#eachPair(u, v, (a, b) => {
      const { origin } = a.variable;
      // Other drawn vectors are taken together.
      if (origin.kind === 'initial') this.#addWeighted(total, origin.variance, this.plan.same(), a, b);
      else if (origin.symbol.variance !== 0) {
        this.#addWeighted(total, origin.symbol.variance, this.mean(origin.input, inputOf(b)), a, b);
      }
    });
    return total.value(2 * this.#key(u, v));
  }

  #ntkOf(u: Form, v: Form): Quantity {
    const total = new Total(this.plan);
    this.#grams.addTo(total, u, v, 'trained');
    // What a matrix's own gradient adds comes first, as in the nngp, so that both share that sum.
    for (const which of ['mean', 'tangent'] as const) {
      this.#eachPair(u, v, (a, b) => {
        const { origin } = a.variable;
        if (origin.kind === 'initial') return;
        const weight = which === 'mean' ? origin.symbol.trained : origin.symbol.variance;
        if (weight !== 0) this.#addWeighted(total, weight, this[which](origin.input, inputOf(b)), a, b);
      });
    }
    return total.value(2 * this.#key(u, v));
  }

  #addWeighted(total: Total, weight: number, own: Quantity, a: Part, b: Part): void {
    if (typeof a.coefficient === 'number' && typeof b.coefficient === 'number') {
      total.add(own, weight * (a.coefficient * b.coefficient));
    } else total.add(own, weight, this.#at(a.coefficient, 'left'), this.#at(b.coefficient, 'right'));
  }

  /** Pairs of parts that depend on each other, but for vectors that all examples share. */
  #eachPair(u: Form, v: Form, visit: (a: Part, b: Part) => void): void {
    for (const [group, left] of u.byGroup) {
      const right = v.byGroup.get(group);
      if (right === undefined || left.every(isDrawn)) continue;
      for (const a of left) for (const b of right) visit(a, b);
    }
  }

  #meanOf(x: Entry, y: Entry): Quantity {
    const total = new Total(this.plan);
    for (const a of x.terms) {
      for (const b of y.terms) {
        const product = this.#product(a.factors, b.factors);
        if (product === 0) continue;
        total.add(product, this.#at(a.coefficient, 'left'), this.#at(b.coefficient, 'right'));
      }
    }
    return total.value();
  }

  #tangentOf(x: Entry, y: Entry): Quantity {
    const total = new Total(this.plan);
    for (const u of this.#maps.formsOf(x)) {
      for (const v of this.#maps.formsOf(y)) {
        if (!related(u, v)) continue;
        const own = this.ntk(u, v);
        if (own === 0) continue;
        total.add(own, this.mean(this.#maps.derivative(x, u), this.#maps.derivative(y, v)));
      }
    }
    return total.value();
  }

  /** Numbers of the input on one side of each pair. */
  #at(values: Numbers, side: Side): Quantity {
    return this.#ofOwn(values, side);
  }

  /** A quantity of each input with itself, of the input on one side. */
  #ofOwn(own: Quantity, side: Side): Quantity {
    return this.#own === this || !isPlanned(own) ? own : this.plan.side(own, side);
  }

  /** Var u of the input on one side of each pair. */
  #variance(u: Form, side: Side): Quantity {
    return this.#ofOwn(this.#own.nngp(u, u), side);
  }

  /** The same number for every two forms, to find what is computed from both. */
  #key(u: Form, v: Form): number {
    return this.#keys.get(u.id, v.id) ?? this.#keys.set(u.id, v.id, this.#lastKey++);
  }

  /** E of a product of factors of both sides: over blocks of factors that share a source of randomness. */
  #product(left: readonly Factor[], right: readonly Factor[]): Quantity {
    const [f, g] = [left[0], right[0]];
    // By far the most are of one function on either side.
    if (left.length === 1 && right.length === 1 && f?.kind === 'single' && g?.kind === 'single') {
      if (related(f.form, g.form)) return this.#ofTwo(f, g);
      return quantityProduct(this.plan, this.#ofOne(f, 'left'), this.#ofOne(g, 'right'));
    }
    let result: Quantity = 1;
    for (const block of blocksOf(left, right)) {
      result = quantityProduct(this.plan, result, this.#block(block));
      if (result === 0) return 0;
    }
    return result;
  }

  #block({ left, right }: Block): Quantity {
    const [f, g] = [left[0], right[0]];
    if (left.length + right.length === 1) {
      const [factor, side]: [Factor | undefined, Side] = f === undefined ? [g, 'right'] : [f, 'left'];
      if (factor?.kind === 'single') return this.#ofOne(factor, side);
    }
    if (left.length === 1 && right.length === 1 && f?.kind === 'single' && g?.kind === 'single')
      return this.#ofTwo(f, g);
    return this.#ofMany(left, right);
  }

  #ofOne({ form, of }: Single, side: Side): Quantity {
    return this.#ofOwn(this.#own.moment(form, this.#shared.means.single(of)), side);
  }

  /** E f(u) of each input with itself, by a rule. */
  moment(form: Form, numbered: Numbered<MomentRule>): Quantity {
    return (
      this.#moments.get(form.id, numbered.id) ?? this.#moments.set(form.id, numbered.id, this.#momentOf(form, numbered))
    );
  }

  #momentOf(form: Form, { id, rule }: Numbered<MomentRule>): Quantity {
    const variance = this.nngp(form, form);
    if (rule.kind === 'formula') {
      return this.plan.formula(`moment ${id}`, ([v]) => rule.of(required(v, 'variance')), [variance]);
    }
    return this.plan.call((values) => rule.of(Number(values[0])), [variance]);
  }

  #ofTwo(f: Single, g: Single): Quantity {
    if (isOne(f.of) && isOne(g.of)) return 1;
    const uv = this.nngp(f.form, g.form);
    // Variances are not needed, and not planned: those of what is pooled take all places with all places.
    if (isLinear(f.of) && isLinear(g.of)) return uv;
    const { id, rule } = this.#shared.means.pair(f.of, g.of);
    if (rule.kind === 'regressed') {
      return rule.swapped ? this.#regressed(id, rule, g, f, uv) : this.#regressed(id, rule, f, g, uv);
    }
    if (rule.kind === 'function') {
      const own = [this.#own.nngp(f.form, f.form), this.#own.nngp(g.form, g.form)] as const;
      if (rule.smooth !== undefined && this.#own !== this && isPlanned(uv) && isPlanned(own[0]) && isPlanned(own[1])) {
        const [left, right] = rule.smooth;
        return this.plan.series({ own: own[0], of: left }, uv, { own: own[1], of: right }, rule.of);
      }
      const args = [this.#variance(f.form, 'left'), uv, this.#variance(g.form, 'right')];
      return this.plan.call((values) => rule.of(Number(values[0]), Number(values[1]), Number(values[2])), args);
    }
    const side = this.#shared.means.ofMoment(rule.pair.side);
    const args = [
      this.#ofOwn(this.#own.moment(f.form, side), 'left'),
      uv,
      this.#ofOwn(this.#own.moment(g.form, side), 'right'),
    ];
    return this.plan.formula(`pair ${id}`, inThree(rule.pair.of), args, 2 * this.#key(f.form, g.form) + 1);
  }

  /** E u^power g(v), u on either side. */
  #regressed(
    id: number,
    { moments, swapped }: Extract<PairRule, { kind: 'regressed' }>,
    f: Single,
    g: Single,
    uv: Quantity,
  ): Quantity {
    const [left, right]: [Side, Side] = swapped ? ['right', 'left'] : ['left', 'right'];
    const values = moments.map((own) => this.#ofOwn(this.#own.moment(g.form, this.#shared.means.ofMoment(own)), right));
    const args = [this.#variance(f.form, left), uv, this.#variance(g.form, right), ...values];
    const of = ([uu, c, vv, ...rest]: readonly Formula[]): Formula =>
      regression(required(uu, 'variance'), required(c, 'covariance'), required(vv, 'variance'), rest);
    return this.plan.formula(`regression ${id}`, of, args);
  }

  /** Any functions of any forms, pair by pair. */
  #ofMany(left: readonly Factor[], right: readonly Factor[]): Quantity {
    const read: { readonly argument: Argument; readonly side: Side }[] = [];
    const place =
      (side: Side) =>
      (own: Argument): Expr => {
        const known = read.findIndex(({ argument: other, side: at }) => other === own && at === side);
        return argument(known >= 0 ? known : read.push({ argument: own, side }) - 1);
      };
    const factors = [
      ...left.map((factor) => expressionOfFactor(factor, place('left'))),
      ...right.map((factor) => expressionOfFactor(factor, place('right'))),
    ];
    const expr = factors.reduce((product, factor) => mul(product, factor));
    const forms = read.flatMap((own, k) => (isForm(own.argument) ? [{ form: own.argument, side: own.side, k }] : []));
    const numbers = read.flatMap((own, k) =>
      isForm(own.argument) ? [] : [{ values: own.argument, side: own.side, k }],
    );
    const size = forms.length ** 2;
    const args = [
      ...forms.flatMap((a) => forms.map((b) => this.#between(a.form, a.side, b.form, b.side))),
      ...numbers.map(({ values, side }) => this.#at(values, side)),
    ];
    const placeOf = new Map(forms.map(({ k }, index) => [k, index]));
    const numberOf = new Map(numbers.map(({ k }, index) => [k, size + index]));
    return this.plan.call((values) => {
      const filled = substitute(expr, (leaf) => {
        if (leaf.op !== 'argument') return leaf;
        const form = placeOf.get(leaf.index);
        if (form !== undefined) return argument(form);
        return constant(Number(values[required(numberOf.get(leaf.index), 'numbers of an argument')]));
      });
      return quadrature(
        filled,
        Array.from({ length: size }, (_, k) => Number(values[k])),
      );
    }, args);
  }

  #between(u: Form, uSide: Side, v: Form, vSide: Side): Quantity {
    if (uSide === vSide) return this.#ofOwn(this.#own.nngp(u, v), uSide);
    return uSide === 'left' ? this.nngp(u, v) : this.nngp(v, u);
  }
}

function inThree(of: PairFormula['of']): (args: readonly Formula[]) => Formula {
  return ([s, uv, t]) => of(required(s, 'left side'), required(uv, 'covariance'), required(t, 'right side'));
}

/** The value that a part's matrix multiplies. */
function inputOf({ variable: { origin } }: Part): Entry {
  if (origin.kind === 'product') return origin.input;
  throw broken('covariances', 'a drawn vector and a product are of one group');
}

/** Factors that depend on each other. */
interface Block {
  readonly left: Factor[];
  readonly right: Factor[];
}

function blocksOf(left: readonly Factor[], right: readonly Factor[]): readonly Block[] {
  let blocks: Block[] = [];
  const meet = (factor: Factor, block: Block): boolean =>
    formsOfFactor(factor).some((form) =>
      [...block.left, ...block.right].some((own) => formsOfFactor(own).some((other) => related(form, other))),
    );
  for (const [side, factors] of [['left', left] as const, ['right', right] as const]) {
    for (const factor of factors) {
      const met = blocks.filter((block) => meet(factor, block));
      const joined: Block = { left: met.flatMap((own) => own.left), right: met.flatMap((own) => own.right) };
      joined[side].push(factor);
      blocks = [...blocks.filter((block) => !met.includes(block)), joined];
    }
  }
  return blocks;
}
