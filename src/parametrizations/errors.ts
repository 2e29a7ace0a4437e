/** Words of the errors of parametrizations. */

import { InvariantError, UserError } from '../errors/index.ts';
import { likely, shown } from '../errors/wording/index.ts';

// Exponents

/** Of parameters in one message. */
const MOST_NAMED = 12;

/** Parameters for which a parametrization has no exponents. */
export function missingExponents(
  parametrization: { readonly name: string; readonly kinds: object; readonly parameters: object },
  parameters: readonly { readonly name: string; readonly kind: string }[],
): UserError {
  const shortly = parameters.slice(0, MOST_NAMED).map(({ name, kind }) => `${name} (${kind})`);
  const more = parameters.length - shortly.length;
  const missing = `${shortly.join(', ')}${more === 0 ? '' : ` and ${more} more`}`;
  const known = [...Object.keys(parametrization.kinds), ...Object.keys(parametrization.parameters)];
  return new UserError(
    'parametrizations.missing-exponents',
    `parametrization "${parametrization.name}" has no exponents for ${missing}; it has some for ${known.join(', ') || 'nothing'}. Give a, b, c and d for the kind or the name of each.`,
    { parametrization: parametrization.name, missing: parameters.map(({ name }) => name) },
  );
}

// JSON

/** Everything that is wrong with a parametrization in JSON. */
export function malformed(name: string, problems: readonly string[]): UserError {
  return new UserError(
    'parametrizations.malformed',
    `parametrization "${name}" cannot be read:${problems.map((problem) => `\n  - ${problem}`).join('')}`,
    { name, problems },
  );
}

/** A key that means nothing. */
export function unknownKey(key: string, known: readonly string[]): string {
  return `${shown(key)} is not known. ${suggestion(key, known)}`;
}

// Names

/** `Did you mean "mup"? Known are …`. */
function suggestion(name: string, known: readonly string[]): string {
  const near = likely(name, known);
  return `${near === undefined ? '' : `Did you mean "${near}"? `}Known are ${known.join(', ')}`;
}

/** No parametrization of this name. */
export function unknownParametrization(name: string, known: readonly string[]): UserError {
  return new UserError(
    'parametrizations.unknown-parametrization',
    `parametrization ${shown(name)} is not known. ${suggestion(name, known)}, and files whose names end in .json.`,
    { name, known },
  );
}

/** No update rule of this name. */
export function unknownOptimizer(name: string, known: readonly string[]): UserError {
  return new UserError(
    'parametrizations.unknown-optimizer',
    `optimizer ${shown(name)} is not known. ${suggestion(name, known)}.`,
    { name, known },
  );
}

/** An update rule whose answer to inputs far from order 1 is no known power. */
export function unknownAnswer(
  { name, doubts }: { readonly name: string; readonly doubts: readonly string[] },
  how: 'vanishes' | 'grows',
): UserError {
  const why = doubts.length === 0 ? '' : ` (its formulas: ${doubts.join('; ')})`;
  return new UserError(
    'parametrizations.unknown-answer',
    `in this parametrization what Q sees ${how} with the width, and how Q of optimizer "${name}" answers to such gradients is unknown${why}: neither in proportion, nor at order 1. Choose d so that Q sees gradients of order 1, as that of mup does, or write Q so that it does one of both.`,
    { name, how, doubts },
  );
}

/** s of UP_s outside of 0 to 1/2. */
export function badUniform(s: string): UserError {
  return new UserError(
    'parametrizations.bad-uniform',
    `up:s is given s = ${s}; expected a number from 0 (µP) to 1/2 (NTP), such as up:0.25.`,
    { s },
  );
}

// Networks

/** A depth that no network has. */
export function badDepth(depth: number, deepest: number): UserError {
  return new UserError(
    'parametrizations.bad-depth',
    `the depth is ${depth}; expected a whole number of hidden layers from 1 to ${deepest}.`,
    { depth },
  );
}

/** A parametrization by the names of layers, read for another number of them. */
export function otherDepth(name: string, layers: number, depth: number): UserError {
  return new UserError(
    'parametrizations.other-depth',
    `parametrization "${name}" gives exponents for ${layers} layers, that is ${layers - 1} hidden ones and a readout; expected ${depth + 1} for depth ${depth}. Give lists of three for any depth (first layer, layers between, readout), or depth ${layers - 1}.`,
    { name, layers, depth },
  );
}

/** Parameters of which none reads inputs, or none makes the output. */
export function noReadout(parameters: number): UserError {
  return new UserError(
    'parametrizations.no-readout',
    `of ${parameters} parameters, none that has one width axis reads inputs, or none makes the output; expected a vector at least, and a readout, or a vector that is the readout too. Give all parameters of a network.`,
    { parameters },
  );
}

// Clipping

/** Division by a weight that is zero. */
export function zeroWeightNorm(): UserError {
  return new UserError(
    'parametrizations.zero-weight-norm',
    'a parameter starts at zero (b = "zero"), and updates are divided by the norm of the weight. Start it at a size, such as b = 1, or divide by the norm of the update.',
  );
}

/** Exponents by name, whose kinds are not known. */
export function clippedByName(name: string): UserError {
  return new UserError(
    'parametrizations.clipped-by-name',
    `parametrization "${name}" has exponents of single parameters; expected exponents by kind alone, from which those for clipped updates follow. Give c for clipped updates yourself.`,
    { name },
  );
}

/** No exponents that train, which always are. */
export function noRepair(): InvariantError {
  return new InvariantError('parametrizations.no-repair', 'No parametrization that trains was found.');
}

// Widths

/** Two base widths. */
export function contradictoryBaseWidth(name: string, own: number, given: number): UserError {
  return new UserError(
    'parametrizations.contradictory-base-width',
    `parametrization "${name}" has base width ${own}, and base width ${given} is given; expected one. Leave one of them out.`,
    { name, own, given },
  );
}

/** Not a width. */
export function badWidth(what: string, value: number): UserError {
  return new UserError('parametrizations.bad-width', `the ${what} is ${value}; expected a number above 0.`, { value });
}
