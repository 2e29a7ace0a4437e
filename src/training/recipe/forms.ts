/** One parametrization in each of the equivalent forms that people train in (IVb 2.2.3, the abcd symmetry). */

import type { Net } from '../../nets/index.ts';
import {
  type Exponents,
  exponentsFor,
  type Parametrization,
  ruleFor,
  shifted,
  type UpdateRule,
} from '../../parametrizations/index.ts';
import { divided, type Exponent, finite, minus, negated, plus, ZERO } from '../../program/index.ts';

/**
 * - `as-written`: as the parametrization has it.
 * - `no-multipliers`: every weight is used as it is, and so is the output.
 * - `one-rate`: rates and updates of all weights are of one size at every width.
 * - `unit-deviation`: weights start at the deviations of the standard parametrization without powers of the width.
 * - `plain-gradients`: what Q sees is the gradient, so that ε needs no power of the width.
 */
export type RecipeForm = (typeof RECIPE_FORMS)[number];

/** The equivalent forms that a recipe may have, by name. */
export const RECIPE_FORMS = ['as-written', 'no-multipliers', 'one-rate', 'unit-deviation', 'plain-gradients'] as const;

/** What a form is, in words. */
export const FORM_WORDS: Readonly<Record<RecipeForm, string>> = {
  'as-written': 'as the parametrization has it',
  'no-multipliers': 'no multipliers',
  'one-rate': 'one learning rate at every width',
  'unit-deviation': 'initial deviations that no width touches',
  'plain-gradients': 'gradients as they are, ε too',
};

/**
 * The parametrization with exponents of its own for each parameter of a network, moved into a form. The output's multiplier
 * goes with the readout, whose product it multiplies.
 */
export function inForm(
  parametrization: Parametrization,
  { parameters }: Pick<Net, 'parameters'>,
  rule: UpdateRule,
  form: RecipeForm,
): Parametrization {
  if (form === 'as-written') return parametrization;
  const { out } = parametrization;
  const absorbs = form === 'no-multipliers' && parameters.some(({ kind }) => kind === 'readout');
  const own = parameters.map((parameter): [string, Exponents] => {
    const exponents = exponentsFor(parametrization, parameter);
    const whole = absorbs && parameter.kind === 'readout' ? { ...exponents, a: plus(exponents.a, out) } : exponents;
    return [parameter.name, shifted(whole, shiftInto(form, whole, ruleFor(rule, parameter.kind)))];
  });
  return { ...parametrization, out: absorbs ? ZERO : out, parameters: Object.fromEntries(own) };
}

/** θ of (a, b, c, d) → (a + θ, b − θ, c − θ, d + θ). */
function shiftInto(
  form: Exclude<RecipeForm, 'as-written'>,
  { a, b, c, d }: Exponents,
  { linear }: UpdateRule,
): Exponent {
  switch (form) {
    case 'no-multipliers':
      return negated(a);
    case 'one-rate':
      // A linear rule moves by n^(d − c).
      return linear ? divided(minus(c, d), 2) : c;
    case 'unit-deviation':
      return finite(b) ? b : negated(a);
    case 'plain-gradients':
      return negated(d);
  }
}
