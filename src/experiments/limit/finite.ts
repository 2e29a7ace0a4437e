/**
 * The same training at a finite width: one network, from one seed. A step is that of an abcd-parametrization (IVb 2.2).
 */

import { required } from '../../errors/index.ts';
import { at } from '../../numeric/index.ts';
import {
  type Program,
  type SizedRun,
  type Sizes,
  type Stepper,
  symbolsOf,
  type Tensor,
  type Tensors,
  tensor,
} from '../../program/index.ts';
import { drawState, type MakeStepper, parametrizedNet, startName, weightsDecay } from '../../training/index.ts';
import { seedAt } from '../start.ts';
import { looksWithin } from './path.ts';
import { type LimitProblem, outputShape, stepData, stepsOf, zeros } from './problem.ts';
import { type StartPath, startOfStep } from './startPath.ts';
import { type KernelLook, kernelNumbers, tangentLook } from './tangentKernels.ts';
import { changeLook, changesIn, initialName, unchanged, type WeightChange } from './weightChange.ts';

/** The width and seed of a network that `finitePath` trains, and what is looked at on the way. */
export interface NetworkOptions {
  readonly width: number;
  readonly seed: number;
  /** Where outputs begin in the neural tangent case, as the limit's do; default 0. */
  readonly start?: StartPath;
  /** Steps before which the tangent kernel is looked at; default none. */
  readonly looks?: readonly number[];
  /** Steps before which it is looked how far weights are from where they started; default none. */
  readonly changes?: readonly number[];
  readonly stepper: MakeStepper;
  readonly run: SizedRun;
}

/** A training at a finite width: outputs before each step and after the last, row-major, and losses. */
export interface FinitePath {
  readonly width: number;
  readonly seed: number;
  readonly outputs: readonly (readonly number[])[];
  readonly losses: readonly number[];
  /** The other values that the problem's `outputs` name, by step, row-major. */
  readonly values: Readonly<Record<string, readonly (readonly number[])[]>>;
  /** The tangent kernel before the steps that were asked for. */
  readonly kernels: readonly KernelLook<number>[];
  /** How far weights are from where they started, before the steps that were asked for. */
  readonly changes: readonly WeightChange<number>[];
  /** The first step whose outputs are not finite, where there is one. */
  readonly divergedAt?: number;
}

/** Trains one network. Throws as {@link stepsOf} and {@link stepData}. */
export async function finitePath(problem: LimitProblem, options: NetworkOptions): Promise<FinitePath> {
  const { net, steps, outputs: others = [] } = problem;
  const { width, seed, stepper } = options;
  const { kind, finite } = stepsOf(problem);
  const data = stepData(problem);
  const sizes = { ...symbolsOf(finite, { n: width }, data(0)), n: width };
  const state = drawState(finite, sizes, seedAt(seed, width));
  const begun = kind === 'neural tangent' ? await startsOf(problem, options, state, sizes) : () => ({});
  const { look, kernels, changes } = looksAt(problem, options, state, sizes);
  const training = await stepper(finite, sizes, state, [net.output, 'loss', ...others]);
  const [outputs, losses]: [number[][], number[]] = [[], []];
  const values = Object.fromEntries(others.map((name): [string, number[][]] => [name, []]));
  try {
    for (let step = 0; step <= steps; step++) {
      await look(step, training);
      const ran = await training.step({ ...data(step), ...begun(step) });
      const f = Array.from(required(ran[net.output], 'output of a step').data, Number);
      if (f.some((value) => !Number.isFinite(value)))
        return { width, seed, outputs, losses, values, kernels, changes, divergedAt: step };
      outputs.push(f);
      if (ran.loss !== undefined) losses.push(Number(ran.loss.data[0]));
      for (const [name, path] of Object.entries(values))
        path.push(Array.from(required(ran[name], `value "${name}" of a step`).data, Number));
    }
  } finally {
    await training.release();
  }
  return { width, seed, outputs, losses, values, kernels, changes };
}

