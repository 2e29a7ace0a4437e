/**
 * Parameters that are no matrices, where an optimizer leaves these to another one. Updates of whole matrices are
 * usually for matrices alone (theory 11).
 */

import { constant, type Expr, mul } from '../program/index.ts';
import type { Optimizer } from './optimizer.ts';
import { resolveSettings, type Setting, type Settings } from './settings.ts';

/** An optimizer with what it is told. */
interface Told {
  readonly optimizer: Optimizer;
  readonly settings?: Settings;
}

/**
 * How a parameter is updated: as told where it is a matrix over two widths, else by the optimizer that the told one
 * leaves the others to, if it has one, with those of the settings that this one has too. Throws {@link UserError}
 * `optimizers.settings` for settings that the told one does not have.
 */
export function forMatrixOrOther<T extends Told>(told: T, isMatrix: boolean): T {
  const { others } = told.optimizer;
  if (isMatrix || others === undefined) return told;
  const { settings = {} } = told;
  const resolved = resolveSettings(told.optimizer, settings);
  const known = Object.keys(others.optimizer.hyperparameters).flatMap((name): [string, Setting][] => {
    const called = others.settings?.[name] ?? name;
    const setting = settings[called] ?? told.optimizer.hyperparameters[called]?.value;
    return setting === undefined ? [] : [[name, setting]];
  });
  const rates = [resolved.get('learningRate'), others.rate === undefined ? undefined : resolved.get(others.rate)];
  return {
    ...told,
    optimizer: others.optimizer,
    settings: { ...Object.fromEntries<Setting>(known), learningRate: multiplied(rates) },
  };
}

const multiplied = (rates: readonly (Expr | undefined)[]): Setting => {
  const expr = rates.reduce<Expr>((total, rate) => (rate === undefined ? total : mul(total, rate)), constant(1));
  return expr.op === 'constant' ? expr.value : expr;
};
