/** A recipe as a file of PyTorch: initialization, multipliers, parameter groups, and the optimizers that they need. */

import { required } from '../../errors/index.ts';
import { notWritable } from '../errors.ts';
import { FORM_WORDS } from './forms.ts';
import { MUON_CLASS } from './muonClass.ts';
import { entryLine, flagOf, numberOf, pythonNumber, pythonTuple } from './python.ts';
import type { Recipe, RecipeParameter } from './recipe.ts';
import { shapeFactor } from './shapeFactor.ts';

/** Options of parameter groups, by our optimizer: those of a torch.optim class, or of Muon in the file itself. */
interface Group {
  readonly maker: string;
  readonly options: Readonly<Record<string, string>>;
}

const GROUPS: Readonly<Record<string, (parameter: RecipeParameter) => Group>> = {
  ...Object.fromEntries(['sgd', 'momentum', 'nesterov'].map((name) => [name, ofSgd])),
  ...Object.fromEntries(['adam', 'adamw', 'amsgrad'].map((name) => [name, ofAdam])),
  ...Object.fromEntries(['muon', 'polar', 'exact-polar'].map((name) => [name, ofMuon])),
};

/**
 * The file. Its parameters are named as the model's; see docs/recipes.md. Throws {@link UserError} `training.recipe-target`
 * where PyTorch has no such optimizer or no place for a number.
 */
export function recipeTorch(recipe: Recipe): string {
  const { net, parametrization, optimizer, form, width, baseWidth, outputMultiplier, parameters } = recipe;
  const problems = parameters.flatMap(unfitForTorch);
  if (problems.length > 0) throw notWritable('PyTorch', [...new Set(problems)]);
  const groups = parameters.map((parameter) => [parameter, groupOf(parameter)] as const);
  const makers = [...new Set(groups.map(([, { maker }]) => maker))];
  const lines = groups.map(([{ name, shape, deviation, start, multiplier }, { maker, options }]) =>
    entryLine(name, {
      shape: pythonTuple(shape),
      deviation: pythonNumber(deviation),
      start: pythonNumber(start),
      multiplier: pythonNumber(multiplier),
      optimizer: JSON.stringify(maker),
      ...options,
    }),
  );
  return `"""${net}, width ${width}: ${parametrization} with ${optimizer}, base width ${baseWidth}; ${FORM_WORDS[form]}.

Written by nexort recipe. The model's parameters have the names below. In its forward pass it uses
MULTIPLIERS[name] * parameter for each of them, and multiplies its output by OUTPUT_MULTIPLIER:

    model = Model()
    initialize(model)
    optimizers = make_optimizers(model)
    ...
    loss.backward()
    for optimizer in optimizers:
        optimizer.step()
"""

import torch

PARAMETERS = {
${lines.join('\n')}
}

MULTIPLIERS = {name: one["multiplier"] for name, one in PARAMETERS.items()}
OUTPUT_MULTIPLIER = ${pythonNumber(outputMultiplier)}

_OURS = ("shape", "deviation", "start", "multiplier", "optimizer")


def _entry(name, parameter):
    if name not in PARAMETERS:
        raise KeyError(f"the recipe has no parameter {name!r}; it has {', '.join(PARAMETERS)}")
    count = 1
    for size in PARAMETERS[name]["shape"]:
        count *= size
    if parameter.numel() != count:
        raise ValueError(f"{name} has {tuple(parameter.shape)}, the recipe {PARAMETERS[name]['shape']}")
    return PARAMETERS[name]


@torch.no_grad()
def initialize(model, generator=None):
    """Draws every parameter: normal numbers of the recipe's deviation, or the number that it starts at."""
    for name, parameter in model.named_parameters():
        one = _entry(name, parameter)
        if one["deviation"] > 0:
            parameter.normal_(0.0, one["deviation"], generator=generator)
        else:
            parameter.fill_(one["start"])


def parameter_groups(model, optimizer):
    """One group for each parameter of an optimizer, "${makers.join('" or "')}"."""
    groups = []
    for name, parameter in model.named_parameters():
        one = _entry(name, parameter)
        if one["optimizer"] == optimizer:
            options = {key: value for key, value in one.items() if key not in _OURS}
            groups.append({"params": [parameter], "name": name, **options})
    return groups


def make_optimizers(model):
    """The optimizers that the parameters need; each steps after every backward pass."""
    makers = {${makers.map((maker) => `"${maker}": ${CLASSES[maker]}`).join(', ')}}
    made = []
    for name, maker in makers.items():
        groups = parameter_groups(model, name)
        if groups:
            made.append(maker(groups, lr=0.0))
    return made
${makers.includes('muon') ? `\n\n${MUON_CLASS}` : ''}`;
}

