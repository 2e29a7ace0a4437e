import { isJsonObject, type JsonObject } from '../model/json.ts';
import { found } from '../wording.ts';
import type { FittedSolver, SolverMethod } from './fittedSolver.ts';
import { classPairs } from './pairVotes.ts';
import { byVotes, type Predictor } from './predictor.ts';
import { badPredictor } from './solverErrors.ts';

/**
 * Reads back a predictor that was written as JSON; `where` names its place in messages.
 * @throws UserError `lm.bad-predictor` with every entry that is missing or impossible.
 */
export function parsePredictor(value: unknown, where: string): Predictor {
  if (!isJsonObject(value)) throw badPredictor(where, [`expected an object, found ${found(value)}`]);
  const problems: string[] = [];
  const entries = new Entries(value, '', problems);
  const outputs = entries.number('outputs', 'a positive whole number', (n) => Number.isSafeInteger(n) && n > 0);
  const parts = {
    outputs,
    coefficients: numbers(value, 'coefficients', problems),
    ...(value.signedCoefficients === undefined
      ? {}
      : { signedCoefficients: numbers(value, 'signedCoefficients', problems) }),
    intercepts: numbers(value, 'intercepts', problems),
    calibration: calibration(entries.inside('calibration')),
  };
  const settings = entries.inside('settings');
  const method = entries.oneOf('method', METHODS) ?? 'least-squares';
  const predictor = { ...parts, ...SETTINGS[method](settings) } as Predictor; // settings belong to their method
  if (problems.length === 0) problems.push(...badSizes(predictor));
  if (problems.length > 0) throw badPredictor(where, problems);
  return predictor;
}

/** Lists whose lengths do not go together. */
function badSizes(predictor: Predictor): string[] {
  const { outputs, coefficients, signedCoefficients = coefficients, intercepts } = predictor;
  const machines = byVotes(predictor) ? classPairs(outputs).length : outputs;
  const kind = machines === outputs ? 'outputs' : 'pairs';
  const problems: string[] = [];
  if (coefficients.length % machines !== 0) {
    problems.push(`coefficients: expected a multiple of the ${machines} ${kind}, found ${coefficients.length}`);
  }
  if (signedCoefficients.length !== coefficients.length) {
    problems.push(`signedCoefficients: expected ${coefficients.length}, found ${signedCoefficients.length}`);
  }
  if (intercepts.length !== machines) {
    problems.push(`intercepts: expected ${machines}, found ${intercepts.length}`);
  }
  return problems;
}

const METHODS: readonly SolverMethod[] = ['least-squares', 'logistic', 'svc', 'svr', 'asymmetric'];

const positive = (n: number): boolean => n > 0;
const fromZero = (n: number): boolean => n >= 0;

const SCHEMES = ['one-vs-rest', 'one-vs-one'] as const;

/** A solver with its settings, by method. */
const SETTINGS: Readonly<Record<SolverMethod, (settings: Entries) => FittedSolver>> = {
  'least-squares': (settings) => ({
    method: 'least-squares',
    settings: {
      ridge: settings.number('ridge', 'a number from 0', fromZero),
      initialScale: settings.numberOrNull('initialScale', 'a positive number', positive),
      ...(settings.has('transposed') && settings.boolean('transposed') ? { transposed: true as const } : {}),
    },
  }),
  logistic: (settings) => ({
    method: 'logistic',
    settings: {
      strength: settings.number('strength', 'a positive number', positive),
      ridge: settings.numberOrNull('ridge', 'a positive number', positive),
      withIntercept: settings.boolean('withIntercept'),
    },
  }),
  svc: (settings) => ({
    method: 'svc',
    settings: {
      cost: settings.number('cost', 'a positive number', positive),
      ratio: settings.numberOrNull('ratio', 'a positive number', positive),
      ridge: settings.number('ridge', 'a number from 0', fromZero),
      scheme: settings.oneOf('scheme', SCHEMES) ?? 'one-vs-rest',
    },
  }),
  svr: (settings) => ({
    method: 'svr',
    settings: {
      cost: settings.number('cost', 'a positive number', positive),
      ratio: settings.numberOrNull('ratio', 'a positive number', positive),
      epsilon: settings.number('epsilon', 'a number from 0', fromZero),
      ridge: settings.number('ridge', 'a number from 0', fromZero),
      initialScale: settings.numberOrNull('initialScale', 'a positive number', positive),
    },
  }),
  asymmetric: (settings) => ({
    method: 'asymmetric',
    settings: {
      gamma: settings.number('gamma', 'a positive number', positive),
      ratio: settings.numberOrNull('ratio', 'a positive number', positive),
      lambda: settings.number('lambda', 'a number from 0 to 1', (n) => n >= 0 && n <= 1),
      ridge: settings.number('ridge', 'a number from 0', fromZero),
    },
  }),
};

function calibration(entries: Entries): Predictor['calibration'] {
  return {
    slope: entries.number('slope', 'a number from 0', fromZero),
    source: entries.oneOf('source', ['dev', 'likelihood', 'targets']) ?? 'dev',
  };
}

function numbers(object: JsonObject, key: string, problems: string[]): number[] {
  const given = object[key];
  if (Array.isArray(given) && given.length > 0 && given.every((one) => Number.isFinite(one))) return given.map(Number);
  problems.push(`${key}: expected a list of numbers`);
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

  has(key: string): boolean {
    return this.#object[key] !== undefined;
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
