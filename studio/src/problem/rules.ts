/** Activations, update rules and parametrizations from their words, as the commands read them. */

import { UserError } from 'nexort/errors';
import { type Optimizer, optimizerNamed, parseOptimizer, type Settings } from 'nexort/optimizers';
import { named, type Parametrization } from 'nexort/parametrizations';
import { argumentsOf, type Expr, isUnaryName, parseExpression, type UnaryName, unaryFunctions } from 'nexort/program';
import { isOwn, ownParametrization } from './exponents.ts';

/** Words that a name may be; whatever else is given is an expression, as `x` by itself is. */
export const ACTIVATION_NAME = /^(?!x$)[a-z_][\w-]*$/i;
export const ACTIVATIONS: readonly string[] = ['tanh', 'relu', 'gelu', 'erf', 'sigmoid', 'sin'].filter((name) =>
  Object.hasOwn(unaryFunctions, name),
);

/** The function of that name, or what an expression in x says. Throws {@link UserError}. */
export function activationOf(given: string): UnaryName | Expr {
  const text = given.trim();
  const expected = `a name, such as ${ACTIVATIONS.join(', ')}, or an expression in x, such as x * sigmoid(x)`;
  if (ACTIVATION_NAME.test(text)) {
    if (isUnaryName(text)) return text;
    throw new UserError('studio.activation', `“${text}” is no activation; expected ${expected}.`);
  }
  const { expr, mean } = parseExpression(text, { names: ['x'], source: 'activation' });
  if (mean !== undefined || !argumentsOf(expr).has(0))
    throw new UserError('studio.activation', `“${text}” is no function of x; expected ${expected}.`);
  return expr;
}

/** An expression in the gradient: a rule without memory. */
export const OPTIMIZER_FORMULA = /\bgradient\b/;

export interface GivenOptimizer {
  readonly optimizer: Optimizer;
  readonly settings: Settings;
}

/** Names with settings, `adam:beta2=0.95`, or a formula Q in `gradient`. Throws {@link UserError}. */
export function optimizerOf(given: string): GivenOptimizer {
  const text = given.trim();
  if (OPTIMIZER_FORMULA.test(text)) {
    // Any rate: the page has its own.
    const optimizer = parseOptimizer({ learningRate: 1, formulas: { update: text } }, text);
    return { optimizer, settings: {} };
  }
  const [, name = '', list = ''] = /^([^:]*):?(.*)$/.exec(text) ?? [];
  const told = list.split(',').filter((part) => part !== '');
  const settings = told.map((part): [string, number | boolean] => {
    const [, key = '', value = ''] = /^\s*(\w+)\s*=\s*(\S+)\s*$/.exec(part) ?? [];
    const setting = value === 'true' || value === 'false' ? value === 'true' : Number(value);
    if (key === '' || Number.isNaN(setting) || key === 'learningRate')
      throw new UserError(
        'studio.optimizer',
        `“${part}” is no setting; expected names with numbers behind the colon, such as adam:beta2=0.95.`,
      );
    return [key, setting];
  });
  const optimizer = optimizerNamed(name);
  const smooth = optimizer.hyperparameters.smooth === undefined ? [] : [['smooth', true] as const];
  return { optimizer, settings: Object.fromEntries([...smooth, ...settings]) };
}

/** A name, or exponents of one's own. Throws {@link UserError}. */
export const parametrizationOf = (given: string): Parametrization =>
  isOwn(given) ? ownParametrization(given) : named(given).parametrization;
