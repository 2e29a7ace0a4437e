/** The coordinate check of convolutional networks: µP passes, SP with Adam fails from the first hidden filters on. */

import { testConvolutions } from './cnnTests.ts';

testConvolutions([16, 32, 64, 128]);
