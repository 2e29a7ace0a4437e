/**
 * A training step as a program with state: forward, loss, backpropagation, update (theory 4 and 5).
 *
 * Parameters become states of the same names that start from their laws; data are the network's inputs and `target`. The
 * program runs in every interpreter: at a finite width it trains, as kets it gives the infinite-width limit.
 */

import type { Net } from '../nets/index.ts';
import { type Optimizer, type Settings, writeUpdate } from '../optimizers/index.ts';
import { exponentsFor, negated, type Parametrization, parametrized, powerOf } from '../parametrizations/index.ts';
import {
  argument,
  cotangentName,
  densify,
  gradientName,
  mul,
  nodeOf,
  outputOf,
  type Program,
  reverse,
  type Value,
  Writer,
  withOperands,
} from '../program/index.ts';
import { type Loss, writeLoss } from './loss.ts';

export interface StepOptions {
  readonly parametrization: Parametrization;
  readonly optimizer: Optimizer;
  /** Hyperparameters, for all parameters or by name. */
  readonly settings?: Settings | ((parameter: string) => Settings);
  /** A loss by name, or an error signal of one's own; default squared. */
  readonly loss?: Loss;
  /** Values to hand out besides `f` and `loss`, such as the layers' preactivations. */
  readonly outputs?: readonly string[];
  /** The width that n is; default `n`. */
  readonly width?: string;
}

/**
 * One step: w_t = w_(t−1) − η n^(−c) Q(n^d · gradient), each parameter with its exponents. Outputs `f` and `loss` are
 * those before the update; an error signal without a loss has no `loss`.
 */
export function trainingStep(net: Net, options: StepOptions): Program {
  const { parametrization, optimizer, settings = {}, loss = 'squared', outputs = [], width = 'n' } = options;
  const { parameters, output } = net;
  const scaled = parametrizedNet(net, { parametrization, width });
  const top = nodeOf(scaled, outputOf(scaled, output).value);
  const { program, factors } = reverse(scaled, { output, seed: top.type.axes });
  const writer = new Writer(`${net.program.name}, a step of ${optimizer.name}`);
  writer.reserve(program.nodes.map(({ name }) => name));
  for (const space of program.spaces) writer.space(space);
  const renamed = new Map<string, string>();
  let lossValue: Value | undefined;
  for (const { name, instruction, type } of program.nodes) {
    if (instruction.op === 'parameter') {
      writer.write({ op: 'input', role: 'state', type, law: instruction.law }, name);
    } else if (name === cotangentName(output)) {
      const written = writeLoss(writer, loss, writer.value(top.name));
      lossValue = written.loss?.();
      renamed.set(name, written.error().name);
    } else {
      writer.write(
        withOperands(instruction, (ref) => renamed.get(ref) ?? ref),
        name,
      );
    }
  }
  for (const { name } of parameters) {
    const { axes } = nodeOf(scaled, name).type;
    const uses = factors.filter((factor) => factor.parameter === name);
    const gradient = writer.sum(
      uses.map((factor) =>
        densify(writer, { ...factor, cotangent: renamed.get(factor.cotangent) ?? factor.cotangent }, axes, []),
      ),
    );
    const weight = writer.value(name);
    if (gradient === undefined) {
      writer.output(name, weight, 'state');
      continue;
    }
    const parameter = parameters.find((candidate) => candidate.name === name);
    if (parameter === undefined) continue;
    const { c, d } = exponentsFor(parametrization, parameter);
    // What Q sees: n^d times the ordinary derivative.
    const seen = writer.map(mul(powerOf(d, parametrization, width), argument(0)), [gradient], gradientName(name));
    const target = { prefix: `${name}.`, weight, gradient: seen, where: `parameter "${name}"` };
    const next = writeUpdate(writer, optimizer, target, {
      settings: typeof settings === 'function' ? settings(name) : settings,
      rateScale: powerOf(negated(c), parametrization, width),
    });
    writer.output(name, next, 'state');
  }
  writer.output(output, writer.value(top.name));
  if (lossValue !== undefined) writer.output('loss', lossValue);
  for (const name of outputs) if (name !== output) writer.output(name, writer.value(name));
  return writer.finish();
}

/** The network's program under a parametrization. */
export function parametrizedNet(
  { program, parameters, output, multiplied }: Net,
  { parametrization, width = 'n' }: Pick<StepOptions, 'parametrization' | 'width'>,
): Program {
  return parametrized(program, {
    ...{ parametrization, parameters, output, width },
    ...(multiplied === undefined ? {} : { multiplied }),
  });
}
