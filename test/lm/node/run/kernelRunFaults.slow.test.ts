/** A kernel run whose disk is full at many places of it. */

import { testFullDisk } from './fullDisk.ts';

testFullDisk(40);
