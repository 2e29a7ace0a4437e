/** The other recipes of a GPT-2 that PyTorch's own classes train by them with our losses. */

import { it } from 'vitest';
import { expectRecorded } from './gpt2Runs.ts';

it.each(['adam', 'adamw_plain', 'muon_rms'])('%s trains as here', expectRecorded);
