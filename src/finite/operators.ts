/** Named functions that the engine has operators for. */

import { expand, type FunctionName, type Program } from '../program/index.ts';

/** Functions that the engine has operators for; others are expanded into their definitions. */
const fused: Readonly<Record<FunctionName, boolean>> = {
  softmax: true,
  logSumExp: true,
  normalize: true,
  inverseDeviation: true,
  newtonSchulz: false,
};

/** The program as it is lowered: functions without an operator written out. Softmax's operator takes one axis. */
export function withOperators(program: Program): Program {
  return expand(program, (call) => !fused[call.name] || (call.name === 'softmax' && call.over.length !== 1));
}
