/** Lazy matrices are exact in law at a finite width (theory 3). */

import { testLaws } from './lawTests.ts';

testLaws({ width: 16, draws: 750 });
