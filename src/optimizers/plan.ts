/**
 * What of an optimizer is written for one parameter: its formulas with everything known folded in, and which of its
 * arguments the new weight then depends on.
 */

import { required } from '../errors/index.ts';
import {
  type Axis,
  argument,
  argumentsOf,
  constant,
  type Expr,
  type ExprLike,
  mul,
  sizePower,
  spaceOf,
  sub,
  substitute,
} from '../program/index.ts';
import { broken } from './errors.ts';
import { argumentsRead, type Formula, type MatrixFormula, nextName, type Optimizer } from './optimizer.ts';
import type { Sides } from './sides.ts';

/** The weight after the step, as an argument. */
export const NEXT_WEIGHT = nextName('weight');

/** The update with its limit. */
export const LIMITED = 'limited update';
/** The product of what decay has left of the weight so far, (1 − λ)^(t−1). */
export const SHRUNK = 'shrunk';
const DECAYS = ['decoupledDecay', 'independentDecay', 'learningRate'];
/** Arguments of the formula of the next weight, which all optimizers share. */
export const OWN = ['weight', LIMITED, nextName('rate'), ...DECAYS, 'pace', 'kept', SHRUNK];

/** One of them as an expression. */
export const own = (name: string): Expr => argument(OWN.indexOf(name));

/** The parameter of a plan. */
export interface Place {
  readonly axes: readonly Axis[];
  /** The matrix that it is to functions of matrices. */
  readonly sides: Sides;
  readonly rateScale: ExprLike;
}

/** An optimizer with its settings, at one parameter. */
export class Plan {
  readonly optimizer: Optimizer;
  readonly settings: ReadonlyMap<string, Expr>;
  readonly #axes: readonly Axis[];
  readonly sides: Sides;
  readonly #rateScale: ExprLike;
  readonly #formulas: ReadonlyMap<string, Formula>;

  constructor(optimizer: Optimizer, settings: ReadonlyMap<string, Expr>, { axes, sides, rateScale }: Place) {
    this.optimizer = optimizer;
    this.settings = settings;
    this.#axes = axes;
    this.sides = sides;
    this.#rateScale = rateScale;
    const rate: Formula = { expr: argument(optimizer.arguments.indexOf('learningRate')) };
    this.#formulas = new Map(
      Object.entries({ rate, ...optimizer.formulas }).map(([name, formula]) => [
        name,
        { ...formula, expr: this.#folded(formula.expr) },
      ]),
    );
  }

  formula(name: string): Formula {
    const formula = this.#formulas.get(name);
    if (formula === undefined) throw broken(`optimizer "${this.optimizer.name}"`, `"${name}" has no formula`);
    return formula;
  }

  /** The value of an argument where no step changes it. */
  known(name: string): Expr | undefined {
    if (name === 'entries') return countOf(this.#axes);
    if (name === 'fanOut') return countOf(this.sides.rows);
    if (name === 'fanIn') return countOf(this.sides.columns);
    const setting = this.settings.get(name);
    return setting !== undefined && argumentsOf(setting).size === 0 ? setting : undefined;
  }

  /** The numbers that a function of matrices is told; what is no number that stays is none of them. */
  attributes({ attributes }: MatrixFormula): Readonly<Record<string, number | undefined>> {
    return Object.fromEntries(
      Object.entries(attributes).map(([name, told]) => {
        const expr = typeof told === 'number' ? constant(told) : this.settings.get(told);
        return [name, expr?.op === 'constant' ? expr.value : undefined];
      }),
    );
  }

  /** Whether a flag is set. */
  flag(name: string): boolean {
    const setting = this.settings.get(name);
    return setting?.op === 'constant' && setting.value === 1;
  }

  /** ηn^(−c), over this file's arguments. */
  get pace(): Expr {
    const rate = this.formula('rate').expr;
    return this.#scaled(argumentsOf(rate).size === 0 ? rate : own(nextName('rate')));
  }

  /** What decoupled decay leaves of the weight, (1 − λ)(1 − ηn^(−c)λ′), over this file's arguments. */
  get kept(): Expr {
    const at = (name: string): Expr => this.known(name) ?? own(name);
    const rate = this.#scaled(at('learningRate'));
    return mul(sub(1, at('independentDecay')), sub(1, mul(at('decoupledDecay'), rate)));
  }

  /** A rate times n^(−c). */
  #scaled(rate: Expr): Expr {
    return mul(this.#rateScale, rate);
  }

  /** Arguments that the new weight and what is kept depend on, the past of live states included. */
  live(): ReadonlySet<string> {
    const live = new Set<string>();
    const visit = (name: string): void => {
      if (live.has(name)) return;
      live.add(name);
      for (const other of this.#reads(name)) visit(other);
    };
    visit(NEXT_WEIGHT);
    for (const [name, { kept }] of Object.entries(this.optimizer.state)) if (kept) visit(name);
    return live;
  }

  #reads(name: string): string[] {
    if (name === NEXT_WEIGHT) {
      const decay = [...argumentsOf(this.kept)].map((index) => required(OWN[index], 'argument of the weights kept'));
      return ['weight', nextName('update'), nextName('rate'), ...decay];
    }
    if (name === 'gradient') return this.known('coupledDecay') === undefined ? ['coupledDecay'] : [];
    if (this.settings.has(name)) return ['step'];
    if (this.optimizer.state[name] !== undefined) return [nextName(name)];
    const formula = this.#formulas.get(name.slice(nextName('').length));
    return formula === undefined ? [] : [...argumentsRead(formula)].map((index) => this.#name(index));
  }

  #folded(expr: Expr): Expr {
    return substitute(expr, (leaf) => (leaf.op === 'argument' ? (this.known(this.#name(leaf.index)) ?? leaf) : leaf));
  }

  #name(index: number): string {
    const name = this.optimizer.arguments[index];
    if (name === undefined) throw broken(`optimizer "${this.optimizer.name}"`, `argument ${index} passed the check`);
    return name;
  }
}

/** The number of entries along axes. */
const countOf = (axes: readonly Axis[]): Expr =>
  axes.reduce<Expr>((total, axis) => mul(total, sizePower(spaceOf(axis), 1)), constant(1));
