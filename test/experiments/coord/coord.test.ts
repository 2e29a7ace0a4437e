/** The coordinate check: parametrizations that are right pass, planted mistakes are named with their layer and cause. */

import { testPerceptrons } from './coordTests.ts';

testPerceptrons({ widths: [32, 64, 128, 256], steps: 1 });
