/**
 * The powers of the width that settings have under a parametrization, beside those that maximal updates ask for (theory 6):
 * where these differ, a value that is right at one width is wrong at another.
 *
 * In the gauge of a parameter's own multiplier µP has exponents (a, b*, c*, d*), which the abcd symmetry gives. Then
 *
 * - the learning rate should be multiplied by n^(−c*), of a linear rule by n^(d* − c* − d);
 * - ε beside gradients as they are by n^(−d*), for n^(d*) times them are of order 1;
 * - λ of coupled decay, whose λ w stands beside n^d times gradients of order n^(−d*), by n^(d − d* + b);
 * - λ of decoupled decay, which takes η n^(−c) λ of a weight at each step, by n^c; independent decay by nothing;
 * - the output of a tied embedding, whose entries are of order 1, by n^(−1).
 */

import type { Net } from '../nets/index.ts';
import { type Optimizer, resolveSettings, type Settings } from '../optimizers/index.ts';
import {
  type Exponents,
  exponentsFor,
  finite,
  forRule,
  MUP,
  minus,
  type Parameter,
  type ParameterKind,
  type Parametrization,
  plus,
  ruleFor,
  shifted,
  toNumber,
  type UpdateRule,
  updateSize,
} from '../parametrizations/index.ts';
import { ZERO } from '../program/index.ts';
import { multipliedBy, usesOf } from './coord/structure.ts';

/** What a power of the width stands in front of. */
export type SettingName =
  | 'learning rate'
  | 'embedding rate'
  | 'scale mode'
  | 'ε'
  | 'coupled decay'
  | 'decoupled decay'
  | 'tied weights';

/** One setting of one parameter with the power of the width that it has, and the one that it should have. */
export interface SettingPower {
  readonly setting: SettingName;
  /** The option or exponent that it is told by. */
  readonly told: string;
  readonly parameter: string;
  readonly has: number;
  readonly should: number;
  readonly text: string;
}

/** A network with what it is trained with. */
export interface TrainedWith {
  readonly net: Net;
  readonly parametrization: Parametrization;
  readonly optimizer: Optimizer;
  readonly rule: UpdateRule;
  readonly settings?: Settings;
}

/** The exponents of µP at the multiplier that a parameter has; the output's counts as the readout's. */
export function maximalExponents(parametrization: Parametrization, parameter: Parameter, rule: UpdateRule): Exponents {
  const own = exponentsFor(parametrization, parameter);
  const maximal = exponentsFor(forRule(MUP, rule), parameter);
  const out = parameter.kind === 'readout' ? minus(parametrization.out, MUP.out) : ZERO;
  return { ...shifted(maximal, plus(minus(own.a, maximal.a), out)), a: own.a };
}

/** Settings whose powers are not those of maximal updates, parameter by parameter. */
export function settingPowers(options: TrainedWith): SettingPower[] {
  const { net, parametrization, rule } = options;
  return [
    ...net.parameters.flatMap((parameter) => {
      const [own, should] = [
        exponentsFor(parametrization, parameter),
        maximalExponents(parametrization, parameter, rule),
      ];
      const around = { ...options, parameter, own, should, rule: ruleFor(rule, parameter.kind) };
      return [ratePower(around, rule), epsilonPower(around), ...decayPowers(around)];
    }),
    ...tiedPowers(options),
  ]
    .filter((one) => one !== undefined)
    .filter(({ has, should }) => Math.abs(has - should) > ROUNDING);
}

const ROUNDING = 1e-9;

interface Around extends TrainedWith {
  readonly parameter: Parameter;
  readonly own: Exponents;
  readonly should: Exponents;
}

/** Of Muon and its like, by the settings of the factor that the update is multiplied by. */
const SCALE_MODES = ['matchRms', 'spectral', 'aspect'];

/** Why a rate has its power, by kind. */
const WHY: Readonly<Record<ParameterKind, string>> = {
  matrix: 'it sums over the width',
  readout: 'it sums over the width',
  vector: 'its sum does not grow',
  scalar: 'no width touches it',
};

