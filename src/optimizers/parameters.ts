/** Which parameter is updated how: one way for all, and other settings for those that a name or a test picks. */

import type { Axis } from '../program/index.ts';
import { nothingMatches } from './errors.ts';
import type { Optimizer } from './optimizer.ts';
import type { UpdateOptions } from './write.ts';

/** How some parameters differ from the rest. */
export interface OwnOptions extends UpdateOptions {
  /** Another optimizer; settings for the common one are then not its own. */
  readonly optimizer?: Optimizer;
}

/** A parameter as a rule sees it. */
export interface Parameter {
  readonly name: string;
  readonly axes: readonly Axis[];
}

/**
 * Options by the name of a parameter, where `*` stands for any run of characters and `?` for one; of several that match,
 * later ones override. Or a function that gives a parameter's options.
 */
export type ParameterRules = Readonly<Record<string, OwnOptions>> | ((parameter: Parameter) => OwnOptions | undefined);

/** How a parameter is updated once its rules are applied. */
export interface Resolved extends UpdateOptions {
  readonly optimizer: Optimizer;
}

/**
 * The options of every parameter, in order. Throws {@link UserError} `optimizers.no-match` where a name fits none.
 */
export function resolveParameters(
  optimizer: Optimizer,
  common: UpdateOptions,
  rules: ParameterRules,
  parameters: readonly Parameter[],
): readonly Resolved[] {
  if (typeof rules === 'function')
    return parameters.map((parameter) => merged({ ...common, optimizer }, rules(parameter) ?? {}));
  const patterns = Object.entries(rules).map(([glob, own]) => ({ glob, own, pattern: patternOf(glob) }));
  const idle = patterns.filter(({ pattern }) => !parameters.some(({ name }) => pattern.test(name)));
  if (idle.length > 0) {
    throw nothingMatches(
      idle.map(({ glob }) => glob),
      parameters.map(({ name }) => name),
    );
  }
  return parameters.map(({ name }) =>
    patterns
      .filter(({ pattern }) => pattern.test(name))
      .reduce<Resolved>((options, { own }) => merged(options, own), { ...common, optimizer }),
  );
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
