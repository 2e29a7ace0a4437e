/** Makes variables, forms, factors and entries, each once, and adds and multiplies entries. */

import { required } from '../../errors/index.ts';
import { argument, type Expr, textKey } from '../../program/index.ts';
import { type GaussianFunction, GaussianFunctions, isLinear } from '../dual/functions.ts';
import { tooManyTerms } from '../errors.ts';
import {
  type Argument,
  type Entry,
  type Factor,
  type Form,
  isForm,
  type MatrixSymbol,
  type Part,
  type Single,
  type Term,
  type Variable,
} from './entry.ts';
import { type Numbers, numbersKey, plus, times } from './numbers.ts';

/** Most terms of an entry. */
const MOST_TERMS = 5000;

export class World {
  readonly functions = new GaussianFunctions();
  readonly #forms = new Map<string, Form>();
  readonly #factors = new Map<string, Factor>();
  readonly #entries = new Map<string, Entry>();
  readonly #products = new Map<string, Variable>();
  #variables = 0;
  #groups = 0;

  /** A number for each input. */
  constant(value: Numbers): Entry {
    return this.#entry(value === 0 ? [] : [{ coefficient: value, factors: [] }]);
  }

  /** The entry of an initial vector, independent of all before. */
  initial(origin: Omit<Extract<Variable['origin'], { kind: 'initial' }>, 'kind'>): Entry {
    const variable: Variable = {
      id: this.#variables++,
      group: this.#groups++,
      origin: { kind: 'initial', ...origin },
    };
    return this.ofForm(this.form([{ variable, coefficient: 1 }]));
  }

