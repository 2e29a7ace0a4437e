/** The train bench's parts: bounds, losses, the file of weights and batches, the steps themselves. */

import { join } from 'node:path';
import { describe, expect, it, onTestFinished, test, vi } from 'vitest';
import type { Estimate } from '../../bench/harness/statistics.ts';
import { boundsOf, judge } from '../../bench/train/bounds.ts';
import { openCase, writeCase } from '../../bench/train/case.ts';
import { compareLosses, SAME_LOSS } from '../../bench/train/losses.ts';
import { findPeer } from '../../bench/train/peers.ts';
import { makeStepper } from '../../bench/train/stepper.ts';
import {
  BATCHES,
  netOf,
  sizesOf,
  stepOf,
  titleOf,
  WORKLOADS,
  type Workload,
  workload,
} from '../../bench/train/workloads.ts';
import { drawInitial, draws } from '../../src/numeric/index.ts';
import { follow, stepperOf, type Tensors } from '../../src/program/index.ts';
import { oracle } from '../../src/reference/index.ts';
import { temporaryFolder } from '../support/folders.ts';

describe('boundsOf', () => {
  it('gives those of the issue at the sizes that they are stated for', () => {
    expect(boundsOf('mlp', { threads: 2 })).toEqual([
      { peer: 'torch', quantity: 'wall', atMost: 0.9 },
      { peer: 'jax', quantity: 'wall', atMost: 1.05 },
      { peer: 'torch', quantity: 'memory', atMost: 0.4 },
    ]);
    expect(boundsOf('wide', { threads: 2, steps: 3 })).toEqual([
      { peer: 'torch', quantity: 'wall', atMost: 1, aim: 0.9 },
      { peer: 'torch', quantity: 'memory', atMost: 0.65 },
    ]);
    expect(boundsOf('gpt', { threads: 2 })).toEqual([{ peer: 'torch', quantity: 'wall', atMost: 1.3, aim: 1 }]);
  });

  it.each([
    [{ width: 16, threads: 2 }, 'no bound is set for another width'],
    [{ threads: 1 }, 'the bounds are set for 2 threads'],
  ])('is none for %j', (other, none) => {
    expect(boundsOf('mlp', other)).toEqual({ none });
  });
});

describe('judge', () => {
  const between = (low: number, high: number): Estimate => ({ median: (low + high) / 2, low, high, coverage: 0.98 });
  const wall = { peer: 'torch', quantity: 'wall', atMost: 1, aim: 0.9 } as const;
  const memory = { peer: 'torch', quantity: 'memory', atMost: 0.65 } as const;
  const beside = (low: number, high: number, memoryRatio: number) => ({
    peer: 'torch' as const,
    wallRatio: between(low, high),
    memoryRatio,
  });

  it.each([
    [0.8, 0.85, 'met', 'met'],
    [0.85, 0.95, 'met', 'open'],
    [0.92, 1.1, 'open', 'missed'],
    [1.01, 1.1, 'missed', 'missed'],
  ] as const)('a ratio in [%d, %d] is %s, its aim %s', (low, high, verdict, aimed) => {
    expect(judge([wall], [beside(low, high, 1)])).toEqual([{ ...wall, verdict, aimed }]);
  });

  it('judges memory on a busy machine too, and nothing beside a rival that did not run', () => {
    expect(judge([wall, memory], [beside(0.5, 0.6, 0.66)], 'busy')).toEqual([
      { ...wall, verdict: 'none', reason: 'busy' },
      { ...memory, verdict: 'missed' },
    ]);
    expect(judge([memory], [])).toEqual([{ ...memory, verdict: 'none', reason: 'torch did not run' }]);
  });
});

describe('compareLosses', () => {
  it('finds the step at which losses are furthest apart, relative to themselves', () => {
    const { difference, step: at, agrees } = compareLosses([2, 1.0001, 0.5], [2, 1, 0.5]);
    expect(difference).toBeCloseTo(1e-4, 12);
    expect([at, agrees]).toEqual([2, true]);
    expect(compareLosses([1 + 1.01 * SAME_LOSS], [1])).toMatchObject({ step: 1, agrees: false });
  });

  it('takes no other number of steps and no NaN', () => {
    expect(compareLosses([1], [1, 1]).agrees).toBe(false);
    expect(compareLosses([], []).agrees).toBe(false);
    expect(compareLosses([1, Number.NaN, 1], [1, 1, 2])).toMatchObject({ step: 2, agrees: false });
  });
});

