/** Adam and its relatives. */

import { abs, add, div, maximum, mul, sub } from '../../program/index.ts';
