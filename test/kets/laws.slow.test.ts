/** Lazy simulation is exact in law at a finite width (theory 3): at twice the width and draws of the fast suite, a matrix that Adam trains too. */

import { cases, testLaws } from './lawTests.ts';

testLaws(cases, { width: 32, draws: 1000 });
