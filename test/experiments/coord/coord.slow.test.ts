/** The coordinate check of perceptrons at twice the widths, over all steps. */

import { testPerceptrons } from './coordTests.ts';

testPerceptrons({ widths: [64, 128, 256, 512] });