function ratePower(
  { net, optimizer, settings, parameter, own, should, rule }: Around,
  whole: UpdateRule,
): SettingPower {
  const { name, kind } = parameter;
  const has = -toNumber(own.c);
  const wanted = rule.linear ? toNumber(should.d) - toNumber(should.c) - toNumber(own.d) : -toNumber(should.c);
  const common = { parameter: name, has, should: wanted };
  const size = toNumber(updateSize(whole, kind));
  const mode = SCALE_MODES.find((flag) => numberOf(optimizer, settings, flag) === 1);
  // Without the factor the rate would be right: −1 is the size of entries whose matrix has an operator norm of 1.
  if (kind === 'matrix' && whole.byKind !== undefined && size !== -1 && Math.abs(wanted - has + size + 1) < ROUNDING) {
    const told = mode ?? 'the factor of the shape';
    return {
      ...common,
      setting: 'scale mode',
      told,
      text: `scale mode of ${optimizer.name}, ${told}: it makes updates of ${name} of operator norm ${widthPower(size + 1)} at a rate of ${widthPower(has)}; the rate should be ${widthPower(wanted)}, or the update without this factor`,
    };
  }
  const embeds = usesOf(net).some((use) => use.parameter === name && use.op === 'gather');
  const setting = embeds ? 'embedding rate' : 'learning rate';
  const which = embeds ? `learning rate of the embedding ${name}` : `learning rate of ${name}`;
  const why = embeds ? 'its rows are looked up and sum nothing' : WHY[kind];
  return {
    ...common,
    setting,
    told: 'learningRate',
    text: `${which}: ${widthPower(has)}, should be ${widthPower(wanted)}, for ${why}`,
  };
}

function epsilonPower({ optimizer, settings, parameter, own, should, rule }: Around): SettingPower | undefined {
  if (rule.linear || rule.byKind !== undefined) return undefined;
  const told = ['othersEpsilon', 'epsilon'].find((name) => Object.hasOwn(optimizer.hyperparameters, name));
  // Of a whole matrix ε stands beside its norm.
  if (told === undefined || (told === 'othersEpsilon' && parameter.kind === 'matrix')) return undefined;
  if (!(numberOf(optimizer, settings, told) > 0)) return undefined;
  const [has, wanted] = [-toNumber(own.d), -toNumber(should.d)];
  return {
    setting: 'ε',
    told,
    parameter: parameter.name,
    has,
    should: wanted,
    text: `ε of ${optimizer.name} beside gradients of ${parameter.name}: ${widthPower(has)}, should be ${widthPower(wanted)}, as these gradients are`,
  };
}

function decayPowers({ optimizer, settings, parameter: { name }, own, should }: Around): SettingPower[] {
  const found: SettingPower[] = [];
  if (numberOf(optimizer, settings, 'coupledDecay') > 0 && finite(own.b)) {
    const wanted = toNumber(own.d) - toNumber(should.d) + toNumber(own.b);
    found.push({
      setting: 'coupled decay',
      told: 'coupledDecay',
      parameter: name,
      has: 0,
      should: wanted,
      text: `coupled decay of ${name}: λ is ${widthPower(0)}, should be ${widthPower(wanted)}, for λw stands beside what the update sees of the gradient`,
    });
  }
  if (numberOf(optimizer, settings, 'decoupledDecay') > 0) {
    const wanted = toNumber(own.c);
    found.push({
      setting: 'decoupled decay',
      told: 'decoupledDecay',
      parameter: name,
      has: 0,
      should: wanted,
      text: `decoupled decay of ${name}: λ is ${widthPower(0)}, should be ${widthPower(wanted)}, for a step takes rate · λ of the weight and the rate is ${widthPower(-wanted)}; independentDecay takes as much at every width`,
    });
  }
  return found;
}

/** Embeddings that are the readout as well: they have one rate and one size, so that the output's multiplier is what is left. */
function tiedPowers({ net, parametrization }: TrainedWith): SettingPower[] {
  const uses = usesOf(net);
  const top = multipliedBy(net);
  return net.parameters.flatMap(({ name, kind }): SettingPower[] => {
    const own = uses.filter(({ parameter }) => parameter === name);
    const tied = own.some(({ op }) => op === 'gather') && own.some(({ values }) => values.includes(top));
    if (!tied || kind === 'readout') return [];
    const has = -toNumber(parametrization.out);
    return [
      {
        setting: 'tied weights',
        told: 'out',
        parameter: name,
        has,
        should: -1,
        text: `tied weight ${name}: as the readout its product is multiplied by ${widthPower(has)}, should be by ${widthPower(-1)}, for its entries are those of an embedding`,
      },
    ];
  });
}

/** A setting that is one number; 0 where the optimizer has none of this name, or it changes from step to step. */
export function numberOf(optimizer: Optimizer, settings: Settings | undefined, name: string): number {
  const found = resolveSettings(optimizer, settings).get(name);
  return found?.op === 'constant' ? found.value : 0;
}

/** `n^-1`, `n^0.5`. */
const widthPower = (exponent: number): string => `n^${Number(exponent.toFixed(2))}`;
