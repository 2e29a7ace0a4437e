/** Lazy matrices are exact in law at a finite width (theory 3): at twice the width and draws of the fast suite. */

import { testLaws } from './lawTests.ts';

testLaws({ width: 32, draws: 1500 });
