import { isJsonObject, type JsonObject } from '../model/json.ts';
import { found } from '../wording.ts';
import type { LeastSquaresSettings, LogisticSettings, Predictor } from './predictor.ts';
import { badPredictor } from './solverErrors.ts';

/**
 * Reads back a predictor that was written as JSON; `where` names its place in messages.
 * @throws UserError `lm.bad-predictor` with every entry that is missing or impossible.
 */
export function parsePredictor(value: unknown, where: string): Predictor {
  if (!isJsonObject(value)) throw badPredictor(where, [`expected an object, found ${found(value)}`]);
  const problems: string[] = [];
  const entries = new Entries(value, '', problems);
  const parts = {
    outputs: entries.number('outputs', 'a positive whole number', (n) => Number.isSafeInteger(n) && n > 0),
    coefficients: coefficients(value, problems),
    intercept: entries.number('intercept', 'a number', () => true),
    calibration: calibration(entries.inside('calibration')),
  };
  if (problems.length === 0 && parts.coefficients.length % parts.outputs !== 0) {
    problems.push(
      `coefficients: expected a multiple of the ${parts.outputs} outputs, found ${parts.coefficients.length}`,
    );
  }
  const settings = entries.inside('settings');
  const method = entries.oneOf('method', ['least-squares', 'logistic']);
  if (method === 'logistic' && parts.outputs !== 1) problems.push(`outputs: expected 1, found ${parts.outputs}`);
  const predictor: Predictor =
    method === 'logistic'
      ? { method, settings: logistic(settings), ...parts }
      : { method: 'least-squares', settings: leastSquares(settings), ...parts };
  if (problems.length > 0) throw badPredictor(where, problems);
  return predictor;
}

const positive = (n: number): boolean => n > 0;
const fromZero = (n: number): boolean => n >= 0;

function leastSquares(settings: Entries): LeastSquaresSettings {
  return {
    ridge: settings.number('ridge', 'a number from 0', fromZero),
    initialScale: settings.numberOrNull('initialScale', 'a positive number', positive),
  };
}

function logistic(settings: Entries): LogisticSettings {
  return {
    strength: settings.number('strength', 'a positive number', positive),
    ridge: settings.numberOrNull('ridge', 'a positive number', positive),
    withIntercept: settings.boolean('withIntercept'),
  };
}

function calibration(entries: Entries): Predictor['calibration'] {
  return {
    slope: entries.number('slope', 'a number from 0', fromZero),
    source: entries.oneOf('source', ['dev', 'likelihood', 'targets']) ?? 'dev',
  };
}

function coefficients({ coefficients: given }: JsonObject, problems: string[]): number[] {
  if (Array.isArray(given) && given.length > 0 && given.every((one) => Number.isFinite(one))) return given.map(Number);
  problems.push('coefficients: expected a list of numbers');
  return [];
}

/** The entries of an object; what is missing or impossible becomes a problem and a stand-in. */
class Entries {
  readonly #object: JsonObject;
  readonly #path: string;
  readonly #problems: string[];

  constructor(object: JsonObject, path: string, problems: string[]) {
    this.#object = object;
    this.#path = path;
    this.#problems = problems;
  }

  inside(key: string): Entries {
    const value = this.#object[key];
    if (isJsonObject(value)) return new Entries(value, `${this.#path}${key}.`, this.#problems);
    this.#report(key, 'an object');
    return new Entries({}, `${this.#path}${key}.`, []);
  }

  number(key: string, expected: string, allowed: (n: number) => boolean): number {
    const value = this.#object[key];
    if (typeof value === 'number' && Number.isFinite(value) && allowed(value)) return value;
    this.#report(key, expected);
    return 1;
  }

  numberOrNull(key: string, expected: string, allowed: (n: number) => boolean): number | null {
    return this.#object[key] === null ? null : this.number(key, `${expected} or null`, allowed);
  }

  boolean(key: string): boolean {
    const value = this.#object[key];
    if (typeof value !== 'boolean') this.#report(key, 'true or false');
    return value === true;
  }

  oneOf<Name extends string>(key: string, names: readonly Name[]): Name | undefined {
    const found = names.find((name) => name === this.#object[key]);
    if (found === undefined) this.#report(key, names.join(' or '));
    return found;
  }

  #report(key: string, expected: string): void {
    this.#problems.push(`${this.#path}${key}: expected ${expected}, found ${found(this.#object[key])}`);
  }
}
