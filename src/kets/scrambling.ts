/**
 * One scrambling of an estimate: sampled at its widths, extrapolated; plain data in and out, so that a thread can do
 * it. Quasi-random kets and their extrapolation are those of theory 3.
 */

import { required } from '../errors/index.ts';
import { at as entryAt } from '../numeric/index.ts';
import {
  type Axis,
  dataAt,
  followPhases,
  operands,
  type Phase,
  type Program,
  type Sizes,
  simplify,
  statesOf,
  type Tensors,
} from '../program/index.ts';
import { type KetOptions, ketInterpreter } from './interpreter.ts';
import { isColumns } from './run.ts';

/** How one scrambling samples, at its largest width. */
export interface ScramblingOptions extends Pick<KetOptions, 'sampling' | 'tolerance'> {
  readonly width: number;
  /** Of the scrambling. */
  readonly seed: number;
  readonly subsample: number;
  readonly sizes?: Sizes;
}

/** What a scrambling is computed from, without functions. */
export interface ScramblingTask {
  readonly phases: readonly SpelledPhase[];
  /** The width of the samples, and the two that tell its bias; or that width alone. */
  readonly widths: readonly number[];
  readonly options: ScramblingOptions;
}

/** A phase whose data stand there step by step. */
export interface SpelledPhase {
  readonly program: Program;
  readonly data: readonly Tensors[];
}

/** What one scrambling makes of scalar outputs by step: their entries, extrapolated. */
export type Scrambling = readonly (readonly ScrambledOutput[])[];

/** An output on its fixed axes, entries row-major. */
export interface ScrambledOutput {
  readonly name: string;
  readonly axes: readonly Axis[];
  readonly shape: readonly number[];
  readonly values: readonly number[];
}

/** Phases without functions. */
export function spelledOut(phases: readonly Phase[]): readonly SpelledPhase[] {
  return phases.map(({ program, steps = 1, data = {} }) => ({
    program,
    data: Array.from({ length: steps }, (_, step) => dataAt(data, step)),
  }));
}

/**
 * Samples at every width, smaller ones reading the beginning of the same scrambling, so that much of their spread cancels.
 * The event loop turns between steps; `onProgress` hears the share that is done after each width.
 */
export async function computeScrambling(
  { phases, widths, options }: ScramblingTask,
  onProgress: (share: number) => void = () => {},
): Promise<Scrambling> {
  const work = widths.reduce((sum, n) => sum + n, 0);
  const followed = phases.map(
    ({ program, data }): Phase => ({
      program,
      steps: data.length,
      data: (step) => required(data[step], `data of step ${step}`),
    }),
  );
  const { width, subsample } = options;
  const runs: Sampled[] = [];
  let done = 0;
  for (const n of widths) {
    const read = Math.max(1, Math.round((Math.min(subsample, width) * n) / width));
    runs.push({ width: n, run: await sampled(followed, ketOptions({ ...options, width: n, subsample: read })) });
    done += n;
    onProgress(done / work);
  }
  return extrapolated(runs);
}

/** What samples kets in the limit. */
export function ketOptions({ sampling = 'quasi', ...options }: ScramblingOptions): KetOptions {
  return { ...options, sampling, limit: true };
}

interface Sampled {
  readonly width: number;
  readonly run: readonly EstimatedRun[];
}

/** Values at the first width, less the b/n that those at the last two widths tell, entry by entry. */
function extrapolated(runs: readonly Sampled[]): Scrambling {
  const [fine, high, low] = [
    entryAt(runs, 0),
    entryAt(runs, Math.max(0, runs.length - 2)),
    entryAt(runs, runs.length - 1),
  ];
  const factor = high.width === low.width ? 0 : 1 / fine.width / (1 / low.width - 1 / high.width);
  return fine.run.map((outputs, step) =>
    outputs.map(({ name, axes, shape, data }, place) => {
      const entriesOf = ({ run }: Sampled): Float64Array =>
        required(run[step]?.[place], `output "${name}" of step ${step}`).data;
      const [above, below] = [entriesOf(high), entriesOf(low)];
      const values = Array.from(
        data,
        (value, entry) => value + factor * (entryAt(above, entry) - entryAt(below, entry)),
      );
      return { name, axes, shape, values };
    }),
  );
}

type EstimatedRun = readonly {
  readonly name: string;
  readonly axes: readonly Axis[];
  readonly shape: readonly number[];
  readonly data: Float64Array;
}[];

/** The same outputs, without what the last step computes for a state that no step reads. */
function withoutLastState(phases: readonly Phase[]): Phase[] {
  return phases.flatMap((phase, place) => {
    const { program, steps = 1, data = {} } = phase;
    if (place < phases.length - 1 || steps < 1) return [phase];
    const last = { program: leavingStates(program), data: dataAt(data, steps - 1) };
    return steps === 1 ? [last] : [{ program, data, steps: steps - 1 }, last];
  });
}

/** A program that hands on its states as they are, those that its outputs read. */
function leavingStates(program: Program): Program {
  const outputs = program.outputs.filter(({ role }) => role === 'data');
  const read = new Set(outputs.map(({ value }) => value));
  for (const { name, instruction } of [...program.nodes].reverse())
    if (read.has(name)) for (const ref of operands(instruction)) read.add(ref);
  const states = new Set(statesOf(program).map(({ name }) => name));
  return simplify({
    ...program,
    nodes: program.nodes.filter(({ name }) => read.has(name) || !states.has(name)),
    outputs: program.outputs.flatMap((output) => {
      if (output.role === 'data') return [output];
      return read.has(output.name) ? [{ ...output, value: output.name }] : [];
    }),
  });
}

async function sampled(phases: readonly Phase[], options: KetOptions): Promise<EstimatedRun[]> {
  const found: EstimatedRun[] = [];
  for await (const outputs of followPhases(ketInterpreter(options), withoutLastState(phases))) {
    found.push(Object.entries(outputs).flatMap(([name, output]) => (isColumns(output) ? [] : [{ name, ...output }])));
    await new Promise((resume) => setTimeout(resume));
  }
  return found;
}
