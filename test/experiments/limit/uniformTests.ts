/** What is asked of networks along UP_s, of one hidden layer, beside their limit in closed form. */

import { nodeStepper } from '../../../src/cli/stepper.ts';
import { required } from '../../../src/errors/index.ts';
import { closedPath, finitePath, type LimitProblem } from '../../../src/experiments/index.ts';
import type { Engine } from '../../../src/finite/index.ts';
import { mlp } from '../../../src/nets/index.ts';
import { at, mean, standardDeviation } from '../../../src/numeric/index.ts';
import { optimizerNamed } from '../../../src/optimizers/index.ts';
import { uniform } from '../../../src/parametrizations/index.ts';
import { symbolsOf, tensor } from '../../../src/program/index.ts';
import { drawState, trainingStep } from '../../../src/training/index.ts';
import { VECTORS } from './data.ts';

/** Descent on targets so large, and at such a rate, that features are worth moving. */
export function alongUniform(s: string, scale: number): LimitProblem {
  const target = [1, -1, 0.5, -0.2].map((value) => scale * value);
  return {
    ...{ net: mlp({ depth: 1, activation: 'tanh' }), parametrization: uniform(s), optimizer: optimizerNamed('sgd') },
    ...{ settings: { learningRate: 0.8 }, data: { x: VECTORS, target: tensor(['batch'], [4], target) }, steps: 6 },
  };
}

/** The last outputs in the limit. */
export const lastOf = (problem: LimitProblem): readonly number[] =>
  required(required(closedPath(problem), 'limit').outputs.at(-1), 'last outputs').map(({ value }) => value);

/** Last outputs of networks as they are, which begin at a small f_0 of their own. */
export async function trainedWhole(
  engine: Engine,
  problem: LimitProblem,
  n: number,
  count: number,
): Promise<number[][]> {
  const program = trainingStep(problem.net, problem);
  const sizes = { ...symbolsOf(program, { n }, problem.data), n };
  const found: number[][] = [];
  for (let seed = 0; seed < count; seed++) {
    const training = await nodeStepper(engine)(program, sizes, drawState(program, sizes, seed * 2 ** 20 + n), ['f']);
    for (let step = 0; step < problem.steps; step++) await training.step(problem.data);
    found.push(Array.from(required((await training.step(problem.data)).f, 'f').data, Number));
    await training.release();
  }
  return found;
}

/** Means over networks of how far last outputs are from the limit, f_0 taken off, with their errors. */
export async function movedFromLimit(
  engine: Engine,
  problem: LimitProblem,
  width: number,
  count: number,
): Promise<readonly (readonly [mean: number, error: number])[]> {
  const limit = lastOf(problem);
  const found: (readonly number[])[] = [];
  for (let seed = 0; seed < count; seed++) {
    const { outputs } = await finitePath(problem, {
      ...{ width, seed, stepper: nodeStepper(engine) },
      run: (program, feeds, bound) => engine.run(program, feeds, bound),
    });
    found.push(required(outputs.at(-1), 'last outputs'));
  }
  return limit.map((value, k) => {
    const own = found.map((outputs) => at(outputs, k) - value);
    return [mean(own), required(standardDeviation(own), 'spread') / Math.sqrt(count)];
  });
}
