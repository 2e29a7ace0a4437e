/** The coordinate check of a transformer whose embedding is its readout. */

import { testNets } from './netTests.ts';

testNets([['transformer-tied', ['output']]]);
