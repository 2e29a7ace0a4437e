/** Data of invented kernel runs, from a few choices. */

import {
  matrix,
  mean,
  multiply,
  standardDeviation,
  stream,
  symmetricEigen,
  transpose,
} from '../../src/numeric/index.ts';
import type { KernelDraw, KernelReportData, MethodScore } from '../../src/report/index.ts';

export interface SampleOptions {
  readonly labels?: readonly string[];
  readonly shots?: number;
  readonly seeds?: readonly number[];
  readonly evaluated?: number;
  /** Training labels of each draw, instead of `shots` for each. */
  readonly trainLabels?: readonly number[];
  /** Strength of the features of classes beside noise of strength 1, and of what all examples share. */
  readonly signal?: number;
  readonly common?: number;
}

const FEATURES = 40;
const RIDGES = [0, 1e-3, 1e-2, 1e-1];

/** A run on random features: examples of a class share a part of theirs. */
export function sampleData(options: SampleOptions = {}): KernelReportData {
  const { labels = ['negative', 'positive'], shots = 16, seeds = [13, 21, 42], evaluated = 872 } = options;
  const outputs = labels.length === 2 ? 1 : labels.length;
  const draws = seeds.map((seed) => sampleDraw(seed, options, labels.length, shots, outputs));
  const each = Math.floor(evaluated / labels.length);
  const labelCounts = labels.map((_, k) => (k === 0 ? evaluated - each * (labels.length - 1) : each));
  const chance = 1 / labels.length;
  const kernelScores = seeds.map((seed) => chance + (1 - chance) * (0.6 + 0.1 * normals(seed, 'score')()));
  return {
    task: 'invented',
    prompt: '{a}_It was{m}.',
    labels: labels.map((name) => ({ name, word: `word of ${name}` })),
    model: 'tiny-mlm (embedded)',
    metric: 'accuracy',
    shots,
    seeds,
    evaluated,
    labelCounts,
    chance: Math.max(...labelCounts) / evaluated,
    scores: [
      methodScore('zero-shot', [chance + 0.3 * (1 - chance)], labelCounts, 1),
      methodScore('SGD kernel', kernelScores, labelCounts, seeds.length),
    ],
    kernel: { name: 'SGD kernel', outputs, draws },
    parameters: {
      choice: 'all',
      count: 4_385_920,
      tensors: 39,
      zeroGradient: [
        { reason: 'softmax does not see the bias of the keys', parameters: ['layer.0.key.bias', 'layer.1.key.bias'] },
      ],
    },
    truncated: { examples: 3, tokens: 41 },
    cost: {
      seconds: 125.4,
      forecastSeconds: 118,
      peakBytes: 1.31 * 2 ** 30,
      forecastBytes: 1.52 * 2 ** 30,
      gradients: 968,
    },
    settings: [
      { name: 'solver', value: 'least squares, ridge chosen on dev' },
      { name: 'memory', value: 'half of free memory' },
    ],
    environment: [
      { name: 'nexort', value: '0.1.0' },
      { name: 'onnxruntime-node', value: '1.30.0' },
    ],
    warnings: [],
  };
}

/** A method's scores with the table of predictions that they would give. */
export function methodScore(
  name: string,
  values: readonly number[],
  labelCounts: readonly number[],
  draws: number,
): MethodScore {
  const center = mean(values);
  const confusion = labelCounts.map((count, actual) => {
    const total = count * draws;
    const right = Math.round(center * total);
    const others = labelCounts.length - 1;
    const wrong = Math.floor((total - right) / others);
    const row = labelCounts.map((_, predicted) => (predicted === actual ? right : wrong));
    const last = actual === others ? others - 1 : others;
    row[last] = total - right - wrong * (others - 1);
    return row;
  });
  return { name, values, mean: center, std: standardDeviation(values) ?? 0, confusion };
}

function sampleDraw(
  seed: number,
  { trainLabels, signal = 0.8, common = 1 }: SampleOptions,
  classes: number,
  shots: number,
  outputs: number,
): KernelDraw {
  const labels = trainLabels ?? Array.from({ length: classes * shots }, (_, k) => Math.floor(k / shots));
  const next = normals(seed, 'features');
  const vector = (scale: number) => Float64Array.from({ length: FEATURES }, () => scale * next());
  const shared = vector(common);
  const byClass = Array.from({ length: classes }, () => vector(signal));
  const features = labels.flatMap((label) =>
    Array.from({ length: outputs }, () => {
      const noise = vector(1);
      const length = Math.exp(0.3 * next());
      return noise.map((value, f) => length * (value + (shared[f] ?? 0) + (byClass[label]?.[f] ?? 0)));
    }),
  );
  const size = features.length;
  const stacked = matrix(size, FEATURES, Float64Array.from(features.flatMap((row) => [...row])));
  const kernel = multiply(stacked, transpose(stacked)).data;
  // X Xᵀ and Xᵀ X have the same eigenvalues but for zeros.
  const nonzero = symmetricEigen(multiply(transpose(stacked), stacked)).values;
  const candidates = RIDGES.map((ridge, k) => ({
    name: ridge === 0 ? 'minimum norm' : `ridge ${ridge}`,
    score: [0.72, 0.78, 0.8, 0.69][(k + seed) % 4] ?? 0,
  }));
  const best = candidates.reduce((a, b) => (b.score > a.score ? b : a));
  return {
    seed,
    labels,
    texts: labels.map(
      (label, k) => `Text ${k} of class ${label} in draw ${seed}, long enough to be read as a sentence.`,
    ),
    kernel,
    eigenvalues: Float64Array.from({ length: size }, (_, k) => nonzero.at(-1 - k) ?? 0),
    doubts: { source: seed % 3 === 0 ? 'fit' : 'leave-one-out', doubts: labels.map(() => next()) },
    solver: { chosen: best.name, ridge: RIDGES[candidates.indexOf(best)] ?? 0, candidates },
  };
}

/** One standard normal after another. */
function normals(seed: number, name: string): () => number {
  const numbers = stream(seed, name);
  let position = 0;
  return () => numbers.normals(1, position++)[0] ?? 0;
}
