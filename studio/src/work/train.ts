/** Training for the limit page: one network, or the limit, in whatever thread. */

import { type FinitePath, finitePath, type LimitPath, limitPath } from 'nexort/experiments';
import { interpretedStepper } from 'nexort/finite';
import { type Estimate, estimateLimit, type Keep } from 'nexort/kets';
import { simplify } from 'nexort/program';
import { interpret } from 'nexort/reference';
import { type MakeStepper, parametrizedNet } from 'nexort/training';
import { shownKernel } from '../problem/grid.ts';
import { type Posed, posed } from '../problem/pose.ts';
import type { TextJob } from '../problem/scripts.ts';
import { type LimitSpec, SUBSAMPLE } from '../problem/spec.ts';

export interface NetworkJob {
  readonly spec: LimitSpec;
  readonly width: number;
  readonly seed: number;
}

/** Before an update: outputs, loss of the batch, feature kernels by layer. */
export interface NetworkStep {
  readonly outputs: readonly number[];
  readonly loss: number;
  readonly kernels: readonly (readonly number[])[];
}

export type NetworkRun = Pick<FinitePath, 'width' | 'seed' | 'outputs' | 'losses' | 'divergedAt'> & {
  /** By step and layer. */
  readonly kernels: readonly (readonly (readonly number[])[])[];
};

/** A limit as far as it is sampled. */
export interface LimitRun {
  readonly path: LimitPath;
  /** Feature kernels by layer and step. */
  readonly kernels: readonly (readonly (readonly Estimate[])[])[];
  /** How many of the scramblings. */
  readonly scramblings: number;
}

export type LimitJobs = {
  readonly network: { readonly given: NetworkJob; readonly part: NetworkStep; readonly gives: NetworkRun };
  readonly limit: { readonly given: LimitSpec; readonly part: LimitRun; readonly gives: LimitRun };
  readonly text: { readonly given: TextJob; readonly part: never; readonly gives: string };
};

/** Trains one network; every step is told when it is done. */
export async function trainNetwork(
  { spec, width, seed }: NetworkJob,
  tell: (step: NetworkStep) => void = () => {},
): Promise<NetworkRun> {
  const { problem, kernels } = posed(spec);
  const { net } = problem;
  const inner = interpretedStepper(interpret);
  const isPath = (outputs: readonly string[] | undefined): boolean => outputs?.includes('loss') === true;
  const stepper: MakeStepper = async (program, sizes, state, outputs) => {
    const made = await inner(program, sizes, state, outputs);
    if (!isPath(outputs)) return made;
    return {
      step: async (data) => {
        const ran = await made.step(data);
        const numbers = (name: string): number[] => Array.from(ran[name]?.data ?? [], Number);
        tell({
          ...{ outputs: numbers(net.output), loss: numbers('loss')[0] ?? Number.NaN },
          kernels: kernels.map((name) => shownKernel(spec.points, numbers(name))),
        });
        // A turn of the event loop, in which what was told goes out.
        await new Promise((resume) => setTimeout(resume));
        return ran;
      },
      state: () => made.state(),
      load: (state) => made.load(state),
      release: () => made.release(),
    };
  };
  const path = await finitePath(problem, { width, seed, stepper, run: interpret });
  const { outputs, losses, divergedAt } = path;
  return {
    ...{ width, seed, outputs, losses },
    kernels: outputs.map((_, step) => kernels.map((name) => shownKernel(spec.points, path.values[name]?.[step] ?? []))),
    ...(divergedAt === undefined ? {} : { divergedAt }),
  };
}

/** The fewest samplings that have errors; they are shown while the others are computed. */
const FIRST = 2;

/** Samples the limit, first roughly. */
export async function trainLimit(spec: LimitSpec, tell: (run: LimitRun) => void = () => {}): Promise<LimitRun> {
  const task = posed(spec);
  const { samples, scramblings, seed } = spec;
  const kept = new Map<string, unknown>();
  const keep: Keep = async <Kept>(name: string, compute: () => Promise<Kept>): Promise<Kept> => {
    const known = kept.get(name);
    const value = known === undefined ? await compute() : (known as Kept); // the same name, the same kind
    kept.set(name, value);
    return value;
  };
  const sampled = async (seeds: number): Promise<LimitRun> => {
    const subsample = Math.min(SUBSAMPLE, samples);
    const path = await limitPath(task.problem, { seeds, seed, samples, subsample, keep });
    return { path, kernels: await kernelsOf(path, task, spec, seeds), scramblings: seeds };
  };
  for (let seeds = FIRST; seeds < scramblings; seeds *= 2) tell(await sampled(seeds));
  return sampled(scramblings);
}

/** Feature kernels along a limit; in the neural tangent one they stand still, and are those of the start. */
async function kernelsOf(
  { kind, values, outputs }: LimitPath,
  { problem, kernels }: Posed,
  { samples, seed, points }: LimitSpec,
  seeds: number,
): Promise<LimitRun['kernels']> {
  const shown = (entries: readonly Estimate[]): readonly Estimate[] => shownKernel(points, entries);
  if (kind === 'maximal update') return kernels.map((name) => (values[name] ?? []).map(shown));
  const net = parametrizedNet(problem.net, problem);
  const program = simplify({ ...net, outputs: kernels.map((name) => ({ name, value: name, role: 'data' })) });
  const { target: _, ...data } = problem.data;
  const [start = []] = await estimateLimit(program, { data, seeds, seed, width: samples });
  return kernels.map((name) => {
    const entries = shown(start.find((output) => output.name === name)?.entries ?? []);
    return outputs.map(() => entries);
  });
}