describe('findPeer', () => {
  it('says what is missing', () => {
    vi.stubEnv('NEXORT_PYTHON', '/nowhere/python');
    vi.stubEnv('NEXORT_JAX_JS', '/nowhere');
    onTestFinished(() => {
      vi.unstubAllEnvs();
    });
    const missing = (name: 'torch' | 'jax' | 'jax-js', of: 'mlp' | 'gpt' | 'encoder') => findPeer(name, workload(of));
    expect(missing('torch', 'gpt')).toMatchObject({
      missing: expect.stringMatching(/^\/nowhere\/python cannot `import torch/),
    });
    expect(missing('jax', 'encoder')).toEqual({ missing: 'it has no encoder' });
    expect(missing('jax', 'gpt')).toMatchObject({ missing: expect.stringMatching(/cannot `import jax, safetensors/) });
    expect(missing('jax-js', 'mlp')).toEqual({ missing: 'not installed: npm install --no-save @jax-js/jax@0.1.25' });
    expect(missing('jax-js', 'gpt')).toEqual({ missing: 'it runs on the workload mlp only' });
  });
});

const SMALL = { width: 16 } as const;

describe('a case', () => {
  it('at full size is the networks of the issue', () => {
    const counts = WORKLOADS.map((name) => {
      const given = workload(name);
      const own = stepOf(given).nodes.filter(
        ({ name: node, instruction }) =>
          instruction.op === 'input' && instruction.role === 'state' && !node.includes('.'),
      );
      const space = new Map(stepOf(given).spaces.map((each) => [each.name, each.size]));
      const size = (axis: string): number => {
        const found = space.get(axis.replace("'", ''));
        return typeof found === 'number'
          ? found
          : (sizesOf(given)[found?.symbol ?? ''] ?? Number.NaN) * (found?.ratio ?? 1);
      };
      return own.reduce((sum, { type }) => sum + type.axes.reduce((product, axis) => product * size(axis), 1), 0);
    });
    const mlp = 784 * 1024 + 2 * 1024 ** 2 + 3 * 1024 + 10 * 1024;
    const wide = 784 * 4096 + 4096 ** 2 + 2 * 4096 + 10 * 4096;
    // Per block four matrices of attention, two of the feed-forward part, biases of all but the keys, two layer norms.
    const block = 4 * 256 ** 2 + 3 * 256 + 2 * 256 * 1024 + 1024 + 256 + 4 * 256;
    const gpt = 2 * 256 * 256 + 128 * 256 + 4 * block + 2 * 256;
    // Key biases do not move, and are no less there; the states of an encoder's parameters have dots in their names.
    expect(counts).toEqual([mlp, wide, gpt, 0]);
    const encoder = netOf(workload('encoder')).parameters.map(({ checkpoint }) => checkpoint?.shape ?? []);
    const bert = 12 * 384 ** 2 + 13 * 384;
    expect(encoder.reduce((sum, shape) => sum + shape.reduce((product, size) => product * size, 1), 0)).toBe(
      (30522 + 64 + 2 + 2) * 384 + 6 * bert + 384 ** 2 + 3 * 384 + 30522,
    );
    expect(WORKLOADS.map((name) => titleOf(workload(name)))).toEqual([
      '784-1024-1024-1024-10',
      '784-4096-4096-10',
      'GPT, 4 × 256',
      'BERT, 6 × 384',
    ]);
  });

  it('holds tokens and those that follow them, as far as they can be foreseen', async () => {
    const file = join(await temporaryFolder({}), 'gpt');
    await writeCase(file, workload('gpt', SMALL));
    const { batches, weights } = openCase(file);
    expect(batches).toHaveLength(BATCHES);
    const [{ tokens, target } = {}] = batches;
    expect([tokens?.axes, tokens?.shape]).toEqual([
      ['batch', 'time'],
      [8, 128],
    ]);
    const [inputs, outputs] = [[...(tokens?.data ?? [])], [...(target?.data ?? [])]];
    for (let row = 0; row < 8; row++) {
      expect(outputs.slice(128 * row, 128 * row + 127)).toEqual(inputs.slice(128 * row + 1, 128 * (row + 1)));
    }
    const offsets = inputs.map((token, k) => ((outputs[k] ?? 0) - 5 * token + 5 * 256) % 256);
    expect(new Set(offsets)).toEqual(new Set([0, 1, 2, 3, 4, 5, 6, 7]));
    expect(weights.gainFinal?.data.every((value) => value === 0)).toBe(true);
    expect(weights.query1).toMatchObject({ axes: ['head', 'key', 'n'], shape: [4, 4, 16] });
  });
});

