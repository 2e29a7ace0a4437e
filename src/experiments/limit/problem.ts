/**
 * What is trained, and how: the same for the limit and for networks of any width. Which of the limits it has, that of
 * theory 7 or of theory 8, its parametrization decides.
 */

import { required } from '../../errors/index.ts';
import type { Net } from '../../nets/index.ts';
import {
  bind,
  entries,
  nodeOf,
  outputOf,
  type Program,
  shapeOf,
  symbolsOf,
  type Tensor,
  type Tensors,
  tensor,
} from '../../program/index.ts';
import {
  exampleCount,
  faithfulParametrization,
  limitRegime,
  type StepOptions,
  tangentStep,
  trainingStep,
} from '../../training/index.ts';
import { badExamples } from './errors.ts';

/** A network, its training, and data. */
export interface LimitProblem extends Omit<StepOptions, 'weighted' | 'started'> {
  readonly net: Net;
  /** The network's inputs, and `target`, of all examples: those that are trained on and those that are only looked at. */
  readonly data: Tensors;
  /** The examples of each step, counted from 0, in turn; default all at every step. */
  readonly batches?: readonly (readonly number[])[];
  readonly steps: number;
}

/** Which limit a training has: of a frozen network, or of one whose features move. */
export type LimitKind = 'neural tangent' | 'maximal update';

/** The programs of a problem. */
export interface Steps {
  readonly kind: LimitKind;
  /** A step at infinite width. */
  readonly limit: Program;
  /** A step at a finite width. */
  readonly finite: Program;
}

/**
 * The steps of a problem, of any stable and faithful parametrization (theory 6): what moves by n^(-r) with r > 0 stands
 * still in the maximal update limit, and in the neural tangent one layers whose r is above the least of all add nothing,
 * for powers of n that are left over vanish in both.
 *
 * Where the limit is the neural tangent one, data `f.start` are added to the outputs of all, so that finite networks can
 * begin where the limit does, without their random f_0. Throws {@link UserError} `training.no-limit`, and what the steps throw.
 */
export function stepsOf({ net, data: _, batches: __, steps: ___, ...options }: LimitProblem): Steps {
  const kind = limitRegime(net, options) === 'operator' ? 'neural tangent' : 'maximal update';
  const common = { ...options, weighted: true, started: kind === 'neural tangent' };
  const finite = trainingStep(net, common);
  const seen = faithfulParametrization(net, options);
  if (kind === 'maximal update' && seen === options.parametrization) return { kind, limit: finite, finite };
  const write = kind === 'neural tangent' ? tangentStep : trainingStep;
  return { kind, limit: write(net, { ...common, parametrization: seen }), finite };
}

/** The data of each step: all examples, of weight 1 in the batch and 0 elsewhere. Throws {@link UserError} `experiments.bad-batch`. */
export function stepData({ net, data, batches }: LimitProblem): (step: number) => Tensors {
  const count = exampleCount(data);
  const all = [Array.from({ length: count }, (_, k) => k)];
  const rounds = batches ?? all;
  rounds.forEach((batch, k) => {
    const stray = batch.find((example) => !Number.isSafeInteger(example) || example < 0 || example >= count);
    if (batch.length === 0 || stray !== undefined) throw badExamples(k, stray, count);
  });
  if (rounds.length === 0) throw badExamples(0, undefined, count);
  const weights = rounds.map((batch) => weightOf(net, data, new Set(batch)));
  return (step) => ({ ...data, weight: required(weights[step % weights.length], 'batch of a step') });
}

/** 1 for the examples of a batch, on all axes that examples of the output lie along. */
function weightOf({ program, output }: Net, data: Tensors, batch: ReadonlySet<number>): Tensor {
  const { axes } = nodeOf(program, outputOf(program, output).value).type;
  const count = exampleCount(data);
  const places = axes.includes('time') ? sizeAlong(data, 'time') : 1;
  const values = Float64Array.from({ length: count * places }, (_, k) => (batch.has(Math.floor(k / places)) ? 1 : 0));
  return axes.includes('time')
    ? tensor(['batch', 'time'], [count, places], values)
    : tensor(['batch'], [count], values);
}

/** A width that heads share, however many there are of them; no output has it. */
const DIVISIBLE = 5040;

/** The output's axes and sizes. */
export function outputShape({ net, data }: LimitProblem): Pick<Tensor, 'axes' | 'shape'> {
  const { program, output } = net;
  const { axes } = nodeOf(program, outputOf(program, output).value).type;
  return { axes, shape: shapeOf(axes, bind(program, symbolsOf(program, { n: DIVISIBLE }, data))) };
}

function sizeAlong(data: Tensors, axis: string): number {
  const found = Object.values(data).flatMap(({ axes, shape }) => shape[axes.indexOf(axis)] ?? []);
  return required(found[0], `size of axis "${axis}" in the data`);
}

/** Zeros on the axes of a tensor. */
export function zeros({ axes, shape }: Pick<Tensor, 'axes' | 'shape'>): Tensor {
  return tensor(axes, shape, new Float64Array(entries(shape)));
}
