/** Wording of the errors of this room. */

import { InvariantError, UserError } from '../errors/index.ts';
import { likely, meantHyperparameter } from '../errors/wording/index.ts';

const didYouMean = (name: string, known: readonly string[]): string => {
  const near = likely(name, known);
  return near === undefined ? '' : ` Did you mean "${near}"?`;
};

export function unknownOptimizer(name: string, known: readonly string[]): UserError {
  return new UserError(
    'optimizers.unknown-optimizer',
    `no optimizer is called "${name}".${didYouMean(name, known)} There are: ${known.join(', ')}.`,
    { name, known },
  );
}

export function unknownSchedule(name: string, known: readonly string[]): UserError {
  return new UserError(
    'optimizers.unknown-schedule',
    `no schedule is called "${name}".${didYouMean(name, known)} There are: ${known.join(', ')}.`,
    { name, known },
  );
}

/** One thing wrong with what an optimizer or a schedule was told. */
export interface BadSetting {
  readonly name: string;
  readonly problem: string;
}

export function unknownSetting(name: string, known: readonly string[]): BadSetting {
  return {
    name,
    problem: `is not one of its settings.${meantHyperparameter(name, known)} It has: ${known.join(', ')}`,
  };
}

export function outOfDomain(name: string, given: unknown, expected: string): BadSetting {
  return { name, problem: `is ${show(given)}, expected ${expected}` };
}

export function missingSetting(name: string, expected: string): BadSetting {
  return { name, problem: `is missing, expected ${expected}` };
}

export function readsArguments(name: string): BadSetting {
  return {
    name,
    problem: 'reads an operand besides the number of steps done (argument 0); a schedule knows nothing else',
  };
}

export function initialReadsSize(name: string): BadSetting {
  return { name, problem: 'is what a state starts from and must be a number, not a power of a size' };
}

export function changing(name: string): BadSetting {
  return { name, problem: 'is told to a function of whole matrices and must be one number for all steps' };
}

/** A function of a matrix, of a parameter that is none. */
export function noMatrix(where: string, axes: readonly string[]): UserError {
  return new UserError(
    'optimizers.no-matrix',
    `${where}: its update is that of a whole matrix, expected two axes or more, but the parameter is on [${axes.join(', ')}]; leave it to another optimizer.`,
    { where, axes },
  );
}

/** Everything wrong with the settings of one optimizer at one parameter. */
export function badSettings(where: string, found: readonly BadSetting[]): UserError {
  const lines = found.map(({ name, problem }) => `  ${name} ${problem}.`);
  return new UserError('optimizers.settings', `${where}:\n${lines.join('\n')}`, { where, settings: found });
}

/** Something needs a weight where there is only its change. */
export function readsWeight(where: string, what: string): UserError {
  return new UserError(
    'optimizers.reads-weight',
    `${where}: ${what} needs the weight, but only its change is written here; take a rule that reads gradients alone, or decoupled decay.`,
    { where, what },
  );
}

/** Everything wrong with the definition of an optimizer. */
export function badDefinition(name: string, problems: readonly string[]): UserError {
  const lines = problems.map((problem) => `  ${problem}`);
  return new UserError('optimizers.definition', `the definition of optimizer "${name}":\n${lines.join('\n')}`, {
    name,
    problems,
  });
}

/** Names that no parameter has; `what` they are told for. */
export function nothingMatches(what: string, patterns: readonly string[], parameters: readonly string[]): UserError {
  const lines = patterns.map((pattern) => `  "${pattern}" matches no parameter.${didYouMean(pattern, parameters)}`);
  return new UserError(
    'optimizers.no-match',
    `${what} that do not exist:\n${lines.join('\n')}\nThe parameters are: ${parameters.join(', ')}.`,
    { patterns, parameters },
  );
}

export function noGradients(program: string, outputs: readonly string[]): UserError {
  return new UserError(
    'optimizers.no-gradients',
    `program "${program}" hands out no gradient to clip: expected outputs named g.PARAMETER. It has: ${outputs.join(', ') || 'none'}.`,
    { program, outputs },
  );
}

export function broken(where: string, detail: string): InvariantError {
  return new InvariantError('optimizers.invariant', `${where}: ${detail}.`);
}

/** A key of a file that means nothing. */
export function unknownKey(key: string, known: readonly string[]): string {
  return `${shown(key)} is not known.${didYouMean(key, known)} Known are ${known.join(', ')}`;
}

/** A value of a file as messages show it. */
export function shown(value: unknown): string {
  if (value === undefined) return 'missing';
  if (Array.isArray(value)) return 'a list';
  return typeof value === 'object' && value !== null ? 'an object' : JSON.stringify(value);
}

const show = (value: unknown): string =>
  typeof value === 'number' ? String(value) : (JSON.stringify(value) ?? 'undefined');