  /** A matrix independent of all before. */
  matrix(symbol: Omit<MatrixSymbol, 'group'>): MatrixSymbol {
    return { group: this.#groups++, ...symbol };
  }

  /** The product of a matrix with a value. */
  product(symbol: MatrixSymbol, input: Entry): Entry {
    const key = `${symbol.group},${input.id}`;
    let variable = this.#products.get(key);
    if (variable === undefined) {
      variable = { id: this.#variables++, group: symbol.group, origin: { kind: 'product', symbol, input } };
      this.#products.set(key, variable);
    }
    return this.ofForm(this.form([{ variable, coefficient: 1 }]));
  }

  /** Σ coefficient · variable. */
  form(parts: readonly Part[]): Form {
    const sorted = parts.toSorted((a, b) => a.variable.id - b.variable.id);
    const key = sorted.map(({ variable, coefficient }) => `${variable.id}*${numbersKey(coefficient)}`).join();
    let known = this.#forms.get(key);
    if (known === undefined) {
      known = { id: this.#forms.size, parts: sorted, byGroup: grouped(sorted) };
      this.#forms.set(key, known);
    }
    return known;
  }

  ofForm(form: Form): Entry {
    return this.ofFactor(this.single(form, this.functions.of(1, 0)));
  }

  ofFactor(factor: Factor, coefficient: Numbers = 1): Entry {
    return this.#entry([{ coefficient, factors: [factor] }]);
  }

  /** The same form times numbers. */
  scaledForm(form: Form, by: Numbers): Form {
    if (by === 1) return form;
    return this.form(
      form.parts.map(({ variable, coefficient }) => ({ variable, coefficient: times(coefficient, by) })),
    );
  }

  /** A function of one form. */
  single(form: Form, of: GaussianFunction): Single {
    const key = `${form.id}:${of.id}`;
    const known = this.#factors.get(key);
    if (known?.kind === 'single') return known;
    const factor: Single = { kind: 'single', id: this.#factors.size, form, of };
    this.#factors.set(key, factor);
    return factor;
  }

  /** A function of arguments, argument k of `expr` being the k-th; of one form alone it is a function of that. */
  function(expr: Expr, args: readonly Argument[]): Factor {
    const [only, second] = args;
    if (only !== undefined && second === undefined && isForm(only)) {
      if (expr.op === 'argument') return this.single(only, this.functions.of(1, 0));
      return this.single(only, this.functions.of(0, 0, expr));
    }
    const key = textKey([expr, args.map((arg) => (isForm(arg) ? `f${arg.id}` : numbersKey(arg)))]);
    const known = this.#factors.get(key);
    if (known !== undefined) return known;
    const factor: Factor = { kind: 'joint', id: this.#factors.size, expr, args };
    this.#factors.set(key, factor);
    return factor;
  }

  /** Σ weight · entry. */
  sum(entries: readonly Entry[], weights?: readonly Numbers[]): Entry {
    const terms = new Map<string, Term>();
    entries.forEach((entry, k) => {
      const weight = weights === undefined ? 1 : required(weights[k], 'weight of an entry');
      for (const { coefficient, factors } of entry.terms) {
        const key = factors.map(({ id }) => id).join();
        const added = times(coefficient, weight);
        terms.set(key, { coefficient: plus(terms.get(key)?.coefficient ?? 0, added), factors });
      }
    });
    return this.#joined([...terms.values()].filter(({ coefficient }) => coefficient !== 0));
  }

  /** Linear terms of several forms as one form. */
  #joined(terms: readonly Term[]): Entry {
    const isFormAlone = ({ factors: [only, second] }: Term): boolean =>
      second === undefined && only?.kind === 'single' && isLinear(only.of);
    const linear = terms.filter(isFormAlone);
    if (linear.length < 2) return this.#entry(terms);
    const parts = new Map<Variable, Numbers>();
    for (const { coefficient, factors } of linear) {
      for (const part of (factors[0] as Single).form.parts) {
        const added = times(part.coefficient, coefficient);
        parts.set(part.variable, plus(parts.get(part.variable) ?? 0, added));
      }
    }
    const left = [...parts].filter(([, coefficient]) => coefficient !== 0);
    const rest = terms.filter((term) => !isFormAlone(term));
    if (left.length === 0) return this.#entry(rest);
    const form = this.form(left.map(([variable, coefficient]) => ({ variable, coefficient })));
    return this.#entry([...rest, { coefficient: 1, factors: [this.single(form, this.functions.of(1, 0))] }]);
  }

  scale(entry: Entry, by: Numbers): Entry {
    return by === 1 ? entry : this.sum([entry], [by]);
  }

  /** The product of two entries, multiplied out. */
  multiply(a: Entry, b: Entry): Entry {
    if (a.terms.length * b.terms.length > MOST_TERMS) throw tooManyTerms(MOST_TERMS);
    const products = a.terms.flatMap((left) =>
      b.terms.map((right) =>
        this.#entry([
          {
            coefficient: times(left.coefficient, right.coefficient),
            factors: this.#merged([...left.factors, ...right.factors]),
          },
        ]),
      ),
    );
    return this.sum(products);
  }

  /** Functions of one form as one function. */
  #merged(factors: readonly Factor[]): Factor[] {
    const singles = new Map<Form, GaussianFunction>();
    const joint: Factor[] = [];
    for (const factor of factors) {
      if (factor.kind === 'joint') joint.push(factor);
      else {
        const known = singles.get(factor.form);
        singles.set(factor.form, known === undefined ? factor.of : this.functions.product(known, factor.of));
      }
    }
    return [...joint, ...[...singles].map(([form, of]) => this.single(form, of))].sort((a, b) => a.id - b.id);
  }

  #entry(terms: readonly Term[]): Entry {
    const name = ({ coefficient, factors }: Term): string =>
      `${numbersKey(coefficient)}·${factors.map(({ id }) => id).join('·')}`;
    const key = terms.map(name).toSorted().join('+');
    let known = this.#entries.get(key);
    if (known === undefined) {
      known = { id: this.#entries.size, terms };
      this.#entries.set(key, known);
    }
    return known;
  }
}

function grouped(parts: readonly Part[]): ReadonlyMap<number, readonly Part[]> {
  const groups = new Map<number, Part[]>();
  for (const part of parts) {
    const known = groups.get(part.variable.group);
    if (known === undefined) groups.set(part.variable.group, [part]);
    else known.push(part);
  }
  return groups;
}

/** An argument of its own. */
export const ONLY = argument(0);
