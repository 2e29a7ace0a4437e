/** Networks of all kinds approach the limits of their training under rules with memory, and under limits on updates. */

import { cnn, mlp, recurrent, residualMlp, transformer } from '../../../src/nets/index.ts';
import type { Limit } from '../../../src/optimizers/index.ts';
import { widthThreshold } from '../../../src/optimizers/index.ts';
import { named } from '../../../src/parametrizations/index.ts';
import { indexTensor } from '../../../src/program/index.ts';
import type { TrainedParameter } from '../../../src/training/index.ts';
import { problemOf, type Sizes } from './approach.ts';
import { testApproach } from './approachTests.ts';
import { SERIES, TARGET } from './data.ts';

const NARROW: Sizes['networks'] = { 32: 24, 128: 24, 512: 16 };
const LINEAR: Sizes = { networks: NARROW, samples: 1024, seeds: 16 };
const NONLINEAR: Sizes = { networks: NARROW, samples: 512, subsample: 256, seeds: 16 };
const series = { data: { x: SERIES, target: TARGET } };
const gently = { settings: { learningRate: 0.02 } };
const softly = { settings: { learningRate: 0.02, epsilon: 0.05, smooth: true } };
const text = {
  loss: 'cross-entropy',
  data: {
    tokens: indexTensor(['batch', 'time'], [4, 2], [0, 1, 1, 2, 2, 0, 1, 1]),
    target: indexTensor(['batch', 'time'], [4, 2], [1, 2, 2, 0, 0, 1, 1, 0]),
  },
} as const;
const residual = residualMlp({ depth: 2, activation: 'tanh' });
const convolutional = cnn({ size: [3], depth: 2, activation: 'tanh' });
const gated = recurrent({ steps: 3, gated: true });
const attentive = transformer({ vocabulary: 3, context: 2, depth: 1, heads: 2 });

testApproach('networks approach the maximal update limit under rules with memory', {
  'a residual network, momentum': [problemOf(residual, 'µP', 'momentum', gently), LINEAR],
  'a residual network, Adam': [problemOf(residual, 'µP', 'adam', softly), NONLINEAR],
  'a convolutional network, momentum': [problemOf(convolutional, 'µP', 'momentum', { ...series, ...gently }), LINEAR],
  'a convolutional network, Adam': [problemOf(convolutional, 'µP', 'adam', { ...series, ...softly }), NONLINEAR],
  'a gated recurrent network, momentum': [problemOf(gated, 'µP', 'momentum', series), LINEAR],
  'a gated recurrent network, Adam': [problemOf(gated, 'µP', 'adam', { ...series, ...softly }), NONLINEAR],
  'a transformer of one block, momentum': [problemOf(attentive, 'µP', 'momentum', text), LINEAR],
  'a transformer of one block, Adam': [
    problemOf(attentive, 'µP', 'adam', { ...text, ...softly }),
    { networks: NARROW, samples: 256, subsample: 128, seeds: 16 },
  ],
});

const layers = mlp({ depth: 2, activation: 'tanh' });
/** Thresholds that updates pass in some steps. */
const limited =
  (kind: 'divideByClippedNorm' | 'clip') =>
  ({ axes }: TrainedParameter): { readonly limit: Limit } => ({
    limit: {
      kind,
      threshold: widthThreshold(
        0.3,
        axes.filter((axis) => axis.startsWith('n')),
      ),
    },
  });
const clipped = (name: string) => ({ parametrization: named(`${name}-clipped`).parametrization });

testApproach('networks whose updates are limited approach their limits', {
  'µP, normalized SGD': [
    problemOf(layers, 'µP', 'sgd', { ...clipped('mup'), ...gently, limit: { kind: 'normalize' } }),
    LINEAR,
  ],
  'NTP, normalized SGD': [
    problemOf(layers, 'NTP', 'sgd', { ...clipped('ntp'), ...gently, limit: { kind: 'normalize' } }),
    LINEAR,
  ],
  'NTP, Adam divided by its clipped norm': [
    problemOf(layers, 'NTP', 'adam', {
      ...clipped('ntp'),
      ...softly,
      ...{ limit: { kind: 'divideByClippedNorm', threshold: { value: 1 } }, rules: limited('divideByClippedNorm') },
    }),
    NONLINEAR,
  ],
  'µP, clipped momentum': [problemOf(layers, 'µP', 'momentum', { rules: limited('clip') }), LINEAR],
  'NTP, clipped Adam': [problemOf(layers, 'NTP', 'adam', { rules: limited('clip') }), NONLINEAR],
  'µP, gradients clipped together, SGD': [problemOf(layers, 'µP', 'sgd', { clipNorm: 0.2 }), LINEAR],
  'NTP, gradients clipped together, Adam': [problemOf(layers, 'NTP', 'adam', { clipNorm: 0.2 }), NONLINEAR],
});
