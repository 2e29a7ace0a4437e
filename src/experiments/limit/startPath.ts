/**
 * Where outputs of a neural tangent limit begin. Untrained outputs are a Gaussian process over examples, and where weights
 * decay over steps too: those of step s are of weights that (1 − λ)^s is left of (theory 7), so that all of them are drawn
 * together.
 */

import { required } from '../../errors/index.ts';
import { ketInterpreter } from '../../kets/index.ts';
import { at, entry, type Matrix, stream, symmetricEigen } from '../../numeric/index.ts';
import {
  argument,
  entries,
  mapped,
  mul,
  operands,
  type Program,
  rewrite,
  type Tensor,
  type Tensors,
  tensor,
  type Value,
} from '../../program/index.ts';
import { chosen, exampleCount, parametrizedNet, startName, weightsDecay } from '../../training/index.ts';
import { badStart } from './errors.ts';
import { type FrozenKernel, type FrozenOptions, frozenKernel } from './frozen.ts';
import { type LimitProblem, outputShape, stepData, stepsOf, zeros } from './problem.ts';

/** Untrained outputs, row-major on the output's axes: the same at every step, or where weights decay those of each step. */
export type StartPath = Tensor | readonly Tensor[];

/** Untrained outputs at a step. */
export function startOfStep(start: StartPath, step: number): Tensor {
  return 'data' in start ? start : required(start[Math.min(step, start.length - 1)], 'start of a step');
}

/** How many numbers a start has: one for each output, and where weights decay for each output after each step. */
export function startNumbers(problem: LimitProblem): readonly number[] {
  const { shape } = outputShape(problem);
  return weightsDecay(problem.net, problem) ? [problem.steps + 1, ...shape] : shape;
}

/**
 * A start of given numbers, row-major on the output's axes, after an axis [steps + 1] where weights decay, as many as
 * {@link startNumbers} says; axes of size 1 may be left out of `shape`. Throws {@link UserError}
 * `experiments.bad-start`.
 */
export function givenStart(problem: LimitProblem, shape: readonly number[], numbers: ArrayLike<number>): StartPath {
  const expected = startNumbers(problem);
  const bad = Array.from(numbers).findIndex((number) => !Number.isFinite(number));
  // Axes of size 1 may be left out, as tables do.
  const same = shape.filter((size) => size !== 1).join() === expected.filter((size) => size !== 1).join();
  if (!same || bad >= 0) throw badStart(expected, shape, bad < 0 ? undefined : { place: bad, value: at(numbers, bad) });
  return cut(problem, Float64Array.from(numbers));
}

/**
 * A start drawn from the Gaussian process that untrained outputs are, the same for the same seed and examples: a tensor
 * on the output's axes, or where weights decay one before each step and one after the last. Throws what `frozenKernel`
 * does.
 */
export async function drawnStart(problem: LimitProblem, options: FrozenOptions = {}): Promise<StartPath> {
  const { kernel } = await startCovariance(problem, options);
  return cut(problem, gaussian(kernel, stream(options.seed ?? 0, 'start of a limit').normals(kernel.rows)));
}

/** The covariance of untrained outputs, where weights decay over steps, examples, and further entries of an output. */
export function startCovariance(problem: LimitProblem, options: FrozenOptions = {}): Promise<FrozenKernel> {
  const asked = weightsDecay(problem.net, problem) ? decayedNet(problem) : undefined;
  return frozenKernel(problem, 'nngp', options, asked);
}

/** Of numbers for each step, if there are so many, the tensors of the steps. */
function cut(problem: LimitProblem, numbers: Float64Array): StartPath {
  const { axes, shape } = outputShape(problem);
  const size = entries(shape);
  const each = Array.from({ length: numbers.length / size }, (_, step) =>
    tensor(axes, shape, numbers.slice(step * size, (step + 1) * size)),
  );
  return each.length === 1 ? required(each[0], 'start') : each;
}

/** A Gaussian vector of a covariance, from independent numbers. What sampling left below 0 in it counts as 0. */
function gaussian(covariance: Matrix, normals: Float64Array): Float64Array {
  const { values, vectors } = symmetricEigen(covariance);
  const scaled = values.map((value, k) => Math.sqrt(Math.max(0, value)) * entry(normals, k));
  return Float64Array.from({ length: covariance.rows }, (_, row) =>
    scaled.reduce((sum, value, k) => sum + value * entry(vectors.data, row * covariance.rows + k), 0),
  );
}

/** The network at what decay has left of its weights: each example comes once for every step, with factors of its own. */
function decayedNet(problem: LimitProblem): { readonly program: Program; readonly inputs: Tensors } {
  const { net, data, steps } = problem;
  const { target: _, ...own } = data;
  const left = decayFactors(problem);
  const names = new Set(left.keys());
  const program = rewrite(parametrizedNet(net, problem), (node, writer) => {
    const decayed = operands(node.instruction).find((ref) => names.has(ref));
    if (decayed === undefined) return undefined;
    const name = shrunkName(decayed);
    const type = { kind: 'real', axes: ['batch'] } as const;
    const factor: Value = writer.has(name)
      ? writer.value(name)
      : writer.write({ op: 'input', role: 'data', type }, name);
    return mapped(node, writer, { expr: mul(argument(0), argument(1)), before: 'at full weight', args: [factor] });
  });
  const count = exampleCount(own);
  const factors = [...left].map(([name, byStep]): [string, Tensor] => [
    shrunkName(name),
    tensor(
      ['batch'],
      [(steps + 1) * count],
      byStep.flatMap((factor) => Array<number>(count).fill(factor)),
    ),
  ]);
  const repeated = Array.from({ length: (steps + 1) * count }, (_, k) => k % count);
  return { program, inputs: { ...chosen(own, repeated), ...Object.fromEntries(factors) } };
}

const shrunkName = (parameter: string): string => `${parameter}.shrunk`;

/** Of each parameter that is trained, what decay has left of it before each step and after the last: the limit's own states. */
function decayFactors(problem: LimitProblem): ReadonlyMap<string, readonly number[]> {
  const { limit } = stepsOf(problem);
  const states = limit.outputs.flatMap(({ name, role }) =>
    role === 'state' && name.endsWith('.shrunk') ? [name] : [],
  );
  const interpreter = ketInterpreter({ width: 1, seed: 0, limit: true });
  const given = stepData(problem)(0);
  const data = {
    ...given,
    // No example counts, so that nothing happens but decay.
    weight: zeros(required(given.weight, 'weights of examples')),
    [startName(problem.net.output)]: zeros(outputShape(problem)),
  };
  const left = new Map(states.map((name): [string, number[]] => [name.slice(0, -'.shrunk'.length), [1]]));
  let state = interpreter.start();
  for (let step = 0; step < problem.steps; step++) {
    ({ state } = interpreter.run(limit, state, data));
    const now = interpreter.exported(state, states);
    for (const [name, factors] of left) factors.push(Number(now[shrunkName(name)]?.data[0]));
  }
  return left;
}
