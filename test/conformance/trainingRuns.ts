/** One training run in each interpreter: its outputs at every step, and its states after the last. */

import type { Engine } from '../../src/finite/index.ts';
import { ketInterpreter } from '../../src/kets/index.ts';
import { drawInitial, draws, stream } from '../../src/numeric/index.ts';
import {
  reorder,
  type Stepper,
  statesOf,
  stepperOf,
  symbolsOf,
  type Tensor,
  type Tensors,
} from '../../src/program/index.ts';
import { oracle } from '../../src/reference/index.ts';
import type { Training } from './randomTraining.ts';
import { realized, tensorOf } from './realized.ts';

/** Everything that a run gives, by step and name, axes in the program's order. */
export type Trace = ReadonlyMap<string, Float64Array>;

const SEED = 5;

/** What states and parameters start from. */
export function initial({ program, sizes, data: [first = {}] }: Training): Tensors {
  const drawn = drawInitial(program, symbolsOf(program, sizes, first), SEED);
  return drawn;
}

async function followed(training: Training, stepper: Stepper<Tensors, Tensors>): Promise<Trace> {
  const { program, data } = training;
  const trace = new Map<string, Float64Array>();
  const put = (key: string, { axes }: { readonly axes: readonly string[] }, value: Tensor | undefined): void => {
    if (value === undefined) throw new Error(`no ${key}`);
    trace.set(key, Float64Array.from(reorder(value, axes).data));
  };
  const types = new Map(program.nodes.map(({ name, type }) => [name, type]));
  for (const [step, given] of data.entries()) {
    const outputs = await stepper.step(given);
    for (const { name, value, role } of program.outputs) {
      const type = types.get(value);
      if (role === 'data' && type !== undefined) put(`${name} at step ${step}`, type, outputs[name]);
    }
  }
  const state = stepper.state();
  for (const { name, type } of statesOf(program)) put(`state ${name}`, type, state[name]);
  await stepper.release();
  return trace;
}

/** The oracle's. */
export function byOracle(training: Training, start: Tensors): Promise<Trace> {
  const { program, sizes } = training;
  const plain = oracle({ sizes, draw: draws(SEED) });
  return followed(training, stepperOf(plain, program, plain.start(start)));
}

/** The engine's, a graph for the whole step. */
export function byEngine(training: Training, start: Tensors, engine: Engine): Promise<Trace> {
  const { program, sizes } = training;
  const finite = engine.interpreter({ sizes, draw: draws(SEED) });
  return followed(training, stepperOf(finite, program, finite.start(start)));
}

/** The engine's, which updates in place by compiled kernels. */
export async function byStepper(training: Training, start: Tensors, engine: Engine): Promise<Trace> {
  const { program, sizes } = training;
  return followed(training, await engine.stepper(program, sizes, { state: start, seed: SEED }));
}

/** Outputs of a run in kets; its states have no numbers on two widths. */
function ketSteps(
  { program, data, sizes: { n: width = 1, ...sizes } }: Training,
  matrices: 'lazy' | 'dense',
  given: Tensors,
  after: (kets: ReturnType<typeof ketInterpreter>, start: ReturnType<typeof kets.start>) => Tensors = () => given,
): { readonly trace: Trace; readonly start: Tensors } {
  const kets = ketInterpreter({ width, seed: SEED, sizes, matrices });
  const start = kets.start(given);
  let state = start;
  const trace = new Map<string, Float64Array>();
  const axes = new Map(program.nodes.map(({ name, type }) => [name, type.axes]));
  for (const [step, feeds] of data.entries()) {
    const ran = kets.run(program, state, feeds);
    ({ state } = ran);
    for (const { name, value } of program.outputs) {
      const output = ran.outputs[name];
      if (output === undefined) continue;
      const tensor = reorder(tensorOf(output), axes.get(value) ?? []);
      trace.set(`${name} at step ${step}`, Float64Array.from(tensor.data));
    }
  }
  return { trace, start: after(kets, start) };
}

/** The outputs in kets with stored matrices. */
export function byStoredKets(training: Training, start: Tensors): Trace {
  return ketSteps(training, 'dense', start).trace;
}

/** The outputs in kets whose matrices are sampled along what they meet, and what these were. */
export function byLazyKets(training: Training): { readonly trace: Trace; readonly start: Tensors } {
  const {
    program,
    sizes,
    data: [first = {}],
  } = training;
  return ketSteps(training, 'lazy', {}, (kets, start) =>
    realized(program, kets, start, symbolsOf(program, sizes, first)),
  );
}

/** The worst deviation of what is in both traces, relative to the larger of 1 and the expected; NaN where numbers are none. */
export function apart(actual: Trace, expected: Trace): { readonly worst: number; readonly where: string } {
  let [worst, where] = [0, ''];
  for (const [key, values] of expected) {
    const own = actual.get(key);
    if (own === undefined) continue;
    if (own.length !== values.length) return { worst: Number.POSITIVE_INFINITY, where: `${key}: entries` };
    for (const [k, value] of values.entries()) {
      const error = Math.abs((own[k] ?? Number.NaN) - value) / Math.max(1, Math.abs(value));
      if (!(error <= worst)) [worst, where] = [error, `${key}, entry ${k}: ${own[k]} for ${value}`];
      if (Number.isNaN(error)) return { worst: Number.POSITIVE_INFINITY, where };
    }
  }
  return { worst, where };
}

/** Relative changes of the size of f32 rounding. */
const ROUNDING = 2 ** -23;

/** The same start, each entry of a parameter off by a rounding in f32; those that are 0 move too. */
export function shaken({ net }: Training, start: Tensors, seed: number): Tensors {
  const parameters = new Set(net.parameters.map(({ name }) => name));
  return Object.fromEntries(
    Object.entries(start).map(([name, tensor]) => {
      if (!parameters.has(name)) return [name, tensor];
      const noise = stream(seed, name).normals(tensor.data.length);
      const data = Float64Array.from(tensor.data, (x, k) => x + ROUNDING * (Math.abs(x) + 0.1) * (noise[k] ?? 0));
      return [name, { ...tensor, data }];
    }),
  );
}
