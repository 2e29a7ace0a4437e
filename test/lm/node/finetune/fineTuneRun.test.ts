/** A run of fine-tunings that stops once; more places are in the slow suite. */

import { testStopping } from './stoppedRuns.ts';

testStopping([0.6]);
