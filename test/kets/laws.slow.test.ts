/** Lazy simulation is exact in law at a finite width (theory 3): of a matrix that Adam trains. */

import { cases, testLaws } from './lawTests.ts';

testLaws(cases.filter(({ name }) => name.includes('Adam')));
