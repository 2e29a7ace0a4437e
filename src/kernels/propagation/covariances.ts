/**
 * Covariances over pairs of inputs: the pair (nngp, ntk) of forms and of entries, found when it is asked for.
 *
 * nngp(u, v) = E u v′ and ntk(u, v) = Σ over trained numbers θ of E ∂u/∂θ ∂v′/∂θ · rate, the prime for the second input
 * of the pair. Both go forward with one rule for each way that a variable arises (theory 2 and 7):
 *
 *     hat W x:   nngp = s ⟨x x′⟩,           ntk = r ⟨x x′⟩ + s ⟨∂x ∂x′⟩,   s = columns · variance, r = columns · rate
 *     entry φ:   ⟨φ ψ′⟩ by dual functions,  ⟨∂φ ∂ψ′⟩ = Σ_uv ntk(u, v) ⟨∂_u φ ∂_v ψ′⟩
 *
 * Everything is an array over the pairs, so that inner loops are long.
 */

import { required } from '../../errors/index.ts';
import { at, entry as numberOf } from '../../numeric/index.ts';
import { argument, constant, type Expr, mul, substitute } from '../../program/index.ts';
import type { GaussianFunction } from '../dual/functions.ts';
import { moment, quadrature } from '../dual/moments.ts';
import { type PairMean, pairMean } from '../dual/pairMeans.ts';
import {
  type Argument,
  type Entry,
  type Factor,
  type Form,
  formsOf,
  formsOfFactor,
  isForm,
  type Part,
  related,
  type Single,
  type Variable,
} from './entry.ts';
import { expressionOfFactor, type Maps } from './maps.ts';
import { gathered, type Numbers, numberAt, Total, times } from './numbers.ts';

/** Pairs of inputs by their places among all inputs. */
export interface Pairs {
  readonly left: Int32Array;
  readonly right: Int32Array;
}

/** Which input of a pair. */
type Side = 'left' | 'right';

/** Means of pairs of functions, compiled once for all pairs of inputs. */
export class CompiledMeans {
  /** The number of inputs. */
  readonly inputs: number;
  /** Coefficients of forms of drawn vectors, [inputs, parts]. */
  readonly rows = new Map<Form, Float64Array>();
  readonly #pairs = new Map<string, PairMean>();
  readonly #moments = new Map<number, (variance: number) => number>();

  constructor(inputs: number) {
    this.inputs = inputs;
  }

  pair(f: GaussianFunction, g: GaussianFunction): PairMean {
    const key = `${f.id},${g.id}`;
    const known = this.#pairs.get(key) ?? pairMean(f, g);
    this.#pairs.set(key, known);
    return known;
  }

  single(f: GaussianFunction): (variance: number) => number {
    const known = this.#moments.get(f.id) ?? meanOfOne(f);
    this.#moments.set(f.id, known);
    return known;
  }
}

/** E u^m e^(−decay u²/2) f(u): under e^(−decay u²/2) the variance is smaller. */
function meanOfOne({ power, decay, rest, name }: GaussianFunction): (variance: number) => number {
  const own = moment(power, rest, name);
  if (decay === 0) return own;
  return (variance) => {
    const factor = 1 + decay * variance;
    return factor <= 0 ? Number.POSITIVE_INFINITY : own(variance / factor) / Math.sqrt(factor);
  };
}

export class Covariances {
  readonly #pairs: Pairs;
  readonly #maps: Maps;
  readonly #compiled: CompiledMeans;
  /** Of every input with itself; these are, if absent. */
  readonly #own: Covariances;
  readonly #nngp = new Map<number, Numbers>();
  readonly #ntk = new Map<number, Numbers>();
  readonly #means = new Map<number, Numbers>();
  readonly #tangents = new Map<number, Numbers>();
  readonly #variances = new Map<number, Numbers>();

  constructor(pairs: Pairs, maps: Maps, compiled: CompiledMeans, own?: Covariances) {
    this.#pairs = pairs;
    this.#maps = maps;
    this.#compiled = compiled;
    this.#own = own ?? this;
  }

