/** The coordinate check of convolutional networks: µP passes, SP with Adam fails from the first hidden filters on, at twice the widths of the fast suite. */

import { testConvolutions } from './cnnTests.ts';

testConvolutions([32, 64, 128, 256]);
