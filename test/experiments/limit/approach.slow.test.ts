/** Networks of all kinds approach the limits of their training, under all kinds of rules. */

import { cnn, mlp, recurrent, residualMlp, transformer } from '../../../src/nets/index.ts';
import { indexTensor } from '../../../src/program/index.ts';
import { problemOf, type Sizes } from './approach.ts';
import { testApproach } from './approachTests.ts';
import { SERIES, TARGET } from './data.ts';

/** Up to 4096; fewer where they are large. */
const WIDE: Sizes['networks'] = { 64: 32, 256: 24, 1024: 12, 4096: 4 };
const NARROW: Sizes['networks'] = { 32: 24, 128: 24, 512: 16 };
/** Where distances of narrow networks have long tails, and fall faster than those of wide ones. */
const LATE: Sizes['networks'] = { 128: 64, 512: 48, 2048: 16 };
const layers = (depth: number) => mlp({ depth, activation: 'tanh' });
const series = { data: { x: SERIES, target: TARGET } };
const gently = { settings: { learningRate: 0.05 } };
const convolutional = cnn({ size: [3], depth: 2, activation: 'tanh' });

testApproach('trained networks approach the neural tangent limit', {
  'one hidden layer, SGD': [problemOf(layers(1), 'NTP', 'sgd'), { networks: WIDE, samples: 4096, seeds: 16 }],
  'two hidden layers, Adam': [problemOf(layers(2), 'NTP', 'adam'), { networks: WIDE, samples: 512, seeds: 16 }],
  'two hidden layers, Adam with decoupled decay': [
    problemOf(layers(2), 'NTP', 'adamw'),
    { networks: NARROW, samples: 256, seeds: 16 },
  ],
  'two hidden layers, RMSProp': [problemOf(layers(2), 'NTP', 'rmsprop'), { networks: NARROW, samples: 256, seeds: 16 }],
  'three hidden layers, Adam': [problemOf(layers(3), 'NTP', 'adam'), { networks: NARROW, samples: 256, seeds: 16 }],
  'a convolutional network, SGD': [
    problemOf(convolutional, 'NTP', 'sgd', series),
    { networks: NARROW, samples: 2048, seeds: 16 },
  ],
});

testApproach('trained networks approach the maximal update limit', {
  'one hidden layer, Adam': [problemOf(layers(1), 'µP', 'adam'), { networks: WIDE, samples: 4096, seeds: 16 }],
  'three hidden layers, Adam': [
    problemOf(layers(3), 'µP', 'adam'),
    { networks: NARROW, samples: 512, subsample: 256, seeds: 16 },
  ],
  'a residual network, SGD': [
    problemOf(residualMlp({ depth: 2, activation: 'tanh' }), 'µP', 'sgd', gently),
    { networks: LATE, samples: 1024, seeds: 16 },
  ],
  'a convolutional network, SGD': [
    problemOf(convolutional, 'µP', 'sgd', { ...series, ...gently }),
    { networks: LATE, samples: 1024, seeds: 16 },
  ],
  'a recurrent network, SGD': [
    problemOf(recurrent({ steps: 3 }), 'µP', 'sgd', series),
    { networks: NARROW, samples: 2048, seeds: 16 },
  ],
  'a gated recurrent network, SGD': [
    problemOf(recurrent({ steps: 3, gated: true }), 'µP', 'sgd', series),
    { networks: NARROW, samples: 2048, seeds: 16 },
  ],
  'a transformer of one block, SGD': [
    problemOf(transformer({ vocabulary: 3, context: 2, depth: 1, heads: 2 }), 'µP', 'sgd', {
      loss: 'cross-entropy',
      data: {
        tokens: indexTensor(['batch', 'time'], [4, 2], [0, 1, 1, 2, 2, 0, 1, 1]),
        target: indexTensor(['batch', 'time'], [4, 2], [1, 2, 2, 0, 0, 1, 1, 0]),
      },
    }),
    { networks: NARROW, samples: 1024, seeds: 16 },
  ],
});
