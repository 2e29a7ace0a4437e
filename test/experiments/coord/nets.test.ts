/** The coordinate check beyond the multilayer perceptron; transformers are in the slow suite. */

import { testNets } from './netTests.ts';

testNets([
  ['residual-mlp', ['block 1', 'output']],
  ['cnn', ['output']],
  ['rnn', ['step 2', 'output']],
  ['gru', ['step 2', 'output', 'wz', 'wr']],
]);