/** Looks at a network while it trains, and what they have found so far. */
function looksAt(
  problem: LimitProblem,
  { run, looks = [], changes: changed = [] }: NetworkOptions,
  initial: Tensors,
  sizes: Sizes,
) {
  const { steps, data } = problem;
  const [ofKernel, ofChange] = [looksWithin(looks, steps), looksWithin(changed, steps).filter((step) => step > 0)];
  const tangent = ofKernel.length === 0 ? undefined : tangentLook(problem);
  const change = ofChange.length === 0 ? undefined : changeLook(problem);
  const kernels: KernelLook<number>[] = [];
  const changes = [...unchanged(problem, looksWithin(changed, steps), 0)];
  const begun = Object.fromEntries(Object.entries(initial).map(([name, value]) => [initialName(name), value]));
  const seen = async (program: Program, training: Stepper): Promise<Tensors> => {
    const names = new Set(program.nodes.map(({ name }) => name));
    const all = Object.entries({ ...data, ...initial, ...begun, ...training.state() });
    return run(program, Object.fromEntries(all.filter(([name]) => names.has(name))), sizes);
  };
  const look = async (step: number, training: Stepper): Promise<void> => {
    if (tangent !== undefined && ofKernel.includes(step)) {
      const { ntk } = await seen(tangent, training);
      kernels.push({ step, entries: kernelNumbers(required(ntk, 'tangent kernel')) });
    }
    if (change === undefined || !ofChange.includes(step)) return;
    const found = Object.entries(await seen(change, training));
    changes.push(
      ...changesIn(
        step,
        found.map(([name, { data }]) => ({ name, entries: Array.from(data, Number) })),
      ),
    );
  };
  return { look, kernels, changes };
}

/** What is added to outputs so that they begin where the limit does: less what the network gives without training. */
async function startsOf(
  problem: LimitProblem,
  options: NetworkOptions,
  state: Tensors,
  sizes: Sizes,
): Promise<(step: number) => Tensors> {
  const { start } = options;
  const untrained = await (weightsDecay(problem.net, problem) ? decayedOutputs : firstOutputs)(
    problem,
    options,
    state,
    sizes,
  );
  const count = Math.max(untrained.length, start === undefined || 'data' in start ? 1 : start.length);
  const shifts = Array.from({ length: count }, (_, step): Tensors => {
    const own = required(untrained[Math.min(step, untrained.length - 1)], 'untrained outputs');
    const begins = start === undefined ? undefined : startOfStep(start, step);
    const values = Float64Array.from(own.data, (value, k) => (begins === undefined ? 0 : at(begins.data, k)) - value);
    return { [startName(problem.net.output)]: tensor(own.axes, own.shape, values) };
  });
  return (step) => required(shifts[Math.min(step, shifts.length - 1)], 'start of outputs');
}

async function firstOutputs(
  problem: LimitProblem,
  { run }: NetworkOptions,
  state: Tensors,
  sizes: Sizes,
): Promise<Tensor[]> {
  const { net, data } = problem;
  const program = parametrizedNet(net, problem);
  const names = new Set(program.nodes.map(({ name }) => name));
  const fed = Object.fromEntries(Object.entries({ ...state, ...data }).filter(([name]) => names.has(name)));
  return [required((await run(program, fed, sizes))[net.output], `output "${net.output}"`)];
}

/** The outputs at the decayed weights of each step: where no example counts, training does nothing but decay. */
async function decayedOutputs(
  problem: LimitProblem,
  { stepper }: NetworkOptions,
  state: Tensors,
  sizes: Sizes,
): Promise<Tensor[]> {
  const { net, steps } = problem;
  const data = stepData(problem)(0);
  const none = {
    weight: zeros(required(data.weight, 'weights of examples')),
    [startName(net.output)]: zeros(outputShape(problem)),
  };
  const untrained = await stepper(stepsOf(problem).finite, sizes, state, [net.output]);
  try {
    const outputs: Tensor[] = [];
    for (let step = 0; step <= steps; step++)
      outputs.push(required((await untrained.step({ ...data, ...none }))[net.output], `output "${net.output}"`));
    return outputs;
  } finally {
    await untrained.release();
  }
}
