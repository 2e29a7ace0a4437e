/**
 * A training step as a program with state: forward, loss, backpropagation, update (theory 4 and 5).
 *
 * Parameters that are trained become states of the same names that start from their laws, the others stay parameters;
 * data are the network's inputs, `target`, and `weight` where examples have weights. The program runs in every
 * interpreter: at a finite width it trains, as kets it gives the infinite-width limit.
 */

import { required } from '../errors/index.ts';
import type { Net } from '../nets/index.ts';
import { type Updated, writeUpdates } from '../optimizers/index.ts';
import {
  add,
  argument,
  cotangentName,
  densify,
  forward,
  type GradientFactor,
  gradientName,
  type Moved,
  nodeOf,
  outputOf,
  type Program,
  type RewriteRule,
  reverse,
  rewrite,
  sub,
  tangentName,
  type Value,
  type Writer,
} from '../program/index.ts';
import * as errors from './errors.ts';
import { writeLoss } from './loss.ts';
import {
  parametrizedNet,
  type StepOptions,
  startName,
  type TrainedParameter,
  trainedParameters,
  waysOf,
  writeStart,
} from './options.ts';

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
  const {
    optimizer,
    loss = 'squared',
    weighted = false,
    reduction = 'mean',
    started = false,
    linearized = false,
    outputs = [],
    clipNorm,
  } = options;
  const { output } = net;
  const scaled = parametrizedNet(net, options);
  const trained = trainedParameters(net, scaled, options);
  const names = new Set(trained.map(({ name }) => name));
  const parameters = (name: string): boolean => names.has(name);
  const read = linearized ? forward(scaled, { parameters, outputs: [output] }) : scaled;
  const top = nodeOf(read, outputOf(read, output).value);
  const { program, factors, flat } = reverse(read, { output, seed: top.type.axes, parameters });
  const tangents = new Map(linearized ? trained.map(({ name }) => [tangentName(name), name]) : []);
  if (flat.length > 0) throw errors.flatGradients(net.program.name, flat);
  let lossValue: Value | undefined;
  const shown = (writer: Writer): Value => {
    const [own, change] = [writer.value(top.name), tangentOf(read, output)];
    const f = change === undefined ? own : writer.map(add(argument(0), argument(1)), [own, writer.value(change)]);
    return started ? writer.map(add(argument(0), argument(1)), [f, writeStart(writer, output, top.type.axes)]) : f;
  };
  const rule: RewriteRule = ({ name, instruction, type }, writer) => {
    if (instruction.op === 'parameter' && names.has(name)) {
      const state = { op: 'input', role: 'state', type, law: instruction.law } as const;
      if (!linearized) return state;
      writer.write(state, name);
      return writer.write(instruction, startName(name));
    }
    const moving = tangents.get(name);
    if (moving !== undefined) {
      const one = writer.write({ op: 'constant', type: { kind: 'real', axes: [] }, values: [1] });
      const start = writer.contract(writer.value(startName(moving)), one, []);
      return writer.map(sub(argument(0), argument(1)), [writer.value(moving), start]);
    }
    if (name !== cotangentName(output)) return undefined;
    const written = writeLoss(writer, loss, shown(writer), { weighted, reduction });
    lossValue = written.loss?.();
    return written.error();
  };
  const end = (writer: Writer, moved: Moved): void => {
    const seen = factors.map((factor) => ({ ...factor, cotangent: moved(factor.cotangent).name }));
    writeUpdates(writer, updatesOf(writer, trained, seen, options), clipNorm === undefined ? {} : { clipNorm });
    writer.output(output, shown(writer));
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

/** The value of an output's tangent; undefined where it does not move, or there are none. */
function tangentOf({ outputs }: Program, output: string): string | undefined {
  return outputs.find(({ name }) => name === tangentName(output))?.value;
}

/** Each parameter with its derivative, the sum over its uses. */
function updatesOf(
  writer: Writer,
  trained: readonly TrainedParameter[],
  factors: readonly GradientFactor[],
  options: StepOptions,
): Updated[] {
  const ways = waysOf(trained, options);
  return trained.map(({ name, axes }, k) => {
    const uses = factors.filter((factor) => factor.parameter === name);
    return {
      name,
      axes,
      weight: writer.value(name),
      seen: gradientName(name),
      gradient: () => writer.sum(uses.map((factor) => densify(writer, factor, axes, []))),
      how: required(ways[k], `how "${name}" is updated`),
    };
  });
}
