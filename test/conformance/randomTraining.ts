/** Random training runs: a net, an update rule, a loss, a parametrization, limits, frozen parameters, batches. */

import fc from 'fast-check';
import type { Net } from '../../src/nets/index.ts';
import { type Limit, type OwnOptions, widthThreshold } from '../../src/optimizers/index.ts';
import { byKind, exponentsOf, named, type Parametrization } from '../../src/parametrizations/index.ts';
import {
  argument,
  feedsOf,
  maximum,
  minimum,
  nodeOf,
  type Program,
  type Sizes,
  spaceOf,
  sub,
  type Tensors,
  unary,
} from '../../src/program/index.ts';
import { LOSSES, type Loss, type StepOptions, type TrainedParameter, trainingStep } from '../../src/training/index.ts';
import { type Feeds, randomFeeds } from './feeds.ts';
import { type NetChoice, netOf, nets } from './randomNets.ts';
import { optimizerOf, type RuleChoice, rules, settingsOf } from './randomRules.ts';

/** All of a run, as plain data. */
export interface TrainingChoice {
  readonly net: NetChoice;
  readonly rule: RuleChoice;
  /** Another rule for one of the parameters. */
  readonly other: { readonly rule: RuleChoice; readonly parameter: number } | undefined;
  readonly parametrization: ParametrizationChoice;
  readonly loss: Loss | 'own';
  readonly weighted: boolean;
  readonly limit: (typeof LIMITS)[number];
  readonly clipNorm: number | undefined;
  /** Which parameters stay as they are, by bits. */
  readonly frozen: number;
  /** How many of the layers' preactivations are handed out. */
  readonly outputs: number;
  /** Examples of each step. */
  readonly batches: readonly number[];
  readonly input: number;
  readonly n: number;
  readonly seed: number;
}

export type ParametrizationChoice = string | { readonly quarters: readonly number[]; readonly baseWidth: boolean };

const LIMITS = [
  ...['none', 'clip', 'divideByClippedNorm', 'normalize', 'normalizeByWeight', 'normalizeByInitialWeight'],
] as const satisfies readonly ('none' | Limit['kind'])[];

const usually = <T>(usual: T, ...others: readonly [T, ...T[]]): fc.Arbitrary<T> =>
  fc.oneof({ weight: 2, arbitrary: fc.constant(usual) }, { weight: 1, arbitrary: fc.constantFrom(...others) });

const few = fc.integer({ min: 1, max: 3 });

export const trainings: fc.Arbitrary<TrainingChoice> = fc.record({
  ...{ net: nets, rule: rules },
  other: fc.option(fc.record({ rule: rules, parameter: fc.nat(9) }), { freq: 3, nil: undefined }),
  parametrization: fc.oneof(
    { weight: 12, arbitrary: fc.constantFrom<ParametrizationChoice>('mup', 'mup', 'mup', 'mean-field') },
    { weight: 3, arbitrary: fc.constantFrom<ParametrizationChoice>('ntp', 'sp', 'up:1/4') },
    {
      weight: 2,
      arbitrary: fc.record({
        quarters: fc.array(fc.integer({ min: 0, max: 4 }), { minLength: 13, maxLength: 13 }),
        baseWidth: fc.boolean(),
      }),
    },
  ),
  loss: fc.constantFrom<Loss | 'own'>(...LOSSES, 'own'),
  weighted: usually(false, true),
  limit: usually<TrainingChoice['limit']>('none', 'clip', ...LIMITS.slice(2)),
  clipNorm: usually<number | undefined>(undefined, 0.3),
  frozen: usually(0, 1, 2, 5, 10),
  outputs: fc.nat(2),
  batches: fc.oneof(fc.tuple(few), fc.tuple(few, few), fc.tuple(few, few), fc.tuple(few, few, few)),
  input: fc.integer({ min: 1, max: 3 }),
  n: fc.constantFrom(4, 6),
  seed: fc.nat(1000),
});

/** A run that interpreters can be given: the same program at every step, data of each. */
export interface Training {
  readonly net: Net;
  readonly program: Program;
  readonly sizes: Sizes;
  readonly data: readonly Feeds[];
}

