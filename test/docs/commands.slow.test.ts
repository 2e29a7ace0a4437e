/** What takes longer of the documentation's commands. */

import { runs } from './runs.ts';

runs(['check', 'transfer', 'kernel']);
