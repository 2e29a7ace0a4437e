/** Lazy simulation is exact in law at a finite width (theory 3); the program with Adam is in the slow suite. */

import { cases, testLaws } from './lawTests.ts';

testLaws(
  cases.filter(({ name }) => !name.includes('Adam')),
  { width: 16, draws: 750 },
);
