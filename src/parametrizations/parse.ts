/**
 * Parametrizations from JSON. Exponents are numbers or fractions in quotes, and b may be "zero", for weights that start
 * at zero.
 *
 *     { "name": "mine", "a": [0, 0, 1], "b": [0, "1/2", 0], "c": [0, 1, 0], "d": [1, 1, 1] }
 *
 * are columns of a multilayer perceptron: first layer, layers between, readout; lists of another length give each layer
 * its own. By kind, for any network:
 *
 *     { "out": 1, "matrix": { "a": 0, "b": "1/2", "c": 1, "d": 1 }, "vector": {…}, "readout": {…}, "scalar": {…},
 *       "parameters": { "w2": {…} }, "baseWidth": 64 }
 *
 * A readout that is not given is a vector.
 */

import { shown } from '../errors/wording/index.ts';
import { type Exponent, NEVER, parseExponent, ZERO } from '../program/index.ts';
import * as errors from './errors.ts';
import {
  EXPONENT_NAMES,
  type ExponentName,
  type Exponents,
  PARAMETER_KINDS,
  type ParameterKind,
  type Parametrization,
} from './parametrization.ts';

const ZERO_START = 'zero';
const OTHER_KEYS = ['name', 'out', 'parameters', 'baseWidth'] as const;

/**
 * Reads a parametrization from a parsed JSON object; `name` is what it is called where it does not say. Throws
 * {@link UserError} `parametrizations.malformed` with everything that is wrong.
 */
export function parseParametrization(json: unknown, name: string): Parametrization {
  if (!isObject(json)) throw errors.malformed(name, [`it is ${shown(json)}; expected an object`]);
  const reader = new Reader();
  const found = reader.parametrization(json, name);
  if (reader.problems.length > 0) throw errors.malformed(found.name, reader.problems);
  return found;
}

type Json = Readonly<Record<string, unknown>>;

const isObject = (value: unknown): value is Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

class Reader {
  readonly problems: string[] = [];

  parametrization(json: Json, fallback: string): Parametrization {
    const columns = EXPONENT_NAMES.some((name) => Object.hasOwn(json, name));
    const known: readonly string[] = [...OTHER_KEYS, ...(columns ? EXPONENT_NAMES : PARAMETER_KINDS)];
    for (const key of Object.keys(json)) {
      if (!known.includes(key)) this.problems.push(errors.unknownKey(key, known));
    }
    const { name = fallback, out = 0, baseWidth } = json;
    const isName = typeof name === 'string' && name !== '' && !/\p{Cc}/u.test(name);
    if (!isName) this.problems.push(`name is ${shown(name)}; expected a text of one line`);
    const base = baseWidth === undefined ? {} : { baseWidth: this.#baseWidth(baseWidth) };
    const head = { name: typeof name === 'string' ? name : fallback, out: this.#exponent(out, 'out'), ...base };
    const named = json.parameters === undefined ? {} : this.#parameters(json.parameters);
    if (!columns) return { ...head, kinds: this.#kinds(json), parameters: named };
    const layers = this.#columns(json);
    const [vector, matrix, readout] = layers;
    if (vector !== undefined && matrix !== undefined && readout !== undefined && layers.length === COLUMNS) {
      return { ...head, kinds: { vector, matrix, readout, scalar: SCALAR }, parameters: named };
    }
    const own = Object.fromEntries(layers.map((layer, k) => [`w${k + 1}`, layer]));
    return { ...head, kinds: {}, parameters: { ...own, ...named } };
  }

  #kinds(json: Json): Partial<Record<ParameterKind, Exponents>> {
    const found: Partial<Record<ParameterKind, Exponents>> = {};
    for (const kind of PARAMETER_KINDS) {
      if (json[kind] !== undefined) found[kind] = this.#exponents(json[kind], kind);
    }
    return found.readout === undefined && found.vector !== undefined ? { ...found, readout: found.vector } : found;
  }

  #parameters(value: unknown): Record<string, Exponents> {
    if (!isObject(value)) {
      this.problems.push(`parameters is ${shown(value)}; expected an object by the names of parameters`);
      return {};
    }
    return Object.fromEntries(Object.entries(value).map(([name, one]) => [name, this.#exponents(one, name)]));
  }

  /** a, b, c and d as lists, layer by layer. */
  #columns(json: Json): Exponents[] {
    const lists = EXPONENT_NAMES.map((name): readonly [ExponentName, readonly unknown[]] => {
      const list = json[name];
      if (Array.isArray(list) && list.length >= 2) return [name, list];
      this.problems.push(
        list === undefined
          ? `${name} is missing; expected a list of exponents, first layer to readout`
          : `${name} is ${shown(list)}; expected a list of at least two exponents, first layer to readout`,
      );
      return [name, []];
    });
    const lengths = lists.filter(([, list]) => list.length > 0).map(([name, list]) => `${name} has ${list.length}`);
    const length = Math.max(...lists.map(([, list]) => list.length));
    if (lists.some(([, list]) => list.length > 0 && list.length !== length)) {
      this.problems.push(`a, b, c and d have an exponent for each layer, but ${lengths.join(', ')}`);
    }
    return Array.from({ length }, (_, k) => {
      const layer = lists.map(([name, list]) => [name, list[k] ?? 0] as const);
      return this.#exponents(Object.fromEntries(layer), `layer ${k + 1}`);
    });
  }

  #exponents(value: unknown, where: string): Exponents {
    if (!isObject(value)) {
      this.problems.push(`${where} is ${shown(value)}; expected an object with a, b, c and d`);
      return SCALAR;
    }
    const missing = EXPONENT_NAMES.filter((name) => value[name] === undefined);
    if (missing.length > 0) this.problems.push(`${where} has no ${missing.join(', ')}; expected a, b, c and d`);
    const unknown = Object.keys(value).filter((key) => !EXPONENT_NAMES.some((name) => name === key));
    if (unknown.length > 0) this.problems.push(`${where} has ${unknown.join(', ')}; expected a, b, c and d alone`);
    const read = (name: ExponentName): Exponent =>
      this.#exponent(value[name] ?? 0, `${name} of ${where}`, name === 'b');
    return { a: read('a'), b: read('b'), c: read('c'), d: read('d') };
  }

  #exponent(value: unknown, where: string, mayBeZero = false): Exponent {
    if (mayBeZero && value === ZERO_START) return NEVER;
    const found = typeof value === 'number' || typeof value === 'string' ? parseExponent(value) : undefined;
    if (found === undefined) {
      const other = mayBeZero ? ', or "zero" for weights that start at zero' : '';
      this.problems.push(`${where} is ${shown(value)}; expected a number or a fraction such as "1/2"${other}`);
    }
    return found ?? ZERO;
  }

  #baseWidth(value: unknown): number {
    if (typeof value === 'number' && value > 0 && Number.isFinite(value)) return value;
    this.problems.push(`baseWidth is ${shown(value)}; expected a number above 0`);
    return 1;
  }
}

/** First layer, layers between, readout. */
const COLUMNS = 3;
const SCALAR: Exponents = { a: ZERO, b: ZERO, c: ZERO, d: ZERO };