  /** E u v′. */
  nngp(u: Form, v: Form): Numbers {
    return remembered(this.#nngp, u.id, v.id, () => this.#bilinear(u, v, 'variance'));
  }

  /** Σ rate · E ∂u/∂θ ∂v′/∂θ. */
  ntk(u: Form, v: Form): Numbers {
    return remembered(this.#ntk, u.id, v.id, () => this.#bilinear(u, v, 'trained'));
  }

  /** E x y′. Throws {@link UnsupportedError} `kernels.not-closed`. */
  mean(x: Entry, y: Entry): Numbers {
    return remembered(this.#means, x.id, y.id, () => {
      const total = new Total();
      for (const a of x.terms) {
        for (const b of y.terms) {
          const coefficient = times(this.#at(a.coefficient, 'left'), this.#at(b.coefficient, 'right'));
          total.add(coefficient, this.#product(a.factors, b.factors));
        }
      }
      return total.value;
    });
  }

  /** Σ rate · E ∂x/∂θ ∂y′/∂θ. Throws {@link UnsupportedError} `kernels.not-closed`. */
  tangent(x: Entry, y: Entry): Numbers {
    return remembered(this.#tangents, x.id, y.id, () => {
      const total = new Total();
      for (const u of formsOf(x)) {
        for (const v of formsOf(y)) {
          if (!related(u, v)) continue;
          const own = this.ntk(u, v);
          if (own === 0) continue;
          total.add(own, this.mean(this.#maps.derivative(x, u), this.#maps.derivative(y, v)));
        }
      }
      return total.value;
    });
  }

  #bilinear(u: Form, v: Form, which: 'variance' | 'trained'): Numbers {
    const total = new Total();
    total.add(this.#drawn(u, v, which));
    for (const [group, left] of u.byGroup) {
      if (isDrawn(left)) continue;
      for (const a of left) {
        for (const b of v.byGroup.get(group) ?? []) {
          const own =
            which === 'variance'
              ? this.#ofVariables(a.variable, b.variable)
              : this.#ntkOfVariables(a.variable, b.variable);
          if (own !== 0) total.add(own, this.#at(a.coefficient, 'left'), this.#at(b.coefficient, 'right'));
        }
      }
    }
    return total.value;
  }

  /**
   * The share of drawn vectors: the Gram of inputs that enter through a first layer, a product of two rows for each pair.
   * Rows of a form are made once for all pairs where forms read the same vectors.
   */
  #drawn(u: Form, v: Form, which: 'variance' | 'trained'): Numbers {
    const shared = [...u.byGroup].flatMap(([group, [a]]) => {
      const [b] = v.byGroup.get(group) ?? [];
      if (a === undefined || b === undefined || a.variable.origin.kind !== 'initial') return [];
      const { origin } = a.variable;
      return origin.perExample || origin[which] === 0 ? [] : [{ a, b, weight: origin[which] }];
    });
    const [first] = shared;
    if (first === undefined) return 0;
    const size = shared.length;
    const isNumber = ({ coefficient }: Part): boolean => typeof coefficient === 'number';
    if (shared.every(({ a, b }) => isNumber(a) && isNumber(b))) {
      return shared.reduce((sum, { a, b, weight }) => sum + weight * Number(a.coefficient) * Number(b.coefficient), 0);
    }
    const left = this.#rows(
      u,
      shared.map(({ a }) => a),
    );
    const right = this.#rows(
      v,
      shared.map(({ b }) => b),
    );
    const equal = shared.every(({ weight }) => weight === first.weight);
    const weights = Float64Array.from(shared, ({ weight }) => weight);
    const { left: from, right: to } = this.#pairs;
    const result = new Float64Array(from.length);
    for (let k = 0; k < result.length; k++) {
      const [a, b] = [at(from, k) * size, at(to, k) * size];
      let sum = 0;
      if (equal) for (let m = 0; m < size; m++) sum += numberOf(left, a + m) * numberOf(right, b + m);
      else for (let m = 0; m < size; m++) sum += numberOf(weights, m) * numberOf(left, a + m) * numberOf(right, b + m);
      result[k] = equal ? sum * first.weight : sum;
    }
    return result;
  }

  /** Coefficients of parts of a form, [inputs, parts]. */
  #rows(form: Form, parts: readonly Part[]): Float64Array {
    const whole = parts.length === form.parts.length;
    const known = whole ? this.#compiled.rows.get(form) : undefined;
    if (known !== undefined) return known;
    const size = parts.length;
    const count = this.#compiled.inputs;
    const rows = new Float64Array(count * size);
    parts.forEach(({ coefficient }, m) => {
      for (let input = 0; input < count; input++) rows[input * size + m] = numberAt(coefficient, input);
    });
    if (whole) this.#compiled.rows.set(form, rows);
    return rows;
  }

  #ofVariables(a: Variable, b: Variable): Numbers {
    const { origin } = a;
    // Other drawn vectors are taken together.
    if (origin.kind === 'initial') return times(origin.variance, this.#sameInput());
    if (b.origin.kind === 'initial' || origin.symbol.variance === 0) return 0;
    return times(origin.symbol.variance, this.mean(origin.input, b.origin.input));
  }

  #ntkOfVariables(a: Variable, b: Variable): Numbers {
    const { origin } = a;
    if (origin.kind === 'initial' || b.origin.kind === 'initial') return 0;
    const { symbol, input } = origin;
    const total = new Total();
    if (symbol.trained !== 0) total.add(symbol.trained, this.mean(input, b.origin.input));
    if (symbol.variance !== 0) total.add(symbol.variance, this.tangent(input, b.origin.input));
    return total.value;
  }

