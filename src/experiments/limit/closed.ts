/** Neural tangent limits without sampling, where they close (theory 7). */

import { NexortError, required } from '../../errors/index.ts';
import { limitingKernels, tangentKernelProgram } from '../../kernels/index.ts';
import { exactLimit, isNotClosed } from '../../kets/index.ts';
import { ruleOf } from '../../parametrizations/index.ts';
import { nodeOf, outputOf, type Tensor, tensor } from '../../program/index.ts';
import { kernelStep, parametrizedNet, startName, weightsDecay } from '../../training/index.ts';
import { ratesOf } from './kernel.ts';
import type { LimitPath, LimitPathOptions } from './path.ts';
import { type LimitProblem, outputShape, stepData, stepsOf, zeros } from './problem.ts';
import { startOfStep } from './startPath.ts';

/** How often quadratures of a kernel evaluate their integrands at most: half a minute. */
const EVALUATIONS = 50_000_000;

/**
 * The same as {@link limitPath} where no number has to be sampled: neural tangent limits of
 * - rules that are linear in gradients, with or without memory, by the tangent kernel in closed form;
 * - the sign of the gradient of one example at a time, with one output, each weight used once for an example, by the kernel
 *   ⟨∂f, sign ∂f′⟩;
 *
 * alike for all parameters, without decay of weights and limits on updates. Undefined of all others, and where a kernel has
 * no closed form. Throws {@link UserError} as {@link stepsOf} and {@link stepData}.
 */
export function closedPath(
  problem: LimitProblem,
  { start }: Pick<LimitPathOptions, 'start'> = {},
): LimitPath | undefined {
  if (stepsOf(problem).kind !== 'neural tangent') return undefined;
  const kernel = kernelOf(problem);
  if (kernel === undefined) return undefined;
  const { net, steps } = problem;
  const shape = outputShape(problem);
  const data = stepData(problem);
  const found = exactLimit(kernelStep(net, problem), {
    steps: steps + 1,
    data: (step) => {
      const { target, weight } = data(step);
      return {
        kernel,
        target: required(target, 'targets'),
        weight: required(weight, 'weights of examples'),
        [startName(net.output)]: start === undefined ? zeros(shape) : startOfStep(start, step),
      };
    },
  });
  const named = (name: string) =>
    found.flatMap((outputs) => {
      const output = outputs.find((own) => own.name === name);
      if (output === undefined) return [];
      const values = output.entries.flatMap((entry) => (isNotClosed(entry) ? [] : [entry]));
      return values.length < output.entries.length ? [] : [values.map((value) => ({ value, standardError: 0 }))];
    });
  const outputs = named(net.output);
  if (outputs.length <= steps) return undefined;
  const losses = named('loss').flatMap((entries) => entries[0] ?? []);
  return {
    kind: 'neural tangent',
    axes: shape.axes,
    shape: shape.shape,
    outputs,
    values: {},
    kernels: [],
    changes: [],
    ...(losses.length <= steps ? {} : { losses }),
  };
}

/** The kernel along which errors move outputs, [batch, batch′]. */
function kernelOf(problem: LimitProblem): Tensor | undefined {
  const { net, data, batches, optimizer, settings = {}, rules, limit, clipNorm } = problem;
  const { axes } = nodeOf(net.program, outputOf(net.program, net.output).value).type;
  const alike = rules === undefined && limit === undefined && clipNorm === undefined && typeof settings !== 'function';
  if (!alike || axes.some((axis) => axis !== 'batch' && axis !== 'class')) return undefined;
  const { linear } = ruleOf(optimizer, { settings });
  const byOne = optimizer.name === 'signsgd' && axes.length === 1 && batches?.every((batch) => batch.length === 1);
  if ((!linear && byOne !== true) || weightsDecay(net, problem)) return undefined;
  const program = parametrizedNet(net, problem);
  const { target: _, ...x1 } = data;
  const { output } = net;
  const rates = ratesOf(problem, !linear);
  try {
    if (linear) {
      const { ntk } = limitingKernels(program, { x1, output, rates, only: 'ntk' });
      return tensor(['batch', "batch'"], [ntk.rows, ntk.columns], ntk.data);
    }
    const signed = tangentKernelProgram(program, { output, rates, signed: true });
    const [outputs] = exactLimit(signed, { data: x1, evaluations: EVALUATIONS });
    const { entries, shape } = required(outputs?.[0], 'kernel of signs');
    const values = entries.flatMap((entry) => (isNotClosed(entry) ? [] : [entry]));
    return values.length < entries.length ? undefined : tensor(['batch', "batch'"], shape, values);
  } catch (error) {
    if (error instanceof NexortError && error.code.startsWith('kernels.')) return undefined;
    throw error;
  }
}
