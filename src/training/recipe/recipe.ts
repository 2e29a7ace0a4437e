/**
 * What a network is trained with at a width, as numbers: a table that leaves this project (theory 6).
 *
 * n^d goes where libraries have a place for it: into the rate of a linear rule, into ε of one that is homogeneous of degree 0
 * besides, Q(n^d g; ε) = Q(g; n^(−d) ε).
 */

import { required } from '../../errors/index.ts';
import type { Net } from '../../nets/index.ts';
import { type Optimizer, type Resolved, resolveSettings, type Settings, sidesOf } from '../../optimizers/index.ts';
import {
  exponentsFor,
  outputScale,
  type ParameterKind,
  type Parametrization,
  relativeWidth,
  ruleFor,
  ruleOf,
  toNumber,
  type UpdateRule,
} from '../../parametrizations/index.ts';
import {
  type Axis,
  argumentsOf,
  bind,
  type ExprLike,
  evaluate,
  type Law,
  nodesOf,
  type Program,
  raised,
  type Sizes,
  spaceOf,
} from '../../program/index.ts';
import * as errors from '../errors.ts';
import { parametrizedNet, type TrainedParameter, trainedParameters, waysOf } from '../options.ts';
import { inForm, type RecipeForm } from './forms.ts';

/** The row of one parameter: its shape, initial deviation, multiplier and rate at this width. */
export interface RecipeParameter {
  readonly name: string;
  readonly kind: ParameterKind;
  readonly axes: readonly Axis[];
  readonly shape: readonly number[];
  /** Standard deviation of Gaussian initial values; 0 where it starts at the number `start`. */
  readonly deviation: number;
  readonly start: number;
  /** What the weight is multiplied by where it is used. */
  readonly multiplier: number;
  /** The optimizer's name. */
  readonly optimizer: string;
  readonly rate: number;
  /** What the gradient is multiplied by before Q sees it; 1 where rate or ε take care of it. */
  readonly gradient: number;
  /** ε; absent where the optimizer has none. */
  readonly epsilon?: number;
  /** λ of L2 regularization. */
  readonly coupledDecay: number;
  /** λ of decoupled decay as libraries have it: the weight is multiplied by 1 − rate · λ. */
  readonly decoupledDecay: number;
  /** What else the optimizer is told. */
  readonly settings: Readonly<Record<string, number | boolean>>;
  /** Of an update of the whole matrix: its shape, rows times columns. */
  readonly matrix?: readonly [rows: number, columns: number];
}

/** What a network is trained with at a width, as numbers for each parameter. */
export interface Recipe {
  readonly net: string;
  readonly parametrization: string;
  readonly optimizer: string;
  readonly form: RecipeForm;
  readonly width: number;
  readonly baseWidth: number;
  /** What the output is multiplied by. */
  readonly outputMultiplier: number;
  readonly parameters: readonly RecipeParameter[];
}

/** What a recipe is made of: parametrization, optimizer, form, and sizes. */
export interface RecipeOptions {
  readonly parametrization: Parametrization;
  readonly optimizer: Optimizer;
  readonly settings?: Settings;
  /** Default `as-written`. */
  readonly form?: RecipeForm;
  /** The width `n`, and all other sizes of the network's parameters. */
  readonly sizes: Sizes;
}

/** Names that a parameter of a recipe has fields of its own for. */
const OWN = ['learningRate', 'epsilon', 'coupledDecay', 'decoupledDecay', 'independentDecay'];

/** Optimizers whose ε stands beside something of the gradient's size. */
const EPSILON_BESIDE_GRADIENTS: ReadonlySet<string> = new Set([
  ...['adam', 'adamw', 'amsgrad', 'nadam', 'adamax', 'adagrad', 'rmsprop', 'muon', 'polar', 'exact-polar', 'soap'],
]);
/** Those whose ε is in units of what it is added to. */
const EPSILON_RELATIVE: ReadonlySet<string> = new Set(['shampoo']);

/**
 * The recipe of a network at a width. Throws {@link UserError} `training.recipe-schedule` for settings that change from
 * step to step, `optimizers.settings`, `program.mismatch` where a size is not given, `parametrizations.missing-exponents`.
 */
