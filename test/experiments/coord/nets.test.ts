/** The coordinate check beyond the multilayer perceptron; the tied transformer is in the slow suite. */

import { testNets } from './netTests.ts';

testNets([
  ['residual-mlp', ['block 1', 'output']],
  ['cnn', ['output']],
  ['rnn', ['step 2', 'output']],
  ['gru', ['step 2', 'output', 'wz', 'wr']],
  ['transformer', ['query 1', 'key 1', 'value 1', 'mix 1', 'up 1', 'down 1', 'output']],
]);
