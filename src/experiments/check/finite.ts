/** A program at finite widths, its matrices stored whole, over independent seeds. */

import { type Program, type Sizes, spaceOf, step, type Tensors } from '../../program/index.ts';
import { drawStart, seedAt } from '../start.ts';
import { finiteOnly } from './notFinite.ts';

/** How a program is run at bound sizes. */
export type FiniteRun = (program: Program, feeds: Tensors, sizes: Sizes) => Promise<Tensors> | Tensors;

export interface FiniteOptions {
  readonly widths: readonly number[];
  readonly seeds: number;
  /** Seed of the first run; others follow. */
  readonly seed: number;
  readonly steps: number;
  readonly symbol: string;
  readonly data: Tensors;
  readonly sizes: Sizes;
  readonly run: FiniteRun;
  /** Whether numbers that are none end the check. */
  readonly mustBeFinite: boolean;
  readonly onRun?: (width: number) => void;
}

/** Scalar outputs of the last step: [width][seed] by name. */
export async function finiteRuns(program: Program, options: FiniteOptions): Promise<readonly (readonly Tensors[])[]> {
  const { widths, seeds, seed, onRun } = options;
  const results: Tensors[][] = [];
  for (const width of widths) {
    const runs: Tensors[] = [];
    for (let k = 0; k < seeds; k++) {
      runs.push(await finiteRun(program, width, seed + k, options));
      onRun?.(width);
    }
    results.push(runs);
  }
  return results;
}

async function finiteRun(program: Program, width: number, seed: number, options: FiniteOptions): Promise<Tensors> {
  const sizes = { ...options.sizes, [options.symbol]: width };
  const start = drawStart(program, sizes, seedAt(seed, width));
  const data = { ...start.data, ...options.data };
  const runner = options.mustBeFinite ? finiteOnly(options.run, `at width ${width} from seed ${seed}`) : options.run;
  const run = (program: Program, feeds: Tensors): Promise<Tensors> | Tensors => runner(program, feeds, sizes);
  let { state } = start;
  let outputs: Tensors = {};
  for (let k = 0; k < options.steps; k++) ({ outputs, state } = await step(run, program, state, data));
  return outputs;
}

/** Names of the outputs that have no width axis, with their axes. */
export function scalarOutputs(program: Program): string[] {
  const wide = new Set(program.spaces.filter(({ kind }) => kind === 'width').map(({ name }) => name));
  const axes = new Map(program.nodes.map(({ name, type }) => [name, type.axes]));
  return program.outputs
    .filter(({ role, value }) => role === 'data' && !axes.get(value)?.some((axis) => wide.has(spaceOf(axis))))
    .map(({ name }) => name);
}
