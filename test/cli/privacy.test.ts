/** The commands that read models and texts write nowhere else than told, and open no socket; all are in the slow suite. */

import { testPrivacy } from './privacyTests.ts';

testPrivacy(['doctor', 'kernel', 'predict']);
