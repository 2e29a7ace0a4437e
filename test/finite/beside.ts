/** Steps of a program in the engine beside the oracle. */

import { expect } from 'vitest';
import type { Engine } from '../../src/finite/index.ts';
import { draws } from '../../src/numeric/index.ts';
import { type Program, reorder, type Sizes, stepperOf, type Tensors } from '../../src/program/index.ts';
import { oracle } from '../../src/reference/index.ts';
import { expectClose } from '../program/support.ts';

/** Named values of the one beside those of the other, whatever the order of their axes. */
export function expectSame(found: Tensors, expected: Tensors, tolerance: number, what = ''): void {
  expect(Object.keys(found).sort(), what).toEqual(Object.keys(expected).sort());
  for (const [name, one] of Object.entries(found)) {
    const other = reorder(expected[name] ?? expect.fail(name), one.axes);
    expect(one.shape, name).toEqual(other.shape);
    expectClose(one.data, other.data, tolerance, `${name}${what}`);
  }
}

export interface BesideOptions {
  readonly sizes: Sizes;
  /** Of each step. */
  readonly data: readonly Tensors[];
  readonly seed: number;
  readonly state?: Tensors;
  readonly tolerance: number;
}

/** Outputs of every step and the state after the last are the same in the engine as in the oracle. */
export async function expectSteps(engine: Engine, program: Program, options: BesideOptions): Promise<void> {
  const { sizes, data, seed, state = {}, tolerance } = options;
  const slow = stepperOf(oracle({ sizes, draw: draws(seed) }), program, state);
  const stepper = await engine.stepper(program, sizes, { seed, state });
  for (const [k, feeds] of data.entries()) {
    const expected = await slow.step(feeds);
    expectSame(await stepper.step(feeds), expected, tolerance, `, step ${k}`);
  }
  expectSame(stepper.state(), slow.state(), tolerance, ', state');
  await stepper.release();
}
