/** Entrywise maps of entries, and derivatives of entries by the forms that they read. */

import {
  add,
  argument,
  binaryValue,
  constant,
  differentiate,
  type Expr,
  mul,
  pow,
  substitute,
  type UnaryName,
  unary,
  unaryFunctions,
} from '../../program/index.ts';
import { expressionOf, type GaussianFunction, isLinear } from '../dual/functions.ts';
import {
  type Argument,
  type Entry,
  type Factor,
  type Form,
  formsOf,
  formsOfFactor,
  isForm,
  numbersOf,
} from './entry.ts';
import { mapped, type Numbers } from './numbers.ts';
import { PairTable } from './pairTable.ts';
import { ONLY, type World } from './world.ts';

/** Powers that are multiplied out. */
const MOST_POWER = 32;

export class Maps {
  readonly #world: World;
  readonly #derivatives = new PairTable<Entry>();
  readonly #forms = new Map<Entry, readonly Form[]>();

  constructor(world: World) {
    this.#world = world;
  }

  /** The expression of entries, sizes filled in by `size`. */
  apply(expr: Expr, args: readonly Entry[], size: (space: string) => number): Entry {
    const filled = substitute(expr, (leaf) =>
      leaf.op === 'size' ? constant(size(leaf.space) ** (leaf.exponent.numerator / leaf.exponent.denominator)) : leaf,
    );
    return this.#apply(filled, args);
  }

  #apply(expr: Expr, args: readonly Entry[]): Entry {
    const world = this.#world;
    switch (expr.op) {
      case 'constant':
        return world.constant(expr.value);
      case 'argument':
        return args[expr.index] ?? world.constant(Number.NaN);
      case 'size':
        return world.constant(Number.NaN);
      case 'unary':
        return this.unary(expr.name, this.#apply(expr.arg, args));
      case 'binary': {
        const [left, right] = [this.#apply(expr.left, args), this.#apply(expr.right, args)];
        switch (expr.name) {
          case 'add':
            return world.sum([left, right]);
          case 'sub':
            return world.sum([left, right], [1, -1]);
          case 'mul':
            return world.multiply(left, right);
          case 'div':
            return world.multiply(left, this.#power(right, -1));
          case 'max':
            return world.sum([right, this.unary('relu', world.sum([left, right], [1, -1]))]);
          case 'min':
            return world.sum([left, this.unary('relu', world.sum([left, right], [1, -1]))], [1, -1]);
          case 'pow': {
            const exponent = numbersOf(right);
            if (typeof exponent === 'number') return this.#power(left, exponent);
            return this.unary('exp', world.multiply(right, this.unary('log', left)));
          }
        }
      }
    }
  }

  #power(base: Entry, exponent: number): Entry {
    const numbers = numbersOf(base);
    if (numbers !== undefined) {
      return this.#world.constant(mapped((value) => binaryValue('pow', value, exponent), numbers));
    }
    if (Number.isInteger(exponent) && exponent > 0 && exponent <= MOST_POWER) {
      return Array.from({ length: exponent }, () => base).reduce((a, b) => this.#world.multiply(a, b));
    }
    return this.#opaque(base, (inner) => pow(inner, exponent));
  }

  /** f(entry). */
  unary(name: UnaryName, entry: Entry): Entry {
    const world = this.#world;
    const numbers = numbersOf(entry);
    if (numbers !== undefined) return world.constant(mapped(unaryFunctions[name].value, numbers));
    if (name === 'neg') return world.scale(entry, -1);
    if (name === 'exp') {
      const decay = this.#exponential(entry);
      if (decay !== undefined) return decay;
    }
    const affine = affineOf(entry, world);
    if (affine === undefined) return this.#opaque(entry, (inner) => unary(name, inner));
    const { form, offset } = affine;
    if (offset !== 0) return this.#shifted(name, form, offset);
    if (name === 'normalDensity') {
      return world.ofFactor(world.single(form, world.functions.of(0, 1)), 1 / Math.sqrt(2 * Math.PI));
    }
    return world.ofFactor(world.function(unary(name, ONLY), [form]));
  }

  /** f(u + offset): addition theorems where there are. */
  #shifted(name: UnaryName, form: Form, offset: Numbers): Entry {
    const world = this.#world;
    const of = (own: UnaryName): Entry => world.ofFactor(world.function(unary(own, ONLY), [form]));
    const number = (f: (value: number) => number): Numbers => mapped(f, offset);
    switch (name) {
      case 'sin':
        return world.sum([of('sin'), of('cos')], [number(Math.cos), number(Math.sin)]);
      case 'cos':
        return world.sum([of('cos'), of('sin')], [number(Math.cos), number((value) => -Math.sin(value))]);
      default:
        if (typeof offset === 'number') return world.ofFactor(world.function(unary(name, add(ONLY, offset)), [form]));
        return world.ofFactor(world.function(unary(name, add(argument(0), argument(1))), [form, offset]));
    }
  }

  /** e^(a + u − decay w²/2), forms u and w: a product; undefined for other exponents. */
  #exponential({ terms }: Entry): Entry | undefined {
    const world = this.#world;
    let result = world.constant(1);
    for (const { coefficient, factors } of terms) {
      const [factor, second] = factors;
      if (factor === undefined) {
        result = world.scale(result, mapped(Math.exp, coefficient));
        continue;
      }
      if (second !== undefined || factor.kind !== 'single') return undefined;
      const { form, of } = factor;
      if (isLinear(of)) {
        const own = world.function(unary('exp', ONLY), [world.scaledForm(form, coefficient)]);
        result = world.multiply(result, world.ofFactor(own));
      } else if (of.power === 2 && of.decay === 0 && of.rest === undefined && typeof coefficient === 'number') {
        const own = world.single(form, world.functions.of(0, -2 * coefficient));
        result = world.multiply(result, world.ofFactor(own));
      } else return undefined;
    }
    return result;
  }

