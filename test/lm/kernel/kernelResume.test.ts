/** A kernel's blocks, with a run stopped at five of its writes; more of them are in the slow suite. */

import { testResuming } from './resuming.ts';

testResuming(23);
