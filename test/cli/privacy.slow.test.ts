/** No command writes elsewhere than told, nor opens a socket. */

import { COMMANDS, testPrivacy } from './privacyTests.ts';

testPrivacy(Object.keys(COMMANDS));
