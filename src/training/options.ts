/** What a step of training is told, and what of a network it then trains. */

import { required } from '../errors/index.ts';
import type { Net } from '../nets/index.ts';
import {
  forMatrixOrOther,
  type Limit,
  type Optimizer,
  type ParameterRules,
  type Resolved,
  resolveParameters,
  type Selection,
  type Settings,
  selectParameters,
} from '../optimizers/index.ts';
import {
  exponentsFor,
  negated,
  type Parameter,
  type Parametrization,
  parametrized,
  powerOf,
} from '../parametrizations/index.ts';
import { type Axis, type Law, mul, nodesOf, type Program, type Value, type Writer } from '../program/index.ts';
import type { Reduction } from './average.ts';
import * as errors from './errors.ts';
import type { Loss } from './loss.ts';

/** A parameter as rules and selections see it. */
export interface TrainedParameter extends Parameter {
  readonly axes: readonly Axis[];
  /** What it starts from under the parametrization. */
  readonly law: Law;
}

/** What a step of training is told: parametrization, optimizer, loss, limits on updates, what is trained. */
export interface StepOptions {
  readonly parametrization: Parametrization;
  readonly optimizer: Optimizer;
  /** Hyperparameters, for all parameters or by name. */
  readonly settings?: Settings | ((parameter: string) => Settings);
  /** How the size of each update is limited; most limits ask for other exponents c (theory 6, `clippedFor`). */
  readonly limit?: Limit;
  /**
   * What differs between parameters: settings, limits, optimizers. Their `rateScale` and `gradientScale` are factors
   * besides the n^(−c) and n^d of the parametrization.
   */
  readonly rules?: ParameterRules<TrainedParameter>;
  /** The most that the norm of all derivatives together may be, before n^d; see {@link writeUpdates}. */
  readonly clipNorm?: number;
  /** The parameters that are trained, by globs or a test; the others stay what they are. Default all. */
  readonly trainable?: Selection<TrainedParameter>;
  /** A loss by name, or an error signal of one's own; default squared. */
  readonly loss?: Loss;
  /**
   * Whether examples have weights, the data input `weight` on the output's axes `batch` and `time`: loss and error signal
   * are then means Σ w·/Σ w, 0 where the weights sum to 0.
   */
  readonly weighted?: boolean;
  /** Whether the loss is the mean over examples, the default, or their sum. */
  readonly reduction?: Reduction;
  /**
   * Whether data `f.start`, on the output's axes and named after it, are added to the output: less what the network gives
   * at the start, say, so that outputs begin where they are told to.
   */
  readonly started?: boolean;
  /**
   * Whether f(θ_0) + ⟨∇f(θ_0), θ − θ_0⟩ is trained in the network's place, its linearization (Malladi et al. 2023, definition
   * 3.2): parameters `<name>.start` hold the trained parameters' θ_0, from which the states should start too.
   */
  readonly linearized?: boolean;
  /** Values to hand out besides `f` and `loss`, such as the layers' preactivations. */
  readonly outputs?: readonly string[];
  /** The width that n is; default `n`. */
  readonly width?: string;
}

/** The parameters that are trained, in the network's order. */
export function trainedParameters(
  net: Net,
  scaled: Program,
  { trainable }: Pick<StepOptions, 'trainable'>,
): readonly TrainedParameter[] {
  const known = new Map(nodesOf(scaled, 'parameter').map((node) => [node.name, node]));
  const parameters = net.parameters.flatMap((parameter): TrainedParameter[] => {
    const node = known.get(parameter.name);
    return node === undefined ? [] : [{ ...parameter, axes: node.type.axes, law: node.instruction.law }];
  });
  if (trainable === undefined) return parameters;
  const selected = selectParameters(parameters, trainable, 'parameters to train');
  if (selected.size === 0) {
    throw errors.nothingToTrain(
      net.program.name,
      parameters.map(({ name }) => name),
    );
  }
  return parameters.filter(({ name }) => selected.has(name));
}

/** How each parameter is updated: its own optimizer, settings, limit, and exponents. */
export function waysOf(
  trained: readonly TrainedParameter[],
  { parametrization, optimizer, settings = {}, limit, rules = {}, width = 'n' }: StepOptions,
): readonly Resolved[] {
  const common = ({ name, kind }: TrainedParameter): Resolved => {
    const own = typeof settings === 'function' ? settings(name) : settings;
    const told = { optimizer, settings: own, ...(limit === undefined ? {} : { limit }) };
    return forMatrixOrOther(told, kind === 'matrix');
  };
  return resolveParameters(trained, common, rules).map((how, k) => {
    const { c, d } = exponentsFor(parametrization, required(trained[k], 'parameter that is trained'));
    return {
      ...how,
      rateScale: mul(how.rateScale ?? 1, powerOf(negated(c), parametrization, width)),
      gradientScale: mul(how.gradientScale ?? 1, powerOf(d, parametrization, width)),
    };
  });
}

/** The network's program under a parametrization. */
export function parametrizedNet(
  { program, parameters, output, multiplied }: Net,
  { parametrization, width = 'n' }: Pick<StepOptions, 'parametrization' | 'width'>,
): Program {
  return parametrized(program, {
    parametrization,
    parameters,
    output,
    width,
    ...(multiplied === undefined ? {} : { multiplied }),
  });
}

/** The data that are added to an output where its start is told; where a linearization is trained, a parameter's θ_0. */
export const startName = (output: string): string => `${output}.start`;

/** What is added to an output where its start is data. */
export function writeStart(writer: Writer, output: string, axes: readonly Axis[]): Value {
  const name = startName(output);
  if (writer.has(name)) return writer.value(name);
  return writer.write({ op: 'input', role: 'data', type: { kind: 'real', axes } }, name);
}
