/** A run of fine-tunings that stops at places all over it. */

import { testStopping } from './stoppedRuns.ts';

testStopping([0.02, 0.1, 0.2, 0.3, 0.4, 0.5, 0.7, 0.8, 0.9, 0.98]);
