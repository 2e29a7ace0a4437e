import { describe, expect, it } from 'vitest';
import { interpretedStepper } from '../../src/finite/index.ts';
import { nodeEngine } from '../../src/finite/node/index.ts';
import { mlp } from '../../src/nets/index.ts';
import { optimizerNamed } from '../../src/optimizers/index.ts';
import { MUP } from '../../src/parametrizations/index.ts';
import { type Tensors, tensor } from '../../src/program/index.ts';
import { interpret } from '../../src/reference/index.ts';
import { drawState, trainingStep } from '../../src/training/index.ts';
import { deviation } from '../conformance/feeds.ts';

/** f32 has 24 bits; five updates carry the rounding of gradients on, by which Adam divides. */
const TOLERANCE = 1e-4;

describe('an interpreted stepper', () => {
  it.each(['adam', 'sgd'])('trains as the engine does, with %s', async (name) => {
    const program = trainingStep(mlp({ activation: 'tanh', biases: true }), {
      parametrization: MUP,
      optimizer: optimizerNamed(name),
      settings: { learningRate: 0.1 },
    });
    const data: Tensors = {
      x: tensor(['batch', 'input'], [3, 2], Float64Array.of(1, 0.5, -1, 0.25, 0.3, -2)),
      target: tensor(['batch'], [3], Float64Array.of(1, -1, 0.5)),
    };
    const sizes = { n: 16, batch: 3, input: 2 };
    const state = drawState(program, sizes, 3, { data });
    const engine = nodeEngine({ threads: 1 });
    const theirs = await engine.stepper(program, sizes, { state }, ['f', 'loss']);
    const ours = await interpretedStepper(interpret)(program, sizes, state, ['f', 'loss']);
    for (let step = 0; step < 5; step++) {
      const [a, b] = [await ours.step(data), await theirs.step(data)];
      expect(Object.keys(a)).toEqual(['f', 'loss']);
      expect(deviation(a.f?.data ?? [], b.f?.data ?? []).worst).toBeLessThan(TOLERANCE);
      expect(deviation(a.loss?.data ?? [], b.loss?.data ?? []).worst).toBeLessThan(TOLERANCE);
    }
    expect(deviation(ours.state().w2?.data ?? [], theirs.state().w2?.data ?? []).worst).toBeLessThan(TOLERANCE);
    await ours.release();
    await theirs.release();
    await engine.release();
  });
});