const CLASSES: Readonly<Record<string, string>> = {
  sgd: 'torch.optim.SGD',
  adam: 'torch.optim.Adam',
  adamw: 'torch.optim.AdamW',
  muon: 'Muon',
};

function groupOf(parameter: RecipeParameter): Group {
  const group = GROUPS[parameter.optimizer];
  if (group === undefined) throw notWritable('PyTorch', unfitForTorch(parameter));
  return group(parameter);
}

function unfitForTorch({
  name,
  optimizer,
  gradient,
  settings,
  coupledDecay,
  decoupledDecay,
}: RecipeParameter): string[] {
  const problems: string[] = [];
  if (GROUPS[optimizer] === undefined)
    problems.push(`"${optimizer}" is none of ${Object.keys(GROUPS).join(', ')}, which are written`);
  if (gradient !== 1) problems.push(`"${name}": its gradient is to be multiplied by ${gradient}`);
  if (settings.smooth === true) problems.push('√(v + ε²) stands in the place of √v + ε: leave smooth=true out');
  if (settings.byHead === true) problems.push("each head's matrix is updated alone: leave byHead=true out");
  if (coupledDecay !== 0 && decoupledDecay !== 0) problems.push(`"${name}" has decoupled and L2 decay`);
  if (decoupledDecay !== 0 && ofSgdNames.includes(optimizer))
    problems.push(`"${name}" has decoupled decay, which torch.optim.SGD lacks`);
  return problems;
}

const ofSgdNames: readonly string[] = ['sgd', 'momentum', 'nesterov'];

function ofSgd({ rate, coupledDecay, settings }: RecipeParameter): Group {
  return {
    maker: 'sgd',
    options: {
      lr: pythonNumber(rate),
      momentum: numberOf(settings, 'momentum'),
      dampening: numberOf(settings, 'dampening'),
      nesterov: flagOf(settings, 'nesterov'),
      weight_decay: pythonNumber(coupledDecay),
      maximize: flagOf(settings, 'maximize'),
    },
  };
}

function ofAdam({ rate, epsilon = 0, coupledDecay, decoupledDecay, settings }: RecipeParameter): Group {
  return {
    maker: decoupledDecay === 0 ? 'adam' : 'adamw',
    options: {
      lr: pythonNumber(rate),
      betas: `(${numberOf(settings, 'beta1')}, ${numberOf(settings, 'beta2')})`,
      eps: pythonNumber(epsilon),
      weight_decay: pythonNumber(decoupledDecay === 0 ? coupledDecay : decoupledDecay),
      amsgrad: flagOf(settings, 'amsgrad'),
      maximize: flagOf(settings, 'maximize'),
    },
  };
}

function ofMuon(parameter: RecipeParameter): Group {
  const { rate, epsilon = 0, coupledDecay, decoupledDecay, settings, matrix } = parameter;
  const [rows] = required(matrix, 'matrix of a parameter');
  return {
    maker: 'muon',
    options: {
      lr: pythonNumber(rate),
      momentum: numberOf(settings, 'momentum'),
      nesterov: flagOf(settings, 'nesterov'),
      coefficients: `(${numberOf(settings, 'a')}, ${numberOf(settings, 'b')}, ${numberOf(settings, 'c')})`,
      steps: numberOf(settings, 'steps'),
      eps: pythonNumber(epsilon),
      rows: String(rows),
      factor: pythonNumber(shapeFactor(parameter)),
      weight_decay: pythonNumber(decoupledDecay),
      l2: pythonNumber(coupledDecay),
      maximize: flagOf(settings, 'maximize'),
    },
  };
}
