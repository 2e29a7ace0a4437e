/** The coordinate check of transformers, one of them with an embedding that is its readout. */

import { testNets } from './netTests.ts';

testNets([
  ['transformer', ['query 1', 'key 1', 'value 1', 'mix 1', 'up 1', 'down 1', 'output']],
  ['transformer-tied', ['output']],
  ['gpt2', ['output']],
  ['llama', ['query 1', 'key 1', 'value 1', 'mix 1', 'up 1', 'gate 1', 'down 1', 'output']],
]);
