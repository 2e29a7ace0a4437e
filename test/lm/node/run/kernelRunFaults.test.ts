/** A kernel run whose disk is full at five places of it; more of them are in the slow suite. */

import { testFullDisk } from './fullDisk.ts';

testFullDisk(5);
