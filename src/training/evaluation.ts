/** Evaluation: the network as it is, its loss and accuracy on data that it does not train on. */

import type { Net } from '../nets/index.ts';
import {
  extend,
  feedsOf,
  outputOf,
  type Program,
  type SizedRun,
  type Sizes,
  simplify,
  type Tensors,
  type Writer,
} from '../program/index.ts';
import { exampleCount, inOrder } from './batches.ts';
import { checkData } from './checkData.ts';
import { writeLoss } from './loss.ts';
import { parametrizedNet, type StepOptions } from './options.ts';

/**
 * The forward pass under a parametrization as a program of its own, with the network's parameters. Outputs are the
 * network's, `loss` where the loss has one, `accuracy` where targets are classes or signs, and where examples are weighted
 * `weight`, the sum of the weights that the means are over.
 */
export function evaluationProgram(
  net: Net,
  options: Pick<StepOptions, 'parametrization' | 'loss' | 'weighted' | 'reduction' | 'width'>,
): Program {
  const scaled = parametrizedNet(net, options);
  const evaluated = extend({ ...scaled, outputs: [] }, write, `${net.program.name}, evaluated`);
  return simplify(evaluated);

  function write(writer: Writer): void {
    const f = writer.value(outputOf(scaled, net.output).value);
    const { loss, accuracy, weight } = writeLoss(writer, options.loss ?? 'squared', f, {
      weighted: options.weighted ?? false,
      reduction: options.reduction ?? 'mean',
    });
    writer.output(net.output, f);
    if (loss !== undefined) writer.output('loss', loss());
    if (accuracy !== undefined) writer.output('accuracy', accuracy());
    if (weight !== undefined) writer.output(WEIGHT, weight);
  }
}

/** Means over examples, by their weights where they have some. */
export interface Evaluation {
  readonly examples: number;
  /** Null where the loss is not finite, there is only an error signal, or all weights are 0. */
  readonly loss: number | null;
  /** The share of examples told right; null where targets are real numbers. */
  readonly accuracy: number | null;
}

/** Data that a network is evaluated on, and what runs it. */
export interface EvaluatorOptions {
  /** Inputs and targets of all examples. */
  readonly data: Tensors;
  /** Most examples at a time. */
  readonly batch: number;
  readonly sizes: Sizes;
  readonly run: SizedRun;
}

/**
 * Evaluates states of training, all parameters among them, each on its axes in the program, with the program of
 * {@link evaluationProgram}, in batches along the axis `batch`, the last one smaller where it must be. Throws
 * {@link UserError} `training.bad-data`, `training.no-examples`, `training.uneven-data`.
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
    const parts: Means[] = [];
    for (const part of inOrder(data, batch)) {
      const outputs = await run(program, { ...weights, ...part }, given);
      const number = (name: string): number | undefined => outputs[name]?.data[0];
      parts.push({
        loss: number('loss'),
        accuracy: number('accuracy'),
        weight: number(WEIGHT) ?? exampleCount(part),
      });
    }
    return { examples, loss: meanOf(parts, 'loss'), accuracy: meanOf(parts, 'accuracy') };
  };
}

/** The means over one batch, and what it counts for. */
interface Means {
  readonly loss: number | undefined;
  readonly accuracy: number | undefined;
  readonly weight: number;
}

function meanOf(parts: readonly Means[], name: 'loss' | 'accuracy'): number | null {
  const total = parts.reduce((sum, { weight }) => sum + weight, 0);
  let mean = 0;
  for (const { [name]: value, weight } of parts) {
    if (value === undefined) return null;
    mean += (value * weight) / total;
  }
  return Number.isFinite(mean) ? mean : null;
}

/** The output that holds the sum of the weights of a batch. */
const WEIGHT = 'weight';
