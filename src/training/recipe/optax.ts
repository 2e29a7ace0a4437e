/** A recipe as a file of JAX and optax: initialization, multipliers, and one transformation for all parameters. */

import { required } from '../../errors/index.ts';
import { notWritable } from '../errors.ts';
import { FORM_WORDS } from './forms.ts';
import { entryLine, flagOf, numberOf, pythonNumber, pythonTuple } from './python.ts';
import type { Recipe, RecipeParameter } from './recipe.ts';
import { shapeFactor } from './shapeFactor.ts';

const SGD = ['sgd', 'momentum', 'nesterov'];
const ADAM = ['adam', 'adamw'];
const MUON = ['muon', 'polar', 'exact-polar'];

/**
 * The file. Parameters are a dictionary by the names of the recipe; see docs/recipes.md. Throws {@link UserError}
 * `training.recipe-target` where there is no such transformation, or no place for a number.
 */
export function recipeOptax(recipe: Recipe): string {
  const { net, parametrization, optimizer, form, width, baseWidth, outputMultiplier, parameters } = recipe;
  const problems = parameters.flatMap(unfitForOptax);
  if (problems.length > 0) throw notWritable('optax', [...new Set(problems)]);
  const lines = parameters.map((parameter) => {
    const { name, shape, deviation, start, multiplier } = parameter;
    return entryLine(name, {
      shape: pythonTuple(shape),
      deviation: pythonNumber(deviation),
      start: pythonNumber(start),
      multiplier: pythonNumber(multiplier),
      update: transformation(parameter),
    });
  });
  const muon = parameters.some((parameter) => MUON.includes(parameter.optimizer));
  return `"""${net}, width ${width}: ${parametrization} with ${optimizer}, base width ${baseWidth}; ${FORM_WORDS[form]}.

Written by nexort recipe. Parameters are a dictionary with the names below. A forward pass uses MULTIPLIERS[name] *
parameters[name] for each of them, and multiplies its output by OUTPUT_MULTIPLIER:

    parameters = initialize(jax.random.key(0))
    optimizer = make_optimizer()
    state = optimizer.init(parameters)
    updates, state = optimizer.update(gradients, state, parameters)
    parameters = optax.apply_updates(parameters, updates)
"""

import jax
import jax.numpy as jnp
import optax
${muon ? `\n${MUON_FUNCTION}` : ''}
PARAMETERS = {
${lines.join('\n')}
}

MULTIPLIERS = {name: one["multiplier"] for name, one in PARAMETERS.items()}
OUTPUT_MULTIPLIER = ${pythonNumber(outputMultiplier)}


def initialize(key, dtype=jnp.float32):
    """Draws every parameter: normal numbers of the recipe's deviation, or the number that it starts at."""
    keys = jax.random.split(key, len(PARAMETERS))
    return {
        name: one["deviation"] * jax.random.normal(own, one["shape"], dtype) + one["start"]
        for own, (name, one) in zip(keys, PARAMETERS.items())
    }


def make_optimizer():
    """One transformation, each parameter with its own."""
    return optax.multi_transform(
        {name: one["update"] for name, one in PARAMETERS.items()}, {name: name for name in PARAMETERS}
    )
`;
}

function unfitForOptax({ name, optimizer, gradient, settings }: RecipeParameter): string[] {
  const problems: string[] = [];
  const known = [...SGD, ...ADAM, ...MUON];
  if (!known.includes(optimizer)) problems.push(`"${optimizer}" is none of ${known.join(', ')}, which are written`);
  if (gradient !== 1) problems.push(`"${name}": its gradient is to be multiplied by ${gradient}`);
  for (const flag of ['smooth', 'byHead', 'amsgrad', 'maximize'])
    if (settings[flag] === true) problems.push(`"${name}" has ${flag}=true, which is not written`);
  if (SGD.includes(optimizer) && settings.dampening !== 0) problems.push(`"${name}" has dampening, which optax lacks`);
  return problems;
}

/** `optax.chain(…)`: L2 decay, the rule, decoupled decay, the rate. */
function transformation(parameter: RecipeParameter): string {
  const { rate, coupledDecay, decoupledDecay } = parameter;
  const decay = (value: number): string[] => (value === 0 ? [] : [`optax.add_decayed_weights(${pythonNumber(value)})`]);
  const parts = [
    ...decay(coupledDecay),
    rule(parameter),
    ...decay(decoupledDecay),
    `optax.scale(${pythonNumber(-rate)})`,
  ];
  return `optax.chain(${parts.join(', ')})`;
}

function rule(parameter: RecipeParameter): string {
  const { optimizer, settings, epsilon = 0, matrix } = parameter;
  if (SGD.includes(optimizer)) {
    const momentum = numberOf(settings, 'momentum');
    return settings.momentum === 0
      ? 'optax.identity()'
      : `optax.trace(${momentum}, nesterov=${flagOf(settings, 'nesterov')})`;
  }
  if (ADAM.includes(optimizer)) {
    const [beta1, beta2] = [numberOf(settings, 'beta1'), numberOf(settings, 'beta2')];
    return `optax.scale_by_adam(b1=${beta1}, b2=${beta2}, eps=${pythonNumber(epsilon)})`;
  }
  const [rows] = required(matrix, 'matrix of a parameter');
  const told = [
    `momentum=${numberOf(settings, 'momentum')}`,
    `nesterov=${flagOf(settings, 'nesterov')}`,
    `coefficients=(${numberOf(settings, 'a')}, ${numberOf(settings, 'b')}, ${numberOf(settings, 'c')})`,
    `steps=${numberOf(settings, 'steps')}`,
    `eps=${pythonNumber(epsilon)}`,
    `rows=${rows}`,
    `factor=${pythonNumber(shapeFactor(parameter))}`,
  ];
  return `scale_by_newton_schulz(${told.join(', ')})`;
}

const MUON_FUNCTION = `
def scale_by_newton_schulz(momentum, nesterov, coefficients, steps, eps, rows, factor):
    """Muon: Newton-Schulz steps of an average of gradients, taken of the matrix of \`rows\` rows that a parameter is."""
    a, b, c = coefficients

    def init(parameters):
        return jax.tree.map(jnp.zeros_like, parameters)

    def function_of_matrix(ahead):
        x = ahead.reshape(rows, -1)
        wide = x.shape[0] <= x.shape[1]
        x = x if wide else x.T
        x = x / (jnp.sqrt(jnp.sum(x * x)) + eps)
        for _ in range(steps):
            gram = x @ x.T
            x = a * x + (b * gram + c * (gram @ gram)) @ x
        return factor * (x if wide else x.T).reshape(ahead.shape)

    def average(old, new):
        return momentum * old + (1 - momentum) * new

    def update(gradients, first, parameters=None):
        first = jax.tree.map(average, first, gradients)
        ahead = jax.tree.map(average, first, gradients) if nesterov else first
        return jax.tree.map(function_of_matrix, ahead), first

    return optax.GradientTransformation(init, update)

`;