  /** 1 where both inputs of a pair are the same example. */
  #sameInput(): Numbers {
    const { left, right } = this.#pairs;
    return Float64Array.from(left, (place, k) => (place === right[k] ? 1 : 0));
  }

  /** Numbers of the inputs on one side of each pair. */
  #at(values: Numbers, side: Side): Numbers {
    return gathered(values, this.#pairs[side]);
  }

  /** Var u of the input on one side of each pair. */
  #variance(u: Form, side: Side): Numbers {
    const key = 2 * u.id + (side === 'left' ? 0 : 1);
    const known = this.#variances.get(key) ?? this.#at(this.#own.nngp(u, u), side);
    this.#variances.set(key, known);
    return known;
  }

  /** E of a product of factors of both sides: over blocks of factors that share a source of randomness. */
  #product(left: readonly Factor[], right: readonly Factor[]): Numbers {
    let result: Numbers = 1;
    for (const block of blocksOf(left, right)) {
      result = times(result, this.#block(block));
      if (result === 0) return 0;
    }
    return result;
  }

  #block({ left, right }: Block): Numbers {
    const [f, g] = [left[0], right[0]];
    if (left.length + right.length === 1) {
      const [factor, side]: [Factor | undefined, Side] = f === undefined ? [g, 'right'] : [f, 'left'];
      if (factor?.kind === 'single') return this.#ofOne(factor, side);
    }
    if (left.length === 1 && right.length === 1 && f?.kind === 'single' && g?.kind === 'single')
      return this.#ofTwo(f, g);
    return this.#ofMany(left, right);
  }

  #ofOne({ form, of }: Single, side: Side): Numbers {
    const mean = this.#compiled.single(of);
    const variance = this.#variance(form, side);
    return typeof variance === 'number' ? mean(variance) : variance.map(mean);
  }

  #ofTwo(f: Single, g: Single): Numbers {
    const mean = this.#compiled.pair(f.of, g.of);
    const uv = this.nngp(f.form, g.form);
    const [uu, vv] = [this.#variance(f.form, 'left'), this.#variance(g.form, 'right')];
    if (typeof uu === 'number' && typeof uv === 'number' && typeof vv === 'number') return mean(uu, uv, vv);
    const count = this.#pairs.left.length;
    const [a, c, b] = [filledTo(uu, count), filledTo(uv, count), filledTo(vv, count)];
    const result = new Float64Array(count);
    for (let k = 0; k < count; k++) result[k] = mean(numberOf(a, k), numberOf(c, k), numberOf(b, k));
    return result;
  }

  /** Any functions of any forms, pair by pair. */
  #ofMany(left: readonly Factor[], right: readonly Factor[]): Numbers {
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
    const covariances = forms.map((a) => forms.map((b) => this.#between(a.form, a.side, b.form, b.side)));
    const numbers = read.map(({ argument: own, side }) => (isForm(own) ? 0 : this.#at(own, side)));
    const placeOf = new Map(forms.map(({ k }, index) => [k, index]));
    return Float64Array.from(this.#pairs.left, (_, pair) => {
      const filled = substitute(expr, (leaf) => {
        if (leaf.op !== 'argument') return leaf;
        const form = placeOf.get(leaf.index);
        if (form !== undefined) return argument(form);
        return constant(numberAt(required(numbers[leaf.index], 'numbers of an argument'), pair));
      });
      const covariance = covariances.flatMap((row) => row.map((own) => numberAt(own, pair)));
      return quadrature(filled, covariance);
    });
  }

  #between(u: Form, uSide: Side, v: Form, vSide: Side): Numbers {
    if (uSide === vSide) return this.#at(this.#own.nngp(u, v), uSide);
    return uSide === 'left' ? this.nngp(u, v) : this.nngp(v, u);
  }
}

/** Whether parts, all of one group, are of a vector that all examples share. */
function isDrawn([part]: readonly Part[]): boolean {
  return part?.variable.origin.kind === 'initial' && !part.variable.origin.perExample;
}

/** Factors that depend on each other. */
interface Block {
  readonly left: Factor[];
  readonly right: Factor[];
}

function blocksOf(left: readonly Factor[], right: readonly Factor[]): readonly Block[] {
  const [f, g] = [left[0], right[0]];
  // By far the most are of one function on either side.
  if (left.length === 1 && right.length === 1 && f?.kind === 'single' && g?.kind === 'single') {
    return related(f.form, g.form)
      ? [{ left: [f], right: [g] }]
      : [
          { left: [f], right: [] },
          { left: [], right: [g] },
        ];
  }
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

function filledTo(values: Numbers, count: number): Float64Array {
  return typeof values === 'number' ? new Float64Array(count).fill(values) : values;
}

/** More than there are names of forms or entries. */
const MOST_NAMES = 2 ** 26;

function remembered(known: Map<number, Numbers>, a: number, b: number, compute: () => Numbers): Numbers {
  const key = a * MOST_NAMES + b;
  let value = known.get(key);
  if (value === undefined) {
    value = compute();
    known.set(key, value);
  }
  return value;
}
