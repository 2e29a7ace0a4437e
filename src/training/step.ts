/**
 * A training step as a program with state: forward, loss, backpropagation, update (theory 4 and 5).
 *
 * Parameters that are trained become states of the same names that start from their laws, the others stay parameters;
 * data are the network's inputs, `target`, and `weight` where examples have weights. The program runs in every
 * interpreter: at a finite width it trains, as kets it gives the infinite-width limit.
 */

import type { Net } from '../nets/index.ts';
import {
  type Limit,
  type Optimizer,
  type ParameterRules,
  resolveParameters,
  type Selection,
  type Settings,
  selectParameters,
  type Updated,
  writeUpdates,
} from '../optimizers/index.ts';
import {
  exponentsFor,
  negated,
  type Parameter,
  type Parametrization,
  parametrized,
  powerOf,
} from '../parametrizations/index.ts';
import {
  type Axis,
  cotangentName,
  densify,
  type GradientFactor,
  gradientName,
  type Law,
  type Moved,
  mul,
  nodeOf,
  nodesOf,
  outputOf,
  type Program,
  type RewriteRule,
  reverse,
  rewrite,
  type Value,
  type Writer,
} from '../program/index.ts';
import * as errors from './errors.ts';
import { type Loss, writeLoss } from './loss.ts';

/** A parameter as rules and selections see it. */
export interface TrainedParameter extends Parameter {
  readonly axes: readonly Axis[];
  /** What it starts from under the parametrization. */
  readonly law: Law;
}

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
  /** Values to hand out besides `f` and `loss`, such as the layers' preactivations. */
  readonly outputs?: readonly string[];
  /** The width that n is; default `n`. */
  readonly width?: string;
}

/**
 * One step: w_t = w_(t−1) − η n^(−c) Q(n^d · gradient), each parameter with its exponents. Outputs `f` and `loss` are
 * those before the update; an error signal without a loss has no `loss`.
 *
 * A parameter whose gradient is 0 by structure, for the network declares it or its output does not depend on it, has
 * the number 0 as gradient: Q sees 0, and decay acts, as in libraries. One that bears on the output through `sign` or
 * `step` alone would never learn and is refused, unless it is left out of `trainable`.
 *
 * Throws {@link UserError} `optimizers.settings`, `optimizers.no-match`, `training.nothing-to-train`,
 * `training.flat-gradients`, `training.bad-loss`, `training.no-classes`, and `parametrizations.missing-exponents`.
 */
export function trainingStep(net: Net, options: StepOptions): Program {
  const { optimizer, loss = 'squared', weighted = false, outputs = [], clipNorm } = options;
  const { output } = net;
  const scaled = parametrizedNet(net, options);
  const trained = trainedParameters(net, scaled, options);
  const names = new Set(trained.map(({ name }) => name));
  const top = nodeOf(scaled, outputOf(scaled, output).value);
  const parameters = (name: string): boolean => names.has(name);
  const { program, factors, flat } = reverse(scaled, { output, seed: top.type.axes, parameters });
  if (flat.length > 0) throw errors.flatGradients(net.program.name, flat);
  let lossValue: Value | undefined;
  const rule: RewriteRule = ({ name, instruction, type }, writer) => {
    if (instruction.op === 'parameter' && names.has(name))
      return { op: 'input', role: 'state', type, law: instruction.law };
    if (name !== cotangentName(output)) return undefined;
    const written = writeLoss(writer, loss, writer.value(top.name), weighted);
    lossValue = written.loss?.();
    return written.error();
  };
  const end = (writer: Writer, moved: Moved): void => {
    const seen = factors.map((factor) => ({ ...factor, cotangent: moved(factor.cotangent).name }));
    writeUpdates(writer, updatesOf(writer, trained, seen, options), clipNorm === undefined ? {} : { clipNorm });
    writer.output(output, writer.value(top.name));
    if (lossValue !== undefined) writer.output('loss', lossValue);
    for (const name of outputs) if (name !== output) writer.output(name, writer.value(name));
  };
  return rewrite({ ...program, outputs: [] }, rule, { name: `${net.program.name}, a step of ${optimizer.name}`, end });
}

/**
 * Whether every parameter of a network could learn, for those that make something before they train it. Throws
 * {@link UserError} `training.flat-gradients`, as {@link trainingStep} does.
 */
export function checkGradients({ program, output, parameters }: Net): void {
  const top = nodeOf(program, outputOf(program, output).value);
  const names = new Set(parameters.map(({ name }) => name));
  const { flat } = reverse(program, { output, seed: top.type.axes, parameters: (name) => names.has(name) });
  if (flat.length > 0) throw errors.flatGradients(program.name, flat);
}

/** The parameters that are trained, in the network's order. */
function trainedParameters(net: Net, scaled: Program, { trainable }: StepOptions): readonly TrainedParameter[] {
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

/** How each parameter is updated: its own exponents, settings, and derivative, the sum over its uses. */
function updatesOf(
  writer: Writer,
  trained: readonly TrainedParameter[],
  factors: readonly GradientFactor[],
  { parametrization, optimizer, settings = {}, limit, rules = {}, width = 'n' }: StepOptions,
): Updated[] {
  const common = ({ name }: TrainedParameter) => ({
    optimizer,
    settings: typeof settings === 'function' ? settings(name) : settings,
    ...(limit === undefined ? {} : { limit }),
  });
  return resolveParameters(trained, common, rules).flatMap((how, k): Updated[] => {
    const parameter = trained[k];
    if (parameter === undefined) return [];
    const { name, axes } = parameter;
    const { c, d } = exponentsFor(parametrization, parameter);
    const uses = factors.filter((factor) => factor.parameter === name);
    return [
      {
        name,
        weight: writer.value(name),
        seen: gradientName(name),
        gradient: () => writer.sum(uses.map((factor) => densify(writer, factor, axes, []))),
        how: {
          ...how,
          rateScale: mul(how.rateScale ?? 1, powerOf(negated(c), parametrization, width)),
          gradientScale: mul(how.gradientScale ?? 1, powerOf(d, parametrization, width)),
        },
      },
    ];
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
