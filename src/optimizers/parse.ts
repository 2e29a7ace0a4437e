/**
 * Optimizers from JSON with formulas as text, which is how people write their own:
 *
 *     { "name": "soft-sign", "learningRate": 0.01, "hyperparameters": { "beta": 0.9 }, "state": { "first": 0 },
 *       "formulas": { "first": "beta * first + (1 - beta) * gradient", "update": "tanh(next first)" } }
 *
 * Formulas read the gradient, the weight, the step (from 1), hyperparameters and states, and `next NAME` of any formula at
 * this step; `mean[columns](…)`, `mean[rows](…)` and `mean[entries](…)` may stand around a whole one. A hyperparameter is a
 * number, true or false, or { "value", "above", "atLeast", "below", "atMost", "meaning" }; a state is what it starts from,
 * a number or the name of a hyperparameter, or { "initial", "extent", "kept" }.
 */

import { NexortError } from '../errors/index.ts';
import { parseExpression } from '../program/index.ts';
import { checkedOptimizer } from './checkOptimizer.ts';
import { argumentNames, RESERVED, type StateLike, stateField, withCommon } from './define.ts';
import type { Domain } from './domains.ts';
import { badDefinition, shown, unknownKey } from './errors.ts';
import type { Extent, Formula, Hyperparameter, Optimizer, StateField } from './optimizer.ts';

const KEYS = ['name', 'source', 'learningRate', 'hyperparameters', 'state', 'formulas'];
const BOUNDS = ['above', 'atLeast', 'below', 'atMost'] as const;
const EXTENTS: readonly Extent[] = ['entries', 'rows', 'columns', 'scalar'];
const MEANS = ['columns', 'rows', 'entries'] as const;
/** η unless the file or an option tells it. */
const LEARNING_RATE = 0.001;
/** Names that formulas can read as they are. */
const NAME = /^(?!next$)[\p{L}_][\p{L}\p{N}_]*$/u;

/**
 * Reads an optimizer from a parsed JSON object; `name` is what it is called where it does not say. Throws
 * {@link UserError} `optimizers.definition` with everything that is wrong.
 */
export function parseOptimizer(json: unknown, name: string): Optimizer {
  if (!isObject(json)) throw badDefinition(name, [`it is ${shown(json)}; expected an object`]);
  const reader = new Reader();
  const optimizer = reader.optimizer(json, name);
  if (reader.problems.length > 0) throw badDefinition(optimizer.name, reader.problems);
  return checkedOptimizer(optimizer);
}

type Json = Readonly<Record<string, unknown>>;

const isObject = (value: unknown): value is Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

class Reader {
  readonly problems: string[] = [];

