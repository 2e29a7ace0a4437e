/**
 * What an abcd-parametrization is (IVb 2.2, 2.9.2): for each parameter of a network of width n, four exponents.
 *
 *     W = n^(-a) w      the multiplier in the forward pass
 *     w ~ N(0, n^(-2b)) the initial values
 *     η n^(-c)          the step size of w
 *     Q(n^d · gradient) what the update rule sees
 *
 * and a multiplier n^(-out) of the network's output. Exponents depend on the kind of a parameter (IVb 2.9.11, 2.9.12): how
 * many of its axes grow with the width.
 */

import { type Exponent, type ExponentLike, exponent, plus, ZERO } from '../program/index.ts';
import * as errors from './errors.ts';

/**
 * - `matrix`: two width axes.
 * - `vector`: one: input weights, embeddings, biases and gains of hidden layers. A gain that starts at 1 is 1 plus a
 *   parameter that starts at zero.
 * - `readout`: a vector whose product with the last features is the output, multiplied by n^(-out).
 * - `scalar`: none: a bias of the output, added after the multiplier.
 */
export type ParameterKind = 'matrix' | 'vector' | 'readout' | 'scalar';

/** The kinds of parameters, by how many width axes they have and what they are read by. */
export const PARAMETER_KINDS: readonly ParameterKind[] = ['matrix', 'vector', 'readout', 'scalar'];

/**
 * The four exponents of one parameter: W = n^(-a) w, w ~ N(0, n^(-2b)), step size η n^(-c), and n^d in front of the gradient
 * that Q sees (IVb 2.2). b may be {@link NEVER}: a parameter that starts at zero.
 */
export interface Exponents {
  readonly a: Exponent;
  readonly b: Exponent;
  readonly c: Exponent;
  readonly d: Exponent;
}

export const EXPONENT_NAMES = ['a', 'b', 'c', 'd'] as const;
export type ExponentName = (typeof EXPONENT_NAMES)[number];

/** Exponents by kind and, where single parameters differ from their kind, by name. */
export interface Parametrization {
  readonly name: string;
  /** The output is multiplied by n^(-out). */
  readonly out: Exponent;
  readonly kinds: Readonly<Partial<Record<ParameterKind, Exponents>>>;
  /** They go before those of the kind. */
  readonly parameters: Readonly<Record<string, Exponents>>;
  /** Where it is given, n is width / baseWidth: there all powers are 1. */
  readonly baseWidth?: number;
}

/** Four exponents from numbers or text, in the order a, b, c, d. */
export function exponentsOf(a: ExponentLike, b: ExponentLike, c: ExponentLike, d: ExponentLike): Exponents {
  return { a: exponent(a), b: exponent(b), c: exponent(c), d: exponent(d) };
}

/** A parameter of a network: its kind, and the name by which a parametrization may know it. */
export interface Parameter {
  readonly name: string;
  readonly kind: ParameterKind;
}

/**
 * The exponents of a parameter. Throws {@link UserError} `parametrizations.missing-exponents` where the parametrization
 * has none for it; {@link exponentsOfAll} tells of all such parameters at once.
 */
export function exponentsFor(parametrization: Parametrization, parameter: Parameter): Exponents {
  const found = lookUp(parametrization, parameter);
  if (found === undefined) throw errors.missingExponents(parametrization, [parameter]);
  return found;
}

/**
 * The exponents of several parameters, in their order. Throws {@link UserError} with every parameter that the
 * parametrization has none for.
 */
export function exponentsOfAll(parametrization: Parametrization, parameters: readonly Parameter[]): Exponents[] {
  const missing = parameters.filter((parameter) => lookUp(parametrization, parameter) === undefined);
  if (missing.length > 0) throw errors.missingExponents(parametrization, missing);
  return parameters.map((parameter) => exponentsFor(parametrization, parameter));
}

function lookUp({ parameters, kinds }: Parametrization, { name, kind }: Parameter): Exponents | undefined {
  return Object.hasOwn(parameters, name) ? parameters[name] : kinds[kind];
}

