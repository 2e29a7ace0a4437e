/**
 * The steps of an optimizer over growths in place of numbers: what Q is at each, for gradients that all scale alike.
 * Ours; the classification asks for it (IVb 2.8).
 */

import { required } from '../../errors/index.ts';
import { constant, type Expr, equal, evaluate, sizesOf } from '../../program/index.ts';
import { type Formula, type MatrixFormula, nextName, type Optimizer } from '../optimizer.ts';
import { initialValue } from '../settings.ts';
import { applied } from './functions.ts';
import { combined, GRADIENT, type Growth, known, type Power, remembered, type Toward, unknown } from './growth.ts';

/** A constant that stands beside what vanishes with the gradient: a hyperparameter's name, or a number of a formula. */
export type Guard = string | (Expr & { readonly op: 'constant' });

export interface Walk {
  /** Q at each step; a number 0 where it does not move. */
  readonly updates: readonly Growth[];
  /** Numbers above 0 that are added to a power that is above 0 and vanishes with the gradient, or compared with one. */
  readonly guards: ReadonlySet<Guard>;
}

/** An optimizer with all that it is told. */
export interface Told {
  readonly optimizer: Optimizer;
  readonly settings: ReadonlyMap<string, Expr>;
}

export interface WalkOptions {
  readonly toward: Toward;
  readonly steps: number;
}

/** Walks through steps. */
export function walk(told: Told, { toward, steps }: WalkOptions): Walk {
  const walker = new Walker(told, toward);
  const updates = Array.from({ length: steps }, (_, k) => walker.step(k + 1));
  return { updates, guards: walker.guards };
}

/** The same with some constants 0. */
export function withoutGuards({ optimizer, settings }: Told, guards: ReadonlySet<Guard>): Told {
  const zeroed = (expr: Expr): Expr => {
    switch (expr.op) {
      case 'constant':
        return guards.has(expr) ? constant(0) : expr;
      case 'argument':
      case 'size':
        return expr;
      case 'unary':
        return { ...expr, arg: zeroed(expr.arg) };
      case 'binary':
        return { ...expr, left: zeroed(expr.left), right: zeroed(expr.right) };
    }
  };
  const formulas = Object.entries(optimizer.formulas).map(
    ([name, formula]) => [name, { ...formula, expr: zeroed(formula.expr) }] as const,
  );
  return {
    optimizer: { ...optimizer, formulas: Object.fromEntries(formulas) },
    settings: new Map([...settings].map(([name, expr]) => [name, guards.has(name) ? constant(0) : expr])),
  };
}

class Walker {
  readonly guards = new Set<Guard>();
  readonly #optimizer: Optimizer;
  readonly #settings: ReadonlyMap<string, Expr>;
  readonly #toward: Toward;
  #states = new Map<string, Growth>();
  /** The values of this step by argument. */
  #values = new Map<string, Growth>();
  #step = 0;

  constructor({ optimizer, settings }: Told, toward: Toward) {
    this.#optimizer = optimizer;
    this.#settings = settings;
    this.#toward = toward;
    for (const [name, { initial }] of Object.entries(optimizer.state)) {
      this.#states.set(name, known(initialValue(initial, settings)));
    }
  }

