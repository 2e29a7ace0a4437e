/**
 * What stands still in a neural tangent limit: the law of the outputs at the start, and the tangent kernel. Both are
 * those of theory 7.
 */

import { NexortError } from '../../errors/index.ts';
import { limitingKernels, type Rates } from '../../kernels/index.ts';
import { entry, matrix, symmetricEigen } from '../../numeric/index.ts';
import { selectParameters } from '../../optimizers/index.ts';
import { exponentsFor, negated, ruleOf, updateSize } from '../../parametrizations/index.ts';
import { minus, toNumber } from '../../program/index.ts';
import { exampleCount, parametrizedNet } from '../../training/index.ts';
import { type LimitProblem, stepsOf } from './problem.ts';

/** A frozen network before training. */
export interface FrozenStart {
  /** Standard deviation of each example's outputs over initializations, which the limit leaves out. */
  readonly deviations: readonly number[];
  /**
   * The learning rate from which on descent diverges, 2 (1 + momentum) over the largest eigenvalue of the tangent kernel
   * on the batch, where there is one batch, updates are those of SGD with or without momentum, and the loss is squared.
   */
  readonly divergentRate?: number;
}

/** Updates that are linear in gradients, whose stability the kernel's largest eigenvalue decides. */
const LINEAR: readonly string[] = ['sgd', 'momentum'];
/** By quadrature a kernel of 100 examples takes 20 seconds, and one of 32 takes two. */
export const MOST_EXAMPLES = 32;

/**
 * The start of a neural tangent limit, by closed-form kernels; undefined of other limits, of networks whose kernels
 * have no closed form, and beyond 32 examples. Throws {@link UserError} `training.no-limit` where a parametrization has
 * none.
 */
export function frozenStart(problem: LimitProblem): FrozenStart | undefined {
  const { net, data } = problem;
  if (stepsOf(problem).kind !== 'neural tangent' || exampleCount(data) > MOST_EXAMPLES) return undefined;
  try {
    const program = parametrizedNet(net, problem);
    const { target: _, ...x1 } = data;
    const { nngp, ntk } = limitingKernels(program, { x1, output: net.output, rates: ratesOf(problem) });
    const deviations = Array.from({ length: nngp.rows }, (_, k) => Math.sqrt(entry(nngp.data, k * (nngp.rows + 1))));
    const momentum = linearMomentum(problem);
    const [batch, other] = problem.batches ?? [deviations.map((_, k) => k)];
    if (momentum === undefined || batch === undefined || other !== undefined) return { deviations };
    const own = batch.flatMap((row) => batch.map((column) => entry(ntk.data, row * ntk.columns + column)));
    const { values } = symmetricEigen(matrix(batch.length, batch.length, Float64Array.from(own)));
    const share = problem.reduction === 'sum' ? 1 : batch.length;
    return { deviations, divergentRate: (2 * (1 + momentum) * share) / Math.max(...values) };
  } catch (error) {
    // The room says why there is none; the limit is sampled all the same.
    if (error instanceof NexortError && error.code.startsWith('kernels.')) return undefined;
    throw error;
  }
}

/**
 * n^(d − c) by parameter, or n^(−c) where updates are signs; 0 for what is not trained. Of rules of whole matrices c is that
 * of a rule entry by entry that moves as far.
 */
export function ratesOf(problem: LimitProblem, signed = false): Rates {
  const { net, parametrization, trainable, optimizer, settings = {} } = problem;
  const rule = ruleOf(optimizer, { settings: typeof settings === 'function' ? {} : settings });
  const trained = trainable === undefined ? undefined : selectParameters(net.parameters, trainable, 'parameters');
  return Object.fromEntries(
    net.parameters.map((parameter) => {
      if (trained !== undefined && !trained.has(parameter.name)) return [parameter.name, 0];
      const { c: own, d } = exponentsFor(parametrization, parameter);
      const c = minus(own, updateSize(rule, parameter.kind));
      const power = signed ? negated(c) : minus(d, c);
      const scale = (parametrization.baseWidth ?? 1) ** -toNumber(power);
      return [parameter.name, { scale, powers: [{ space: 'n', exponent: power }] }];
    }),
  );
}

/** The momentum of plain descent on squared loss; undefined of all else. */
export function linearMomentum({ optimizer, settings = {}, loss = 'squared', rules, limit, clipNorm }: LimitProblem) {
  if (!LINEAR.includes(optimizer.name) || loss !== 'squared' || typeof settings === 'function') return undefined;
  if (rules !== undefined || limit !== undefined || clipNorm !== undefined) return undefined;
  const of = (name: string): unknown => settings[name] ?? optimizer.hyperparameters[name]?.value;
  const momentum = of('momentum');
  const plain = of('nesterov') === false && of('dampening') === 0;
  const decays = Object.keys(optimizer.hyperparameters).some((name) => /decay/i.test(name) && of(name) !== 0);
  return typeof momentum === 'number' && plain && !decays ? momentum : undefined;
}
