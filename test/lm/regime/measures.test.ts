/** Distances of kernels and parameters, and the comparison of logits, against values worked out by hand. */

import { describe, expect, test } from 'vitest';
import { compareFeatures, traceOf } from '../../../src/lm/regime/fixedFeatures.ts';
import { kernelDistance, layerDistances } from '../../../src/lm/regime/kernelDistance.ts';
import { classOutputs, measureLinearization } from '../../../src/lm/regime/logitMeasures.ts';
import { groupMovements, movesBetween } from '../../../src/lm/regime/movement.ts';
import { kernelOfOptimizer } from '../../../src/lm/regime/optimizerKernel.ts';
import { tensor } from '../../../src/program/index.ts';

/** Rounding of f64. */
const ROUNDING = 12;

describe('the distance of two kernels', () => {
  test('is the mean of relative changes, entries that were 0 left out', () => {
    const found = kernelDistance(Float64Array.of(1, -2, 4, 0), Float64Array.of(1.5, -1, 4, 7));
    expect(found.relative).toBeCloseTo((0.5 + 0.5 + 0) / 3, ROUNDING);
    expect(found.median).toBe(0.5);
    expect(found.zeros).toBe(1);
    expect(found.frobenius).toBeCloseTo(Math.sqrt((0.25 + 1 + 49) / 21), ROUNDING);
  });

  test('has no direction where one is a multiple of the other', () => {
    const before = Float64Array.of(3, -1, 2, 5);
    const found = kernelDistance(
      before,
      before.map((value) => 3 * value),
    );
    expect(found.direction).toBeLessThan(1e-7);
    expect([found.relative, found.median, found.frobenius].map((value) => value.toFixed(9))).toEqual(
      Array.from({ length: 3 }, () => '2.000000000'),
    );
    expect(kernelDistance(Float64Array.of(1, 0), Float64Array.of(0, 1)).direction).toBe(1);
  });

  test('is split by layer, with the share that each has', () => {
    const layer = (name: string, ...values: number[]) => ({ layer: name, kernel: Float64Array.from(values) });
    const before = [layer('embeddings', 1, 1), layer('head', 2, 2)];
    const after = [layer('head', 2, 5), layer('embeddings', 2, 1)];
    const found = layerDistances(before, after);
    expect(found.map(({ layer, share }) => [layer, share])).toEqual([
      ['embeddings', 0.1],
      ['head', 0.9],
    ]);
    expect(found.map(({ relative }) => relative)).toEqual([0.5, 0.75]);
    expect(layerDistances(before, before).map(({ share }) => share)).toEqual([0, 0]);
  });

  test('is that of the evaluated rows, and its trace is over outputs', () => {
    const layers = [{ layer: 'head', kernel: Float64Array.of(1, 2, 3, 4, 5, 6, 7, 8) }];
    const features = {
      kind: 'sgd',
      kernel: layers[0]?.kernel ?? new Float64Array(),
      layers,
      train: 2,
      outputs: 2,
    } as const;
    expect(traceOf(features)).toEqual([[(1 + 6) / 2, (3 + 8) / 2]]);
    expect(compareFeatures(features, features)).toMatchObject({ kind: 'sgd', relative: 0, frobenius: 0 });
  });
});

describe('logits of two models', () => {
  test('are told apart by differences: what all classes share bears on nothing', () => {
    expect([...classOutputs(Float64Array.of(1, 3, 5, 4), 2)]).toEqual([2, -1]);
    expect([...classOutputs(Float64Array.of(1, 2, 6), 3)]).toEqual([-2, -1, 3]);
  });

  test('are off by the share of what training moved them', () => {
    const found = measureLinearization(
      {
        initial: Float64Array.of(0, 0, 0, 0),
        linearized: Float64Array.of(0, 3, 1, 0),
        trained: Float64Array.of(0, 4, 0, 3),
      },
      [1, 1],
      'accuracy',
    );
    // Differences: 0, 0 → 3, −1 against 4, 3.
    expect(found.logitError).toBeCloseTo(Math.sqrt((1 + 16) / (16 + 9)), ROUNDING);
    expect(found.moved).toBeCloseTo(Math.sqrt(25 / 2), ROUNDING);
    expect(found).toMatchObject({ zeroShot: 0, linearized: 0.5, trained: 1, agreement: 0.5 });
  });
});

test('parameters move by group, in the order of the model', () => {
  const vector = (...values: number[]) => tensor(['n'], [values.length], values);
  const before = {
    'bert.embeddings.word_embeddings.weight': vector(3, 4),
    'bert.encoder.layer.0.attention.self.query.weight': vector(1, 0),
    'bert.encoder.layer.0.output.dense.weight': vector(2),
    'bert.encoder.layer.1.attention.output.dense.bias': vector(5),
    'cls.predictions.bias': vector(1, 1),
  };
  const after = {
    'cls.predictions.bias': vector(1, 4),
    'bert.encoder.layer.1.attention.output.dense.bias': vector(6),
    'bert.encoder.layer.0.output.dense.weight': vector(2.5),
    'bert.embeddings.word_embeddings.weight': vector(3, 6),
  };
  const moved = movesBetween(before, after);
  expect([...(moved['cls.predictions.bias']?.data ?? [])]).toEqual([0, 3]);
  expect(groupMovements(before, moved)).toEqual([
    { group: 'embeddings', count: 2, moved: 2, size: 5 },
    { group: 'block 1 feed-forward', count: 1, moved: 0.5, size: 2 },
    { group: 'block 2 attention', count: 1, moved: 1, size: 5 },
    { group: 'head', count: 2, moved: 3, size: Math.sqrt(2) },
  ]);
});

test('the kernel of SGD is its relatives’ too, others have A-SignGD’s', () => {
  expect(['sgd', 'momentum', 'adam', 'adamw', 'lion'].map(kernelOfOptimizer)).toEqual([
    ...['sgd', 'sgd'],
    ...['a-signgd', 'a-signgd', 'a-signgd'],
  ]);
});