  step(number: number): Growth {
    this.#step = number;
    this.#values = new Map<string, Growth>([
      ['gradient', GRADIENT],
      ['weight', { kind: 'weight' }],
      ['step', known(number)],
    ]);
    const update = this.#value(nextName('update'));
    // States that Q reads, and those that these read.
    const read = new Set<string>();
    for (let size = -1; size < read.size; ) {
      size = read.size;
      for (const name of Object.keys(this.#optimizer.state)) if (this.#values.has(name)) read.add(name);
      for (const name of read) this.#value(nextName(name));
    }
    const next = [...read].map((name) => [name, remembered(this.#value(nextName(name)))] as const);
    this.#states = new Map([...this.#states, ...next]);
    return update;
  }

  #value(name: string): Growth {
    const found = this.#values.get(name);
    if (found !== undefined) return found;
    const value = this.#make(name);
    this.#values.set(name, value);
    return value;
  }

  #make(name: string): Growth {
    const state = this.#states.get(name);
    if (state !== undefined) return state;
    const setting = this.#settings.get(name);
    if (setting !== undefined) {
      if (sizesOf(setting).size > 0) return unknown(`${name} follows the width`, false);
      return known(evaluate(setting, {})([this.#step - 1]));
    }
    const formula = this.#optimizer.formulas[name.slice(nextName('').length)];
    if (name === 'fanOut' || name === 'fanIn') return known(1);
    if (formula === undefined) return unknown(`it reads ${name === 'entries' ? 'the number of entries' : name}`, false);
    const entry = this.#of(formula.expr);
    // Positive matrices add up as positive numbers do.
    if (formula.gram !== undefined) return combined('mul', entry, entry, this.#toward, true);
    const value = averaged(entry, formula.mean);
    return formula.matrix === undefined ? value : this.#matrix(value, formula.matrix);
  }

  /** A function of a matrix over its norm, which ε may be added to. */
  #matrix(value: Growth, { name, attributes, statistics = [] }: MatrixFormula): Growth {
    if (value.kind !== 'power') return value;
    // In another basis each entry is made of all, and there are as many.
    if (name === 'intoEigenbases' || name === 'outOfEigenbases') return { ...value, sign: 'any', linear: false };
    if (name === 'precondition') return this.#preconditioned(value, attributes, statistics);
    const { epsilon = 0 } = attributes;
    const guard = typeof epsilon === 'string' ? this.#value(epsilon) : known(epsilon);
    const guarded = guard.kind === 'number' && guard.value > 0;
    if (guarded && value.degree > 0 && typeof epsilon === 'string') this.guards.add(epsilon);
    const beside = guarded && this.#toward === 'zero' && value.degree > 0;
    return { ...value, degree: beside ? value.degree : 0, exact: value.exact && !guarded, sign: 'any', linear: false };
  }

  /** L^(−1/p) X R^(−1/p), whose ε is in units of the norms of L and R. */
  #preconditioned(value: Power, { root }: MatrixFormula['attributes'], statistics: readonly Expr[]): Growth {
    const told = typeof root === 'string' ? this.#value(root) : known(root ?? Number.NaN);
    const over = statistics.map((one) => this.#of(one));
    if (told.kind !== 'number') return unknown('a root that is not a number');
    const powers = over.filter((one): one is Power => one.kind === 'power');
    const other = over.find((one) => one.kind !== 'power');
    if (other !== undefined) return other.kind === 'unknown' ? other : unknown('statistics of no gradient');
    return {
      ...value,
      degree: value.degree - powers.reduce((sum, { degree }) => sum + degree, 0) / told.value,
      exact: value.exact && powers.every(({ exact }) => exact),
      memory: value.memory || powers.some(({ memory }) => memory),
      parity: powers.every(({ parity }) => parity === 'even') ? value.parity : 'none',
      sign: 'any',
      linear: false,
    };
  }

  #of(expr: Expr): Growth {
    const toward = this.#toward;
    switch (expr.op) {
      case 'constant':
        return known(expr.value);
      case 'argument':
        return this.#value(required(this.#optimizer.arguments[expr.index], 'argument of a formula'));
      case 'size':
        return unknown('it reads a size', false);
      case 'unary':
        return applied(expr.name, this.#of(expr.arg), toward);
      case 'binary': {
        const [left, right] = [this.#of(expr.left), this.#of(expr.right)];
        // What is multiplied by 0 guards nothing.
        if (expr.name === 'add' || expr.name === 'max') {
          if (isGuard(left, right)) this.#guardedBy(expr.left);
          if (isGuard(right, left)) this.#guardedBy(expr.right);
        }
        return combined(expr.name, left, right, toward, identical(expr.left, expr.right));
      }
    }
  }

  /** The leaves of a number: the hyperparameters that it is made of, else its constants. */
  #guardedBy(expr: Expr): void {
    const leaves: Guard[] = [];
    const visit = (part: Expr): void => {
      if (part.op === 'constant') leaves.push(part);
      else if (part.op === 'argument')
        leaves.push(required(this.#optimizer.arguments[part.index], 'argument of a formula'));
      else if (part.op === 'unary') visit(part.arg);
      else if (part.op === 'binary') for (const side of [part.left, part.right]) visit(side);
    };
    visit(expr);
    const named = leaves.filter((leaf) => typeof leaf === 'string');
    for (const leaf of named.length > 0 ? named : leaves) this.guards.add(leaf);
  }
}

/** Whether two expressions are one. */
function identical(left: Expr, right: Expr): boolean {
  if (left === right) return true;
  switch (left.op) {
    case 'constant':
      return right.op === 'constant' && left.value === right.value;
    case 'argument':
      return right.op === 'argument' && left.index === right.index;
    case 'size':
      return right.op === 'size' && left.space === right.space && equal(left.exponent, right.exponent);
    case 'unary':
      return right.op === 'unary' && left.name === right.name && identical(left.arg, right.arg);
    case 'binary':
      if (right.op !== 'binary' || left.name !== right.name) return false;
      return identical(left.left, right.left) && identical(left.right, right.right);
  }
}

const isGuard = (number: Growth, beside: Growth): boolean =>
  number.kind === 'number' && number.value > 0 && beside.kind === 'power' && beside.degree > 0 && beside.sign === '+';

/** A mean of L·s^p over entries: of either sign it is some number, of the gradient's no longer that of each entry's. */
function averaged(value: Growth, mean: Formula['mean']): Growth {
  if (mean === undefined || value.kind !== 'power') return value;
  return value.sign === '+' || value.sign === '-' ? value : { ...value, sign: 'any' };
}