  optimizer(json: Json, fallback: string): Optimizer {
    this.#keys(json, KEYS, '');
    const { name = fallback, source = `${fallback}, a file`, learningRate = LEARNING_RATE } = json;
    const text = (value: unknown, what: string): string => {
      if (typeof value === 'string' && value !== '' && !/\p{Cc}/u.test(value)) return value;
      this.problems.push(`${what} is ${shown(value)}; expected a text of one line`);
      return fallback;
    };
    const hyperparameters = withCommon(this.#number(learningRate, 'learningRate'), this.#hyperparameters(json));
    const state = this.#states(json);
    return {
      name: text(name, 'name'),
      source: text(source, 'source'),
      hyperparameters,
      state,
      ...this.#formulas(json, hyperparameters, state),
    };
  }

  #hyperparameters(json: Json): Readonly<Record<string, Hyperparameter>> {
    const entries = this.#entries(json, 'hyperparameters').map(([name, value]): [string, Hyperparameter] => {
      if (RESERVED.includes(name)) this.problems.push(`${name}: every optimizer has it already`);
      return [name, this.#hyperparameter(value, name)];
    });
    return Object.fromEntries(entries);
  }

  #hyperparameter(value: unknown, where: string): Hyperparameter {
    if (!isObject(value)) return { value: this.#setting(value, where), domain: {}, meaning: '' };
    this.#keys(value, ['value', 'meaning', ...BOUNDS], where);
    const bounds = BOUNDS.filter((bound) => value[bound] !== undefined);
    const domain: Domain = Object.fromEntries(
      bounds.map((bound) => [bound, this.#number(value[bound], `${where}: ${bound}`)]),
    );
    const { meaning = '' } = value;
    return { value: this.#setting(value.value, where), domain, meaning: String(meaning) };
  }

  #setting(value: unknown, where: string): number | boolean {
    return typeof value === 'boolean' ? value : this.#number(value, where);
  }

  #states(json: Json): Readonly<Record<string, StateField>> {
    return Object.fromEntries(
      this.#entries(json, 'state').map(([name, value]) => [name, stateField(this.#state(value, name))]),
    );
  }

  #state(value: unknown, where: string): StateLike {
    if (!isObject(value)) return { initial: this.#initial(value, where) };
    this.#keys(value, ['initial', 'extent', 'kept'], where);
    const { extent = 'entries', kept = false } = value;
    const known = EXTENTS.find((one) => one === extent);
    if (known === undefined)
      this.problems.push(`${where}: extent is ${shown(extent)}; expected one of ${EXTENTS.join(', ')}`);
    if (typeof kept !== 'boolean') this.problems.push(`${where}: kept is ${shown(kept)}; expected true or false`);
    return { initial: this.#initial(value.initial, where), extent: known ?? 'entries', kept: kept === true };
  }

  /** That a name is a hyperparameter's is checked with the whole. */
  #initial(value: unknown, where: string): number | string {
    return typeof value === 'string' ? value : this.#number(value, `${where}: what it starts from`);
  }

  #formulas(json: Json, hyperparameters: object, state: object): Pick<Optimizer, 'arguments' | 'formulas'> {
    const all = this.#entries(json, 'formulas');
    const notes = all.map(([name]) => name).filter((name) => !(name in state) && name !== 'update' && name !== 'rate');
    const { names } = argumentNames({ hyperparameters, state, notes });
    const formulas = all.flatMap(([name, text]): [string, Formula][] => {
      if (typeof text === 'string' || typeof text === 'number') return this.#formula(String(text), name, names);
      this.problems.push(`${name}: its formula is ${shown(text)}; expected a text`);
      return [];
    });
    return { arguments: names, formulas: Object.fromEntries(formulas) };
  }

  #formula(text: string, name: string, names: readonly string[]): [string, Formula][] {
    try {
      const { expr, mean } = parseExpression(text, { names, prefix: 'next', source: name });
      if (mean === undefined) return [[name, { expr }]];
      const over = MEANS.find((one) => one === mean[0]);
      if (over !== undefined && mean.length === 1) return [[name, { expr, mean: over }]];
      this.problems.push(`${name}: a mean over [${mean.join(', ')}]; expected one of ${MEANS.join(', ')}`);
    } catch (error) {
      if (!(error instanceof NexortError) || error.kind !== 'user') throw error;
      this.problems.push(error.message.replaceAll('\n', '\n  '));
    }
    return [];
  }

  #entries(json: Json, key: string): [string, unknown][] {
    const value = json[key] ?? {};
    if (!isObject(value)) {
      this.problems.push(`${key} is ${shown(value)}; expected an object by names`);
      return [];
    }
    for (const name of Object.keys(value)) {
      if (!NAME.test(name)) this.problems.push(`${key}: ${shown(name)} is no name of letters, digits and _`);
    }
    return Object.entries(value);
  }

  #number(value: unknown, where: string): number {
    if (typeof value === 'number') return value;
    this.problems.push(`${where} is ${shown(value)}; expected a number`);
    return Number.NaN;
  }

  #keys(json: Json, known: readonly string[], where: string): void {
    for (const key of Object.keys(json)) {
      if (!known.includes(key)) this.problems.push(`${where === '' ? '' : `${where}: `}${unknownKey(key, known)}`);
    }
  }
}