describe('a stepper', () => {
  // Small enough for the interpreter.
  const gpt = { ...workload('gpt', SMALL), context: 16, batch: 2, vocabulary: 32 } as Workload;
  const encoder = { ...workload('encoder', { width: 24 }), context: 8, batch: 2, depth: 2, place: 3 };
  const few = { ...encoder, vocabulary: 40, labels: [5, 6] } as Workload;
  it.each([workload('mlp', SMALL), gpt, few])('trains $name as the reference interpreter does', async (given) => {
    const file = join(await temporaryFolder({}), given.name);
    await writeCase(file, given);
    const { weights, batches, workload: read } = openCase(file);
    expect(read).toEqual(given);
    const stepper = await makeStepper(given, 1);
    const losses = async (): Promise<number[]> => {
      await stepper.load(openCase(file).weights);
      const found: number[] = [];
      for (let k = 0; k < 3; k++) {
        const { loss } = await stepper.step(batches[k] ?? {});
        found.push(loss?.data[0] ?? Number.NaN);
      }
      return found;
    };
    const ours = await losses();
    const again = await losses();
    await stepper.release();
    expect(again).toEqual(ours);

    const program = stepOf(given);
    const reference: number[] = [];
    const interpreter = oracle({ sizes: sizesOf(given), draw: draws(0) });
    const slow = stepperOf(interpreter, program, { ...drawInitial(program, sizesOf(given), 0), ...copied(weights) });
    for await (const { loss } of follow(slow, (k) => batches[k] ?? {}, { to: 3 })) {
      reference.push(loss?.data[0] ?? Number.NaN);
    }
    expect(new Set(reference).size).toBe(3);
    // Three steps in f32.
    expect(compareLosses(ours, reference).difference).toBeLessThan(1e-5);
  });
});

/** All at once: those of a case share one memory. */
function copied(weights: Tensors): Tensors {
  return Object.fromEntries(
    Object.entries(weights).map(([name, tensor]) => [
      name,
      { axes: tensor.axes, shape: tensor.shape, data: tensor.data.slice() },
    ]),
  );
}

test('weights have the deviations of the standard parametrization', async () => {
  const file = join(await temporaryFolder({}), 'mlp');
  await writeCase(file, workload('mlp', { width: 128 }));
  const { weights } = openCase(file);
  const deviation = (name: string): number => {
    const values = [...(weights[name]?.data ?? [])];
    return Math.sqrt(values.reduce((sum, value) => sum + value ** 2, 0) / values.length);
  };
  // Of so many numbers a deviation is within 5 / √(2 count) of its law's.
  expect(Math.abs(deviation('w1') * Math.sqrt(784) - 1)).toBeLessThan(5 / Math.sqrt(2 * 784 * 128));
  expect(Math.abs(deviation('w2') * Math.sqrt(128) - 1)).toBeLessThan(5 / Math.sqrt(2 * 128 * 128));
  expect(Math.abs(deviation('w4') * Math.sqrt(128) - 1)).toBeLessThan(5 / Math.sqrt(2 * 10 * 128));
  expect(deviation('b1')).toBe(0);
});
