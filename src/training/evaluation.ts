/** Evaluation: the network as it is, its loss and accuracy on data that it does not train on. */

import type { Net } from '../nets/index.ts';
import {
  feedsOf,
  outputOf,
  type Program,
  type SizedRun,
  type Sizes,
  simplify,
  type Tensors,
  Writer,
} from '../program/index.ts';
import { exampleCount, inOrder } from './batches.ts';
import { checkData } from './checkData.ts';
import { writeLoss } from './loss.ts';
import { parametrizedNet, type StepOptions } from './step.ts';

/**
 * The forward pass under a parametrization as a program of its own: parameters become data of the same names. Outputs
 * are the network's, `loss` where the loss has one, and `accuracy` where targets are classes or signs.
 */
export function evaluationProgram(net: Net, options: Pick<StepOptions, 'parametrization' | 'loss' | 'width'>): Program {
  const scaled = parametrizedNet(net, options);
  const writer = new Writer(`${net.program.name}, evaluated`);
  writer.reserve(scaled.nodes.map(({ name }) => name));
  for (const space of scaled.spaces) writer.space(space);
  for (const { name, instruction, type } of scaled.nodes) {
    writer.write(instruction.op === 'parameter' ? { op: 'input', role: 'data', type } : instruction, name);
  }
  const f = writer.value(outputOf(scaled, net.output).value);
  const { loss, accuracy } = writeLoss(writer, options.loss ?? 'squared', f);
  writer.output(net.output, f);
  if (loss !== undefined) writer.output('loss', loss());
  if (accuracy !== undefined) writer.output('accuracy', accuracy());
  return simplify(writer.finish());
}

/** Means over examples. */
export interface Evaluation {
  readonly examples: number;
  /** Null where the loss is no number, or there is only an error signal. */
  readonly loss: number | null;
  /** The share of examples told right; null where targets are real numbers. */
  readonly accuracy: number | null;
}

export interface EvaluatorOptions {
  /** Inputs and targets of all examples. */
  readonly data: Tensors;
  /** Most examples at a time. */
  readonly batch: number;
  readonly sizes: Sizes;
  readonly run: SizedRun;
}

/**
 * Evaluates states of training with the program of {@link evaluationProgram}, in batches, the last one smaller where it
 * must be. Throws {@link UserError} `training.bad-data`, `training.no-examples`, `training.uneven-data`.
 */
export function evaluator(
  program: Program,
  { data, batch, sizes, run }: EvaluatorOptions,
): (state: Tensors) => Promise<Evaluation> {
  const examples = exampleCount(data);
  const given = Object.fromEntries(Object.entries(sizes).filter(([symbol]) => symbol !== 'batch'));
  checkData(program, given, data);
  const read = new Set(feedsOf(program).map(({ name }) => name));
  return async (state) => {
    const weights = Object.fromEntries(Object.entries(state).filter(([name]) => read.has(name)));
    const sums: Record<'loss' | 'accuracy', number | null> = { loss: null, accuracy: null };
    for (const part of inOrder(data, batch)) {
      const outputs = await run(program, { ...weights, ...part }, given);
      for (const name of ['loss', 'accuracy'] as const) {
        const value = outputs[name]?.data[0];
        if (value !== undefined) sums[name] = (sums[name] ?? 0) + (value * exampleCount(part)) / examples;
      }
    }
    return { examples, loss: finite(sums.loss), accuracy: finite(sums.accuracy) };
  };
}

const finite = (value: number | null): number | null => (value !== null && Number.isFinite(value) ? value : null);
