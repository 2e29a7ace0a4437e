/** The coordinate check on update rules of people's own, at twice the widths and over all steps. */

import { testOwnRules } from './ownRuleTests.ts';

testOwnRules({ widths: [64, 128, 256, 512], seeds: 6 });
