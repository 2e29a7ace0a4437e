/** What a page and Node compute alike. */

import fc from 'fast-check';
import type { Engine } from '../../src/finite/index.ts';
import { mlp } from '../../src/nets/index.ts';
import { draws, stream } from '../../src/numeric/index.ts';
import { optimizerNamed } from '../../src/optimizers/index.ts';
import { MUP } from '../../src/parametrizations/index.ts';
import { indexTensor, type Program, type Stepper, stepperOf, type Tensors, tensor } from '../../src/program/index.ts';
import { oracle } from '../../src/reference/index.ts';
import { phaseDiagram } from '../../src/report/index.ts';
import { trainingStep } from '../../src/training/index.ts';
import { cases, sizes } from '../conformance/cases.ts';
import type { InterpreterName } from '../conformance/interpreters.ts';
import { randomProgram, randomSizes, steps } from '../conformance/randomProgram.ts';

/** What a page runs of the table: limits are the same code as kets at a width, and take seconds. */
export const HERE = ['engine', 'stepper', 'stored kets', 'lazy kets'] as const satisfies readonly InterpreterName[];

/** Programs of the random suite that a page runs. */
const RANDOM = 30;

/** Every program of the suite with the inputs that it is differentiated by. */
export const programs = [
  ...cases.map(({ name, program, smooth }) => ({ name, program, smooth, sizes })),
  ...fc.sample(steps, { numRuns: RANDOM, seed: 1 }).map((choices, k) => ({
    ...{ name: `random program ${k}`, program: randomProgram(choices), smooth: ['x', 'y', 'w'], sizes: randomSizes },
  })),
];

const STEPS = 4;
const SIZES = { batch: 6, input: 3, n: 8 };
const DATA: Tensors = {
  x: tensor(['batch', 'input'], [6, 3], stream(3, 'x').normals(18)),
  target: indexTensor(['batch'], [6], [0, 1, 2, 2, 1, 0]),
};
const training: Program = trainingStep(mlp({ depth: 2, classes: 3, activation: 'tanh', biases: true }), {
  ...{
    parametrization: MUP,
    optimizer: optimizerNamed('adam'),
    settings: { learningRate: 0.05 },
    loss: 'cross-entropy',
  },
});

/** Losses of some steps with Adam on an engine, whose stepper updates with compiled kernels. */
export async function engineLosses(engine: Engine): Promise<readonly number[]> {
  return losses(await engine.stepper(training, SIZES, { seed: 5 }));
}

/** The same losses in f64. */
export function oracleLosses(): Promise<readonly number[]> {
  const { start } = oracle({ sizes: SIZES, draw: draws(5) });
  return losses(stepperOf(oracle({ sizes: SIZES, draw: draws(5) }), training, start()));
}

async function losses(stepper: Stepper): Promise<readonly number[]> {
  const found: number[] = [];
  for (let step = 0; step < STEPS; step++) found.push(...((await stepper.step(DATA)).loss?.data ?? []));
  return found;
}

/** A figure. */
export const diagram = (): string =>
  phaseDiagram({
    ...{ title: 'mine with adam, 3 hidden layers', verdict: 'trivial, r = 3/4' },
    given: { name: 'mine', readout: 1.25, r: 0.75 },
    named: [{ name: 'µP', readout: 1, r: 0 }],
  });
