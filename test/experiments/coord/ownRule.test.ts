/** The coordinate check on update rules of people's own, read from their files. */

import { testOwnRules } from './ownRuleTests.ts';

testOwnRules({ widths: [32, 64, 128, 256], steps: 1, seeds: 12 });
