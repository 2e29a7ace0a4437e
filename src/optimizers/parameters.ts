/** Which parameter is updated how: one way for all, and other settings for those that a name or a test picks. */

import { nothingMatches } from './errors.ts';
import type { Optimizer } from './optimizer.ts';
import type { UpdateOptions } from './write.ts';

/** What a rule needs to know of a parameter; functions are given all that the caller knows of it. */
export interface NamedParameter {
  readonly name: string;
}

/** How some parameters differ from the rest. */
export interface OwnOptions extends UpdateOptions {
  /** Another optimizer; settings for the common one are then not its own. */
  readonly optimizer?: Optimizer;
}

/**
 * Options by the name of a parameter, where `*` stands for any run of characters and `?` for one; of several that match,
 * later ones override. Or a function that gives a parameter's options.
 */
export type ParameterRules<P extends NamedParameter> =
  | Readonly<Record<string, OwnOptions>>
  | ((parameter: P) => OwnOptions | undefined);

/** How a parameter is updated once its rules are applied. */
export interface Resolved extends UpdateOptions {
  readonly optimizer: Optimizer;
}

/**
 * The options of every parameter, in order: its common ones, and over them those of its rules. Throws {@link UserError}
 * `optimizers.no-match` where a name fits none.
 */
export function resolveParameters<P extends NamedParameter>(
  parameters: readonly P[],
  common: (parameter: P) => Resolved,
  rules: ParameterRules<P>,
): readonly Resolved[] {
  if (typeof rules === 'function')
    return parameters.map((parameter) => merged(common(parameter), rules(parameter) ?? {}));
  const patterns = patternsOf(Object.keys(rules), parameters, 'settings for parameters');
  return parameters.map((parameter) =>
    patterns
      .filter(({ pattern }) => pattern.test(parameter.name))
      .reduce<Resolved>((options, { glob }) => merged(options, rules[glob] ?? {}), common(parameter)),
  );
}

/** Some of the parameters: those that one of these globs matches, or a test picks. */
export type Selection<P extends NamedParameter> = readonly string[] | ((parameter: P) => boolean);

/**
 * The names that are selected. Throws {@link UserError} `optimizers.no-match` where a glob fits none; `what` says in it
 * what the globs are, such as "parameters to train".
 */
export function selectParameters<P extends NamedParameter>(
  parameters: readonly P[],
  selection: Selection<P>,
  what: string,
): ReadonlySet<string> {
  const picked = typeof selection === 'function' ? selection : matcher(patternsOf(selection, parameters, what));
  return new Set(parameters.filter(picked).map(({ name }) => name));
}

interface Pattern {
  readonly glob: string;
  readonly pattern: RegExp;
}

const matcher =
  (patterns: readonly Pattern[]) =>
  ({ name }: NamedParameter): boolean =>
    patterns.some(({ pattern }) => pattern.test(name));

function patternsOf(globs: readonly string[], parameters: readonly NamedParameter[], what: string): readonly Pattern[] {
  const patterns = globs.map((glob) => ({ glob, pattern: patternOf(glob) }));
  const idle = patterns.filter(({ pattern }) => !parameters.some(({ name }) => pattern.test(name)));
  if (idle.length > 0) {
    throw nothingMatches(
      what,
      idle.map(({ glob }) => glob),
      parameters.map(({ name }) => name),
    );
  }
  return patterns;
}

function merged(options: Resolved, own: OwnOptions): Resolved {
  const fresh = own.optimizer !== undefined && own.optimizer !== options.optimizer;
  return { ...options, ...own, settings: { ...(fresh ? {} : options.settings), ...own.settings } };
}

/** A glob as a regular expression. */
function patternOf(glob: string): RegExp {
  const escaped = glob.replace(/[\\^$.|+()[\]{}]/g, '\\$&');
  return new RegExp(`^${escaped.replaceAll('*', '.*').replaceAll('?', '.')}$`, 's');
}
