/** Small networks approach the limit of their training as n^(−1/2); other limits, nets and rules are in the slow suite. */

import { mlp } from '../../../src/nets/index.ts';
import { problemOf, type Sizes } from './approach.ts';
import { testApproach } from './approachTests.ts';

const NETWORKS: Sizes['networks'] = { 32: 24, 128: 24, 512: 16 };
const perceptron = mlp({ depth: 2, activation: 'tanh' });

testApproach('trained networks approach the maximal update limit', {
  'two hidden layers, SGD': [problemOf(perceptron, 'µP', 'sgd'), { networks: NETWORKS, samples: 512, seeds: 16 }],
});
