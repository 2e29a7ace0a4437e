/** The same training at a finite width: one network, from one seed. */

import { required } from '../../errors/index.ts';
import { at } from '../../numeric/index.ts';
import { type SizedRun, type Sizes, symbolsOf, type Tensor, type Tensors, tensor } from '../../program/index.ts';
import { drawState, type MakeStepper, parametrizedNet, startName } from '../../training/index.ts';
import { seedAt } from '../start.ts';
import { type LimitProblem, stepData, stepsOf } from './problem.ts';

export interface NetworkOptions {
  readonly width: number;
  readonly seed: number;
  /** Where outputs begin, row-major, in the neural tangent case; default 0. */
  readonly start?: Tensor;
  readonly stepper: MakeStepper;
  readonly run: SizedRun;
}

/** A training at a finite width: outputs before each step and after the last, row-major, and losses. */
export interface FinitePath {
  readonly width: number;
  readonly seed: number;
  readonly outputs: readonly (readonly number[])[];
  readonly losses: readonly number[];
  /** The first step whose outputs are not finite, where there is one. */
  readonly divergedAt?: number;
}

/** Trains one network. Throws as {@link stepsOf} and {@link stepData}. */
export async function finitePath(problem: LimitProblem, options: NetworkOptions): Promise<FinitePath> {
  const { net, steps } = problem;
  const { width, seed, stepper } = options;
  const { kind, finite } = stepsOf(problem);
  const data = stepData(problem);
  const sizes = { ...symbolsOf(finite, { n: width }, data(0)), n: width };
  const state = drawState(finite, sizes, seedAt(seed, width));
  const begun = kind === 'neural tangent' ? await startOf(problem, options, state, sizes) : {};
  const training = await stepper(finite, sizes, state, [net.output, 'loss']);
  const [outputs, losses]: [number[][], number[]] = [[], []];
  try {
    for (let step = 0; step <= steps; step++) {
      const { [net.output]: f, loss } = await training.step({ ...data(step), ...begun });
      const values = Array.from(required(f, 'output of a step').data, Number);
      if (values.some((value) => !Number.isFinite(value))) return { width, seed, outputs, losses, divergedAt: step };
      outputs.push(values);
      if (loss !== undefined) losses.push(Number(loss.data[0]));
    }
  } finally {
    await training.release();
  }
  return { width, seed, outputs, losses };
}

/** What is added to outputs so that they begin where the limit does: less the network's own at initialization. */
async function startOf(
  problem: LimitProblem,
  { start, run }: NetworkOptions,
  state: Tensors,
  sizes: Sizes,
): Promise<Tensors> {
  const { net, data } = problem;
  const program = parametrizedNet(net, problem);
  const names = new Set(program.nodes.map(({ name }) => name));
  const fed = Object.fromEntries(Object.entries({ ...state, ...data }).filter(([name]) => names.has(name)));
  const own = required((await run(program, fed, sizes))[net.output], `output "${net.output}"`);
  const shifted = Float64Array.from(own.data, (value, k) => (start === undefined ? 0 : at(start.data, k)) - value);
  return { [startName(net.output)]: tensor(own.axes, own.shape, shifted) };
}
