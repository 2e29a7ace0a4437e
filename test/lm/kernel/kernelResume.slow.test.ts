/** A kernel's blocks, with a run stopped at every third of its writes. */

import { testResuming } from './resuming.ts';

testResuming(3);