/**
 * The weights of a multilayer perceptron of `depth` hidden layers, `w1` to `w{depth + 1}`: the first a vector, the last
 * the readout, matrices between. Throws {@link UserError} `parametrizations.bad-depth`.
 */
export function mlpParameters(depth: number): Parameter[] {
  if (!Number.isSafeInteger(depth) || depth < 1 || depth > DEEPEST) throw errors.badDepth(depth, DEEPEST);
  return Array.from({ length: depth + 1 }, (_, k) => ({
    name: `w${k + 1}`,
    kind: k === 0 ? 'vector' : k === depth ? 'readout' : 'matrix',
  }));
}

const DEEPEST = 1000;

/** Hidden layers of the perceptron that a parametrization is made for, where it names each of its layers. */
export function ownDepth({ kinds, parameters }: Parametrization): number | undefined {
  const layers = Object.keys(parameters).flatMap((name) => Number(/^w(\d+)$/.exec(name)?.[1] ?? []));
  return Object.keys(kinds).length > 0 || layers.length < 2 ? undefined : Math.max(...layers) - 1;
}

/**
 * The exponents of each layer of a multilayer perceptron, first to last, the output's multiplier counted with the
 * readout's a: the columns of IVb's tables. Throws {@link UserError} `parametrizations.other-depth`, and
 * `parametrizations.missing-exponents`.
 */
export function mlpLayers(parametrization: Parametrization, depth: number): Exponents[] {
  const own = ownDepth(parametrization);
  if (own !== undefined && own !== depth) throw errors.otherDepth(parametrization.name, own + 1, depth);
  return exponentsOfAll(parametrization, mlpParameters(depth)).map((found, k) =>
    k === depth ? { ...found, a: plus(found.a, parametrization.out) } : found,
  );
}

/** The same parametrization with other exponents by kind; parameters by name keep theirs. */
export function mapKinds(
  parametrization: Parametrization,
  change: (exponents: Exponents, kind: ParameterKind) => Exponents,
): Parametrization {
  const kinds = Object.fromEntries(
    PARAMETER_KINDS.flatMap((kind) => {
      const found = parametrization.kinds[kind];
      return found === undefined ? [] : [[kind, change(found, kind)]];
    }),
  );
  return { ...parametrization, kinds };
}

/** The same parametrization with one rate exponent for every parameter. */
export function withRate(parametrization: Parametrization, c: Exponent): Parametrization {
  const { parameters } = parametrization;
  const named = Object.entries(parameters).map(([name, found]) => [name, { ...found, c }]);
  return { ...mapKinds(parametrization, (found) => ({ ...found, c })), parameters: Object.fromEntries(named) };
}

/** The same parametrization of a multilayer perceptron with a readout of another initial size: b = ∞ is zero. */
export function withReadoutStart(parametrization: Parametrization, depth: number, b: Exponent): Parametrization {
  const readout = mlpParameters(depth)[depth];
  return readout === undefined ? parametrization : withParameterStart(parametrization, readout, b);
}

/** The same parametrization with one parameter of another initial size: b = ∞ is zero. Throws as {@link exponentsFor}. */
export function withParameterStart(
  parametrization: Parametrization,
  parameter: Parameter,
  b: Exponent,
): Parametrization {
  const found = exponentsFor(parametrization, parameter);
  return { ...parametrization, parameters: { ...parametrization.parameters, [parameter.name]: { ...found, b } } };
}

/** A parametrization in which the kind of a parameter tells all. */
export function byKind(
  name: string,
  out: ExponentLike,
  kinds: Readonly<Record<ParameterKind, Exponents>>,
): Parametrization {
  return { name, out: exponent(out), kinds, parameters: {} };
}

/** The exponents of a parameter that no power of the width touches. */
export const UNSCALED: Exponents = { a: ZERO, b: ZERO, c: ZERO, d: ZERO };