  /** A function of an entry as one factor of all that the entry reads. */
  #opaque(entry: Entry, f: (inner: Expr) => Expr): Entry {
    const args: Argument[] = [];
    const expr = f(expressionOfEntry(entry, args));
    return this.#world.ofFactor(this.#world.function(expr, args));
  }

  /** A function of a form as an entry. */
  function(form: Form, of: GaussianFunction): Entry {
    return this.#world.ofFactor(this.#world.single(form, of));
  }

  /** ∂entry/∂form, the numbers of the inputs held. */
  derivative(entry: Entry, form: Form): Entry {
    return (
      this.#derivatives.get(entry.id, form.id) ??
      this.#derivatives.set(entry.id, form.id, this.#derivative(entry, form))
    );
  }

  /** The forms that an entry reads, each once. */
  formsOf(entry: Entry): readonly Form[] {
    let known = this.#forms.get(entry);
    if (known === undefined) {
      known = formsOf(entry);
      this.#forms.set(entry, known);
    }
    return known;
  }

  #derivative({ terms }: Entry, form: Form): Entry {
    const world = this.#world;
    const parts = terms.flatMap(({ coefficient, factors }) =>
      factors.flatMap((factor, k) => {
        if (!formsOfFactor(factor).includes(form)) return [];
        const rest = factors.filter((_, own) => own !== k).map((own) => world.ofFactor(own));
        const product = rest.reduce((a, b) => world.multiply(a, b), this.#ofFactor(factor, form));
        return [world.scale(product, coefficient)];
      }),
    );
    return world.sum(parts);
  }

  #ofFactor(factor: Factor, form: Form): Entry {
    const world = this.#world;
    if (factor.kind === 'joint') {
      const args = factor.args.map((arg) => (isForm(arg) ? world.ofForm(arg) : world.constant(arg)));
      return world.sum(
        factor.args.flatMap((arg, k) => (arg === form ? [this.#apply(differentiate(factor.expr, k), args)] : [])),
      );
    }
    const { power, decay, rest } = factor.of;
    const of = (ownPower: number, ownRest = rest): Entry =>
      world.ofFactor(world.single(form, world.functions.of(ownPower, decay, ownRest)));
    const parts: Entry[] = [];
    if (power > 0) parts.push(world.scale(of(power - 1), power));
    if (decay !== 0) parts.push(world.scale(of(power + 1), -decay));
    if (rest !== undefined) {
      const front = world.ofFactor(world.single(form, world.functions.of(power, decay)));
      parts.push(world.multiply(front, this.#apply(differentiate(rest, 0), [world.ofForm(form)])));
    }
    return world.sum(parts);
  }
}

/** An entry as a form and numbers; undefined where it is none. */
export function affineOf({ terms }: Entry, world: World): { form: Form; offset: Numbers } | undefined {
  let [form, offset]: [Form | undefined, Numbers] = [undefined, 0];
  for (const { coefficient, factors } of terms) {
    const [factor, second] = factors;
    if (factor === undefined) offset = coefficient;
    else if (second !== undefined || factor.kind !== 'single' || !isLinear(factor.of)) return undefined;
    else form = world.scaledForm(factor.form, coefficient);
  }
  return form === undefined ? undefined : { form, offset };
}

/** An entry as an expression of what it reads, which is added to `args`. */
function expressionOfEntry({ terms }: Entry, args: Argument[]): Expr {
  const place = (arg: Argument): Expr => {
    const known = args.indexOf(arg);
    return argument(known >= 0 ? known : args.push(arg) - 1);
  };
  return terms.reduce<Expr>((total, { coefficient, factors }) => {
    const front = typeof coefficient === 'number' ? constant(coefficient) : place(coefficient);
    return add(
      total,
      factors.reduce<Expr>((product, factor) => mul(product, expressionOfFactor(factor, place)), front),
    );
  }, constant(0));
}

/** A factor as an expression of places for what it reads. */
export function expressionOfFactor(factor: Factor, place: (arg: Argument) => Expr): Expr {
  if (factor.kind === 'single') {
    const own = place(factor.form);
    return substitute(expressionOf(factor.of), (leaf) => (leaf.op === 'argument' ? own : leaf));
  }
  const own = factor.args.map(place);
  return substitute(factor.expr, (leaf) => (leaf.op === 'argument' ? (own[leaf.index] ?? leaf) : leaf));
}
