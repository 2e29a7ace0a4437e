/** What the kets bench runs: two hidden layers in the maximal update parametrization, trained by full-batch SGD. */

import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { mean, stream } from '../../src/numeric/index.ts';

/** A step program as text, and how many steps of it a run takes. */
export interface Workload {
  readonly name: string;
  readonly text: string;
  readonly steps: number;
}

const EXAMPLE = resolve(import.meta.dirname, '../../examples/programs/sgd-two-hidden-layers.nex');

/** The example with four inputs. */
export async function fourInputs(): Promise<Workload> {
  return { name: '4 inputs, 8 steps', text: await readFile(EXAMPLE, 'utf8'), steps: 8 };
}

const [BATCH, INPUT, STEPS, SEED] = [32, 6, 15, 0];
/** Step size; the loss is 2 · mean (f − target)². */
const [RATE, LOSS] = [0.1, 4];

/**
 * The setting in which a prototype found a tenth to a sixteenth of the variance: 32 inputs on a sphere in six dimensions,
 * told apart by the sign of the product of their first two coordinates, 15 steps.
 */
export function manyInputs(): Workload {
  const draws = Array.from(stream(SEED, 'inputs').normals(BATCH * INPUT));
  const inputs = Array.from({ length: BATCH }, (_, b) => onSphere(draws.slice(b * INPUT, (b + 1) * INPUT)));
  const targets = inputs.map(([first = 0, second = 0]) => Math.sign(first * second));
  const step = (RATE * LOSS) / BATCH;
  const text = `program two hidden layers, ${BATCH} inputs, an SGD step
  fixed batch = ${BATCH}, input = ${INPUT}
  width n
  x[batch, input] = (
    ${inputs.map((row) => row.map((x) => x.toFixed(6)).join(', ')).join(',\n    ')})
  target[batch] = (${targets.join(', ')})
  state w1[n, input] ~ normal(${INPUT ** -0.5})
  state W[n, n'] ~ normal(|n|^-0.5)
  state v[n] ~ normal(1)
  x1 = tanh(x @[input] w1)
  x2 = tanh(W @ x1)
  f = avg(v * x2)
  error = f - target
  dh2 = error * v * (1 - x2^2)
  dh1 = (W^T @ dh2) * (1 - x1^2)
  next state w1 = w1 - ${step / INPUT} * (dh1 @[batch] x)
  next state W = W - ${step} * |n|^-1 * (dh2 @[batch] x1[n'])
  next state v = v - ${step} * (error @[batch] x2)
  output f
  output loss = mean[batch](error^2)
`;
  return { name: `${BATCH} inputs, ${STEPS} steps`, text, steps: STEPS };
}

/** A direction as a point whose coordinates have mean square 1. */
function onSphere(direction: readonly number[]): number[] {
  const size = Math.sqrt(mean(direction.map((x) => x * x)));
  return direction.map((x) => x / size);
}