/** The run of a choice; undefined where the loss does not fit the net's output. */
export function trainingOf(choice: TrainingChoice): Training | undefined {
  const net = netOf(choice.net);
  const { axes } = nodeOf(net.program, net.program.outputs.find(({ name }) => name === 'f')?.value ?? '').type;
  if (choice.loss === 'cross-entropy' && !axes.some((axis) => axis === 'class' || axis === 'vocabulary'))
    return undefined;
  const program = trainingStep(net, optionsOf(choice, net));
  const data = choice.batches.map((batch, step) => {
    const sizes = { batch, input: choice.input, n: choice.n, ...(isOpen(program, 'time') ? { time: 2 } : {}) };
    const feeds = randomFeeds(dataOf(program), sizes, choice.seed + step);
    return Object.fromEntries(
      Object.entries(feeds).map(([name, feed]) => [
        name,
        name === 'weight' ? { ...feed, data: feed.data.map((x) => Math.abs(x) + 0.1) } : feed,
      ]),
    );
  });
  const sizes = { n: choice.n, ...(isOpen(program, 'input') ? { input: choice.input } : {}) };
  return { net, program, sizes, data };
}

const isOpen = ({ spaces }: Program, name: string): boolean =>
  spaces.some(({ size }) => typeof size !== 'number' && size.symbol === name);

/** The program's data alone. */
function dataOf(program: Program): Program {
  const given = feedsOf(program).filter(({ instruction }) => instruction.op === 'input' && instruction.role === 'data');
  return { ...program, nodes: given, outputs: [] };
}

function optionsOf(choice: TrainingChoice, net: Net): StepOptions {
  const optimizer = optimizerOf(choice.rule);
  const { clipNorm, frozen, weighted, other } = choice;
  const own = net.parameters[(other?.parameter ?? 0) % net.parameters.length];
  const isFrozen = (name: string): boolean => {
    const k = net.parameters.findIndex((one) => one.name === name);
    return net.parameters.length > 4 && ((frozen >> (k % 4)) & 1) === 1;
  };
  const rulesOf = (parameter: TrainedParameter): OwnOptions => ({
    ...(other !== undefined && own?.name === parameter.name ? otherRule(other.rule, parameter) : {}),
    ...limitOf(choice.limit, parameter, net),
  });
  return {
    parametrization: parametrizationOf(choice.parametrization),
    optimizer,
    settings: settingsOf(optimizer, choice.rule.settings),
    loss: choice.loss === 'own' ? OWN_LOSS : choice.loss,
    weighted,
    rules: rulesOf,
    trainable: ({ name }) => !isFrozen(name),
    outputs: [...new Set(net.layers.slice(0, choice.outputs).map(({ preactivation }) => preactivation))],
    ...(clipNorm === undefined ? {} : { clipNorm }),
  };
}

function otherRule(rule: RuleChoice, { axes }: TrainedParameter): OwnOptions {
  const optimizer = optimizerOf(rule);
  // A parameter of one axis is no matrix.
  if (axes.length < 2 && Object.values(optimizer.formulas).some(({ matrix }) => matrix !== undefined)) return {};
  return { optimizer, settings: settingsOf(optimizer, rule.settings) };
}

/** A clipped error signal, with a loss that it is not the derivative of. */
const OWN_LOSS: Loss = {
  name: 'own',
  error: maximum(-1, minimum(1, sub(argument(0), argument(1)))),
  loss: unary('abs', sub(argument(0), argument(1))),
};

function limitOf(kind: TrainingChoice['limit'], { axes, law }: TrainedParameter, net: Net): OwnOptions {
  const isWidth = (axis: string): boolean =>
    net.program.spaces.some((space) => space.name === spaceOf(axis) && space.kind === 'width');
  switch (kind) {
    case 'none':
      return {};
    case 'clip':
    case 'divideByClippedNorm':
      return { limit: { kind, threshold: widthThreshold(0.5, axes.filter(isWidth)) } };
    // What starts at 0 has no norm to divide by.
    case 'normalizeByInitialWeight':
      return law.kind === 'constant' ? {} : { limit: { kind, law } };
    case 'normalizeByWeight':
      return law.kind === 'constant' ? {} : { limit: { kind } };
    case 'normalize':
      return { limit: { kind } };
  }
}

export function parametrizationOf(choice: ParametrizationChoice): Parametrization {
  if (typeof choice === 'string') return named(choice).parametrization;
  const at = (k: number): number => (choice.quarters[k] ?? 0) / 4;
  const four = (from: number) => exponentsOf(at(from), at(from + 1), at(from + 2), at(from + 3));
  const found = byKind('random', at(12), {
    matrix: four(0),
    vector: four(4),
    readout: four(8),
    scalar: exponentsOf(0, 0, 0, 0),
  });
  return choice.baseWidth ? { ...found, baseWidth: 2 } : found;
}

/** The data of each step as interpreters take them. */
export const stepData = ({ data }: Training): readonly Tensors[] => data;
