/** A program at finite widths, its matrices stored whole, over independent seeds. */

import { draws } from '../../numeric/index.ts';
import {
  follow,
  type Program,
  type SizedRun,
  type Sizes,
  spaceOf,
  stepperOf,
  type Tensors,
  tensorInterpreter,
} from '../../program/index.ts';
import { seedAt } from '../start.ts';
import { finiteOnly } from './notFinite.ts';

export interface FiniteOptions {
  readonly widths: readonly number[];
  readonly seeds: number;
  /** Seed of the first run; others follow. */
  readonly seed: number;
  readonly steps: number;
  readonly symbol: string;
  readonly data: Tensors;
  readonly sizes: Sizes;
  readonly run: SizedRun;
  /** Whether numbers that are not finite end the check. */
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
  const run = options.mustBeFinite ? finiteOnly(options.run, `at width ${width} from seed ${seed}`) : options.run;
  const interpreter = tensorInterpreter(run, { sizes, draw: draws(seedAt(seed, width)) });
  const stepper = stepperOf(interpreter, program, interpreter.start());
  let last: Tensors = {};
  for await (const outputs of follow(stepper, options.data, { to: options.steps })) last = outputs;
  return last;
}

/** Names of the outputs that have no width axis, with their axes. */
export function scalarOutputs(program: Program): string[] {
  const wide = new Set(program.spaces.filter(({ kind }) => kind === 'width').map(({ name }) => name));
  const axes = new Map(program.nodes.map(({ name, type }) => [name, type.axes]));
  return program.outputs
    .filter(({ role, value }) => role === 'data' && !axes.get(value)?.some((axis) => wide.has(spaceOf(axis))))
    .map(({ name }) => name);
}