export function recipeOf(net: Net, options: RecipeOptions): Recipe {
  const { optimizer, settings = {}, form = 'as-written' } = options;
  // With ε = 0, however large it is told: n^d is then ε's to take.
  const rule = ruleOf(optimizer, { settings, epsilon: false });
  const parametrization = inForm(options.parametrization, net, rule, form);
  const scaled = parametrizedNet(net, { parametrization });
  const trained = trainedParameters(net, scaled, {});
  const ways = waysOf(trained, { parametrization, optimizer, settings });
  const sizes = sizesOfParameters(scaled, options.sizes);
  const width = required(sizes.n, 'width of a recipe');
  const n = relativeWidth(parametrization, { width });
  const widths = new Set(scaled.spaces.flatMap(({ name, kind }) => (kind === 'width' ? [name] : [])));
  const isWidth = (axis: Axis): boolean => widths.has(spaceOf(axis));
  const power = (exponent: number): number => n ** exponent;
  const parameters = trained.map((parameter, k): RecipeParameter => {
    const { name, kind } = parameter;
    const how = required(ways[k], `how "${name}" is updated`);
    const [a, written] = [parametrization, options.parametrization].map((one) => {
      const own = toNumber(exponentsFor(one, parameter).a);
      return kind === 'readout' ? own + toNumber(one.out) : own;
    }) as [number, number]; // of two
    const multiplier = power(-toNumber(exponentsFor(parametrization, parameter).a));
    return parameterOf(parameter, how, {
      sizes,
      multiplier,
      shift: power(a - written),
      rule: ruleFor(rule, kind),
      isWidth,
    });
  });
  return {
    net: net.program.name,
    parametrization: parametrization.name,
    optimizer: optimizer.name,
    form,
    width,
    baseWidth: parametrization.baseWidth ?? 1,
    outputMultiplier: outputScale(parametrization, { width }),
    parameters,
  };
}

/** Sizes of the spaces that parameters run over. */
function sizesOfParameters(program: Program, given: Sizes): Sizes {
  return bind({ ...program, nodes: nodesOf(program, 'parameter'), outputs: [] }, given);
}

interface Around {
  readonly sizes: Sizes;
  readonly multiplier: number;
  /** n^θ: how many times as large as written the weight is in this form. */
  readonly shift: number;
  readonly rule: UpdateRule;
  readonly isWidth: (axis: Axis) => boolean;
}

function parameterOf(
  { name, kind, axes, law }: TrainedParameter,
  { optimizer, settings, rateScale = 1, gradientScale = 1 }: Resolved,
  { sizes, multiplier, shift, rule, isWidth }: Around,
): RecipeParameter {
  const number = (expr: ExprLike): number => {
    if (typeof expr === 'number') return expr;
    if (argumentsOf(expr).size > 0) throw errors.recipeSchedule(name);
    return evaluate(expr, sizes)([]);
  };
  const told = new Map([...resolveSettings(optimizer, settings)].map(([key, expr]) => [key, number(expr)]));
  const of = (key: string): number => required(told.get(key), key);
  const [scale, seen] = [number(rateScale), number(gradientScale)];
  const rate = of('learningRate') * scale;
  const relative = EPSILON_RELATIVE.has(optimizer.name);
  const beside =
    rule.scaleInvariant && (!told.has('epsilon') || relative || EPSILON_BESIDE_GRADIENTS.has(optimizer.name));
  const absorbed = rule.linear || beside ? seen : 1;
  const taken = rule.linear ? rate * absorbed : rate;
  // What both kinds of decay leave is 1 − taken · λ; the rate as it is written is n^(−θ) of this form's.
  const independent = of('independentDecay');
  const decay = independent / taken + (of('decoupledDecay') * (1 - independent) * (rate / taken)) / shift;
  const epsilon = told.get('epsilon');
  const { rows, columns } = sidesOf(axes, axes.filter(isWidth), told.get('byHead') === 1);
  return {
    name,
    kind,
    axes,
    shape: axes.map((axis) => sizeAt(axis, sizes)),
    ...startOf(law, sizes, shift),
    multiplier,
    optimizer: optimizer.name,
    rate: taken,
    gradient: seen / absorbed,
    ...(epsilon === undefined ? {} : { epsilon: relative ? epsilon : epsilon / absorbed }),
    coupledDecay: of('coupledDecay') / shift / absorbed,
    decoupledDecay: decay,
    settings: Object.fromEntries(
      Object.entries(optimizer.hyperparameters).flatMap(([key, { value }]) =>
        OWN.includes(key) ? [] : [[key, typeof value === 'boolean' ? of(key) === 1 : of(key)] as const],
      ),
    ),
    ...(usesMatrices(optimizer) ? { matrix: [product(rows, sizes), product(columns, sizes)] as const } : {}),
  };
}

const usesMatrices = ({ formulas }: Optimizer): boolean =>
  Object.values(formulas).some(({ matrix }) => matrix !== undefined);

const sizeAt = (axis: Axis, sizes: Sizes): number => required(sizes[spaceOf(axis)], `size of ${axis}`);

const product = (axes: readonly Axis[], sizes: Sizes): number =>
  axes.reduce((total, axis) => total * sizeAt(axis, sizes), 1);

/** The deviation of random initial values, or the number that all start at. */
function startOf(law: Law, sizes: Sizes, shift: number): Pick<RecipeParameter, 'deviation' | 'start'> {
  if (law.kind === 'constant') return { deviation: 0, start: law.value * shift };
  const deviation = law.powers.reduce(
    (total, { space, exponent }) => total * raised(required(sizes[space], `size of ${space}`), exponent),
    law.scale,
  );
  return { deviation, start: 0 };
}
